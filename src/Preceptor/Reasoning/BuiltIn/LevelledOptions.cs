using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;

namespace Preceptor.Reasoning.BuiltIn;

/// <summary>How many questions a generator draws, and how many steps their shortest solutions have.</summary>
public abstract record LevelledOptions : SolvingOptions
{
    /// <summary>Worked questions.</summary>
    [Description("Training questions with a worked solution")]
    [Range(20, 1_000_000)]
    public int Examples { get; set; } = 3000;

    /// <summary>Questions with an answer alone.</summary>
    [Description("Further training questions of which the answer alone is known")]
    [Range(0, 1_000_000)]
    public int Questions { get; set; } = 400;

    /// <summary>Test questions.</summary>
    [Description("Test questions; as many validate, and as many hard ones are tested on where there are any")]
    [Range(5, 10_000)]
    public int Held { get; set; } = 200;

    /// <summary>Steps of the shortest solution.</summary>
    [Description("Steps of the shortest solution, without the line that answers")]
    [Range(1, 32)]
    public int Shortest { get; set; } = 1;

    /// <summary>Steps of the longest solution.</summary>
    [Description("Steps of the longest solution")]
    [Range(1, 32)]
    public int Longest { get; set; } = 3;

    /// <summary>Steps of the hardest solution.</summary>
    [Description("Steps of the longest hard solution: longer ones than problem.longest are hard, and half of the exam; nobody tells their answers. 0: there are none")]
    [Range(0, 32)]
    public int Hardest { get; set; }

    /// <summary>Hard training questions.</summary>
    [Description("Further training questions that are hard, without an answer")]
    [Range(0, 1_000_000)]
    public int Unanswered { get; set; }

    /// <summary>The most steps of any question.</summary>
    internal int Most => Math.Max(Longest, Hardest);

    /// <summary>What contradicts what.</summary>
    /// <exception cref="RequestException">Something does.</exception>
    internal void Require()
    {
        if (Longest < Shortest) throw new RequestException($"problem.longest: {Longest} is less than problem.shortest {Shortest}");
        if (Hardest > 0 && Hardest <= Longest) throw new RequestException($"problem.hardest: {Hardest} is not more than problem.longest {Longest}");
        if (this is { Unanswered: > 0, Hardest: 0 }) throw new RequestException("problem.unanswered: there are no hard questions; set problem.hardest as well");
    }

    /// <summary>Draws questions; none is in two parts.</summary>
    /// <param name="name">The problem's name, which tells its random numbers from others.</param>
    /// <param name="seed">Decides what is drawn.</param>
    /// <param name="one">Draws a question of so many steps; its solution may still be wanting.</param>
    /// <param name="worked">A question with its solution, asked once of each that is kept.</param>
    /// <param name="more">What to raise where there are too few.</param>
    /// <returns>The questions, and those to learn from with a right solution each.</returns>
    internal (QuestionSets Sets, Question[] Right) Draw(string name, ulong seed, Func<RandomStream, int, Question> one, Func<Question, Question> worked, string more)
    {
        var (random, others, seen) = (RandomStream.Of(seed, name), RandomStream.Of(seed, $"hard-{name}"), new HashSet<string>(StringComparer.Ordinal));
        Question[] Drawn(RandomStream from, int count, int shortest, int longest)
        {
            var all = new List<Question>();
            for (var tries = 0; all.Count < count; tries++)
            {
                if (tries > 20 * (all.Count + 100)) throw new RequestException($"problem.examples: there are too few questions of {shortest} to {longest} steps; raise {more} or problem.longest");
                if (one(from, shortest + from.Next(longest - shortest + 1)) is var question && seen.Add(question.Text)) all.Add(question);
            }
            return [.. all.Select(worked)];
        }
        var easy = Drawn(random, Examples + Questions + 2 * Held, Shortest, Longest);
        var hard = Hardest == 0 ? [] : Drawn(others, Unanswered + Held, Longest + 1, Hardest);
        var right = easy[..(Examples + Questions)];
        Question[] train = [.. right.Select((q, i) => i < Examples ? q : q with { Solution = "" }), .. hard.Take(Unanswered).Select(q => q with { Answer = "", Solution = "" })];
        return (new(train, easy[right.Length..(right.Length + Held)], [.. easy[(right.Length + Held)..], .. hard.Skip(Unanswered)]), right);
    }
}
