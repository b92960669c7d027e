using System.Globalization;
using System.Text.RegularExpressions;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Supervision;

namespace Preceptor.Prediction;

/// <summary>From a specification's files to divided rows: roles, classes, splits, and the messages when they do not fit.</summary>
internal sealed partial class PredictionAssembly(PredictionData data, MapSetting settings, ReadTable read, RunOnnx? onnx)
{
    private const int LeastRows = 2;
    private ReviewedRows? reviewed;

    /// <param name="isWhole">Whether all rows are to be training rows.</param>
    public PredictionDraft Draft(bool isWhole = false)
    {
        if (data.Data is null) throw settings.Wrong("data: is missing; name a file (CSV, TSV, Parquet, JSON Lines), a folder of images, or a data set");
        CheckLabelKeys();
        string?[] asWritten = [.. AnswerTexts, data.Group, data.Id, data.Split]; // 007 is not 7; a time column is looked at, because 10 comes after 9
        var (table, ownTest) = Read(data.Data, "data", [.. data.Text, .. data.Categories, .. asWritten.OfType<string>()], [.. data.Numbers, .. AnswerNumbers]);
        var words = LabelWords(table);
        foreach (var (key, column) in new[] { ("id", data.Id), ("group", data.Group), ("time", data.Time), ("split", data.Split) })
            if (column is not null) Find(table, column, key);
        var inputs = Roles(table);
        var test = isWhole ? null : TestFile(inputs) ?? (data.Test is null ? ownTest : null);
        var trustedFile = data.Trusted is { } name && table.Find(name) is null ? ReadLike(table, name, "trusted", inputs) : null;
        if (trustedFile is not null && ReviewedRows.IsReview(trustedFile)) (reviewed, trustedFile) = (ReviewedRows.Of(trustedFile, table, words, data.Id, At("trusted")), null);
        var trusted = reviewed is not null ? [.. reviewed.Labels.Keys] : data.Trusted is not null && trustedFile is null && !isWhole ? TrustedRows(table, words) : null;
        if (reviewed is not null) words = reviewed.Over(table, words);
        if (isWhole) (trustedFile, trusted) = (null, null);

        var split = isWhole ? new Split([.. Enumerable.Range(0, table.Rows)], [], []) : Divide(table, words, test is not null || trustedFile is not null, trustedFile is not null, trusted);
        if (data.Rows < split.Train.Length) split = split with { Train = Splits.Sample(split.Train, data.Rows.Value, RandomStream.Of(data.SplitSeed, "rows")) };
        var target = new TargetColumn(data.Label ?? "", At(LabelKey));
        var classes = kind switch { TargetKind.One => Classes(table, words, split.Train), TargetKind.Many => target.Names(table, split.Train), _ => [] };
        var index = Index(classes);
        var (training, validating, testing) = (table.Take(split.Train), table.Take(split.Validation), table.Take(split.Test));
        if (trustedFile is not null) (validating, testing) = Trusted(trustedFile, index, test is not null);
        var offered = Offered(table, split.Train, validating, classes);
        if (test is not null) testing = test.Take(Labelled(test, "test"));
        if (testing.Rows < LeastRows && !isWhole)
            throw At("test").Wrong($"only {testing.Rows} of the {(test ?? trustedFile ?? table).Rows} rows in {(test ?? trustedFile ?? table).Name} are labelled test rows; at least {LeastRows} are needed");
        var draft = new PredictionDraft
        {
            Name = Path.GetFileNameWithoutExtension(data.Data),
            Train = training,
            Validation = validating,
            Test = testing,
            Group = data.Group,
            Inputs = inputs,
            Classes = classes,
            TrainLabels = TrainLabels(training, index, offered, out var isVoted),
            ValidationLabels = LabelsOf(validating, index, trustedFile is null ? "validation" : "trusted"),
            TestLabels = LabelsOf(testing, index, trustedFile is null || test is not null ? "test" : "trusted", isOfTable: test is null),
            TrainTruth = Truth(table, split.Train, index),
            ValidationTruth = trustedFile is null ? Truth(table, split.Validation, index) : null,
            Offered = offered,
            Notes = [.. Notes(offered, table, test, trustedFile), .. reviewed?.Noise is { } noise ? new[] { noise.Summary } : [], .. isVoted ? [$"{LabelName} is blank in every training row: the label is the rules' majority, of equally many votes the first class"] : Array.Empty<string>()],
            Noise = reviewed?.Noise,
            TestWeights = reviewed is not null && test is null && !isWhole ? [.. split.Test.Select(row => reviewed.Weights[row])] : null,
            ScoredOn = HasTruth(testing) || test is null && (trustedFile is not null || trusted is not null && trusted.IsSupersetOf(split.Test)) ? ScoredOn.Trusted : ScoredOn.Unverified,
            ValidationIsTrusted = validating.Rows > 0 && (trustedFile is not null || trusted is not null && trusted.IsSupersetOf(split.Validation)),
        };
        draft = Taught(draft, table, test, trustedFile);
        if (kind == TargetKind.Many) return draft with { Targets = new ManyLabels(target.Sets(training, classes), target.Sets(validating, classes)), TestTargets = new TestLabelSets(target.Sets(testing, classes)!, classes.Length) };
        if (kind == TargetKind.One) return draft;
        var numbers = new NumberTargets(target.Numbers(training), target.Numbers(validating));
        target.RequireSpread(training, numbers);
        return draft with { Targets = numbers, TestTargets = new TestNumbers(target.Numbers(testing)) };
    }

    private int[] LabelsOf(Table rows, Dictionary<string, int> index, string role, bool isOfTable = true)
    {
        if (kind != TargetKind.One) return [];
        var words = role == "test" ? TestWords(rows) : LabelWords(rows);
        if (reviewed is not null && isOfTable) words = reviewed.Over(rows, words);
        return [.. Enumerable.Range(0, rows.Rows).Select(row => Label(index, rows, words(row), role))];
    }

    // Rules label what nobody has.
    private int[] TrainLabels(Table training, Dictionary<string, int> index, List<ISupervision> offered, out bool isVoted)
    {
        var labels = LabelsOf(training, index, "training");
        isVoted = rules is not null && labels.Length > 0 && labels.All(label => label < 0);
        return isVoted ? WeakVotes.MajorityVote(offered.OfType<RuleVotes>().First().Train, index.Count) : labels;
    }

    private Table? TestFile(InputRoles inputs) =>
        data.Test is null || double.TryParse(data.Test, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? null : ReadLike(null, data.Test, "test", inputs);

    private double TestShare()
    {
        var share = data.Test is null ? 0.2 : double.Parse(data.Test, CultureInfo.InvariantCulture);
        return share is > 0 and < 1 ? share : throw At("test").Wrong($"{data.Test} is not a share in (0, 1) or a file");
    }

    private Split Divide(Table table, Func<int, string> words, bool testIsElsewhere, bool validationIsElsewhere, HashSet<int>? trusted)
    {
        int[] rows = [.. Enumerable.Range(0, table.Rows)];
        if (data.Split is { } column)
        {
            var side = Find(table, column, "split").Words();
            var sides = rows.ToLookup(r => side(r).ToLowerInvariant());
            var wrong = sides.FirstOrDefault(s => s.Key is not ("train" or "validation" or "test"));
            if (wrong is not null) throw At("split").Wrong($"{table.Name}: column '{column}' says '{wrong.Key}' in row {wrong.First() + 1}; allowed: train, validation, test");
            return new([.. sides["train"]], [.. sides["validation"].Where(r => words(r).Length > 0)], [.. sides["test"].Where(r => words(r).Length > 0)]);
        }
        var random = RandomStream.Of(data.SplitSeed, "split");
        var classes = new Dictionary<string, int>(StringComparer.Ordinal);
        int ClassOf(int row) => kind != TargetKind.One ? 0 : classes.TryGetValue(words(row), out var c) ? c : classes[words(row)] = classes.Count;
        if (trusted is not null)
        {
            int[] marked = [.. trusted.Order()];
            var (validation, test) = testIsElsewhere ? (marked, []) : Splits.Stratified(marked, ClassOf, 0.5, random);
            return new([.. rows.Where(r => !trusted.Contains(r))], validation, test);
        }
        // Rows without a label can't be scored. They stay to be learned from, but not beside a taken row's group or after its time.
        (int[] Kept, int[] Taken) Take(int[] from, double share, bool latest)
        {
            int[] labelled = [.. from.Where(r => words(r).Length > 0)];
            if (share == 0 || labelled.Length == 0) return (from, []);
            if (data.Group is { } group)
            {
                var groupOf = Find(table, group, "group").Words();
                var (_, grouped) = Splits.ByGroup(labelled, groupOf, share, random);
                var groups = grouped.Select(groupOf).ToHashSet(StringComparer.Ordinal);
                return ([.. from.Where(r => !groups.Contains(groupOf(r)))], grouped);
            }
            if (latest && data.Time is { } time)
            {
                var timeOf = Sortable(table, Find(table, time, "time"));
                var late = Splits.Latest(labelled, timeOf, share).Taken;
                var first = late.Select(timeOf).Min(StringComparer.Ordinal);
                return ([.. from.Where(r => first is null || string.CompareOrdinal(timeOf(r), first) < 0)], late);
            }
            var taken = Splits.Stratified(labelled, ClassOf, share, random).Taken.ToHashSet();
            return ([.. from.Where(r => !taken.Contains(r))], [.. taken.Order()]);
        }
        var (rest, testRows) = testIsElsewhere ? (rows, []) : Take(rows, TestShare(), latest: true);
        var (train, validationRows) = validationIsElsewhere ? (rest, []) : Take(rest, data.Validation, latest: false);
        return new(train, validationRows, testRows);
    }

    private (Table Validation, Table Test) Trusted(Table file, Dictionary<string, int> index, bool testIsElsewhere)
    {
        var labelled = Labelled(file, "trusted");
        var words = LabelWords(file, "trusted");
        var (validation, test) = testIsElsewhere ? (labelled, []) : Splits.Stratified(labelled, r => kind != TargetKind.One ? 0 : index.GetValueOrDefault(words(r), -1), 0.5, RandomStream.Of(data.SplitSeed, "trusted"));
        return (file.Take(validation), file.Take(test));
    }

    private int[] Labelled(Table file, string key)
    {
        var words = LabelWords(file, key);
        return [.. Enumerable.Range(0, file.Rows).Where(r => words(r).Length > 0)];
    }

    private HashSet<int> TrustedRows(Table table, Func<int, string> label)
    {
        var words = Find(table, data.Trusted!, "trusted").Words();
        var rows = Enumerable.Range(0, table.Rows).Where(r => label(r).Length > 0 && words(r).ToLowerInvariant() is "1" or "true" or "yes").ToHashSet();
        return rows.Count >= 2 * LeastRows ? rows : throw At("trusted").Wrong($"{table.Name}: column '{data.Trusted}' marks {rows.Count} labelled rows as trusted (1, true or yes); at least {2 * LeastRows} are needed");
    }

    private string[] Classes(Table table, Func<int, string> words, int[] train)
    {
        var found = train.Select(words).Where(w => w.Length > 0).ToHashSet(StringComparer.Ordinal);
        if (found.Count == 0 && rules is null) throw At(LabelKey).Wrong($"{table.Name}: {LabelName} is blank in every training row");
        if (found.Count == 1) throw At(LabelKey).Wrong($"{table.Name}: {LabelName} has only one value, '{found.First()}', in {train.Length} training rows; there is nothing to learn");
        var labelled = train.Count(r => words(r).Length > 0);
        if (found.Count > 1000 || found.Count > labelled / 2 && labelled > 20)
            throw At(LabelKey).Wrong($"{table.Name}: {LabelName} has {found.Count} different values in {labelled} labelled training rows; a class column repeats its values; a number to predict wants labels: number, label sets such as a|b want labels: many");
        var classes = Ordered(found.Concat(MoreClasses(table, train, found)));
        return classes.Length > 1 ? classes : throw At("rules").Wrong($"all rules vote for '{classes[0]}'; there is nothing to learn");
    }

    private int Label(Dictionary<string, int> index, Table table, string word, string role)
    {
        if (word.Length == 0) return -1;
        if (index.TryGetValue(word, out var label)) return label;
        throw At(LabelKey).Wrong($"{table.Name}: class '{word}' is seen only in {role} rows, never in a labelled training row{Spelling.Hint(word, index.Keys)}; known: {string.Join(", ", index.Keys.Take(20))}");
    }

    private InputRoles Roles(Table table)
    {
        var declared = new InputRoles { Text = data.Text, Numbers = data.Numbers, Categories = data.Categories, Image = data.Image };
        if (declared.All.Any())
        {
            foreach (var (key, names) in new[] { ("text", data.Text), ("numbers", data.Numbers), ("categories", data.Categories) })
                foreach (var name in names)
                {
                    var column = Find(table, name, key);
                    if (key == "numbers" && column is not NumberColumn || key == "text" && column is not TextColumn) throw At(key).Wrong($"{table.Name}: column '{name}' does not hold {key}");
                    if (AnswerTexts.Concat(AnswerNumbers).Contains(name)) throw At(key).Wrong($"'{name}' is {(name == data.Label ? "the label" : "an answer")}; it can't be an input");
                }
            if (data.Image is { } image && Find(table, image, "image") is not ImageColumn) throw At("image").Wrong($"{table.Name}: column '{image}' does not hold images");
            return declared;
        }
        string?[] roles = [.. AnswerTexts, .. AnswerNumbers, data.Group, data.Time, data.Trusted, data.Id, data.Split];
        var found = ColumnRoles.Look(table, roles.OfType<string>().ToHashSet());
        return found.All.Any() ? found : throw settings.Wrong($"no column of {table.Name} looks like an input; name some under text:, numbers: or categories: (columns: {string.Join(", ", table.Columns.Select(c => c.Name))})");
    }

    /// <summary>Reads a file whose columns are to be of the same types as those of the training rows.</summary>
    private Table ReadLike(Table? table, string path, string key, InputRoles inputs)
    {
        string?[] asWritten = [.. AnswerTexts, data.Id, .. key == "trusted" ? ReviewedRows.Texts : []];
        var hint = table is null ? "" : $"; nor has {table.Name} a column of that name{Spelling.Hint(path, table.Columns.Select(c => c.Name))}";
        return Read(path, key, [.. inputs.Text, .. inputs.Categories, .. asWritten.OfType<string>()], [.. inputs.Numbers, .. AnswerNumbers], hint).Rows;
    }

    private (Table Rows, Table? Test) Read(string path, string key, IReadOnlyCollection<string> text, IReadOnlyCollection<string> numbers, string hint = "")
    {
        try
        {
            return read(path, text, numbers, data.BadImages ?? BadImages.Fail);
        }
        catch (RequestException e)
        {
            throw At(key).Wrong(File.Exists(path) ? e.Message : e.Message + hint);
        }
    }

    private Column Find(Table table, string name, string key) =>
        table.Find(name) ?? throw At(key).Wrong($"{table.Name} has no column '{name}'{Spelling.Hint(name, table.Columns.Select(c => c.Name))}; it has {string.Join(", ", table.Columns.Select(c => c.Name))}");

    private Setting At(string key) => settings.Find(key) ?? new ScalarSetting(settings.Place, settings.Path + "." + key, "");

    // Numbers sort by value, texts such as ISO dates by their letters.
    private Func<int, string> Sortable(Table table, Column column)
    {
        if (column is NumberColumn numbers) return row => SortableBits(numbers.Values[row]).ToString("x16", CultureInfo.InvariantCulture);
        var words = column.Words();
        for (var row = 0; row < table.Rows; row++)
            if (DayOrMonthFirst().IsMatch(words(row))) throw At("time").Wrong($"{table.Name}: row {row + 1} of column '{column.Name}' is '{words(row)}', which does not sort by its letters; write dates as 2026-11-23");
        return words;
    }

    // The order of these bits is that of the numbers; an empty cell is before them all, and adding 0 turns −0 into 0.
    private static ulong SortableBits(double value)
    {
        if (double.IsNaN(value)) return 0;
        var bits = BitConverter.DoubleToUInt64Bits(value + 0.0);
        return value < 0 ? ~bits : bits | 1UL << 63;
    }

    [GeneratedRegex(@"^\d{1,2}[/.-]\d{1,2}[/.-]")]
    private static partial Regex DayOrMonthFirst();
}
