using System.Globalization;
using CsCheck;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Language.BuiltIn;

namespace Preceptor.Tests.Language;

/// <summary>Chains of arithmetic: every response is right, says what matters alone, and no problem is in two parts.</summary>
public sealed class WordChainsProblemTests
{
    /// <summary>Works a problem out by its prompt: every name's value, and the names that the asked one needs, in order.</summary>
    private static (Dictionary<string, int> Values, List<string> Needed, string Asked) Solve(string prompt, int modulus)
    {
        var parts = prompt.Split(" ; ");
        var (values, parents) = (new Dictionary<string, int>(), new Dictionary<string, string?>());
        foreach (var statement in parts[..^1])
        {
            var words = statement.Split(' ');
            int Number(string word) => values.TryGetValue(word, out var known) ? known : int.Parse(word, CultureInfo.InvariantCulture);
            Assert.True(values.TryAdd(words[0], words.Length == 3 ? Number(words[2]) : words[3] switch
            {
                "+" => (Number(words[2]) + Number(words[4])) % modulus,
                "-" => (Number(words[2]) - Number(words[4]) + modulus) % modulus,
                _ => Number(words[2]) * Number(words[4]) % modulus,
            }));
            parents[words[0]] = words.Length == 3 ? null : words[2];
        }
        var asked = parts[^1].Split(' ')[0];
        var needed = new List<string>();
        for (var at = asked; at is not null; at = parents[at]) needed.Insert(0, at);
        return (values, needed, asked);
    }

    [Fact]
    public void Every_response_is_right_and_says_what_matters_alone() => Gen.Select(Gen.ULong, Gen.Int[5, 60], Gen.Int[1, 5], Gen.Int[0, 4], Gen.Bool).Sample((seed, modulus, steps, distractors, restated) =>
    {
        var options = new WordChainsProblem.Options { Modulus = modulus, Restated = restated };
        var row = WordChainsProblem.Row(RandomStream.Of(seed, "row"), new((steps, steps), (distractors, distractors)), options);
        var (values, needed, asked) = Solve(row.Prompt, modulus);
        Assert.Equal((1 + steps + distractors, 1 + steps), (values.Count, needed.Count));
        var said = row.Response.Split(" ; ");
        Assert.Equal(values[asked].ToString(CultureInfo.InvariantCulture), said[^1]);
        Assert.Equal(needed, said[..^1].Select(s => s.Split(' ')[0]));
        foreach (var step in said[..^1])
        {
            var words = step.Split(' ');
            Assert.Equal(values[words[0]].ToString(CultureInfo.InvariantCulture), words[^1]);
            if (words[0] == needed[0]) Assert.Equal(3, words.Length);
            else Assert.Equal(restated ? 11 : 3, words.Length);
            if (words.Length == 11) Assert.True(row.Prompt.Contains(string.Join(' ', words[..5]) + " ;", StringComparison.Ordinal) && words[6] == values[words[2]].ToString(CultureInfo.InvariantCulture) && words[8] == words[4], step);
        }
    }, iter: 300);

    [Fact]
    public void Parts_have_the_shapes_they_should_and_share_no_problem()
    {
        var options = new WordChainsProblem.Options { Examples = 300, Modulus = 20, Steps = 3 };
        var (texts, distracted, longer) = WordChainsProblem.Draw(options, 1);
        TextRow[][] parts = [texts.Train, texts.Validation, texts.Test, distracted, longer];
        var all = parts.SelectMany(p => p).ToArray();
        Assert.Equal(all.Length, all.Select(r => r.Prompt).Distinct().Count());
        (int Steps, int Distractors)[] Shapes(TextRow[] rows) => [.. rows.Select(r => Solve(r.Prompt, options.Modulus)).Select(s => (s.Needed.Count - 1, s.Values.Count - s.Needed.Count)).Distinct().Order()];
        Assert.Equal(from steps in Enumerable.Range(1, 3) from distractors in Enumerable.Range(0, 3) select (steps, distractors), Shapes(texts.Train));
        Assert.Equal(from steps in Enumerable.Range(1, 3) from distractors in Enumerable.Range(4, 2) select (steps, distractors), Shapes(distracted));
        Assert.Equal(from distractors in Enumerable.Range(0, 3) select (4, distractors), Shapes(longer));
        Assert.Equal(texts.Train, WordChainsProblem.Draw(options, 1).Texts.Train);
        Assert.NotEqual(texts.Train, WordChainsProblem.Draw(options, 2).Texts.Train);
        // Longer training sets begin alike, and neither test nor validation depends on their size.
        var more = WordChainsProblem.Draw(options with { Examples = 400 }, 1);
        Assert.Equal(texts.Train, more.Texts.Train[..300]);
        Assert.Equal(distracted[..20], more.Distracted[..20]);
    }
}
