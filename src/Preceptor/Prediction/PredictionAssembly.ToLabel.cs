using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;

namespace Preceptor.Prediction;

/// <summary>All rows of the data for a teacher or rules to label: nothing is divided, and no row needs a label.</summary>
internal sealed partial class PredictionAssembly
{
    public RowsToLabel ToLabel(string teacher)
    {
        if (data.Data is null) throw settings.Wrong("data: is missing; name a file (CSV, TSV, Parquet, JSON Lines), a folder of images, or a data set");
        if (kind != TargetKind.One) throw At("labels").Wrong($"teachers and rules give one class a row, and labels: is {Options.Key(kind.ToString())}");
        if (data.Rules is not null) rules = new(data.Rules, At("rules"));
        string[] known = [.. data.Teachers?.Keys ?? [], .. rules is null ? [] : new[] { "rules" }];
        var source = data.Teachers?.GetValueOrDefault(teacher);
        if (source is null && (teacher != "rules" || rules is null))
            throw settings.Wrong($"there is no teacher '{teacher}'{Spelling.Hint(teacher, known)}; {(known.Length == 0 ? "name one under teachers:, or rules:" : $"there is {string.Join(", ", known)}")}");

        string?[] asWritten = [.. AnswerTexts, data.Group, data.Id, data.Split];
        var (table, _) = Read(data.Data, "data", [.. data.Text, .. data.Categories, .. asWritten.OfType<string>()], [.. data.Numbers, .. AnswerNumbers]);
        var ids = data.Id is null ? _ => "" : Find(table, data.Id, "id").Words();
        var form = source?.Form(Written(teacher));
        if (form == "probabilities") throw Written(teacher).Wrong("is a file of probabilities already; there is nothing to ask");
        var classes = source is not null && form is "endpoint" or "onnx" ? Names(source!) : null;
        // An ONNX model's classes stand in its order, ours in ours.
        classes = form == "onnx" && FoundClasses(table) is { Length: > 1 } ours ? ours : classes is not null ? Ordered(classes) : FoundClasses(table);
        if (classes.Length < 2)
            throw (source is null ? At("rules") : Written(teacher)).Wrong($"{(classes.Length == 0 ? "no class is known" : $"only the class '{classes[0]}' is known")}: no row has a label; {(form == "endpoint" ? "list the classes to choose from under classes:" : "name a column with some under label:")}");
        var inputs = Roles(table);
        var rowsToLabel = new RowsToLabel(table, inputs, classes, ids) { Rules = rules, Chat = form == "endpoint" ? source : null, Written = key => Key(Written(teacher), key) };
        if (rules is not null) Votes(table, classes); // says what is wrong with them
        if (form is not ("model" or "onnx")) return rowsToLabel;
        var draft = new PredictionDraft { Name = table.Name, Train = table, Validation = table.Take([]), Test = table.Take([0]), Inputs = inputs, Classes = classes, TrainLabels = [], ValidationLabels = [], TestLabels = [], ScoredOn = ScoredOn.Unverified };
        var (taught, words) = form == "model" ? FromModel(source!, Written(teacher), draft, null, null) : FromOnnx(source!, Written(teacher), draft);
        return rowsToLabel with { Logits = taught.Train, Notes = [.. words] };
    }

    /// <summary>The classes that labels, annotators, soft labels or rules name.</summary>
    private string[] FoundClasses(Table table)
    {
        if (data.SoftLabels is { } soft) return Ordered(soft.Keys);
        int[] rows = [.. Enumerable.Range(0, table.Rows)];
        IEnumerable<Func<int, string>> columns = data.Label is { } label ? Answers(table).Append(Find(table, label, "label").Words()) : Answers(table);
        string[] found = Ordered(columns.SelectMany(words => rows.Select(words)).Where(w => w.Length > 0));
        return found.Length > 0 ? found : Ordered(rules?.Labels ?? []);
    }
}
