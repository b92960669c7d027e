using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>
/// From scenes to a verb and an object (Li et al. 2022): the words of goal and history, and each object by its name, its states and where it is, are vectors of one sequence; what reads it gives a context, their masked mean, from which
/// the verb is told, and with which each object's own features are multiplied. With a transformer it can begin with a language model's weights.
/// </summary>
[Version(1)]
public sealed class SceneNetwork : nn.Module
{
    private const double NotSeen = 1e9;

    private readonly Embedding goalWords, historyWords, nameWords;
    private readonly Linear title, flags, numbers, numbersOut, thing, action, verb;
    private readonly TransformerStack? transformer;
    private readonly LSTM? recurrent;
    private readonly HiddenLayers? pooled;

    /// <summary>Creates it with torch's present generator.</summary>
    /// <param name="options">Its sizes.</param>
    /// <param name="form">What scenes look like.</param>
    /// <param name="tokens">Their words as tokens.</param>
    /// <exception cref="RequestException">The sizes do not fit each other.</exception>
    public SceneNetwork(PolicyModelOptions options, SceneForm form, SceneTokens tokens) : base(nameof(SceneNetwork))
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(form);
        ArgumentNullException.ThrowIfNull(tokens);
        var (scene, width, half) = (options.Scene, options.Scene.Width, Math.Max(1, options.Width / 2));
        scene.Check("model.scene");
        if (scene.Architecture != LanguageArchitecture.Decoder) throw new RequestException("model.scene.architecture: encoder-decoder: a scene is one sequence; expected decoder");
        (goalWords, historyWords, nameWords) = (Table(tokens, scene), Table(tokens, scene), Table(tokens, scene));
        (title, flags, numbers, numbersOut) = (nn.Linear(width, half), nn.Linear(form.Flags, half), nn.Linear(form.Numbers, half), nn.Linear(half, half));
        (thing, action, verb) = (nn.Linear(3 * half, width), nn.Linear(scene.Reader == SceneReader.Pooled ? options.Width : width, width), nn.Linear(width, form.Verbs.Count));
        register_module("goal-words", goalWords);
        register_module("history-words", historyWords);
        register_module("name-words", nameWords);
        register_module("title", title);
        register_module("flags", flags);
        register_module("numbers", numbers);
        register_module("numbers-out", numbersOut);
        register_module("thing", thing);
        register_module("action", action);
        register_module("verb", verb);
        switch (scene.Reader)
        {
            case SceneReader.Transformer:
                transformer = new(scene.Plain() with { AdapterRank = 0 }, 0);
                register_module("transformer", transformer);
                break;
            case SceneReader.Lstm:
                recurrent = nn.LSTM(width, width, scene.Layers, batchFirst: true);
                register_module("recurrent", recurrent);
                break;
            default:
                pooled = new(SceneBatch.Parts * width, [.. Enumerable.Repeat(options.Width, options.Layers)], 0);
                register_module("pooled", pooled);
                break;
        }
    }

    /// <summary>Scores of verbs [B, verbs] and of slots [B, V]; slots that are not seen have the least.</summary>
    public (Tensor Verbs, Tensor Slots) Scores(SceneBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (context, objects) = Read(batch);
        var (wanted, seen) = (action.forward(context), batch.Seen());
        using Scalar one = 1, far = NotSeen;
        return (verb.forward(nn.functional.relu(wanted)), (objects * wanted.unsqueeze(1)).sum(2) * seen + seen.sub(one).mul(far));
    }

    /// <summary>The context [B, D] of scenes and the features of each slot [B, V, D]; any for what is not seen.</summary>
    internal (Tensor Context, Tensor Objects) Read(SceneBatch batch)
    {
        var things = Things(batch);
        var (goal, history) = batch.Words();
        var (rows, slots, width) = (batch.Count, things.shape[1], things.shape[2]);
        var sequence = cat([goalWords.forward(goal), historyWords.forward(history), things], 1).reshape(-1, width).index_select(0, batch.Order()).view(rows, batch.Width, width);
        if (pooled is not null) return (pooled.forward(batch.Shares().bmm(sequence).flatten(1)), things);
        var features = transformer is not null ? transformer.Forward(sequence, TransformerPass.Causal) : recurrent!.call(sequence).Item1;
        var real = batch.Real().unsqueeze(2);
        using Scalar least = 1e-9;
        return ((features * real).sum(1) / real.sum(1).clamp_min(least), features.reshape(-1, width).index_select(0, batch.Places()).view(rows, slots, width));
    }

    /// <summary>Half the cross entropy of the verbs and of the slots that were chosen, the mean over scenes [1].</summary>
    public Tensor Loss(SceneBatch batch)
    {
        var (verbs, slots) = Scores(batch);
        var chosen = batch.Chosen();
        using Scalar half = 0.5;
        return (nn.functional.cross_entropy(verbs, chosen.Verbs) + nn.functional.cross_entropy(slots, chosen.Slots)) * half;
    }

    /// <summary>Takes over a language model's weights: those of its layers, and of its tokens in each of the three tables, where words are its tokens.</summary>
    /// <param name="language">The model, of the same sizes.</param>
    /// <param name="tokens">The scenes' words as its tokens.</param>
    /// <param name="hasWords">Whether the tables are its tokens' as well.</param>
    /// <param name="isFrozen">Whether what is taken over learns no more; what is not does.</param>
    internal void Begin(LanguageNetwork language, SceneTokens tokens, bool hasWords, bool isFrozen)
    {
        using var noGradient = no_grad();
        var from = language.state_dict();
        foreach (var (place, parameter) in transformer!.named_parameters())
        {
            parameter.copy_(from["model." + place]);
            if (isFrozen) parameter.requires_grad = false;
        }
        if (!hasWords) return;
        var known = tensor(tokens.InTokenizer, int64);
        foreach (var table in new[] { goalWords, historyWords, nameWords })
        {
            using var weight = table.weight!;
            weight.copy_(language.Embed(known));
        }
    }

    private Tensor Things(SceneBatch batch)
    {
        var ((tokens, weights), (states, where)) = (batch.Names(), batch.States());
        var named = title.forward((nameWords.forward(tokens) * weights).sum(2));
        var placed = numbersOut.forward(nn.functional.relu(numbers.forward(where)));
        return thing.forward(nn.functional.relu(cat([named, flags.forward(states), placed], 2)));
    }

    private static Embedding Table(SceneTokens tokens, TransformerOptions options) => Initial.Embedding(tokens.Count, options.Width, options.InitialDeviation);
}
