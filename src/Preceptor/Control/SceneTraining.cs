using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>Trains policies that read scenes to do what was done, from drawn weights or from a language model's; and the language model.</summary>
[Version(1)]
internal static class SceneTraining
{
    /// <summary>Creates a policy and trains it on episodes.</summary>
    /// <param name="run">The run; only one training fits into a stage.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="log">The episodes.</param>
    /// <param name="language">The language model that it begins as; null for drawn weights.</param>
    /// <param name="isFrozen">Whether its layers stay as they are.</param>
    /// <exception cref="RequestException">An episode does what cannot be seen, or the sizes do not fit each other.</exception>
    public static ScenePolicy TrainScenes(this Run run, ControlProblem problem, EpisodeLog log, LanguageModel? language = null, bool isFrozen = false)
    {
        problem.Model.RequirePerceptron("scenes of words are read by model.scene.reader");
        set_num_threads(run.Threads);
        run.Uses(typeof(SceneTraining));
        run.Uses(typeof(SceneNetwork));
        var (form, own) = (problem.Scene!, problem.Model.Scene);
        Check(form, log, problem.Name);
        Check(form, problem.Validation, $"{problem.Name}, validation");
        var tokens = SceneTokens.Of(form, own.Names == SceneNames.Words ? language?.Tokenizer : null);
        var model = language is null ? problem.Model : problem.Model with { Scene = own.Of(language.Network.Options) };
        var batches = new SceneBatches(run, log, form, tokens, problem.Training.Batch);
        var longest = new SceneBatch(form, tokens, 1).Longest;
        if (model.Scene is { Reader: SceneReader.Transformer, Positions: PositionKind.Learned } && model.Scene.Length < longest)
            throw new RequestException($"the transformer has learned {model.Scene.Length} positions, and a scene of {problem.Name} may take {longest}; {(language is null ? "raise model.scene.length" : "use another language model")}");
        var network = run.New(() => new SceneNetwork(model, form, tokens));
        if (language is not null) network.Begin(language.Network, tokens, own.Names == SceneNames.Words, isFrozen);
        var summary = TrainingLoop.Fit(run, network, batches, problem.Training, _ => network.Loss, problem.Validation.Count == 0 ? null : () => Validate(network, form, tokens, problem.Validation));
        return new(model, form, tokens, network, summary, run.Threads);
    }

    /// <summary>The language model that a policy is to begin as: one from a folder, or one that next-token training makes of the problem's texts, a stage of its own that all arms share; null for drawn weights.</summary>
    /// <exception cref="RequestException">There is none to be had, or the policy cannot begin as one.</exception>
    public static LanguageModel? Language(this Run run, ControlProblem problem, LanguageStartOptions options)
    {
        var (form, own) = (problem.Scene!, problem.Model.Scene);
        if (options.Start == TransformerStart.Random) return options.Frozen ? throw new RequestException("method.frozen: drawn weights that never learn are no use; expected method.start language-model") : null;
        if (own.Reader != SceneReader.Transformer) throw new RequestException($"method.start: {Options.Key(own.Reader.ToString())} cannot begin as a language model; expected random, or model.scene.reader transformer");
        if (options.Base is { } folder)
        {
            var model = LanguageModel.Load(LanguageModel.Find(folder) ?? throw new RequestException($"method.base: {folder} has no language model: expected {LanguageModel.FileName} or {CheckpointConfiguration.FileName} in it"));
            if (model.Network.Options.Architecture == LanguageArchitecture.Decoder) return model;
            model.Dispose();
            throw new RequestException($"method.base: {folder} has an encoder and a decoder; expected a model that is one stack");
        }
        if (problem.Texts is not { } texts) throw new RequestException($"method.start: {problem.Name} offers no texts to train a language model on; name one by method.base, or begin with drawn weights (random)");
        // Every word of the scenes, said in the texts or not.
        var tokenizer = new WordTokenizer([.. form.Words, .. texts.Texts.SelectMany(t => t.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Except(form.Words).Order(StringComparer.Ordinal)]);
        var sizes = own.Plain() with { AdapterRank = 0, Length = Math.Max(own.Length, form.Longest) };
        var training = new TrainingOptions { Epochs = options.PretrainingEpochs, Batch = options.PretrainingBatch, Rate = options.PretrainingRate, Clip = 1 };
        var inputs = new JsonObject { ["texts"] = texts.Fingerprint, ["tokenizer"] = tokenizer.Fingerprint, ["length"] = form.Longest, ["model"] = Options.Resolve(sizes), ["training"] = Options.Resolve(training) };
        return run.Stage("language-model", inputs, () => Learn(run, texts, tokenizer, sizes, form.Longest, training));
    }

    private static LanguageModel Learn(Run run, RelatedTexts texts, WordTokenizer tokenizer, TransformerOptions sizes, int length, TrainingOptions training)
    {
        set_num_threads(run.Threads);
        run.Uses(typeof(SceneTraining));
        run.Uses(typeof(LanguageNetwork));
        var end = tokenizer.End!.Value;
        // As long as scenes are, so that all their places are known.
        var sequences = TokenSequences.Pack(texts.Texts.Select(text => (int[])[.. tokenizer.Encode(text, special: false), end]), length);
        var network = run.New(() => new LanguageNetwork(sizes, tokenizer.Size));
        var batches = new SequenceBatches(run, sequences, training.Batch, sizes.Architecture, end);
        var summary = TrainingLoop.Fit(run, network, batches, training, _ => batch => nn.functional.cross_entropy(batch.Content.Logits(network), batch.Content.Targets()), validate: null);
        return new(tokenizer, network, [end], summary, run.Threads);
    }

    private static ValidationScores Validate(SceneNetwork network, SceneForm form, SceneTokens tokens, EpisodeLog log)
    {
        const int together = 256;
        var (places, sum) = (log.Places(), 0.0);
        for (var first = 0; first < places.Length; first += together)
        {
            var some = new SceneBatch(form, tokens, Math.Min(together, places.Length - first));
            for (var row = 0; row < some.Count; row++)
            {
                some.Set(row, log.Seen(places[first + row]));
                some.Choose(row, first + row, log.Actions.AsSpan(2 * (first + row), 2));
            }
            some.Pad();
            sum += network.Loss(some).item<float>() * some.Count;
        }
        return new(-sum / places.Length, sum / places.Length, "negative-loss");
    }

    // What cannot be seen has no probability, and no loss could teach it.
    private static void Check(SceneForm form, EpisodeLog log, string name)
    {
        if (log.Action != 2 || log.Observation != form.Size) throw new RequestException($"{name}: expected observations of {form.Size} numbers and actions of 2, a verb and a slot; found {log.Observation} and {log.Action}");
        var (places, space) = (log.Places(), form.Actions);
        for (var i = 0; i < places.Length; i++)
        {
            var action = log.Actions.AsSpan(2 * i, 2);
            if (!space.Contains(action) || action[0] % 1 != 0 || action[1] % 1 != 0) throw new RequestException($"{name}: action {i} is ({action[0]}, {action[1]}); expected a verb from 0 to {space.High[0]} and a slot from 0 to {space.High[1]}");
            var seen = log.Seen(places[i]);
            if (form.Slot(seen, (int)action[1])[0] == 0) throw new RequestException($"{name}: action {i} is done on slot {action[1]}, where nothing is seen");
            foreach (var word in seen[(form.Slots * form.SlotSize)..])
                if (!(word >= 0 && word <= form.Words.Count) || word % 1 != 0) throw new RequestException($"{name}: before action {i}, a word is {word}; expected a whole number from 0 to {form.Words.Count}");
        }
    }
}
