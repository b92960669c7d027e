using System.ComponentModel;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Prediction;

/// <summary>What an ONNX teacher's outputs are.</summary>
public enum TeacherAnswers
{
    /// <summary>Log-probabilities up to a constant a row.</summary>
    Logits,

    /// <summary>Probabilities: each row adds up to 1.</summary>
    Probabilities,
}

/// <summary>A teacher from outside: a file of its probabilities, a model of ours, or a model in an ONNX file.</summary>
public sealed record TeacherSource : OnnxSource
{
    /// <summary>The file of probabilities.</summary>
    [Description("A file of the teacher's probabilities: a row a row, a column a class of its name")]
    public string? Probabilities { get; set; }

    /// <summary>The file of the test rows' probabilities.</summary>
    [Description("probabilities: those of the test rows, where these have a file of their own; left out: looked for by id")]
    public string? TestProbabilities { get; set; }

    /// <summary>The column of ids.</summary>
    [Description("probabilities: its column of ids, matched with problem.id; left out: rows are matched in their order")]
    public string? Id { get; set; }

    /// <summary>The folder of a model.</summary>
    [Description("A folder of a model trained here or elsewhere, or of its run; it is given the raw rows")]
    public string? Model { get; set; }

    /// <summary>The teacher's classes.</summary>
    [Description("probabilities, model: their name: our name for classes that differ; onnx: the classes in the output's order, a list or a file with one a line")]
    public Setting? Classes { get; set; }

    /// <summary>What an ONNX teacher's outputs are.</summary>
    [Description("onnx: whether its outputs are logits or probabilities; left out: logits")]
    public TeacherAnswers? Answers { get; set; }

    /// <summary>The form's key, once it is known that there is one form and no key of another.</summary>
    /// <param name="written">The keys as they were written.</param>
    /// <exception cref="RequestException">No form is named, or several, or a key belongs to another form.</exception>
    internal string Form(MapSetting written)
    {
        string[] named = [.. new[] { ("probabilities", Probabilities), ("model", Model), ("onnx", Onnx) }.Where(f => f.Item2 is not null).Select(f => f.Item1)];
        if (named is not [var form]) throw written.Wrong($"expected one of probabilities: FILE, model: FOLDER and onnx: FILE, found {(named.Length == 0 ? "none" : string.Join(" and ", named))}");
        string[] others = ["probabilities", "test-probabilities", "id", "model"];
        foreach (var (key, setting) in written.Entries)
        {
            var fits = key == form || key == "classes" || form switch { "probabilities" => key is "test-probabilities" or "id", "onnx" => !others.Contains(key), _ => false };
            if (!fits && setting is not ScalarSetting { Text: "" }) throw setting.Wrong($"is no key of a teacher that is named by {form}:");
        }
        return form;
    }
}
