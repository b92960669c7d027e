using Preceptor.Evaluation;
using Preceptor.Language;
using Preceptor.Language.BuiltIn;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Catalogue;

/// <summary>The exam of the built-in problem markov-copies: how far a model's probabilities are from the true ones.</summary>
internal static class MarkovCopiesExam
{
    internal static readonly Metric Divergence = Nats("divergence", "nats a word by which a model's probabilities are off the true ones (Kullback-Leibler), of all words but those that begin spans");
    internal static readonly Metric OfChain = Nats("chain-divergence", "the same, of words of the chain: what noise of single samples costs");
    internal static readonly Metric OfCopies = Nats("copy-divergence", "the same, of words that are copied, which are certain");
    internal static readonly Metric Copied = MeasuredScores.Metric("copy-accuracy", "share of copied words that a model finds likeliest", Better.Higher, 0, 1);

    /// <summary>The problem and its exam.</summary>
    public static ExamTask<LanguageProblem, LanguageModel> Task(Specification specification, ulong seed)
    {
        var (texts, rows) = MarkovCopiesProblem.Draw((MarkovCopiesProblem.Options)specification.Problem, seed);
        var task = LanguageKind.Task(specification, new() { Tokens = TokenKind.Word }, texts, ScoredOn.Truth);
        if (task.Problem.Model.Length < MarkovCopiesProblem.Length + 1) throw new Foundation.RequestException($"model.length: the texts have {MarkovCopiesProblem.Length + 1} tokens, expected at least as many");
        MeasuredScores With(MeasuredScores scores, LanguageModel model, TextRow[] of)
        {
            var (chain, copies, right) = Compare(model, of, rows);
            double[] both = [.. chain.Zip(copies, (a, b) => (a.Sum() + b.Sum()) / (a.Length + b.Length))];
            // A text without a copy says nothing of copies, so these are no means of items.
            var whole = new Dictionary<string, double> { [OfCopies.Name] = copies.SelectMany(c => c).DefaultIfEmpty(0).Average(), [Copied.Name] = right.SelectMany(r => r).DefaultIfEmpty(0).Average() };
            return scores with
            {
                Values = scores.Values.Concat(whole).Append(new(Divergence.Name, both.Average())).Append(new(OfChain.Name, chain.Average(c => c.Average()))).ToDictionary(),
                PerItem = scores.PerItem.Append(new(Divergence.Name, both)).Append(new(OfChain.Name, [.. chain.Select(c => c.Average())])).ToDictionary(),
            };
        }
        return task with
        {
            FurtherMetrics = [Divergence, OfChain, OfCopies, Copied],
            Examine = m => With(task.Examine(m), m, texts.Test),
            Validate = m => With(task.Validate(m), m, texts.Validation),
        };
    }

    /// <summary>Of each text: how far the model is off at each word of the chain, at each copied word, and whether those are likeliest.</summary>
    internal static (double[][] Chain, double[][] Copies, double[][] Right) Compare(LanguageModel model, TextRow[] texts, double[][] rows)
    {
        string[][] words = [.. texts.Select(t => t.Response.Split(' '))];
        var sequences = LanguageTexts.Encode(texts, model.Tokenizer, model.Form, MarkovCopiesProblem.Length + 1, isPacked: false).Sequences;
        var number = Enumerable.Range(0, rows.Length - 1).ToDictionary(MarkovCopiesProblem.Word, i => i);
        number.Add(MarkovCopiesProblem.Chain, rows.Length - 1);
        int?[] tokens = [.. Enumerable.Range(0, rows.Length - 1).Select(i => model.Tokenizer.Find(MarkovCopiesProblem.Word(i)))];
        var (chain, copies, right) = (new double[texts.Length][], new double[texts.Length][], new double[texts.Length][]);
        model.Read(sequences, (read, at) =>
        {
            var logs = nn.functional.log_softmax(read.Logits(model.Network), 1);
            var (width, values) = ((int)logs.shape[1], logs.data<float>().ToArray());
            for (var (row, next) = (0, 0); row < at.Length; next += read.AnswerLengths[row], row++)
            {
                var text = words[at[row]];
                var places = MarkovCopiesProblem.Places(text);
                int[] Of(MarkovCopiesProblem.Place place) => [.. Enumerable.Range(1, text.Length - 1).Where(i => places[i] == place)];
                // Word i is told by the row before it; a word that the tokenizer never saw is given the least that anything is.
                ReadOnlySpan<float> Told(int i) => values.AsSpan((next + i - 1) * width, width);
                double Off(int i)
                {
                    var (told, off) = (Told(i).ToArray(), 0.0);
                    var truth = rows[number[text[i - 1]]];
                    for (var w = 0; w < truth.Length; w++)
                        if (truth[w] > 0) off += truth[w] * (Math.Log(truth[w]) - (tokens[w] is { } token ? told[token] : told.Min()));
                    return off;
                }
                chain[at[row]] = [.. Of(MarkovCopiesProblem.Place.Chain).Select(Off)];
                copies[at[row]] = [.. Of(MarkovCopiesProblem.Place.Copy).Select(i => -(double)Told(i)[sequences.Of(at[row])[i]])];
                right[at[row]] = [.. Of(MarkovCopiesProblem.Place.Copy).Select(i => Likeliest(Told(i)) == sequences.Of(at[row])[i] ? 1.0 : 0)];
            }
        });
        return (chain, copies, right);
    }

    private static int Likeliest(ReadOnlySpan<float> logs)
    {
        var best = 0;
        for (var i = 1; i < logs.Length; i++)
            if (logs[i] > logs[best]) best = i;
        return best;
    }

    private static Metric Nats(string name, string description) => MeasuredScores.Metric(name, description, Better.Lower, 0, double.PositiveInfinity);
}
