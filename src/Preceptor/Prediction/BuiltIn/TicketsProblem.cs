using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Data;
using Preceptor.Data.Generators;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Supervision;

namespace Preceptor.Prediction.BuiltIn;

/// <summary>Which of the tickets' teachers are offered.</summary>
public enum TicketTeacher
{
    /// <summary>None.</summary>
    None,

    /// <summary>The weak one: right about seven times in ten, and too sure of itself.</summary>
    Weak,

    /// <summary>The strong one: well calibrated.</summary>
    Strong,

    /// <summary>Both.</summary>
    Both,
}

/// <summary>
/// The problem <c>tickets</c>: support tickets to be sorted by topic, with labels that a hurried team got wrong about a quarter
/// of the time, more so between neighbouring topics, and with teachers of two qualities. No customer is on both sides of a split.
/// </summary>
[Version(1)]
public static class TicketsProblem
{
    /// <summary>The options of tickets.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 64 tickets in all; small: 5,000; full: 20,000")]
        public ProblemSize Size { get; set; } = ProblemSize.Full;

        /// <summary>Share of wrong labels.</summary>
        [Description("Share of wrong labels, spread by a class-dependent matrix")]
        [Range(0, 0.5)]
        public double Noise { get; set; } = 0.27;

        /// <summary>Share of labelled rows.</summary>
        [Description("Share of the training tickets that have a label")]
        [Range(0.01, 1)]
        public double Labelled { get; set; } = 1;

        /// <summary>The teachers.</summary>
        [Description("Which teachers' predictions are offered")]
        public TicketTeacher Teacher { get; set; } = TicketTeacher.Weak;

        /// <summary>Whether the rules are offered.</summary>
        [Description("Whether the votes of fifteen rules are offered, incomplete and sometimes wrong")]
        public bool Rules { get; set; }
    }

    /// <summary>The generated tickets of a size.</summary>
    public static TicketData Generate(Options options, ulong seed)
    {
        var count = options.Size switch { ProblemSize.Tiny => 64, ProblemSize.Small => 5_000, _ => 20_000 };
        return Tickets.Generate(count, RandomStream.Key(seed, "tickets"), new TicketOptions { NoiseRate = options.Noise, LabelledFraction = options.Labelled });
    }

    /// <summary>Draws the problem.</summary>
    public static PredictionDraft Draft(Options options, ulong seed)
    {
        var data = Generate(options, seed);
        var customers = data.Table.Find("customer")!.Words();
        int[] rows = [.. Enumerable.Range(0, data.Table.Rows)];
        var random = RandomStream.Of(seed, "tickets-split");
        var (rest, test) = Splits.ByGroup(rows, customers, 0.2, random);
        var (train, validation) = Splits.ByGroup(rest, customers, 0.1, random);
        int[] Pick(int[] from, int[] of) => [.. of.Select(r => from[r])];
        (string Name, bool Offered, float[] Probabilities)[] teachers =
        [
            ("weak", options.Teacher is TicketTeacher.Weak or TicketTeacher.Both, data.WeakTeacher),
            ("strong", options.Teacher is TicketTeacher.Strong or TicketTeacher.Both, data.StrongTeacher),
        ];
        float[] Logits(float[] probabilities, int[] of) => [.. of.SelectMany(r => probabilities.Skip(r * data.Classes.Length).Take(data.Classes.Length)).Select(p => MathF.Log(MathF.Max(p, 1e-9f)))];
        return new PredictionDraft
        {
            Name = "tickets",
            Train = data.Table.Take(train),
            Validation = data.Table.Take(validation),
            Test = data.Table.Take(test),
            Group = "customer",
            Inputs = new InputRoles { Text = ["subject", "body"] },
            Classes = data.Classes,
            TrainLabels = Pick(data.Noisy, train),
            ValidationLabels = Pick(data.Noisy, validation),
            TestLabels = Pick(data.Truth, test),
            ScoredOn = ScoredOn.Truth,
            TrainTruth = Pick(data.Truth, train),
            ValidationTruth = Pick(data.Truth, validation),
            Offered = options.Rules ? [new RuleVotes([.. data.Rules.Select(r => r.Name)], Votes(data, train)) { Validation = Votes(data, validation) }] : [],
            Teachers = [.. teachers.Where(t => t.Offered).Select(t => new DraftTeacher(t.Name, Logits(t.Probabilities, train), Logits(t.Probabilities, test)))],
        };
    }

    private static int[,] Votes(TicketData data, int[] rows)
    {
        var (subjects, bodies) = ((TextColumn)data.Table.Find("subject")!, (TextColumn)data.Table.Find("body")!);
        int[] targets = [.. data.Rules.Select(rule => Array.IndexOf(data.Classes, rule.Class))];
        var votes = new int[rows.Length, targets.Length];
        for (var i = 0; i < rows.Length; i++)
            for (var r = 0; r < targets.Length; r++) votes[i, r] = data.Rules[r].Matches(subjects[rows[i]], bodies[rows[i]]) ? targets[r] : -1;
        return votes;
    }
}
