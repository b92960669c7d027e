using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Supervision;

namespace Preceptor.Reasoning;

/// <summary>The keys of a reasoning problem on the user's own data: questions with worked solutions, answers, or both.</summary>
public sealed record ReasoningData : SolvingOptions, IProblemData
{
    /// <summary>The name of the kind.</summary>
    public const string KindName = "reasoning";

    private const int MostFound = 200;

    string IProblemData.Name => Path.GetFileNameWithoutExtension(Data);

    /// <summary>The kind.</summary>
    [Description("The kind of problem"), AllowedValues(KindName)]
    public string Kind { get; set; } = KindName;

    /// <summary>The data.</summary>
    [Description("A file of rows (JSON Lines, CSV, TSV, Parquet), or a data set by name")]
    public string Data { get; set; } = "";

    /// <summary>The question.</summary>
    [Description("The column of questions")]
    public string Question { get; set; } = "question";

    /// <summary>The solution.</summary>
    [Description("The column of worked solutions, a step a line; empty where a row has none; left out: solution, if there is one")]
    public string? Solution { get; set; }

    /// <summary>The answer.</summary>
    [Description("The column of answers; left out: answer, if there is one, or else what the solution comes to")]
    public string? Answer { get; set; }

    /// <summary>The level.</summary>
    [Description("The column of levels, whole numbers: how hard a question is; with problem.easy")]
    public string? Level { get; set; }

    /// <summary>The highest easy level.</summary>
    [Description("The highest level that is easy: of harder training questions nobody tells solution or answer, validated is on easy ones, and the exam scores both apart. 0: all are alike")]
    [Range(0, 1_000_000)]
    public int Easy { get; set; }

    /// <summary>When a solution is right.</summary>
    public enum Check
    {
        /// <summary>The last number of its last line is that of the answer.</summary>
        Number,

        /// <summary>Its last line is the answer.</summary>
        Exact,

        /// <summary>Its lines make the target of the question's numbers.</summary>
        Countdown,

        /// <summary>Its lines move blocks until the goal holds.</summary>
        Blocks,

        /// <summary>Its lines conclude what the question asks about.</summary>
        Deduction,

        /// <summary>The number behind its last <c>####</c> is that of the answer, as in GSM8K.</summary>
        Calculator,

        /// <summary>A program of the user's own says so.</summary>
        Command,
    }

    /// <summary>What checks answers.</summary>
    [Description("When a solution is right: number: the last number of its last line is the answer's | exact: its last line is the answer | countdown: its lines make 24 of the question's numbers, such as 1 1 4 6, or what it names, such as 3 5 7 = 36 | blocks: its lines move blocks as the question asks, such as a b , c = b on c in 4 | deduction: its lines conclude from the question's facts and rules whether its statement is true or false | calculator: the number behind its last #### is the answer, and its lines are right where their marks such as <<48/2=24>> are | command: a program of your own says so")]
    public Check Checker { get; set; }

    /// <summary>The user's own program.</summary>
    [Description("With checker command: the program and its arguments, such as [python3, check.py], without a shell. It reads a line {\"id\": 1, \"question\": …, \"solution\": …, \"answer\": …} and writes a line {\"id\": 1, \"right\": true}, with \"answer\" and \"steps\" as it likes, again and again")]
    public string[] Command { get; set; } = [];

    /// <summary>Whether steps count.</summary>
    [Description("With checker deduction: whether a solution is right only where all its lines are; false: its answer alone counts")]
    public bool Proof { get; set; } = true;

    /// <summary>Worked solutions of a puzzle.</summary>
    [Description("With checker countdown, blocks or deduction and without a column of solutions: worked solutions of each training question, found by going through all and drawn from them")]
    [Range(1, 1000)]
    public int Solutions { get; set; } = 4;

    /// <summary>Seconds a check.</summary>
    [Description("Most seconds that checking a solution may take; what takes longer counts as wrong, and is counted; a command has 10 more for its first answer")]
    [Range(0, 3600, MinimumIsExclusive = true)]
    public double CheckSeconds { get; set; } = 5;

    /// <summary>What texts are cut into.</summary>
    [Description("What texts are cut into where there is no tokenizer to use: character | word; left out: word for countdown, blocks and deduction, else character")]
    public TokenKind? Tokens { get; set; }

    /// <summary>A tokenizer's folder.</summary>
    [Description("A folder with a tokenizer.json, such as a model's; left out: that of model.base, or one is made from the training texts")]
    public string? Tokenizer { get; set; }

    /// <summary>How rows are divided.</summary>
    [Description("Decides which rows train, validate and test")]
    public ulong SplitSeed { get; set; }

    /// <summary>Reads the rows as questions.</summary>
    /// <param name="settings">The settings these options were bound from, for messages that point at a line; null where there are none.</param>
    /// <param name="read">Reads a file.</param>
    /// <param name="checker">What reads solutions; null: what the options say.</param>
    /// <exception cref="RequestException">The file lacks a column, or holds too few questions.</exception>
    public QuestionSets Read(MapSetting? settings, ReadTable read, SolutionChecker? checker = null)
    {
        ArgumentNullException.ThrowIfNull(read);
        Setting At(string key) => SettingOf(settings, key);
        if (Data.Length == 0) throw At("data").Wrong("expected a file or the name of a data set");
        if (Level is null != (Easy == 0)) throw At(Level is null ? "level" : "easy").Wrong("expected both problem.level and problem.easy, or neither");
        string[] named = [.. new[] { Question, Solution, Answer, Level }.OfType<string>().Distinct()];
        var (table, test) = read(Data, named, [], BadImages.Fail);
        checker ??= ToChecker(settings);
        Question[] Rows(Table rows)
        {
            Func<int, string>? Column(string? name, string key, string? usual = null) => name is null && (usual is null || rows.Find(usual) is null) ? null
                : (rows.Find(name ?? usual!) ?? throw At(key).Wrong($"{rows.Name} has no column '{name ?? usual}'{Spelling.Hint(name ?? usual!, rows.Columns.Select(c => c.Name))}; it has {string.Join(", ", rows.Columns.Select(c => c.Name))}")).Words();
            var (question, solution, answer) = (Column(Question, "question")!, Column(Solution, "solution", "solution"), Column(Answer, "answer", Solution == "answer" ? null : "answer"));
            var level = Column(Level, "level");
            int LevelOf(int row) => level is null ? 0 : int.TryParse(level(row), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : throw At("level").Wrong($"{rows.Name} row {row + 1}: '{level(row)}' is no whole number");
            if (solution is null && answer is null) throw At("solution").Wrong("expected a column of worked solutions, or one of answers");
            Question Of(int row)
            {
                var (text, worked, wanted) = (question(row).Trim(), solution?.Invoke(row).Trim() ?? "", answer?.Invoke(row).Trim() ?? "");
                var one = new Question(text, wanted.Length > 0 || text.Length == 0 ? wanted : checker.AnswerOf(text, worked) ?? "") { Solution = worked, Level = LevelOf(row) };
                return one.Text.Length == 0 || one.Answer.Length == 0 || checker.TroubleOf(one) is not { } trouble ? one : throw At("question").Wrong($"{rows.Name} row {row + 1}: {trouble}");
            }
            return [.. Enumerable.Range(0, rows.Rows).Select(Of).Where(q => q.Text.Length > 0 && q.Answer.Length > 0)];
        }
        var questions = Rows(table);
        if (questions.Length < 5) throw At("data").Wrong($"{table.Name} has {questions.Length} questions with an answer, expected at least 5, to train, validate and test");
        var notes = new List<string>();
        if (questions.Length < table.Rows) notes.Add($"{table.Rows - questions.Length} of {table.Rows} rows have no question or no answer and are left out");
        if (table.Note is { } note) notes.Add(note);
        var order = RandomStream.Of(SplitSeed, "text-division").Permutation(questions.Length);
        var held = Math.Max(1, questions.Length / 10);
        Question[] Of(int[] rows) => [.. rows.Order().Select(i => questions[i])];
        var train = Of(test is null ? order[(2 * held)..] : order[held..]);
        if (checker is IStepSimulator simulator && train.All(q => q.Solution.Length == 0)) train = WorkedSolutions.Of(train, simulator, Solutions, MostFound, RandomStream.Of(SplitSeed, $"{checker.Name}-solutions"));
        train = [.. train.Select(q => Easy > 0 && q.Level > Easy ? q with { Answer = "", Solution = "" } : q)];
        var validation = Of(order[..held]).Where(q => Easy == 0 || q.Level <= Easy).ToArray();
        if (validation.Length == 0) throw At("easy").Wrong($"none of {held} validation questions has a level of at most {Easy}; it is to be the highest easy level");
        return new(train, validation, test is null ? Of(order[held..(2 * held)]) : Rows(test)) { Notes = notes };
    }

    /// <summary>What reads solutions.</summary>
    /// <param name="settings">See <see cref="Read"/>.</param>
    /// <exception cref="RequestException">A program is named and not asked for, or the other way round.</exception>
    internal SolutionChecker ToChecker(MapSetting? settings = null)
    {
        if (Checker == Check.Command != (Command is [{ Length: > 0 }, ..])) throw SettingOf(settings, Checker == Check.Command ? "command" : "checker").Wrong(Checker == Check.Command ? "expected the program that checks and its arguments, such as [python3, check.py], since problem.checker is command" : "expected command, since problem.command names a program that checks");
        return Checker switch
        {
            Check.Countdown => new BuiltIn.CountdownChecker(),
            Check.Blocks => new BuiltIn.BlocksChecker(),
            Check.Deduction => new BuiltIn.DeductionChecker(needsProof: Proof),
            Check.Calculator => new BuiltIn.CalculatorChecker(),
            Check.Command => new CommandChecker(Command, TimeSpan.FromSeconds(CheckSeconds)),
            Check.Exact => new AnswerChecker(CheckRule.Exact),
            _ => new AnswerChecker(CheckRule.Number),
        };
    }

    /// <summary>The checker of a problem, guarded. A program is tried on a question first.</summary>
    /// <param name="checker">The checker.</param>
    /// <param name="sets">The questions.</param>
    /// <param name="settings">See <see cref="Read"/>.</param>
    /// <exception cref="RequestException">The program does not answer as it should.</exception>
    internal GuardedChecker Guarded(SolutionChecker checker, QuestionSets sets, MapSetting? settings)
    {
        var limit = TimeSpan.FromSeconds(CheckSeconds);
        if (checker is not CommandChecker command) return new(checker, limit);
        try
        {
            command.Try(sets.Train.FirstOrDefault(q => q.Answer.Length > 0) ?? sets.Test[0]);
        }
        catch (WorkException e)
        {
            throw SettingOf(settings, "command").Wrong($"{string.Join(' ', Command)}: {e.Message}");
        }
        // It keeps to its limits by itself, and must be left the time to end what does not.
        return new(checker, limit + CommandProcess.StartUp + TimeSpan.FromSeconds(30));
    }

    private static Setting SettingOf(MapSetting? settings, string key) => settings?.Find(key) ?? new ScalarSetting(settings?.Place ?? "specification", $"problem.{key}", "");
}
