using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Language;

/// <summary>Trains networks to say what comes next.</summary>
[Version(1)]
internal static class LanguageTraining
{
    /// <summary>The loss of a network's batches: called once with the network, then once an epoch, then once a step.</summary>
    public delegate Objective<SequenceBatch> SequenceObjective(LanguageNetwork network);

    /// <summary>Maximum likelihood: the mean cross entropy of the tokens that are to be predicted.</summary>
    public static Objective<SequenceBatch> NextToken(LanguageNetwork network) => _ => batch => nn.functional.cross_entropy(batch.Content.Logits(network), batch.Content.Targets());

    /// <summary>Trains the problem's network on its sequences.</summary>
    /// <param name="run">The run; only one training fits into a stage.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="objective">The loss.</param>
    /// <param name="order">Makes batches of the network's architecture and of what a decoder behind an encoder begins with; left out: an order of each epoch's own.</param>
    public static LanguageModel Train(this Run run, LanguageProblem problem, SequenceObjective objective, Func<LanguageArchitecture, int, IBatches<SequenceBatch>>? order = null)
    {
        var (network, ends) = run.Begin(problem);
        network = run.WithAdapters(problem, network);
        order ??= (architecture, start) => new SequenceBatches(run, problem.Train, problem.Training.Batch, architecture, start);
        return run.Train(problem, network, ends, order(network.Options.Architecture, StartOf(ends)), objective(network));
    }

    /// <summary>Trains a network on batches of the method's own.</summary>
    /// <param name="run">The run; only one training fits into a stage.</param>
    /// <param name="problem">The problem; its training options count.</param>
    /// <param name="network">The network, which becomes the model's.</param>
    /// <param name="ends">Tokens that end a text.</param>
    /// <param name="batches">The batches.</param>
    /// <param name="objective">The loss.</param>
    /// <param name="validate">Scores the network; left out: by the mean loss a token of the validation sequences.</param>
    /// <param name="optimise">Makes an optimiser of the method's own; null for the options'.</param>
    public static LanguageModel Train<TBatch>(this Run run, LanguageProblem problem, LanguageNetwork network, IReadOnlyList<int> ends, IBatches<TBatch> batches, Objective<TBatch> objective,
        Func<ValidationScores>? validate = null, Func<IReadOnlyList<(string Name, Parameter Parameter)>, Optimiser>? optimise = null) where TBatch : IBatch
    {
        run.Uses(typeof(LanguageTraining));
        run.Uses(typeof(LanguageNetwork));
        ValidationScores Validate()
        {
            var model = new LanguageModel(problem.Tokenizer, network, ends, new([], 0, 0, 0), run.Threads);
            var of = model.LogProbabilities(problem.Validation);
            var loss = -of.Sum(o => o.Sum()) / Math.Max(1, of.Sum(o => o.Length));
            return new(-loss, loss, "negative-loss");
        }
        var summary = TrainingLoop.Fit(run, network, batches, problem.Training, objective, problem.Validation.Count == 0 ? null : validate ?? Validate, optimise);
        if (network.Options.AdapterRank == 0) return new(problem.Tokenizer, network, ends, summary, run.Threads) { Form = problem.Form };
        using (network) return new(problem.Tokenizer, network.Copy(), ends, summary, run.Threads) { Form = problem.Form };
    }

    /// <summary>The network to train, or, where the problem asks for adapters of a model to go on from, one that has them in its place.</summary>
    internal static LanguageNetwork WithAdapters(this Run run, LanguageProblem problem, LanguageNetwork network)
    {
        if (problem.Model is not { Base: not null, AdapterRank: > 0 }) return network;
        using (network) return run.New("adapters", () => network.Copy(problem.Model.AdapterRank, problem.Model.AdapterAlpha));
    }

    /// <summary>The network of a model to learn further from: a copy, with adapters where the problem asks for them.</summary>
    public static LanguageNetwork Onward(this Run run, LanguageProblem problem, LanguageModel model) => run.New("adapters", () => model.Network.Copy(problem.Model.AdapterRank, problem.Model.AdapterAlpha));

    /// <summary>A network that learns, as a model that answers as the one does that it began as; the network stays the caller's.</summary>
    public static LanguageModel Acting(this Run run, LanguageProblem problem, LanguageModel before, LanguageNetwork network) =>
        new(problem.Tokenizer, network, before.Ends, new([], 0, 0, 0), run.Threads) { Form = before.Form };

    /// <summary>The model that a method betters and is held to: the one to go on from, or else next-token training on the problem's responses, a stage of its own that the baseline shares.</summary>
    public static LanguageModel Reference(this Run run, LanguageProblem problem)
    {
        if (problem.Model.Base is not null)
        {
            var (network, ends) = run.Begin(problem);
            return new(problem.Tokenizer, network, ends, new([], 0, 0, 0), run.Threads) { Form = problem.Form };
        }
        return run.Stage("sft", problem.Describe(Options.Resolve(new SupervisedFineTuning.Options())), () =>
        {
            run.Uses(typeof(SupervisedFineTuning));
            return new SupervisedFineTuning(new()).Fit(problem, run);
        });
    }

    /// <summary>Creates a module by the run's seed and a role.</summary>
    internal static T New<T>(this Run run, string role, Func<T> create) where T : nn.Module
    {
        manual_seed(run.TorchSeed(role));
        return create();
    }

    /// <summary>The network to train: that of the model to go on from, or a new one by the run's seed; and the tokens that end a text.</summary>
    /// <exception cref="RequestException">The model to go on from cannot be read, or its tokens are others.</exception>
    public static (LanguageNetwork Network, IReadOnlyList<int> Ends) Begin(this Run run, LanguageProblem problem)
    {
        set_num_threads(run.Threads);
        if (problem.Model.Base is { } folder)
        {
            var model = LanguageModel.Load(LanguageModel.Find(folder) ?? throw new RequestException($"model.base: {folder} has no language model: expected {LanguageModel.FileName} or {CheckpointConfiguration.FileName} in it"));
            model.RequireCausal();
            if (model.Tokenizer.Fingerprint == problem.Tokenizer.Fingerprint && model.Network.Vocabulary >= problem.Tokenizer.Size + problem.FurtherTokens) return (model.Network, model.Ends);
            model.Dispose();
            if (problem.FurtherTokens > 0) throw new RequestException($"model.base: the network of {folder} has no room for {problem.FurtherTokens} further tokens; leave out model.base, or the step that adds them");
            throw new RequestException($"model.base: {folder} has another tokenizer than the problem; leave out problem.tokenizer to use the model's");
        }
        return (run.New("initialisation", () => new LanguageNetwork(problem.Model.Plain() with { AdapterRank = 0 }, problem.Tokenizer.Size + problem.FurtherTokens)), problem.Tokenizer.End is { } end ? [end] : []);
    }

    /// <summary>What a decoder behind an encoder begins with.</summary>
    internal static int StartOf(IReadOnlyList<int> ends) => ends.Count > 0 ? ends[0] : 0;
}
