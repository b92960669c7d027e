using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Readers;

/// <summary>What a worker answered to a question.</summary>
/// <param name="Question">The question's id.</param>
/// <param name="Worker">The worker's id.</param>
/// <param name="Answer">The answer as written.</param>
/// <param name="Truth">The right answer; null if unknown.</param>
public sealed record CrowdAnswer(string Question, string Worker, string Answer, string? Truth);

/// <summary>Many workers' answers to many questions, of which most workers saw a few.</summary>
/// <param name="Name">What to call them.</param>
/// <param name="Answers">The answers in the file's order.</param>
public sealed record CrowdAnswers(string Name, IReadOnlyList<CrowdAnswer> Answers)
{
    private const string AnswerFile = "answer.csv", TruthFile = "truth.csv";

    /// <summary>The columns of question, worker, answer and truth in the layouts that are known by their header.</summary>
    private static readonly (string Question, string Worker, string Answer, string? Truth)[] Layouts =
    [
        ("question", "worker", "answer", "truth"),
        ("orig_id", "!amt_worker_ids", "response", "gold"), // Snow et al. 2008
        ("item", "annotator", "rating", null),              // MASC word senses
        ("question", "worker", "answer", null),
    ];

    /// <summary>Questions in the order of first appearance.</summary>
    public IReadOnlyList<string> Questions { get; } = [.. Answers.Select(a => a.Question).Distinct(StringComparer.Ordinal)];

    /// <summary>Workers in the order of first appearance.</summary>
    public IReadOnlyList<string> Workers { get; } = [.. Answers.Select(a => a.Worker).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether a folder holds answers: <c>answer.csv</c> and perhaps <c>truth.csv</c>.</summary>
    public static bool IsFolder(string folder) => File.Exists(Path.Combine(folder, AnswerFile));

    /// <summary>Reads a folder of <c>answer.csv</c> (question, worker, answer) and <c>truth.csv</c> (question, truth), or a file with a row an answer.</summary>
    /// <param name="path">The folder or file; a file without a known header has the columns worker, question, answer.</param>
    /// <exception cref="RequestException">It is missing or laid out in another way.</exception>
    public static CrowdAnswers Read(string path)
    {
        if (!Directory.Exists(path)) return ReadFile(path);
        var answers = ReadFile(Path.Combine(path, AnswerFile));
        var truthFile = Path.Combine(path, TruthFile);
        if (!File.Exists(truthFile)) return answers with { Name = path };
        var table = DelimitedReader.Read(truthFile, new DelimitedOptions { Text = new HashSet<string> { "question", "truth" } });
        var (question, right) = (table.Find("question")!.Words(), table.Find("truth")!.Words());
        var truth = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var row = 0; row < table.Rows; row++)
            if (!truth.TryAdd(question(row), right(row))) throw new RequestException($"{truthFile} row {row + 1}: question '{question(row)}' has a second truth");
        return new(path, [.. answers.Answers.Select(a => a with { Truth = truth.GetValueOrDefault(a.Question) })]);
    }

    private static CrowdAnswers ReadFile(string path)
    {
        var options = new DelimitedOptions { Text = Layouts.SelectMany(l => new[] { l.Question, l.Worker, l.Answer, l.Truth }).OfType<string>().ToHashSet(), AllowAbsent = true };
        var table = DelimitedReader.Read(path, options);
        var layout = Layouts.FirstOrDefault(l => new[] { l.Question, l.Worker, l.Answer, l.Truth }.OfType<string>().All(name => table.Find(name) is not null));
        if (layout.Question is null)
        {
            if (table.Columns.Count != 3) throw new RequestException(
                $"{path}: columns {string.Join(", ", table.Columns.Select(c => c.Name))}, expected question, worker, answer (and truth), or three columns without names: worker, question, answer");
            layout = Layouts[^1];
            table = DelimitedReader.Read(path, options with { Names = [layout.Worker, layout.Question, layout.Answer] });
        }
        var (question, worker, answer) = (table.Find(layout.Question)!.Words(), table.Find(layout.Worker)!.Words(), table.Find(layout.Answer)!.Words());
        var truth = layout.Truth is null ? null : table.Find(layout.Truth)!.Words();
        return new(path, [.. Enumerable.Range(0, table.Rows).Select(row => new CrowdAnswer(question(row), worker(row), answer(row), truth?.Invoke(row) is { Length: > 0 } right ? right : null))]);
    }

    /// <summary>A row an answer: question, worker, answer, truth (blank where unknown).</summary>
    public Table ToTable() => new(Name,
    [
        new TextColumn("question", [.. Answers.Select(a => a.Question)]), new TextColumn("worker", [.. Answers.Select(a => a.Worker)]),
        new TextColumn("answer", [.. Answers.Select(a => a.Answer)]), new TextColumn("truth", [.. Answers.Select(a => a.Truth ?? "")]),
    ]);

    /// <summary>A row a question: question, a column for each worker (blank where one did not answer; the first of several answers), truth.</summary>
    public Table ToQuestions()
    {
        var rows = Questions.Select((q, i) => (q, i)).ToDictionary(p => p.q, p => p.i, StringComparer.Ordinal);
        var cells = Workers.ToDictionary(w => w, _ => Enumerable.Repeat("", Questions.Count).ToArray(), StringComparer.Ordinal);
        var truth = Enumerable.Repeat("", Questions.Count).ToArray();
        foreach (var answer in Answers)
        {
            var row = rows[answer.Question];
            if (cells[answer.Worker][row].Length == 0) cells[answer.Worker][row] = answer.Answer;
            truth[row] = answer.Truth ?? "";
        }
        return new(Name, [new TextColumn("question", Questions), .. Workers.Select(w => new TextColumn(w, cells[w])), new TextColumn("truth", truth)]) { Targets = Workers.Append("truth").ToHashSet(StringComparer.Ordinal) };
    }
}
