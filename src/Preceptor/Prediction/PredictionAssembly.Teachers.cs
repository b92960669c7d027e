using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Prediction;

/// <summary>The teachers' side of the assembly: files of probabilities, models of ours and ONNX models become logits of training and test rows.</summary>
internal sealed partial class PredictionAssembly
{
    /// <summary>The draft with the teachers that the specification names.</summary>
    /// <param name="draft">The divided rows.</param>
    /// <param name="table">The data file's rows.</param>
    /// <param name="test">The test rows' own, before any was left out; null where they come from <paramref name="trusted"/> or <paramref name="table"/>.</param>
    /// <param name="trusted">The trusted rows' own file, or null.</param>
    private PredictionDraft Taught(PredictionDraft draft, Table table, Table? test, Table? trusted)
    {
        if (data.Teachers is null) return draft;
        if (kind != TargetKind.One) throw At("teachers").Wrong($"teachers know one class a row; labels: {Options.Key(kind.ToString())} takes none");
        List<DraftTeacher> teachers = [];
        List<string> notes = [.. draft.Notes];
        foreach (var (name, source) in data.Teachers)
        {
            var written = Written(name);
            if (source is null) throw written.Wrong("expected one of probabilities: FILE, model: FOLDER, onnx: FILE and endpoint: ADDRESS");
            var (taught, words) = source.Form(written) switch
            {
                "probabilities" => FromFile(source, written, draft, table, test ?? trusted),
                "model" => FromModel(source, written, draft, test, trusted),
                "endpoint" => throw Key(written, "endpoint").Wrong($"a chat model is not asked while models are trained; ask it once with preceptor label SPEC --teacher {name}, then name its answers here: {name}: {{probabilities: FOLDER/part-*.csv}}"),
                _ => FromOnnx(source, written, draft),
            };
            teachers.Add(taught with { Name = name });
            notes.Add($"teacher {name}: {string.Join("; ", taught.Test is null && words.Count < 2 ? [.. words, "it says nothing of the test rows and has no score of its own"] : words)}");
        }
        return draft with { Teachers = teachers, Notes = notes };
    }

    private MapSetting Written(string name)
    {
        var setting = (At("teachers") as MapSetting)?.Find(name) ?? At("teachers");
        return setting as MapSetting ?? new MapSetting(setting.Place, setting.Path, []);
    }

    private static Setting Key(MapSetting written, string key) => written.Find(key) ?? new ScalarSetting(written.Place, $"{written.Path}.{key}", "");

    /// <summary>Does something; what is wrong with it is said of a key.</summary>
    private static T Asking<T>(Setting at, Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (RequestException e)
        {
            throw at.Wrong(e.Message);
        }
    }

    private static Dictionary<string, string> Renamed(TeacherSource source, IReadOnlyList<string> classes)
    {
        if (source.Classes is null) return [];
        if (source.Classes is not MapSetting map) throw source.Classes.Wrong("expected their name: our name for each class that differs");
        foreach (var (_, ours) in map.Entries)
            if (ours is not ScalarSetting { Text: var text } || !classes.Contains(text))
                throw ours.Wrong(ours is ScalarSetting s ? $"'{s.Text}' is not one of the classes{Spelling.Hint(s.Text, classes)}; they are {string.Join(", ", classes)}" : "expected the name of one of the classes");
        return map.Entries.ToDictionary(e => e.Key, e => ((ScalarSetting)e.Value).Text, StringComparer.Ordinal);
    }

    private (DraftTeacher Teacher, List<string> Words) FromFile(TeacherSource source, MapSetting written, PredictionDraft draft, Table table, Table? test)
    {
        if (source.Id is not null && data.Id is null) throw Key(written, "id").Wrong($"matches the teacher's column '{source.Id}' with ours; name that under problem.id");
        var renamed = Renamed(source, draft.Classes);
        // A class's columns: those that are renamed to it, else the one of its name.
        string[] columns = [.. draft.Classes.SelectMany(c => renamed.Any(r => r.Value == c) ? renamed.Where(r => r.Value == c).Select(r => r.Key) : [c])];
        var classes = new TeacherClasses(columns, draft.Classes, renamed);
        TeacherFile Open(string key, string path) => Asking(Key(written, key), () => new TeacherFile(read(path, source.Id is null ? [] : [source.Id], columns, BadImages.Fail).Rows, columns, source.Id));
        var file = Open("probabilities", source.Probabilities!);
        var testFile = source.TestProbabilities is null ? file : Open("test-probabilities", source.TestProbabilities);
        var isTold = source.TestProbabilities is not null;
        if (source.Id is null)
        {
            if (isTold && test is null) throw Key(written, "test-probabilities").Wrong($"the test rows are some of {table.Name}, of which {file.Name} tells; leave it out, or match rows by id");
            int[] Places(TeacherFile of, Table whole, Table rows, string key) => of.Rows == whole.Rows ? [.. Enumerable.Range(0, rows.Rows).Select(rows.Origin)]
                : throw Key(written, key).Wrong($"{of.Name} has {of.Rows} rows, and {whole.Name} has {whole.Rows}; without id: they are matched in their order");
            var train = classes.Logits(file.LogProbabilities(Places(file, table, draft.Train, "probabilities")));
            var tested = test is null ? Places(file, table, draft.Test, "probabilities") : isTold ? Places(testFile, test, draft.Test, "test-probabilities") : null;
            return (new("", train, tested is null ? null : classes.Logits(testFile.LogProbabilities(tested))), [$"probabilities from {file.Name}, in the rows' order"]);
        }
        var (trained, unknown) = file.Find(Find(draft.Train, data.Id!, "id").Words(), draft.Train.Rows);
        if (unknown.Count > 0) throw Key(written, "probabilities").Wrong($"{file.Name} says nothing of {unknown.Count} of {draft.Train.Rows} training rows, the first with the id '{unknown[0]}'");
        List<string> words = [$"probabilities from {file.Name}, matched by {source.Id}"];
        float[]? answers = null;
        if (isTold || draft.Test.Find(data.Id!) is not null)
        {
            var (found, missing) = testFile.Find(Find(draft.Test, data.Id!, "id").Words(), draft.Test.Rows);
            if (missing.Count == 0) answers = classes.Logits(testFile.LogProbabilities(found));
            else if (isTold) throw Key(written, "test-probabilities").Wrong($"{testFile.Name} says nothing of {missing.Count} of {draft.Test.Rows} test rows, the first with the id '{missing[0]}'");
            else if (missing.Count < draft.Test.Rows) words.Add($"it answers {draft.Test.Rows - missing.Count} of {draft.Test.Rows} test rows and has no score of its own");
        }
        return (new("", classes.Logits(file.LogProbabilities(trained)), answers), words);
    }

    private (DraftTeacher Teacher, List<string> Words) FromModel(TeacherSource source, MapSetting written, PredictionDraft draft, Table? test, Table? trusted)
    {
        var at = Key(written, "model");
        using var model = Asking(at, () => Predictor.Load(source.Model!, onnx));
        if (model.Target.Kind != TargetKind.One) throw at.Wrong($"{source.Model}: predicts {(model.Target.Kind == TargetKind.Many ? "any number of labels" : "a number")}, not one class a row");
        var renamed = Renamed(source, draft.Classes);
        var classes = Asking(at, () => new TeacherClasses(model.Classes, draft.Classes, renamed));
        // It reads the files anew, because a column may be text to it and numbers to us.
        string[] text = [.. model.Encoding.TextColumns, .. model.Encoding.Categories.Select(c => c.Column)], numbers = [.. model.Encoding.Numbers.Select(n => n.Column)];
        (Table Rows, Table? Test) Again(string path) => read(path, text, numbers, data.BadImages ?? BadImages.Fail);
        float[] Answer(Table rows, Table places) => Asking(at, () => classes.Logits([.. model.Classifier.Logits(
            model.Encoding.Encode(rows.Take([.. Enumerable.Range(0, places.Rows).Select(places.Origin)]))).Select(l => (double)l)]));
        var (main, ownTest) = Again(data.Data!);
        var tested = test is not null ? data.Test is null ? ownTest! : Again(data.Test).Rows : trusted is not null ? Again(data.Trusted!).Rows : main;
        return (new("", Answer(main, draft.Train), Answer(tested, draft.Test)), [$"the model in {source.Model}", .. classes.Caveats]);
    }

    private (DraftTeacher Teacher, List<string> Words) FromOnnx(TeacherSource source, MapSetting written, PredictionDraft draft)
    {
        var at = Key(written, "onnx");
        if (onnx is null) throw at.Wrong("this program does not run ONNX models; Preceptor.Readers has OnnxRows.Run to pass beside ReadTable");
        var names = Names(source) ?? throw (source.Classes is MapSetting map ? map.Wrong("expected the classes in the output's order: a list, or a file with one a line")
            : Key(written, "classes").Wrong("is missing: the classes in the output's order, a list or a file with one a line"));
        if (names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice) throw source.Classes!.Wrong($"names '{twice.Key}' twice");
        var classes = Asking(source.Classes!, () => new TeacherClasses(names, draft.Classes, new Dictionary<string, string>()));
        float[] Answer(Table rows)
        {
            var (values, width) = Asking(at, () => onnx(source, rows, draft.Inputs));
            if (width != names.Length) throw Key(written, "classes").Wrong($"{source.Onnx} gives {width} values a row, and there are {names.Length} classes: {string.Join(", ", names.Take(20))}");
            double[] logits = [.. values.Select(v => (double)v)];
            if (source.Answers == TeacherAnswers.Probabilities) TeacherFile.Logarithms(logits, names, row => $"{at.Place}: {at.Path}: {source.Onnx}: for {rows.Name} row {rows.Origin(row) + 1}");
            else if (Array.FindIndex(logits, l => !double.IsFinite(l)) is >= 0 and var wrong) throw at.Wrong($"{source.Onnx}: for {rows.Name} row {rows.Origin(wrong / width) + 1} a logit is {logits[wrong].ToString(CultureInfo.InvariantCulture)}");
            return classes.Logits(logits);
        }
        return (new("", Answer(draft.Train), Answer(draft.Test)), [$"the ONNX model {source.Onnx}", .. classes.Caveats]);
    }

    /// <summary>The classes that a teacher lists, or a file of its does; null where it lists none.</summary>
    private static string[]? Names(TeacherSource source) => source.Classes switch
    {
        ScalarSetting file => Asking(file, () => Lines(file.Text)),
        ListSetting list => [.. list.Items.Select(i => i is ScalarSetting s ? s.Text : throw i.Wrong("expected the name of a class"))],
        _ => null,
    };

    private static string[] Lines(string path)
    {
        if (!File.Exists(path)) throw new RequestException($"{path}: there is no such file");
        try
        {
            return [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"{path}: cannot be read: {e.Message}", e);
        }
    }
}
