using System.ComponentModel;
using Preceptor.Models;

namespace Preceptor.Control;

/// <summary>What reads a scene.</summary>
public enum SceneReader
{
    /// <summary>A causal transformer over goal, history and objects as one sequence.</summary>
    Transformer,

    /// <summary>A recurrent network (LSTM) over the same sequence.</summary>
    Lstm,

    /// <summary>No sequence: the means of goal, history and objects, and a perceptron.</summary>
    Pooled,
}

/// <summary>How the words of a scene enter.</summary>
public enum SceneNames
{
    /// <summary>As a language model's tokens.</summary>
    Words,

    /// <summary>As indices that no language model knows, each with a vector of its own.</summary>
    Indices,
}

/// <summary>Which action a policy takes.</summary>
public enum SceneActing
{
    /// <summary>Drawn from those that can be done, each as likely as its verb and its object together.</summary>
    Drawn,

    /// <summary>The likeliest verb and object, or, where that cannot be done, one drawn from those that can.</summary>
    Likeliest,
}

/// <summary>The network of policies that read scenes: sizes of a transformer, and what else may stand in its place.</summary>
public sealed record SceneModelOptions : TransformerOptions
{
    /// <summary>The defaults.</summary>
    public SceneModelOptions() { }

    private SceneModelOptions(TransformerOptions sizes) : base(sizes) { }

    /// <summary>What reads a scene.</summary>
    [Description("What reads goal, history and objects: a transformer or an LSTM as one sequence; pooled: a perceptron over the means of each")]
    public SceneReader Reader { get; set; }

    /// <summary>How words enter.</summary>
    [Description("words: as a language model's tokens; indices: each word has a vector of its own that no language model knows")]
    public SceneNames Names { get; set; }

    /// <summary>Which action is taken.</summary>
    [Description("drawn: a verb and an object are drawn, from those that can be done; likeliest: the likeliest of each where that can be done, which may go back and forth between two rooms for ever")]
    public SceneActing Acting { get; set; }

    /// <summary>The same with a transformer of other sizes.</summary>
    internal SceneModelOptions Of(TransformerOptions sizes) => new(sizes) { Reader = Reader, Names = Names, Acting = Acting };
}
