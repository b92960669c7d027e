using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Language.BuiltIn;

/// <summary>Which commands are kept from training and asked for in the exam.</summary>
public enum CommandSplit
{
    /// <summary>A fifth, drawn at random.</summary>
    Simple,

    /// <summary>Those of more actions than any trained on.</summary>
    Length,

    /// <summary>Those in which jump is combined with anything; alone it is trained on.</summary>
    Jump,

    /// <summary>Those in which turn left is combined with anything; alone it is trained on.</summary>
    TurnLeft,

    /// <summary>Those with around right.</summary>
    AroundRight,
}

/// <summary>From which commands those to validate by are taken.</summary>
public enum CommandValidation
{
    /// <summary>From those like the training commands.</summary>
    Alike,

    /// <summary>From those kept from training, which are then not in the exam: what Zhou et al. call a good development set.</summary>
    HeldOut,
}

/// <summary>
/// The problem <c>commands</c>: SCAN, made by its grammar (Lake and Baroni 2018), and with more primitives than its four (Zhou, Jiang and Bansal 2023): commands and the actions they mean.
/// The exam asks for commands over the four original primitives whatever the training commands are.
/// </summary>
[Version(1)]
public static class CommandsProblem
{
    /// <summary>Most actions of a training command of the split by length: SCAN's.</summary>
    private const int LongestTrained = 22;

    private const int MostValidated = 200;

    /// <summary>What commands there are.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: commands of one clause and at most 6 actions; small: of two clauses and at most 10 actions; full: all 20,910")]
        public ProblemSize Size { get; set; } = ProblemSize.Full;

        /// <summary>What is kept from training.</summary>
        [Description("What is kept from training: simple, a fifth; length, the longer ones (half of the longest in tiny and small, more than 22 actions in full); jump and turn-left, all combinations of these; around-right, all commands with it")]
        public CommandSplit Split { get; set; }

        /// <summary>How many times the primitives.</summary>
        [Description("How many times four primitives the training commands have; as many times the training commands, without what is kept from training")]
        [Range(1, 1000), Source("section 3.1: 1, 2, 20, 200")]
        public int Primitives { get; set; } = 1;

        /// <summary>Whether there are no more commands for it.</summary>
        [Description("Draws as many training commands as there were without more primitives")]
        public bool SameSize { get; set; }

        /// <summary>The share of the held-out word.</summary>
        [Description("Share of the training commands that are the bare jump or turn left, which is kept from combinations")]
        [Range(0, 0.9), Source("Lake and Baroni 2018, experiment 3: 10 %")]
        public double Alone { get; set; } = 0.1;

        /// <summary>The longest command.</summary>
        [Description("Most actions of a command; 0: by size")]
        [Range(0, 48)]
        public int Longest { get; set; }

        /// <summary>Validated by.</summary>
        [Description("From which commands at most 200 are taken to validate by: alike, those like the training commands; held-out, those kept from training")]
        public CommandValidation Validation { get; set; }

        /// <summary>Test commands.</summary>
        [Description("Most test commands, drawn at random; 0: all")]
        [Range(0, 20_910)]
        public int Tests { get; set; } = 500;
    }

    /// <summary>Training commands with those to validate by, and the test commands.</summary>
    public static LanguageTexts Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (train, held) = Divide(options, seed);
        var random = RandomStream.Of(seed, "commands-validation");
        random.Shuffle<string>(train);
        random.Shuffle<string>(held);
        var from = options.Validation == CommandValidation.HeldOut ? held : train;
        var validated = Math.Min(MostValidated, from.Length / 10 + 1);
        var validation = from[..validated];
        if (options.Validation == CommandValidation.HeldOut) held = held[validated..];
        else train = train[validated..];
        train = [.. train, .. Enumerable.Repeat(Alone(options.Split) ?? "", Alone(options.Split) is null ? 0 : (int)Math.Round(options.Alone / (1 - options.Alone) * train.Length))];
        random.Shuffle<string>(train);
        if (options.Tests > 0 && held.Length > options.Tests) held = held[..options.Tests];
        static TextRow[] Rows(string[] commands) => [.. commands.Select(c => new TextRow(c, CommandGrammar.Interpret(c)))];
        return new(Rows(train), Rows(validation), Rows(held)) { Notes = [$"{train.Distinct().Count()} different training commands over {4 * options.Primitives} primitives"] };
    }

    /// <summary>The different commands to train on, without the one that is trained on alone, and those kept from training.</summary>
    internal static (string[] Train, string[] Held) Divide(Options options, ulong seed)
    {
        var (hasTwo, longest) = options.Size switch { ProblemSize.Tiny => (false, 6), ProblemSize.Small => (true, 10), _ => (true, 48) };
        if (options.Longest > 0) longest = options.Longest;
        var random = RandomStream.Of(seed, "commands");
        (string Text, int Count)[] Clauses(IReadOnlyList<string> primitives) => [.. CommandGrammar.Clauses(primitives).Select(c => (c, CommandGrammar.Count(c))).Where(c => c.Item2 <= longest)];
        var original = Clauses(CommandGrammar.Primitives);
        var commands = original.ToList();
        if (hasTwo) commands.AddRange(from a in original from word in CommandGrammar.Conjunctions from b in original where a.Count + b.Count <= longest select ($"{a.Text} {word} {b.Text}", a.Count + b.Count));
        var trained = options.Split != CommandSplit.Length ? longest : options.Size == ProblemSize.Full ? Math.Min(LongestTrained, longest - 1) : longest / 2;
        bool IsHeld((string Text, int Count) command) => options.Split switch
        {
            CommandSplit.Simple => false,
            CommandSplit.Length => command.Count > trained,
            CommandSplit.AroundRight => Has(command.Text, "around right"),
            _ => Has(command.Text, Alone(options.Split)!),
        };
        string[] held = [.. commands.Where(IsHeld).Select(c => c.Text).Where(c => c != Alone(options.Split))], train = [.. commands.Where(c => !IsHeld(c)).Select(c => c.Text)];
        if (options.Split == CommandSplit.Simple)
        {
            random.Shuffle<string>(train);
            (held, train) = (train[..(train.Length / 5)], train[(train.Length / 5)..]);
        }
        if (options.Primitives == 1) return (train, held);

        // Every clause of a new primitive, and as many pairs of clauses, drawn, as make up the size.
        var primitives = CommandGrammar.Primitives.Concat(Enumerable.Range(1, options.Primitives - 1).SelectMany(k => CommandGrammar.Primitives.Select(p => $"{p}{k}"))).ToArray();
        var clauses = Clauses(primitives);
        var old = original.Select(c => c.Text).ToHashSet();
        var more = clauses.Where(c => !old.Contains(c.Text) && !IsHeld(c)).Select(c => c.Text).ToHashSet();
        var wanted = hasTwo ? train.Length * (options.Primitives - 1) : 0;
        while (more.Count < wanted)
        {
            var (a, b) = (clauses[random.Next(clauses.Length)], clauses[random.Next(clauses.Length)]);
            if (a.Count + b.Count > longest || old.Contains(a.Text) && old.Contains(b.Text)) continue;
            var pair = ($"{a.Text} {CommandGrammar.Conjunctions[random.Next(2)]} {b.Text}", a.Count + b.Count);
            if (!IsHeld(pair)) more.Add(pair.Item1);
        }
        string[] all = [.. train, .. more.Order(StringComparer.Ordinal)];
        if (!options.SameSize) return (all, held);
        random.Shuffle<string>(all);
        return (all[..Math.Min(train.Length, all.Length)], held);
    }

    private static bool Has(string command, string words) => $" {command} ".Contains($" {words} ", StringComparison.Ordinal);

    private static string? Alone(CommandSplit split) => split switch { CommandSplit.Jump => "jump", CommandSplit.TurnLeft => "turn left", _ => null };
}
