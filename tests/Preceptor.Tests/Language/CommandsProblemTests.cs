using Preceptor.Data;
using Preceptor.Language;
using Preceptor.Language.BuiltIn;
using Preceptor.Readers;

namespace Preceptor.Tests.Language;

/// <summary>SCAN's grammar, what its commands mean, and how they are divided.</summary>
public sealed class CommandsProblemTests
{
    [Theory]
    [InlineData("jump", "I_JUMP")]
    [InlineData("turn left", "I_TURN_LEFT")]
    [InlineData("walk after run", "I_RUN I_WALK")]
    [InlineData("walk and run", "I_WALK I_RUN")]
    [InlineData("look right twice", "I_TURN_RIGHT I_LOOK I_TURN_RIGHT I_LOOK")]
    [InlineData("turn opposite left", "I_TURN_LEFT I_TURN_LEFT")]
    [InlineData("turn around right", "I_TURN_RIGHT I_TURN_RIGHT I_TURN_RIGHT I_TURN_RIGHT")]
    [InlineData("jump opposite left thrice", "I_TURN_LEFT I_TURN_LEFT I_JUMP I_TURN_LEFT I_TURN_LEFT I_JUMP I_TURN_LEFT I_TURN_LEFT I_JUMP")]
    [InlineData("walk7 left after look twice", "I_LOOK I_LOOK I_TURN_LEFT I_WALK7")]
    public void Commands_mean_what_the_grammar_says(string command, string actions) => Assert.Equal(actions, CommandGrammar.Interpret(command));

    [Fact]
    public void Jumping_around_right_twice_is_eight_turns_with_a_jump_each() =>
        Assert.Equal(string.Join(' ', Enumerable.Repeat("I_TURN_RIGHT I_JUMP", 8)), CommandGrammar.Interpret("jump around right twice"));

    [Theory]
    [InlineData("")]
    [InlineData("turn")]
    [InlineData("turn twice")]
    [InlineData("left")]
    [InlineData("jump around")]
    [InlineData("jump twice twice")]
    [InlineData("walk and run and look")]
    [InlineData("walk and")]
    public void What_is_no_command_is_refused(string command) => Assert.Contains("is no command", Assert.Throws<FormatException>(() => CommandGrammar.Interpret(command)).Message);

    [Fact]
    public void There_are_20910_commands_of_which_clauses_grow_with_the_primitives()
    {
        var clauses = CommandGrammar.Clauses(CommandGrammar.Primitives).ToArray();
        Assert.Equal(102, clauses.Distinct().Count());
        Assert.Equal(20_910, clauses.Length + 2 * clauses.Length * clauses.Length);
        // 21 clauses a primitive, and 18 that only turn.
        string[] primitives = [.. Enumerable.Range(0, 80).Select(i => $"p{i}")];
        Assert.Equal(20 * 84 + 18, CommandGrammar.Clauses(primitives).Distinct().Count());
    }

    [Theory]
    // Training commands are those of the published files without the repeated bare one, which Lake and Baroni add until it is a tenth.
    [InlineData(CommandSplit.Simple, 16_728, 4_182)]
    [InlineData(CommandSplit.Length, 16_990, 3_920)]
    [InlineData(CommandSplit.Jump, 13_203, 7_706)]
    [InlineData(CommandSplit.TurnLeft, 19_701, 1_208)]
    [InlineData(CommandSplit.AroundRight, 15_225, 5_685)]
    public void The_full_splits_have_the_published_sizes(CommandSplit split, int train, int held)
    {
        var divided = CommandsProblem.Divide(new() { Split = split }, 3);
        Assert.Equal((train, held), (divided.Train.Length, divided.Held.Length));
        Assert.Empty(divided.Train.Intersect(divided.Held));
    }

    [Fact]
    public void A_tenth_of_the_training_commands_is_the_bare_word()
    {
        var texts = CommandsProblem.Draw(new() { Split = CommandSplit.Jump, Tests = 0 }, 1);
        Assert.Equal((14_448, 1_445, 200, 7_706), (texts.Train.Length, texts.Train.Count(p => p.Prompt == "jump"), texts.Validation.Length, texts.Test.Length));
        Assert.All(texts.Test, p => Assert.True(p.Prompt.Contains("jump", StringComparison.Ordinal) && p.Prompt != "jump"));
        Assert.DoesNotContain(texts.Train, p => p.Prompt != "jump" && p.Prompt.Contains("jump", StringComparison.Ordinal));
        Assert.DoesNotContain(texts.Validation, p => p.Prompt.Contains("jump", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(CommandSplit.Jump, 5)]
    [InlineData(CommandSplit.Simple, 3)]
    [InlineData(CommandSplit.Length, 2)]
    public void More_primitives_are_as_many_times_the_commands_and_ask_for_nothing_else(CommandSplit split, int times)
    {
        var options = new CommandsProblem.Options { Size = ProblemSize.Small, Split = split };
        var (one, many, same) = (CommandsProblem.Divide(options, 2), CommandsProblem.Divide(options with { Primitives = times }, 2), CommandsProblem.Divide(options with { Primitives = times, SameSize = true }, 2));
        Assert.Equal(times * one.Train.Length, many.Train.Length);
        Assert.Equal(one.Held, many.Held);
        Assert.Equal(one.Train.Length, same.Train.Length);
        Assert.Subset(many.Train.ToHashSet(), same.Train.ToHashSet());
        Assert.Empty(many.Train.Intersect(many.Held));
        if (split != CommandSplit.Jump) return;
        // Each clause of each new primitive is there, the held-out jump in none of them; its numbered copies are other words.
        Assert.Equal(times * 4, many.Train.SelectMany(c => c.Split(' ')).Where(w => CommandGrammar.Primitives.Any(p => w.StartsWith(p, StringComparison.Ordinal))).Append("jump").Distinct().Count());
        Assert.All(many.Train, c => Assert.DoesNotContain("jump", c.Split(' ')));
        Assert.Contains("jump3 twice", many.Train);
    }

    [Fact]
    public void Longer_commands_are_in_the_exam_of_the_split_by_length_alone()
    {
        var (train, held) = CommandsProblem.Divide(new() { Size = ProblemSize.Small, Split = CommandSplit.Length, Primitives = 2 }, 0);
        static int Actions(string command) => CommandGrammar.Interpret(command).Split(' ').Length;
        Assert.Equal((5, 6, 10), (train.Max(Actions), held.Min(Actions), held.Max(Actions)));
    }

    [Fact]
    public void Commands_to_validate_by_may_be_held_out_ones_that_the_exam_then_lacks()
    {
        var texts = CommandsProblem.Draw(new() { Size = ProblemSize.Small, Split = CommandSplit.Jump, Validation = CommandValidation.HeldOut, Tests = 0 }, 4);
        Assert.All(texts.Validation, p => Assert.Contains("jump", p.Prompt));
        Assert.Empty(texts.Validation.Intersect(texts.Test));
    }

    [Fact]
    public void Texts_are_written_as_json_lines_and_read_back_the_same()
    {
        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var texts = CommandsProblem.Draw(new() { Size = ProblemSize.Tiny }, 5);
            texts.Write(folder);
            foreach (var (name, rows) in new[] { ("train", texts.Train), ("validation", texts.Validation), ("test", texts.Test) })
            {
                var table = TableReader.Read(Path.Combine(folder, $"{name}.jsonl"));
                var (prompts, responses) = (table.Find("prompt")!.Words(), table.Find("response")!.Words());
                Assert.Equal(rows, Enumerable.Range(0, table.Rows).Select(r => new TextRow(prompts(r), responses(r))));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
