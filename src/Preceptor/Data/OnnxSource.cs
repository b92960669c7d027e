using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;

namespace Preceptor.Data;

/// <summary>What an input of an ONNX model is given.</summary>
public enum OnnxInput
{
    /// <summary>Padded token ids [rows, length].</summary>
    Ids,

    /// <summary>1 for a token and 0 for padding [rows, length].</summary>
    Mask,

    /// <summary>Zeros [rows, length]: all tokens are of one text.</summary>
    Types,

    /// <summary>Images [rows, channels, height, width].</summary>
    Image,

    /// <summary>Numbers [rows, count].</summary>
    Numbers,
}

/// <summary>A frozen model in an ONNX file and what it is given: the keys that name it in a specification.</summary>
public record OnnxSource
{
    /// <summary>The file.</summary>
    [Description("A frozen model in an ONNX file")]
    public string? Onnx { get; set; }

    /// <summary>The vocabulary of the texts' pieces.</summary>
    [Description("onnx: the vocab.txt of its WordPiece tokens, for inputs of text")]
    public string? Tokenizer { get; set; }

    /// <summary>Most tokens a text.</summary>
    [Description("onnx: most tokens of a text, [CLS] and [SEP] included; left out: 128")]
    [Range(3, 65536)]
    public int? Length { get; set; }

    /// <summary>Whether texts are put in small letters.</summary>
    [Description("onnx: whether the tokens are of small letters alone, as those of an uncased model; left out: true")]
    public bool? LowerCase { get; set; }

    /// <summary>What each input is given.</summary>
    [Description("onnx: name: ids | mask | types | image | numbers for each of its inputs")]
    public IReadOnlyDictionary<string, OnnxInput>? Inputs { get; set; }

    /// <summary>The output.</summary>
    [Description("onnx: the output to read; left out: the only one")]
    public string? Output { get; set; }

    /// <summary>What is taken from each input value.</summary>
    [Description("onnx: taken from pixels / 255, a number or one a channel; from numbers, one a column; left out: 0")]
    public double[] Mean { get; set; } = [];

    /// <summary>What the rest is divided by.</summary>
    [Description("onnx: what the rest is divided by; left out: 1")]
    [Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double[] Deviation { get; set; } = [];
}

/// <summary>How a network's values of several places, such as a text's tokens, become one list a row.</summary>
public enum FeaturePool
{
    /// <summary>Their mean, without padding.</summary>
    Mean,

    /// <summary>The first's, such as that of [CLS].</summary>
    First,

    /// <summary>The largest of each value, without padding.</summary>
    Max,
}

/// <summary>A frozen network whose output is taken as features of the rows.</summary>
public sealed record FrozenNetwork : OnnxSource
{
    /// <summary>How the values of several places become one list.</summary>
    [Description("How an output of many places a row, such as a text's tokens, becomes one list; left out: mean")]
    public FeaturePool? Pool { get; set; }
}

/// <summary>Gives the rows of a table to a frozen model: text columns as one text, the image column, or the number columns.</summary>
/// <param name="source">The model.</param>
/// <param name="rows">The rows; at least one.</param>
/// <param name="inputs">Which columns are inputs.</param>
/// <returns>Its outputs [rows × width].</returns>
/// <exception cref="RequestException">The model cannot be opened, or does not take these rows.</exception>
public delegate (float[] Values, int Width) RunOnnx(OnnxSource source, Table rows, InputRoles inputs);
