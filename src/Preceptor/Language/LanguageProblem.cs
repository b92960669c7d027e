using System.ComponentModel;
using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;
using Preceptor.Training;

namespace Preceptor.Language;

/// <summary>Texts without labels.</summary>
/// <param name="Fingerprint">A hash of their contents.</param>
public sealed record RawText(string Fingerprint) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";
}

/// <summary>Texts without labels of which a model is asked to judge the tokens, and not what comes next.</summary>
/// <param name="Fingerprint">A hash of their contents.</param>
public sealed record JudgedText(string Fingerprint) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";
}

/// <summary>Prompts, each with the response that is wanted.</summary>
/// <param name="Fingerprint">A hash of their contents.</param>
public sealed record Responses(string Fingerprint) : ISupervision
{
    /// <inheritdoc/>
    public string Name => "";
}

/// <summary>The network of a language model: its sizes, or the folder of one to go on from.</summary>
public sealed record LanguageModelOptions : TransformerOptions
{
    /// <summary>The model to go on from.</summary>
    [Description("A folder with a model to go on from: a run's, or a Hugging Face folder of Qwen2's or GPT-2's layout; its sizes then replace these. Left out: weights are drawn")]
    public string? Base { get; set; }
}

/// <summary>A problem of language: what a method may see.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Tokenizer">From text to tokens.</param>
/// <param name="Train">The sequences to learn from.</param>
/// <param name="Validation">Others.</param>
public sealed record LanguageProblem(string Name, Tokenizer Tokenizer, TokenSequences Train, TokenSequences Validation) : ITrainingProblem
{
    /// <summary>Whether each sequence is a prompt and its response, and not text alone.</summary>
    public bool HasPrompts { get; } = Train.Prompts.Any(p => p > 0);

    /// <inheritdoc/>
    public IReadOnlyList<ISupervision> Supervision =>
    [
        HasPrompts ? new Responses(Train.Fingerprint) : new RawText(Train.Fingerprint),
        .. IsJudged && !HasPrompts ? new ISupervision[] { new JudgedText(Train.Fingerprint) } : [],
        .. Preferences is null ? [] : new ISupervision[] { Preferences },
        .. Check is null ? [] : new ISupervision[] { Check },
    ];

    /// <summary>Whether a model is asked to judge the tokens of texts, so that it may read in both directions.</summary>
    public bool IsJudged { get; init; }

    /// <summary>Better and worse responses; null where none are offered.</summary>
    public PreferencePairs? Preferences { get; init; }

    /// <summary>Others, to validate by; null where none are offered.</summary>
    public PreferencePairs? ValidationPreferences { get; init; }

    /// <summary>Says whether an answer is right; null where nothing does.</summary>
    public OutcomeCheck? Check { get; init; }

    /// <summary>How prompts are put before their responses.</summary>
    public PromptForm Form { get; init; } = new();

    /// <summary>Tokens of training sequences that the tokenizer does not have, numbered behind its own; a model never answers with them.</summary>
    public int FurtherTokens { get; init; }

    /// <summary>How many copies in further tokens stand behind the training sequences, one of all after the other.</summary>
    public int Copies { get; init; }

    /// <summary>The network.</summary>
    public LanguageModelOptions Model { get; init; } = new();

    /// <summary>How to train it.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <inheritdoc/>
    public JsonObject Describe(JsonNode? method = null)
    {
        var description = new JsonObject
        {
            ["tokenizer"] = Tokenizer.Fingerprint,
            ["further-tokens"] = FurtherTokens,
            ["sequences"] = Train.Fingerprint,
            ["validation"] = Validation.Fingerprint,
            ["model"] = Options.Resolve(Model),
            ["training"] = Options.Resolve(Training),
        };
        if (Preferences is not null) description["preferences"] = $"{Preferences.Fingerprint}-{ValidationPreferences?.Fingerprint}";
        if (Check is not null) description["check"] = Check.Fingerprint;
        if (method is not null) description["method"] = method;
        return description;
    }
}
