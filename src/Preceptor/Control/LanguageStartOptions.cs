using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>What weights a policy's transformer begins with.</summary>
public enum TransformerStart
{
    /// <summary>A language model's.</summary>
    LanguageModel,

    /// <summary>Drawn ones.</summary>
    Random,
}

/// <summary>How a policy begins as a language model.</summary>
public record LanguageStartOptions
{
    /// <summary>The first weights.</summary>
    [Description("language-model: those of method.base, or of a model trained on the problem's texts; random: drawn, as behaviour-cloning does")]
    public TransformerStart Start { get; set; }

    /// <summary>A language model.</summary>
    [Description("A folder with a language model to begin as: a run's, or a Hugging Face folder of Qwen2's or GPT-2's layout; its sizes then replace those of model.scene. Left out: one is trained on the problem's texts")]
    [Source("section 3: GPT-2")]
    public string? Base { get; set; }

    /// <summary>Whether its weights stay.</summary>
    [Description("Whether the language model's layers stay as they are, and only what is around them learns")]
    public bool Frozen { get; set; }

    /// <summary>Passes over the texts.</summary>
    [Description("Passes over the texts where a language model is trained on them")]
    [Range(1, 100_000)]
    public int PretrainingEpochs { get; set; } = 5;

    /// <summary>Sequences a step.</summary>
    [Description("Sequences a step of that training")]
    [Range(1, 100_000)]
    public int PretrainingBatch { get; set; } = 32;

    /// <summary>The rate.</summary>
    [Description("The highest learning rate of that training")]
    [Range(0, 10, MinimumIsExclusive = true)]
    public double PretrainingRate { get; set; } = 0.003;
}
