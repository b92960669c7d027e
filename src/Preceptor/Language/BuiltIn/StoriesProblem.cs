using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;

namespace Preceptor.Language.BuiltIn;

/// <summary>
/// Stories of 64 words out of 400: two people are introduced, each with a job, a place, and an animal of some colour; sentences of a few forms follow, which take these up again or tell something new; the last line says again who lives where with what.
/// So words near by say what a sentence is like, and words far away, before or behind, what it is about.
/// </summary>
[Version(1)]
public static class StoriesProblem
{
    /// <summary>Words a story.</summary>
    public const int Length = 64;

    /// <summary>Words of the last line.</summary>
    public const int Closing = 16;

    /// <summary>How models are asked in the exam.</summary>
    public enum Asking
    {
        /// <summary>In the way that suits the model best on the validation stories.</summary>
        Best,

        /// <summary>In the same form, without a token that announces a denoiser.</summary>
        Unannounced,

        /// <summary>In the same form, with the token of another denoiser: the one that suits worst.</summary>
        Misannounced,
    }

    /// <summary>What stories there are.</summary>
    public sealed record Options
    {
        /// <summary>Training stories.</summary>
        [Description("Training stories")]
        [Range(20, 1_000_000)]
        public int Stories { get; set; } = 4000;

        /// <summary>Whether words are drawn anew.</summary>
        [Description("Replaces each word by one drawn from all stories, so that no word says anything of another")]
        public bool Scrambled { get; set; }

        /// <summary>How models are asked.</summary>
        [Description("How the exam asks a model that knows [R], [S] and [X]: best: as suits it best on the validation stories | unannounced: without them | misannounced: by the worst of the others")]
        public Asking Asked { get; set; }
    }

    /// <summary>Draws the stories.</summary>
    public static LanguageTexts Draw(Options options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        const int held = 200;
        var random = RandomStream.Of(seed, "stories");
        string[][] stories = [.. Enumerable.Range(0, options.Stories + 2 * held).Select(_ => Write(random))];
        if (options.Scrambled)
        {
            string[] all = [.. stories.SelectMany(s => s)];
            stories = [.. stories.Select(s => s.Select(_ => all[random.Next(all.Length)]).ToArray())];
        }
        TextRow[] rows = [.. stories.Select(s => new TextRow("", string.Join(' ', s)))];
        return new(rows[..options.Stories], rows[options.Stories..^held], rows[^held..]) { IsPacked = false };
    }

    /// <summary>Writes a story of <see cref="Length"/> words.</summary>
    internal static string[] Write(RandomStream random)
    {
        string Any(string[] of) => of[random.Next(of.Length)];
        Person Somebody() => new(Any(StoryWords.Names), Any(StoryWords.Jobs), Any(StoryWords.Places), Any(StoryWords.Colours), StoryWords.Animals[random.Next(StoryWords.Animals.Length)]);
        var (first, second) = (Somebody(), Somebody());
        while (second.Name == first.Name) second = second with { Name = Any(StoryWords.Names) };
        var words = new List<string>(Length);
        void Say(string sentence) => words.AddRange(sentence.Split(' '));
        foreach (var one in new[] { first, second }) Say($"{one.Name} the {one.Job} lives in {one.Place} with a {one.Colour} {one.Animal.Name} .");
        for (var left = Length - Closing - words.Count; left > 0; left = Length - Closing - words.Count)
        {
            var (one, other) = random.Next(2) == 0 ? (first, second) : (second, first);
            // Sentences have 5 to 9 words, and what remains must be filled by others.
            var form = random.Next(8);
            var count = Forms[form];
            if (count > left || left - count is > 0 and < 5) continue;
            Say(form switch
            {
                0 => $"the {Any(StoryWords.Weathers)} is {Any(StoryWords.Qualities)} .",
                1 => $"{one.Name} {Any(StoryWords.Deals)} a {Any(StoryWords.Qualities)} {Any(StoryWords.Objects)} .",
                2 => $"{one.Name} eats {Any(StoryWords.Foods)} with {other.Name} .",
                3 => $"the {one.Colour} {one.Animal.Name} of {one.Name} {one.Animal.Moves} .",
                4 => $"{Any(StoryWords.Times)} the {one.Job} from {one.Place} {Any(StoryWords.Walks)} .",
                5 => $"{Any(StoryWords.Times)} {one.Name} {Any(StoryWords.Walks)} home to {one.Place} .",
                6 => $"{one.Name} {Any(StoryWords.Tells)} {other.Name} about the {other.Colour} {other.Animal.Name} .",
                _ => $"{Any(StoryWords.Times)} {one.Name} {Any(StoryWords.Gives)} the {Any(StoryWords.Qualities)} {Any(StoryWords.Objects)} to {other.Name} .",
            });
        }
        Say($"in the end {first.Name} of {first.Place} keeps the {first.Animal.Name} and {second.Name} of {second.Place} the {second.Animal.Name} .");
        return [.. words];
    }

    // Words of each form of sentence.
    private static readonly int[] Forms = [5, 6, 6, 7, 7, 7, 8, 9];

    private sealed record Person(string Name, string Job, string Place, string Colour, (string Name, string Moves) Animal);
}
