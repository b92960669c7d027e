using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Language;

/// <summary>The loss of some texts under the courses of <see cref="MultiPerspectiveCourses"/>.</summary>
/// <param name="networks">Discriminator and generator.</param>
/// <param name="options">The courses.</param>
/// <param name="tokens">How many tokens there are; the token of masks has this number.</param>
/// <param name="ends">Tokens that end a text.</param>
/// <param name="longest">Most tokens of a text that tokens are put into.</param>
[Version(1)]
internal sealed class CourseLoss(CourseNetworks networks, MultiPerspectiveCourses.Options options, int tokens, IReadOnlyList<int> ends, int longest)
{
    /// <summary>Some places of texts where the original tokens are known, and what the generator put there.</summary>
    /// <param name="Places">The places of each text.</param>
    /// <param name="Originals">The original tokens, a text after the other [M].</param>
    /// <param name="Samples">The generator's [M].</param>
    /// <param name="IsDoubted">Whether the discriminator said that a token is not the original one [M].</param>
    internal sealed record Notebook(int[][] Places, long[] Originals, long[] Samples, bool[] IsDoubted)
    {
        /// <summary>Where the generator erred and was caught: its secondary lesson.</summary>
        public bool[] Caught => [.. Samples.Select((s, m) => s != Originals[m] && IsDoubted[m])];

        /// <summary>Where the discriminator erred, doubting an original or fooled by a sample: its secondary lesson.</summary>
        public bool[] Misjudged => [.. Samples.Select((s, m) => s != Originals[m] != IsDoubted[m])];

        /// <summary>The places of each text that are marked.</summary>
        public int[][] Marked(bool[] marks)
        {
            var next = 0;
            return [.. Places.Select(of => of.Where(_ => marks[next++]).ToArray())];
        }

        /// <summary>The numbers that are marked.</summary>
        public static long[] Marked(long[] numbers, bool[] marks) => [.. numbers.Where((_, m) => marks[m])];
    }

    /// <summary>The sum over courses of the generator's loss and λ times the discriminator's.</summary>
    public Tensor Of(int[][] texts, RandomStream random)
    {
        var (guesses, judgements) = (new List<Tensor>(), new List<Tensor>());
        foreach (var course in options.Courses)
        {
            int[][] places = [.. texts.Select(t => course == MultiPerspectiveCourses.Course.Inserted ? [] : TextCorruption.Draw(t, options.Rate, ends, random, course == MultiPerspectiveCourses.Course.Swapped ? 2 : 1))];
            if (course == MultiPerspectiveCourses.Course.Replaced) Guessed(texts, places, [.. texts.Select((t, i) => TextCorruption.With(t, places[i], _ => tokens))], guesses, judgements);
            else if (course == MultiPerspectiveCourses.Course.Swapped) Guessed(texts, places, [.. texts.Select((t, i) => TextCorruption.Swap(t, places[i], random))], guesses, judgements);
            else Inserted(texts, random, judgements);
        }
        var loss = guesses.Aggregate(zeros([]), (a, b) => a + b);
        if (judgements.Count == 0) return loss;
        using Scalar weight = options.Weight;
        return loss + judgements.Aggregate((a, b) => a + b) * weight;
    }

    // Replaced and swapped tokens: the generator is asked for the original ones, and what it draws is judged; then both learn from their errors.
    private void Guessed(int[][] texts, int[][] places, int[][] read, List<Tensor> guesses, List<Tensor> judgements)
    {
        var originals = At(texts, places);
        if (originals.Length == 0) return;
        var logits = Guess(read, places);
        guesses.Add(nn.functional.cross_entropy(logits, Of(originals)));
        if (options.Weight == 0) return;
        var samples = Sample(logits);
        var made = Put(texts, places, samples);
        var doubts = Judge(made, texts, judgements);
        if (!options.Correction) return;
        var width = texts.Max(t => t.Length);
        var doubted = doubts.detach().index_select(0, Of(Flat(places, width))).data<float>().ToArray();
        var notebook = new Notebook(places, originals, samples, [.. doubted.Select(d => d > 0)]);

        var caught = notebook.Marked(notebook.Caught);
        if (Notebook.Marked(originals, notebook.Caught) is { Length: > 0 } again)
        {
            // The rest is as it was, so that the generator learns what it can know.
            int[][] second = [.. texts.Select((t, i) => TextCorruption.With(t, caught[i], k => read[i][caught[i][k]]))];
            guesses.Add(Share(nn.functional.cross_entropy(Guess(second, caught), Of(again)), again.Length, originals.Length));
        }
        var misjudged = notebook.Marked(notebook.Misjudged);
        if (Flat(misjudged, width) is { Length: > 0 } flat)
        {
            var second = options.CorrectionInput == MultiPerspectiveCourses.SecondInput.Same ? made : Put(texts, misjudged, Notebook.Marked(samples, notebook.Misjudged));
            float[] labels = [.. Notebook.Marked(samples, notebook.Misjudged).Zip(Notebook.Marked(originals, notebook.Misjudged), (s, o) => s == o ? 0f : 1)];
            judgements.Add(Share(CrossEntropy(networks.Doubt(new(second)).index_select(0, Of(flat)), labels), labels.Length, texts.Sum(t => t.Length)));
        }
    }

    // Of the mean over errors: what they are in a mean over all tokens of the first lesson.
    private Tensor Share(Tensor mean, int errors, int all)
    {
        if (options.CorrectionMean == MultiPerspectiveCourses.ErrorMean.Errors) return mean;
        using Scalar share = (double)errors / all;
        return mean * share;
    }

    // There is nothing that the generator could be asked for, so it only draws.
    private void Inserted(int[][] texts, RandomStream random, List<Tensor> judgements)
    {
        if (options.Weight == 0) return;
        var longer = texts.Select(t => TextCorruption.Insert(t, Math.Min((int)Math.Round(options.Rate * t.Count(token => !ends.Contains(token))), Math.Max(0, longest - t.Length)), tokens, ends, random)).ToArray();
        int[][] read = [.. longer.Select(l => l.Text)], places = [.. longer.Select(l => l.Places)];
        if (places.All(p => p.Length == 0)) return;
        long[] samples;
        using (no_grad()) samples = Sample(Guess(read, places));
        // An inserted token is wrong by definition: no token of the text stands in a mask's place.
        Judge(Put(read, places, samples), [.. read.Select((t, i) => TextCorruption.With(t, places[i], _ => -1))], judgements);
    }

    // Doubts [B × T] of texts, and their cross entropy with whether a token is not the original one, the mean over tokens.
    private Tensor Judge(int[][] made, int[][] originals, List<Tensor> judgements)
    {
        var read = new PaddedTokens(made);
        var doubts = networks.Doubt(read);
        judgements.Add(CrossEntropy(read.Real() is null ? doubts : doubts.index_select(0, Of(read.Places)), Labels(made, originals)));
        return doubts;
    }

    /// <summary>Whether each token is not the original one [Σ length]: a sample that happens to be right is an original.</summary>
    internal static float[] Labels(int[][] made, int[][] originals) => [.. made.SelectMany((text, i) => text.Select((token, t) => token == originals[i][t] ? 0f : 1))];

    private Tensor Guess(int[][] read, int[][] places) => networks.Guess(new(read), Flat(places, read.Max(t => t.Length))).narrow(1, 0, tokens);

    private static long[] Sample(Tensor logits)
    {
        using var noGradient = no_grad();
        return nn.functional.softmax(logits.detach(), 1).multinomial(1, true).squeeze(1).data<long>().ToArray();
    }

    private static int[][] Put(int[][] texts, int[][] places, long[] samples)
    {
        var next = 0;
        return [.. texts.Select((t, i) => TextCorruption.With(t, places[i], _ => (int)samples[next++]))];
    }

    private static long[] At(int[][] texts, int[][] places) => [.. places.SelectMany((of, i) => of.Select(p => (long)texts[i][p]))];

    private static long[] Flat(int[][] places, int width) => [.. places.SelectMany((of, i) => of.Select(p => (long)i * width + p))];

    private static Tensor Of(long[] numbers) => InputBuffer.Tensor<long>(numbers, ScalarType.Int64, numbers.Length);

    private static Tensor CrossEntropy(Tensor doubts, float[] labels) => nn.functional.binary_cross_entropy_with_logits(doubts, InputBuffer.Tensor<float>(labels, ScalarType.Float32, labels.Length));
}
