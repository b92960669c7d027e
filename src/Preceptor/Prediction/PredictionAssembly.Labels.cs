using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Supervision;

namespace Preceptor.Prediction;

/// <summary>The labels' side of the assembly: a column, several annotators' votes or soft labels, and what comes beside the labels.</summary>
internal sealed partial class PredictionAssembly
{
    private const double SumTolerance = 1e-3;
    private readonly TargetKind kind = data.Labels ?? TargetKind.One;

    private string[] SoftColumns => [.. data.SoftLabels?.Values ?? []];

    private IEnumerable<string> AnswerTexts => data.Annotators.Append(kind == TargetKind.Number ? null : data.Label).Append(data.Truth).OfType<string>();

    private IEnumerable<string> AnswerNumbers => SoftColumns.Append(data.Confidence).Append(kind == TargetKind.Number ? data.Label : null).OfType<string>();

    /// <summary>What the labels are called in messages.</summary>
    private string LabelName => data.Label is { } label ? $"column '{label}'" : data.Annotators.Length > 0 ? "the annotators' vote" : data.SoftLabels is not null ? "the likeliest soft label" : "the rules' vote";

    private string LabelKey => data.Label is not null ? "label" : data.Annotators.Length > 0 ? "annotators" : data.SoftLabels is not null ? "soft-labels" : "rules";

    private RuleSet? rules;

    private void CheckLabelKeys()
    {
        if (kind != TargetKind.One) CheckKeysOfOtherTargets();
        if (data.Label is null && data.Annotators.Length == 0 && data.SoftLabels is null && data.Rules is null)
            throw settings.Wrong("label: is missing; name the column to predict, or several annotators:, soft-labels: or rules:");
        if (data.Rules is not null) rules = new(data.Rules, At("rules"));
        if (data.Annotators.Length == 1) throw At("annotators").Wrong("names one column, expected at least two; a single annotator's column is a label:");
        if (data.Annotators.GroupBy(a => a).FirstOrDefault(g => g.Count() > 1) is { } twice) throw At("annotators").Wrong($"names '{twice.Key}' twice");
        if (data.SoftLabels is { Count: < 2 } few) throw At("soft-labels").Wrong($"has {few.Count} classes, expected at least two, as class: column");
        if (data.SoftLabels?.Values.GroupBy(c => c).FirstOrDefault(g => g.Count() > 1) is { } shared) throw At("soft-labels").Wrong($"names the column '{shared.Key}' for two classes");
        if (data.Noise is not null && LabelKey != "label") throw At("noise").Wrong($"plants wrong labels in a label: column; here labels come from {LabelKey}");
        if (data.Noise is not null && (data.Annotators.Length > 0 || data.SoftLabels is not null)) throw At("noise").Wrong("would plant wrong labels beside annotators: or soft-labels: that give them away; leave those out");
    }

    private void CheckKeysOfOtherTargets()
    {
        if (data.Label is null) throw settings.Wrong("label: is missing; name the column to predict");
        (string Key, bool IsSet)[] keys = [("annotators", data.Annotators.Length > 0), ("soft-labels", data.SoftLabels is not null), ("rules", data.Rules is not null), ("confidence", data.Confidence is not null), ("truth", data.Truth is not null), ("noise", data.Noise is not null), ("abstain-below", data.AbstainBelow > 0)];
        if (keys.FirstOrDefault(k => k.IsSet).Key is { } key) throw At(key).Wrong($"is for one class a row, and labels: is {Options.Key(kind.ToString())}");
    }

    /// <summary>A row's label as written; empty for none.</summary>
    private Func<int, string> LabelWords(Table table, string key = "label") =>
        data.Label is { } label ? Find(table, label, key).Words() : data.Annotators.Length > 0 ? Vote(table) : data.SoftLabels is not null ? Likeliest(table) : RulesVote(table);

    private Func<int, string> RulesVote(Table table)
    {
        string[] classes = Ordered(rules!.Labels);
        var winners = WeakVotes.MajorityVote(Votes(table, classes), classes.Length);
        return row => winners[row] < 0 ? "" : classes[winners[row]];
    }

    private int[,] Votes(Table table, string[] classes)
    {
        foreach (var column in rules!.Columns)
            if (AnswerTexts.Concat(AnswerNumbers).Contains(column)) throw rules.At(column).Wrong($"'{column}' is an answer; a rule looks at what is known of every row");
        return rules.Vote(table, Index(classes));
    }

    /// <summary>A test row's label as written: the truth where a column has it.</summary>
    private Func<int, string> TestWords(Table table)
    {
        var labels = LabelWords(table);
        if (data.Truth is not { } truth || table.Find(truth) is not { } column) return labels;
        var words = column.Words();
        return row => words(row) is { Length: > 0 } word ? word
            : throw At("truth").Wrong($"{table.Name}: column '{truth}' is blank in row {table.Origin(row) + 1}, a test row");
    }

    private bool HasTruth(Table table) => data.Truth is { } truth && table.Find(truth) is not null;

    private int[]? Truth(Table table, int[] rows, Dictionary<string, int> index)
    {
        if (data.Truth is null) return null;
        var words = Find(table, data.Truth, "truth").Words();
        return [.. rows.Select(row => Label(index, table, words(row), "truth"))];
    }

    private Func<int, string> Vote(Table table)
    {
        var answers = Answers(table);
        string[] classes = Ordered(Enumerable.Range(0, table.Rows).SelectMany(row => answers.Select(words => words(row))).Where(w => w.Length > 0).ToHashSet(StringComparer.Ordinal));
        int[] rows = [.. Enumerable.Range(0, table.Rows)];
        var winners = WeakVotes.MajorityVote(Indices(answers, rows, Index(classes)), classes.Length);
        return row => winners[row] < 0 ? "" : classes[winners[row]];
    }

    private Func<int, string> Likeliest(Table table)
    {
        string[] classes = Ordered(data.SoftLabels!.Keys);
        var soft = Soft(table, classes);
        return row =>
        {
            var probabilities = soft.AsSpan(row * classes.Length, classes.Length);
            var best = 0;
            for (var c = 1; c < classes.Length; c++)
                if (probabilities[c] > probabilities[best]) best = c;
            return probabilities[best] == 0 ? "" : classes[best];
        };
    }

    private Func<int, string>[] Answers(Table table) => [.. data.Annotators.Select(name => Find(table, name, "annotators").Words())];

    /// <summary>The votes on other rows; null where they lack a column.</summary>
    private static int[,]? IfSeen(Table rows, IReadOnlyList<string> columns, Func<int[,]> votes) => rows.Rows > 0 && columns.All(c => rows.Find(c) is not null) ? votes() : null;

    private static int[,] Indices(Func<int, string>[] answers, int[] rows, Dictionary<string, int> index)
    {
        var indices = new int[rows.Length, answers.Length];
        for (var i = 0; i < rows.Length; i++)
            for (var a = 0; a < answers.Length; a++) indices[i, a] = index.GetValueOrDefault(answers[a](rows[i]), -1);
        return indices;
    }

    /// <summary>The soft labels of all rows [rows × C]; rows whose cells are all blank are zeros.</summary>
    private float[] Soft(Table table, string[] classes)
    {
        var columns = classes.Select(c => Find(table, data.SoftLabels![c], "soft-labels")).ToArray();
        if (columns.FirstOrDefault(c => c is not NumberColumn) is { } other) throw At("soft-labels").Wrong($"{table.Name}: column '{other.Name}' does not hold numbers");
        var values = columns.Select(c => ((NumberColumn)c).Values).ToArray();
        var soft = new float[table.Rows * classes.Length];
        for (var row = 0; row < table.Rows; row++)
        {
            if (values.All(v => double.IsNaN(v[row]))) continue;
            var sum = values.Sum(v => v[row]);
            if (!(values.All(v => v[row] >= 0) && Math.Abs(sum - 1) <= SumTolerance)) throw At("soft-labels").Wrong(
                $"{table.Name} row {table.Origin(row) + 1}: {string.Join(", ", columns.Select(c => $"{c.Name} {Number(((NumberColumn)c).Values[row])}"))}{(double.IsNaN(sum) ? "" : $" add up to {Number(sum)}")}; expected numbers of at least 0 that add up to 1 (± {Number(SumTolerance)}), or none at all");
            for (var c = 0; c < classes.Length; c++) soft[row * classes.Length + c] = (float)(values[c][row] / sum);
        }
        return soft;
    }

    private float[] Confidences(Table table, int[] rows)
    {
        if (Find(table, data.Confidence!, "confidence") is not NumberColumn column) throw At("confidence").Wrong($"{table.Name}: column '{data.Confidence}' does not hold numbers");
        foreach (var (value, row) in column.Values.Select((v, r) => (v, r)))
            if (value is < 0 or > 1) throw At("confidence").Wrong($"{table.Name} row {table.Origin(row) + 1}: column '{column.Name}' has {Number(value)}, expected 0 to 1, or a blank cell for 1");
        return [.. rows.Select(row => double.IsNaN(column.Values[row]) ? 1f : (float)column.Values[row])];
    }

    /// <summary>The classes that annotators name beside the label, those that soft labels are about, or, where no row has a label, those that rules vote for.</summary>
    private IEnumerable<string> MoreClasses(Table table, int[] train, IEnumerable<string> found)
    {
        if (data.SoftLabels is { } soft)
        {
            if (found.FirstOrDefault(w => !soft.ContainsKey(w)) is { } other) throw At("soft-labels").Wrong(
                $"{table.Name}: {LabelName} has the class '{other}', which soft-labels lack{Spelling.Hint(other, soft.Keys)}; they have {string.Join(", ", soft.Keys)}");
            return soft.Keys;
        }
        return Answers(table).SelectMany(words => train.Select(words)).Where(w => w.Length > 0).Concat(found.Any() && LabelKey != "rules" ? [] : rules?.Labels ?? []);
    }

    /// <summary>What is offered beside the labels.</summary>
    private List<ISupervision> Offered(Table table, int[] train, Table validating, string[] classes)
    {
        List<ISupervision> offered = [];
        int[] all = [.. Enumerable.Range(0, validating.Rows)];
        if (data.Annotators.Length > 0) offered.Add(new AnnotatorLabels(data.Annotators, Indices(Answers(table), train, Index(classes))) { Validation = IfSeen(validating, data.Annotators, () => Indices(Answers(validating), all, Index(classes))) });
        if (rules is not null) offered.Add(new RuleVotes(rules.Names, Votes(table.Take(train), classes)) { Validation = IfSeen(validating, rules.Columns, () => Votes(validating, classes)) });
        if (data.SoftLabels is not null) offered.Add(new SoftLabels(Rows(Soft(table, classes), train, classes.Length), classes.Length));
        if (data.Confidence is not null) offered.Add(new LabelConfidence(Confidences(table, train)));
        return offered;
    }

    private List<string> Notes(List<ISupervision> offered, params Table?[] tables)
    {
        List<string> notes = [.. tables.Select(t => t?.Note).OfType<string>().Distinct()];
        foreach (var supervision in offered)
            notes.Add(supervision switch
            {
                AnnotatorLabels a => a.Summary + (data.Label is null ? "; the label is their majority, of equally many votes the first class" : ""),
                RuleVotes r => r.Summary + (data.Label is null && data.Annotators.Length == 0 && data.SoftLabels is null ? "; the label is their majority, of equally many votes the first class" : ""),
                SoftLabels s => $"soft labels: {s.Summary}{(data.Label is null && data.Annotators.Length == 0 ? "; the label is the likeliest class" : "")}",
                LabelConfidence c => c.Summary,
                _ => throw new InvalidOperationException(supervision.GetType().Name),
            });
        return notes;
    }

    private static float[] Rows(float[] values, int[] rows, int width)
    {
        var taken = new float[rows.Length * width];
        for (var i = 0; i < rows.Length; i++) values.AsSpan(rows[i] * width, width).CopyTo(taken.AsSpan(i * width));
        return taken;
    }

    private static Dictionary<string, int> Index(IReadOnlyList<string> classes) =>
        classes.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => p.i, StringComparer.Ordinal);

    /// <summary>Classes by value where all are numbers, else by their letters.</summary>
    private static string[] Ordered(IEnumerable<string> classes)
    {
        string[] all = [.. classes.Distinct(StringComparer.Ordinal)];
        return all.All(f => double.TryParse(f, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            ? [.. all.OrderBy(f => double.Parse(f, CultureInfo.InvariantCulture)).ThenBy(f => f, StringComparer.Ordinal)]
            : [.. all.Order(StringComparer.Ordinal)];
    }

    private static string Number(double value) => double.IsNaN(value) ? "blank" : value.ToString("0.######", CultureInfo.InvariantCulture);
}
