using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;
using TorchSharp;
using static TorchSharp.torch;

namespace Preceptor.Language;

/// <summary>What a language model thinks of each token that is to be predicted in some training sequences, asked once and kept.</summary>
internal sealed class TeacherTokens : IDisposable
{
    private readonly TeacherCache cache;
    private readonly int[] first; // the row of each sequence's first token that is to be predicted; −1 for one that was not asked about

    private TeacherTokens(TeacherCache cache, int[] first) => (this.cache, this.first) = (cache, first);

    /// <summary>Asks a teacher, or reads what it answered before.</summary>
    /// <param name="run">The run.</param>
    /// <param name="inputs">What decides the answers.</param>
    /// <param name="teacher">The teacher; asked only where its answers are not stored.</param>
    /// <param name="sequences">The training sequences.</param>
    /// <param name="asked">Those of them that it is asked about.</param>
    /// <param name="classes">How many tokens there are.</param>
    /// <param name="kept">How many of its largest logits are kept of each.</param>
    public static TeacherTokens Ask(Run run, JsonNode inputs, LanguageModel teacher, TokenSequences sequences, int[] asked, int classes, int kept)
    {
        run.Uses(typeof(TeacherCache));
        var (first, rows, some) = (Enumerable.Repeat(-1, sequences.Count).ToArray(), 0, sequences.Take(asked));
        var read = new LanguageBatch(teacher.Network.Options.Architecture, teacher.Start);
        foreach (var sequence in asked)
        {
            read.Fill(sequences, [sequence]);
            first[sequence] = rows;
            rows += read.TargetCount;
        }
        var cache = run.Stage("teacher-answers", inputs, () => TeacherCache.Build(rows, classes, kept, 1, put => teacher.Read(some, (block, at) =>
        {
            var logits = block.Logits(teacher.Network).narrow(1, 0, classes).contiguous().data<float>().ToArray();
            for (var (row, next) = (0, 0); row < at.Length; next += block.AnswerLengths[row], row++) put(first[asked[at[row]]], logits[(next * classes)..((next + block.AnswerLengths[row]) * classes)]);
        }, cancellation: run.Cancellation)));
        return new(cache, first);
    }

    /// <summary>The teacher's distributions [N, V] of a batch's targets, at a temperature.</summary>
    /// <param name="read">The batch, as the network reads it.</param>
    /// <param name="student">The student's logits [N, V], by which tokens share what the teacher gave to all that are not kept; no gradient passes.</param>
    /// <param name="temperature">ρ; below 1 the distributions are sharper than the teacher's. No factor ρ² stands anywhere: the student stays at 1.</param>
    public Tensor Distributions(LanguageBatch read, Tensor student, double temperature)
    {
        var rows = new int[read.TargetCount];
        for (var (row, next) = (0, 0); row < read.Count; row++)
            for (var i = 0; i < read.AnswerLengths[row]; i++) rows[next++] = first[read.Rows[row]] + i;
        using var noGradient = no_grad();
        return AtTemperature(cache.Gather(rows, 0, Math.Max(1, temperature), student), temperature);
    }

    /// <summary>softmax(z / ρ) [N, V].</summary>
    internal static Tensor AtTemperature(Tensor logits, double temperature)
    {
        using Scalar by = temperature;
        return nn.functional.softmax(logits / by, 1);
    }

    public void Dispose() => cache.Dispose();
}
