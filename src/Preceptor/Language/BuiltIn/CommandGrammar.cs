namespace Preceptor.Language.BuiltIn;

/// <summary>
/// The commands of SCAN and the actions they mean (Lake and Baroni 2018, figures 6 and 7): a clause is a verb, perhaps with a direction, once, twice or thrice; a command is a clause or two, joined by
/// <c>and</c> or, in the order of their doing turned around, <c>after</c>. With the four primitives there are 20,910. A primitive may be any word; its action is its name in capitals.
/// </summary>
public static class CommandGrammar
{
    private const string Turn = "turn";

    private static readonly string[] Directions = ["left", "right"], Manners = ["", "opposite ", "around "], Times = ["", " twice", " thrice"];

    /// <summary>The primitives of SCAN.</summary>
    public static IReadOnlyList<string> Primitives { get; } = ["walk", "look", "run", "jump"];

    /// <summary>The words that join two clauses.</summary>
    public static IReadOnlyList<string> Conjunctions { get; } = ["and", "after"];

    /// <summary>All clauses over some primitives, those without any, which only turn, included: 21 a primitive and 18 more.</summary>
    public static IEnumerable<string> Clauses(IReadOnlyList<string> primitives)
    {
        ArgumentNullException.ThrowIfNull(primitives);
        var verbs = primitives.Concat(from verb in primitives.Append(Turn) from manner in Manners from direction in Directions select $"{verb} {manner}{direction}");
        return from verb in verbs from times in Times select verb + times;
    }

    /// <summary>What a command means: actions between blanks.</summary>
    /// <exception cref="FormatException">It is no command.</exception>
    public static string Interpret(string command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var words = command.Split(' ');
        var at = Array.FindIndex(words, w => Conjunctions.Contains(w));
        if (at < 0) return string.Join(' ', Actions(words, command));
        var (first, second) = (Actions(words[..at], command), Actions(words[(at + 1)..], command));
        return string.Join(' ', words[at] == "and" ? first.Concat(second) : second.Concat(first));
    }

    /// <summary>How many actions a clause has.</summary>
    public static int Count(string clause) => Actions(clause.Split(' '), clause).Length;

    private static string[] Actions(string[] clause, string command)
    {
        var times = clause is [.., "twice"] ? 2 : clause is [.., "thrice"] ? 3 : 1;
        var (own, direction, manner) = (times == 1 ? clause : clause[..^1]) switch
        {
            [var verb] => (verb, "", ""),
            [var verb, "left" or "right"] all => (verb, all[1], ""),
            [var verb, "opposite" or "around", "left" or "right"] all => (verb, all[2], all[1]),
            _ => throw NoCommand(command),
        };
        if (own.Length == 0 || own == Turn && direction.Length == 0 || Directions.Contains(own) || Conjunctions.Contains(own) || own is "opposite" or "around" or "twice" or "thrice") throw NoCommand(command);
        string[] turn = direction.Length == 0 ? [] : [$"I_TURN_{direction.ToUpperInvariant()}"], act = own == Turn ? [] : [$"I_{own.ToUpperInvariant()}"];
        string[] once = manner switch
        {
            "opposite" => [.. turn, .. turn, .. act],
            "around" => Repeat([.. turn, .. act], 4),
            _ => [.. turn, .. act],
        };
        return Repeat(once, times);
    }

    private static string[] Repeat(string[] actions, int times) => [.. Enumerable.Repeat(actions, times).SelectMany(a => a)];

    private static FormatException NoCommand(string command) => new($"'{command}' is no command");
}
