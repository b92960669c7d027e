using Preceptor.Data;

namespace Preceptor.Prediction;

/// <summary>All rows of a specification's data, labelled or not, for a teacher or rules to label.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Inputs">The input columns.</param>
/// <param name="Classes">The classes, C.</param>
/// <param name="Ids">What names each row; empty without <c>problem.id</c>.</param>
public sealed record RowsToLabel(Table Rows, InputRoles Inputs, IReadOnlyList<string> Classes, Func<int, string> Ids)
{
    /// <summary>A model's logits [N × C]; null where a chat model or rules are to label.</summary>
    public float[]? Logits { get; init; }

    /// <summary>The rules that were asked for or stand beside the teacher; null where there are none.</summary>
    public RuleSet? Rules { get; init; }

    /// <summary>The chat model's settings; null for another teacher.</summary>
    public TeacherSource? Chat { get; init; }

    /// <summary>The chat model's settings as they were written, for messages that point at a line.</summary>
    public required Func<string, Foundation.Setting> Written { get; init; }

    /// <summary>What whoever reads the labels should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
