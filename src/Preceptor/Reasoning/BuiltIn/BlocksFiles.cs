using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Preceptor.Foundation;

namespace Preceptor.Reasoning.BuiltIn;

/// <summary>
/// Problems of BlocksWorld in PDDL files: <c>(define (problem p) (:domain blocksworld-4ops) (:objects a b) (:init (handempty) (ontable a) (on b a) (clear b)) (:goal (and (ontable b))))</c>, as PlanBench has them. What a file says is checked as a
/// whole: every block must be somewhere, once, and the facts must agree.
/// </summary>
public static partial class BlocksFiles
{
    private const string Facts = "(clear x), (handempty), (holding x), (on x y) or (ontable x)";

    /// <summary>Reads a problem's file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The problem as a question; its plans may have two steps more than the shortest, which is the question's level.</returns>
    /// <exception cref="RequestException">The file is not such a problem; the message says where, what was found and what is allowed.</exception>
    public static Question Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads a problem's text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="RequestException">See <see cref="Read"/>.</exception>
    public static Question Parse(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new Reader(text, name);
        var root = reader.Whole();
        Node Section(string head) => root.Items.Skip(1).FirstOrDefault(i => i.Head == head) ?? throw reader.Wrong(root, $"there is no ({head} …)", "(problem …), (:domain …), (:objects …), (:init …) and (:goal …)");
        Section("problem");
        var domain = Section(":domain");
        if (domain.Words is not [_, var world] || !world.StartsWith("blocks", StringComparison.Ordinal)) throw reader.Wrong(domain, $"the domain {domain}", "(:domain blocksworld-4ops)");
        var objects = Section(":objects");
        string[] names = [.. objects.Words.Skip(1)];
        foreach (var item in objects.Items.Skip(1))
            if (item.Word is not { } block || Blocks.Words.Contains(block) || !Name().IsMatch(block) || names.Count(n => n == block) > 1)
                throw reader.Wrong(item, $"{item}", $"names of blocks, each once, of letters, digits, - and _, and none of {string.Join(' ', Blocks.Words.Where(w => char.IsLetter(w[0])))}");
        if (names.Length is 0 or > Blocks.Most) throw reader.Wrong(objects, $"{names.Length} blocks", $"1 to {Blocks.Most}");
        var below = Stand(reader, Section(":init"), names);
        var goal = Section(":goal");
        if (goal.Items.Count != 2) throw reader.Wrong(goal, $"{goal}", "(:goal (and …)) or (:goal FACT)");
        var wanted = goal.Items[1];
        BlocksGoal[] goals = [.. (wanted.Head == "and" ? wanted.Items.Skip(1) : [wanted]).Select(fact => Fact(reader, fact, names))];
        if (goals.Length == 0) throw reader.Wrong(goal, "an empty goal", "at least one fact");
        var problem = new Blocks(names, goals);
        var shortest = StepSearch.Shortest(new BlocksState(problem, below, null)) ?? throw reader.Wrong(goal, $"{wanted}", "a goal that some plan reaches; no plan reaches this one");
        return new(problem.Question(below, shortest + Blocks.UsualSlack), shortest.ToString(CultureInfo.InvariantCulture)) { Level = shortest };
    }

    /// <summary>A problem as the text of a PDDL file; how many steps a plan may have is not part of it.</summary>
    /// <param name="question">The problem's line, such as <c>a b , c = b on c in 4</c>.</param>
    /// <param name="name">What to call it in the file.</param>
    /// <exception cref="RequestException">The line is not a problem.</exception>
    public static string Write(string question, string name)
    {
        if (!Name().IsMatch(name)) throw new RequestException($"the name of a problem is '{name}', expected letters, digits, - and _");
        if (Blocks.Parse(question) is not { } start) throw new RequestException($"'{question}' is not a problem of blocks, expected stacks from the bottom, a goal and most steps, such as a b , c = b on c in 4, of at most {Blocks.Most} blocks");
        var (names, below, text) = (start.Problem.Names, start.Below, new StringBuilder());
        text.Append(CultureInfo.InvariantCulture, $"(define (problem {name})\n(:domain blocksworld-4ops)\n(:objects {string.Join(' ', names)})\n(:init\n");
        if (!below.Contains(Blocks.Hand)) text.Append("(handempty)\n");
        for (var block = 0; block < names.Count; block++)
        {
            text.Append(below[block] switch { Blocks.Table => $"(ontable {names[block]})\n", Blocks.Hand => $"(holding {names[block]})\n", var under => $"(on {names[block]} {names[under]})\n" });
            if (below[block] != Blocks.Hand && !below.Contains(block)) text.Append(CultureInfo.InvariantCulture, $"(clear {names[block]})\n");
        }
        text.Append(")\n(:goal\n(and\n");
        foreach (var goal in start.Problem.Goals)
            text.Append(goal.Predicate switch
            {
                BlocksPredicate.On => $"(on {names[goal.Block]} {names[goal.Below]})\n",
                BlocksPredicate.OnTable => $"(ontable {names[goal.Block]})\n",
                BlocksPredicate.Clear => $"(clear {names[goal.Block]})\n",
                BlocksPredicate.Held => $"(holding {names[goal.Block]})\n",
                _ => "(handempty)\n",
            });
        return text.Append("))\n)\n").ToString();
    }

    // What each block stands on, by all facts together.
    private static int[] Stand(Reader reader, Node init, string[] names)
    {
        var (below, facts) = (new int?[names.Length], init.Items.Skip(1).Select(item => (Item: item, Fact: Fact(reader, item, names))).ToArray());
        foreach (var (item, fact) in facts)
        {
            int? place = fact.Predicate switch { BlocksPredicate.On => fact.Below, BlocksPredicate.OnTable => Blocks.Table, BlocksPredicate.Held => Blocks.Hand, _ => null };
            if (place is not { } under) continue;
            if (below[fact.Block] is not null) throw reader.Wrong(item, $"{item}", $"one place of {names[fact.Block]}, which is somewhere already");
            if (under >= 0 && Array.IndexOf(below, under) is >= 0 and var other) throw reader.Wrong(item, $"{item}", $"one block on {names[under]}, where {names[other]} stands already");
            if (under == Blocks.Hand && below.Contains(Blocks.Hand)) throw reader.Wrong(item, $"{item}", "one block in the hand");
            below[fact.Block] = under;
        }
        if (Array.IndexOf(below, null) is >= 0 and var lost) throw reader.Wrong(init, $"no place of {names[lost]}", "(on …), (ontable …) or (holding …) of every block");
        int[] stand = [.. below.Select(b => b!.Value)];
        for (var block = 0; block < names.Length; block++)
        {
            var (at, height) = (block, 0);
            while (at >= 0 && height++ <= names.Length) at = stand[at];
            if (at >= 0) throw reader.Wrong(init, $"{names[block]} that stands on itself by way of others", "stacks that stand on the table");
        }
        foreach (var (item, fact) in facts)
        {
            if (fact.Predicate == BlocksPredicate.Clear && (stand.Contains(fact.Block) || stand[fact.Block] == Blocks.Hand)) throw reader.Wrong(item, $"{item}", $"only blocks that nothing stands on and nobody holds; {names[fact.Block]} is none");
            if (fact.Predicate == BlocksPredicate.HandEmpty && stand.Contains(Blocks.Hand)) throw reader.Wrong(item, $"{item}", $"no such fact while the hand holds {names[Array.IndexOf(stand, Blocks.Hand)]}");
        }
        if (!stand.Contains(Blocks.Hand) && !facts.Any(f => f.Fact.Predicate == BlocksPredicate.HandEmpty)) throw reader.Wrong(init, "neither (handempty) nor (holding …)", "one of them");
        for (var block = 0; block < names.Length; block++)
            if (stand[block] != Blocks.Hand && !stand.Contains(block) && !facts.Any(f => f.Fact == new BlocksGoal(BlocksPredicate.Clear, block))) throw reader.Wrong(init, $"no (clear {names[block]})", $"it, since nothing stands on {names[block]}");
        return stand;
    }

    private static BlocksGoal Fact(Reader reader, Node item, string[] names)
    {
        int Of(string name) => Array.IndexOf(names, name) is >= 0 and var block ? block : throw reader.Wrong(item, $"{item}", $"blocks among (:objects {string.Join(' ', names)})");
        return item.Words switch
        {
            ["handempty"] => new(BlocksPredicate.HandEmpty),
            ["ontable", var block] => new(BlocksPredicate.OnTable, Of(block)),
            ["clear", var block] => new(BlocksPredicate.Clear, Of(block)),
            ["holding", var block] => new(BlocksPredicate.Held, Of(block)),
            ["on", var block, var under] when block != under => new(BlocksPredicate.On, Of(block), Of(under)),
            _ => throw reader.Wrong(item, $"{item}", Facts),
        };
    }

    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex Name();

    /// <summary>A word, or a list in parentheses.</summary>
    private sealed record Node(int Line, string? Word, List<Node> Items)
    {
        public string? Head => Items is [{ Word: { } head }, ..] ? head : null;

        /// <summary>The words of a list of words alone; empty for any other.</summary>
        public string[] Words => Items.TrueForAll(i => i.Word is not null) ? [.. Items.Select(i => i.Word!)] : [];

        public override string ToString() => Word ?? $"({string.Join(' ', Items)})";
    }

    /// <summary>Reads words and parentheses; what follows a semicolon is a comment.</summary>
    private sealed partial class Reader(string text, string name)
    {
        private const int Deepest = 8;

        private readonly List<(string Word, int Line)> words = [.. text.Split('\n').SelectMany((line, i) => Word().Matches(line.Split(';')[0].ToLowerInvariant()).Select(m => (m.Value, i + 1)))];
        private int at;

        public RequestException Wrong(Node node, string found, string allowed) => new($"{name} line {node.Line}: found {found}, expected {allowed}");

        public Node Whole()
        {
            if (words.Count == 0) throw new RequestException($"{name} line 1: found nothing, expected (define (problem NAME) …)");
            var root = Next(0);
            if (root.Head != "define") throw Wrong(root, root.Word ?? $"({root.Head} …)", "(define (problem NAME) …)");
            return at == words.Count ? root : throw new RequestException($"{name} line {words[at].Line}: found '{words[at].Word}', expected nothing behind the problem");
        }

        private Node Next(int depth)
        {
            var (word, line) = words[at++];
            if (word == ")") throw new RequestException($"{name} line {line}: found ')', expected a word or '('");
            if (word != "(") return new(line, word, []);
            if (depth == Deepest) throw new RequestException($"{name} line {line}: found '(' within {Deepest} others, expected fewer");
            var items = new List<Node>();
            while (true)
            {
                if (at == words.Count) throw new RequestException($"{name} line {words[^1].Line}: found the end, expected ')' of the '(' in line {line}");
                if (words[at].Word == ")")
                {
                    at++;
                    return new(line, null, items);
                }
                items.Add(Next(depth + 1));
            }
        }

        [GeneratedRegex(@"[()]|[^\s()]+")]
        private static partial Regex Word();
    }
}
