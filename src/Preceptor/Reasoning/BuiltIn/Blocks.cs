using System.Globalization;

namespace Preceptor.Reasoning.BuiltIn;

/// <summary>What is wanted of a block, or of the hand.</summary>
internal enum BlocksPredicate
{
    /// <summary>A block stands on another.</summary>
    On,

    /// <summary>A block stands on the table.</summary>
    OnTable,

    /// <summary>Nothing stands on a block, and the hand does not hold it.</summary>
    Clear,

    /// <summary>The hand holds a block.</summary>
    Held,

    /// <summary>The hand holds nothing.</summary>
    HandEmpty,
}

/// <summary>A predicate that is to hold at the end.</summary>
/// <param name="Predicate">What.</param>
/// <param name="Block">Of which block; −1 for the hand.</param>
/// <param name="Below">On which block; −1 otherwise.</param>
internal readonly record struct BlocksGoal(BlocksPredicate Predicate, int Block = -1, int Below = -1);

/// <summary>
/// BlocksWorld with four operators (pick-up, put-down, stack, unstack): blocks stand on the table or on each other, and a hand moves one at a time. A problem is a line, <c>a b , c = b on c in 4</c>: the stacks from the bottom, what is to
/// hold, and the most steps of a plan. A step says what it does and what it leaves: <c>unstack b a left a , c holding b</c>.
/// </summary>
/// <param name="names">The blocks' names.</param>
/// <param name="goals">What is to hold at the end, at least one.</param>
internal sealed class Blocks(IReadOnlyList<string> names, IReadOnlyList<BlocksGoal> goals)
{
    /// <summary>Most blocks of a problem: of 8 there are 394,353 ways to stand, and of more too many to find a shortest plan.</summary>
    public const int Most = 8;

    /// <summary>How many more steps than the shortest plan a plan may have where a problem does not say.</summary>
    public const int UsualSlack = 2;

    /// <summary>What a block stands on: another by its number, or one of these.</summary>
    public const int Table = -1, Hand = -2;

    /// <summary>Words that a problem needs, so that no block may be called so.</summary>
    public static readonly string[] Words = [",", "=", "in", "on", "table", "clear", "held", "hand", "empty", "holding", "left", "pick-up", "put-down", "stack", "unstack"];

    /// <summary>The blocks' names.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>What is to hold at the end.</summary>
    public IReadOnlyList<BlocksGoal> Goals => goals;

    /// <summary>The stacks from their bottoms, in the order of these, and what the hand holds.</summary>
    /// <param name="below">What each block stands on.</param>
    public string Text(IReadOnlyList<int> below)
    {
        var stacks = Enumerable.Range(0, names.Count).Where(b => below[b] == Table).OrderBy(b => names[b], StringComparer.Ordinal).Select(bottom => string.Join(' ', Above(below, bottom)));
        var held = Enumerable.Range(0, names.Count).Where(b => below[b] == Hand).Select(b => $"holding {names[b]}");
        return string.Join(' ', new[] { string.Join(" , ", stacks) }.Where(t => t.Length > 0).Concat(held));
    }

    /// <summary>A problem's line.</summary>
    /// <param name="below">What each block stands on at first.</param>
    /// <param name="most">Most steps of a plan; null where it does not say.</param>
    public string Question(IReadOnlyList<int> below, int? most) =>
        string.Create(CultureInfo.InvariantCulture, $"{Text(below)} = {string.Join(" , ", goals.Select(Text))}{(most is null ? "" : $" in {most}")}");

    /// <summary>Reads a problem's line; null where that is not what it is, and where it has more than <see cref="Most"/> blocks.</summary>
    public static BlocksState? Parse(string question)
    {
        var words = question.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        int? most = null;
        if (words is [.. var front, "in", var number])
        {
            if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)) return null;
            (words, most) = (front, limit);
        }
        if (Array.IndexOf(words, "=") is not (> 0 and var middle)) return null;
        var (names, below) = (new List<string>(), new List<int>());
        foreach (var (word, before) in words[..middle].Zip(words[..middle].Prepend(",")))
        {
            if (word is "," or "holding") continue;
            if (Words.Contains(word) || names.Contains(word)) return null;
            names.Add(word);
            below.Add(before switch { "," => Table, "holding" => Hand, _ => names.Count - 2 });
        }
        // What was read is written as it was only where each word stood where it should.
        if (names.Count is 0 or > Most || below.Count(b => b == Hand) > 1) return null;
        var goals = Goal(words[(middle + 1)..], names);
        if (goals is null || new Blocks(names, goals).Start([.. below], most) is not { } state) return null;
        var text = new Blocks(names, goals).Text(below);
        return Sorted(text) == Sorted(string.Join(' ', words[..middle])) ? state : null;
        static string Sorted(string stacks) => string.Join(" , ", stacks.Replace(" holding ", " , holding ", StringComparison.Ordinal).Split(" , ").Order(StringComparer.Ordinal));
    }

    /// <summary>Where plans begin; null where no plan leads to the goal.</summary>
    /// <param name="below">What each block stands on.</param>
    /// <param name="most">Most steps of a plan; null: <see cref="UsualSlack"/> more than the shortest has.</param>
    public BlocksState? Start(int[] below, int? most) =>
        most is { } known ? new(this, below, known) : StepSearch.Shortest(new BlocksState(this, below, null)) is { } shortest ? new(this, below, shortest + UsualSlack) : null;

    /// <summary>A goal's predicate in words.</summary>
    private string Text(BlocksGoal goal) => goal.Predicate switch
    {
        BlocksPredicate.On => $"{names[goal.Block]} on {names[goal.Below]}",
        BlocksPredicate.OnTable => $"{names[goal.Block]} on table",
        BlocksPredicate.Clear => $"{names[goal.Block]} clear",
        BlocksPredicate.Held => $"{names[goal.Block]} held",
        _ => "hand empty",
    };

    private static BlocksGoal[]? Goal(string[] words, List<string> names)
    {
        var goals = new List<BlocksGoal>();
        foreach (var part in string.Join(' ', words).Split(" , "))
        {
            int Of(string name) => names.IndexOf(name);
            BlocksGoal? goal = part.Split(' ') switch
            {
                ["hand", "empty"] => new(BlocksPredicate.HandEmpty),
                [var block, "on", "table"] when Of(block) >= 0 => new(BlocksPredicate.OnTable, Of(block)),
                [var block, "on", var under] when Of(block) >= 0 && Of(under) >= 0 => new(BlocksPredicate.On, Of(block), Of(under)),
                [var block, "clear"] when Of(block) >= 0 => new(BlocksPredicate.Clear, Of(block)),
                [var block, "held"] when Of(block) >= 0 => new(BlocksPredicate.Held, Of(block)),
                _ => null,
            };
            if (goal is null) return null;
            goals.Add(goal.Value);
        }
        return [.. goals];
    }

    private IEnumerable<string> Above(IReadOnlyList<int> below, int bottom)
    {
        for (var block = bottom; block >= 0; block = Enumerable.Range(0, names.Count).FirstOrDefault(b => below[b] == block, -1)) yield return names[block];
    }
}

/// <summary>Where the blocks stand on the way to a goal.</summary>
/// <param name="problem">The problem.</param>
/// <param name="below">What each block stands on: another, <see cref="Blocks.Table"/> or <see cref="Blocks.Hand"/>.</param>
/// <param name="left">Most further steps; null for any number.</param>
internal sealed class BlocksState(Blocks problem, int[] below, int? left) : StepState
{
    /// <summary>The problem.</summary>
    public Blocks Problem => problem;

    /// <summary>What each block stands on.</summary>
    public IReadOnlyList<int> Below => below;

    /// <summary>Most further steps; null for any number.</summary>
    public int? Left => left;

    /// <inheritdoc/>
    public override string Key => string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', below)} {left}");

    /// <inheritdoc/>
    public override bool IsSolved => problem.Goals.All(Holds);

    /// <inheritdoc/>
    public override double Reached => problem.Goals.Count(Holds) / (double)problem.Goals.Count;

    /// <inheritdoc/>
    /// <remarks>Every step can be undone, so that as many lead here as lead away; but none comes from where the goal holds.</remarks>
    public override int Parents => Moves().Count(m => !new BlocksState(problem, m.Below, null).IsSolved);

    /// <inheritdoc/>
    protected override IEnumerable<NextStep> Next() => left == 0 ? [] : Moves().Select(m => new NextStep($"{m.Move} left {problem.Text(m.Below)}", new BlocksState(problem, m.Below, left - 1)));

    private IEnumerable<(string Move, int[] Below)> Moves()
    {
        var (names, hand) = (problem.Names, Array.IndexOf(below, Blocks.Hand));
        int[] After(int block, int under) => [.. below.Select((b, i) => i == block ? under : b)];
        for (var block = 0; block < below.Length; block++)
        {
            if (hand < 0 && IsClear(block))
                yield return (below[block] == Blocks.Table ? $"pick-up {names[block]}" : $"unstack {names[block]} {names[below[block]]}", After(block, Blocks.Hand));
            else if (block == hand) yield return ($"put-down {names[block]}", After(block, Blocks.Table));
            else if (hand >= 0 && IsClear(block)) yield return ($"stack {names[hand]} {names[block]}", After(hand, block));
        }
    }

    private bool IsClear(int block) => below[block] != Blocks.Hand && !below.Contains(block);

    private bool Holds(BlocksGoal goal) => goal.Predicate switch
    {
        BlocksPredicate.On => below[goal.Block] == goal.Below,
        BlocksPredicate.OnTable => below[goal.Block] == Blocks.Table,
        BlocksPredicate.Clear => IsClear(goal.Block),
        BlocksPredicate.Held => below[goal.Block] == Blocks.Hand,
        _ => !below.Contains(Blocks.Hand),
    };
}

/// <summary>Checks plans for blocks exactly, by doing them: each line is a legal step and says what it leaves, none comes after the goal holds, and there are no more than the problem allows.</summary>
public sealed class BlocksChecker : SolutionChecker, IStepSimulator
{
    internal const string Kind = "blocks";

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override bool ChecksSteps => true;

    /// <inheritdoc/>
    /// <remarks>The way is the answer: plans of the same lines vote together.</remarks>
    public override string? AnswerOf(string question, string solution) => StepsOf(solution) is { Length: > 0 } steps ? string.Join('\n', steps.Select(Plain)) : null;

    /// <inheritdoc/>
    public override bool IsRight(Question question, string solution)
    {
        ArgumentNullException.ThrowIfNull(question);
        return Begin(question.Text)?.After(StepsOf(solution)) is { IsSolved: true };
    }

    /// <inheritdoc/>
    public override bool[]? AreStepsRight(string question, string solution)
    {
        if (Begin(question) is not { } start) return null;
        var (steps, state) = (StepsOf(solution), (StepState?)start);
        return [.. steps.Select(line => (state = state?.After([line])) is not null)];
    }

    /// <inheritdoc/>
    public StepState? Begin(string question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return Blocks.Parse(question);
    }
}
