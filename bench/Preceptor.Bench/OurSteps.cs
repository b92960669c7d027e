using System.Diagnostics;
using Preceptor.Control;
using Preceptor.Control.BuiltIn;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Fields;
using Preceptor.Fields.BuiltIn;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Prediction.BuiltIn;
using Preceptor.Prediction.Distillation;
using Preceptor.Prediction.Plain;
using Preceptor.Representation;
using Preceptor.Representation.BuiltIn;
using Preceptor.Supervision;
using Preceptor.Training;

namespace Preceptor.Bench;

/// <summary>Training steps through the library's own loop: batches, loss, gradients, optimiser, everything a run does.</summary>
internal static class OurSteps
{
    private const int Rows = 2_000, WordsPerText = 64, DifferentWords = 5_000, Classes = 10;

    /// <summary>The median step in milliseconds, the share of the training's time that it waited for its next batch, and the managed bytes that a step allocates on all threads.</summary>
    public static (double Milliseconds, double Waiting, long Bytes) MedianStep(string name, int steps)
    {
        var (starts, bytes) = (new List<long>(10_000), new List<long>(10_000));
        var summary = Train(name, steps, () =>
        {
            bytes.Add(GC.GetTotalAllocatedBytes(precise: true));
            starts.Add(Stopwatch.GetTimestamp());
        }, default);
        // The median leaves out the steps at which an epoch ends, and a teacher's training stands before the last steps.
        var from = Math.Max(steps / 5, starts.Count - steps);
        var times = starts.Zip(starts.Skip(1), (a, b) => Stopwatch.GetElapsedTime(a, b).TotalMilliseconds).Skip(from).Order().ToArray();
        return (times[times.Length / 2], summary.WaitingSeconds / summary.Seconds, (bytes[^1] - bytes[from]) / (bytes.Count - 1 - from));
    }

    /// <summary>Trains for so many steps or some more.</summary>
    /// <param name="name">What.</param>
    /// <param name="steps">Steps at least.</param>
    /// <param name="beforeEach">Called before each.</param>
    /// <param name="cancellation">Stops it.</param>
    public static TrainingSummary Train(string name, int steps, Action beforeEach, CancellationToken cancellation)
    {
        var training = new TrainingOptions { Epochs = steps / 15 + 1, Batch = 128 };
        using var run = new Run(new RunSettings { Seed = 1, AtSafePoint = beforeEach, Cancellation = cancellation });
        return name switch
        {
            "contrast" => Contrast(training, run),
            "diffusion-policy" => Act(training with { Batch = 256, Epochs = steps / 7 + 1 }, run),
            "language" => Speak(training with { Batch = 32 }, run),
            "field" => Satisfy(training with { Batch = 8, Epochs = steps / 15 + 1 }, run),
            _ => Classify(name, training, run),
        };
    }

    private static TrainingSummary Contrast(TrainingOptions training, Run run)
    {
        var table = UnlabelledDigitsProblem.Draw(new() { Size = ProblemSize.Small }, 1)[0].Rows;
        var encoding = InputEncoding.Fit(table, new() { Image = "image" }, TextTokens.Words, 0);
        var rows = encoding.Encode(table);
        var problem = new RepresentationProblem("digits", encoding, rows, rows.Take([])) { Model = new() { Encoder = EncoderKind.Resnet, Width = 16 }, Training = training };
        using var encoder = new InstanceDiscrimination(new()).Fit(problem, run);
        return encoder.Training!;
    }

    private static TrainingSummary Speak(TrainingOptions training, Run run)
    {
        var tokenizer = CharacterTokenizer.Learn([string.Concat(Enumerable.Range(33, 96).Select(c => (char)c))]);
        var random = RandomStream.Of(1, "tokens");
        var sequences = new TokenSequences([.. Enumerable.Range(0, 480 * 129).Select(_ => random.Next(tokenizer.Size))], [.. Enumerable.Repeat(129, 480)], new int[480]);
        var problem = new LanguageProblem("tokens", tokenizer, sequences, sequences.Take([])) { Model = new() { Layers = 4, Width = 128, Heads = 4, Length = 129 }, Training = training };
        using var model = new SupervisedFineTuning(new()).Fit(problem, run);
        return model.Training;
    }

    private static TrainingSummary Satisfy(TrainingOptions training, Run run)
    {
        var (residual, train, _, _) = BurgersProblem.Data(new()).Draw(null, null, 1);
        using var field = new SoftConstraint(new()).Fit(new(residual, train, []) { Training = training }, run);
        return field.Training;
    }

    private static TrainingSummary Act(TrainingOptions training, Run run)
    {
        var (train, validation, _) = PointRobotProblem.Draw(new() { Episodes = 120 }, 1);
        var problem = new ControlProblem("robot", train, validation) { Model = new() { Width = 64, Layers = 3 }, Training = training };
        using var policy = new FeasibilityGuidedDiffusion(new() { ValueWidth = 64 }).Fit(problem, run);
        return policy.Training;
    }

    private static TrainingSummary Classify(string name, TrainingOptions training, Run run)
    {
        var problem = name switch
        {
            "mlp" or "distill-kept" => Images(new() { Encoder = EncoderKind.Mlp, Hidden = [512, 512] }, training),
            "distill-live" => Images(new() { Encoder = EncoderKind.Mlp, Hidden = [512, 512] }, training, hasTeacher: false),
            "bilevel" => Images(new() { Encoder = EncoderKind.Mlp, Hidden = [512, 512] }, training, validates: true),
            "resnet" => Images(new() { Encoder = EncoderKind.Resnet, Width = 16 }, training),
            "vit" => Images(new() { Encoder = EncoderKind.Vit }, training),
            "conv" => Texts(new() { Encoder = EncoderKind.Conv }, training),
            "transformer" => Texts(new() { Encoder = EncoderKind.Transformer }, training),
            _ => throw new ArgumentException($"there is no step '{name}'", nameof(name)),
        };
        IFit<PredictionProblem, Predictor> method = name switch
        {
            "bilevel" => new TrilateralDistillation(new()),
            "distill-kept" => new KnowledgeDistillation(new()),
            "distill-live" => new KnowledgeDistillation(new() { Signal = TeacherSignal.Live }),
            _ => new Supervised(new()),
        };
        using var model = method.Fit(problem, run);
        return model.Training!;
    }

    private static PredictionProblem Images(ModelOptions model, TrainingOptions training, bool validates = false, bool hasTeacher = true)
    {
        var draft = DigitsProblem.Draft(new() { Size = ProblemSize.Small }, 1);
        if (!validates) draft = draft with { Validation = draft.Validation.Take([]), ValidationLabels = [], ValidationTruth = null };
        var problem = draft.Encode(model, training).Problem;
        if (!hasTeacher) return problem;
        var random = RandomStream.Of(1, "teacher");
        return problem.With(new TeacherLogits("teacher", [.. Enumerable.Range(0, Rows * Classes).Select(_ => (float)random.NextGaussian())], Classes));
    }

    private static PredictionProblem Texts(ModelOptions model, TrainingOptions training)
    {
        var random = RandomStream.Of(1, "texts");
        string[] texts = [.. Enumerable.Range(0, Rows).Select(_ => string.Join(' ', Enumerable.Range(0, WordsPerText).Select(_ => $"word{random.Next(DifferentWords)}")))];
        var table = new Table("texts", [new TextColumn("text", texts)]);
        int[] labels = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(Classes))];
        return new PredictionDraft
        {
            Name = "texts",
            Train = table,
            Validation = table.Take([]),
            Test = table.Take([0]),
            Inputs = new InputRoles { Text = ["text"] },
            Classes = [.. Enumerable.Range(0, Classes).Select(c => $"{c}")],
            TrainLabels = labels,
            ValidationLabels = [],
            TestLabels = [labels[0]],
            ScoredOn = ScoredOn.Truth,
        }.Encode(model, training).Problem;
    }
}
