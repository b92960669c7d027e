using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Prediction;

namespace Preceptor.Cli;

/// <summary>What <c>preceptor label</c> is to do.</summary>
/// <param name="Teacher">Who labels.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Folder">Where labels go.</param>
/// <param name="IsDry">Whether nothing is asked and written.</param>
/// <param name="MaxCost">The most that all answers may cost; null for no bound.</param>
/// <param name="IsJson">Whether standard output carries JSON.</param>
/// <param name="Again">How risky answers are asked for again; null for not.</param>
/// <param name="Command">The command that goes on.</param>
internal sealed record LabelRequest(string Teacher, RowsToLabel Rows, string Folder, bool IsDry, double? MaxCost, bool IsJson, AgainOptions? Again, string Command)
{
    private const string ResultFile = "label.json";

    /// <summary>Says something to people.</summary>
    public void Say(FormattableString words) => (IsJson ? Console.Error : Console.Out).WriteLine(FormattableString.Invariant(words));

    /// <summary>Prints an object where JSON is wanted.</summary>
    public void Show(JsonObject json)
    {
        if (IsJson) Console.Out.WriteLine(json.ToJsonString());
    }

    /// <summary>Writes and shows the result.</summary>
    /// <param name="labelled">How many rows got a label.</param>
    /// <param name="more">What there is to say beside.</param>
    public void Finish(int labelled, JsonObject more)
    {
        var rows = Rows.Rows.Rows;
        var result = new JsonObject { ["type"] = "result", ["teacher"] = Teacher, ["rows"] = rows, ["labelled"] = labelled, ["abstained"] = rows - labelled };
        foreach (var (key, value) in more) result[key] = value?.DeepClone();
        result["run"] = Folder;
        result["command"] = Command;
        RunFolder.WriteWhole(Path.Combine(Folder, ResultFile), result.ToJsonString() + "\n");
        foreach (var note in Rows.Notes) Say($"{note}");
        Say($"{Teacher}: {labelled:#,0} of {rows:#,0} rows labelled → {Path.Combine(Folder, "part-*.csv")}");
        Say($"to learn from them, write under problem.teachers:   {Teacher}: {{probabilities: {Folder}/part-*.csv}}");
        Show(result);
    }
}
