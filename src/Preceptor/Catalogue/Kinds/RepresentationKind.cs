using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Representation;
using Preceptor.Representation.BuiltIn;
using Preceptor.Supervision;

namespace Preceptor.Catalogue;

/// <summary>Representation: encoders learned from rows without labels. The exam has labels, and asks what the features are worth to whoever has many of them, or few.</summary>
internal sealed class RepresentationKind : ExamKind<RepresentationProblem, TrainedEncoder>
{
    private const int FewEach = 10, ShownNeighbours = 12;

    internal static readonly Metric Nearest = MeasuredScores.Metric("knn", "accuracy by the 20 nearest training rows", Better.Higher, 0, 1);
    internal static readonly Metric Probe = MeasuredScores.Metric("linear-probe", "accuracy of a linear classifier on the features, all labels given", Better.Higher, 0, 1);
    internal static readonly Metric Few = MeasuredScores.Metric("few-shot", "accuracy with few labels, ten a class where the problem says no other number: of the encoder's own classifier where it was fine-tuned, else of a linear one on the features", Better.Higher, 0, 1);
    internal static readonly Metric Purity = MeasuredScores.Metric("purity", "the share of the ten nearest training rows that have the row's own class", Better.Higher, 0, 1);
    internal static readonly Metric Rank = MeasuredScores.Metric("effective-rank", "how many dimensions the features use; 1 where they have collapsed", Better.Higher, 0, double.PositiveInfinity);

    public override string Name => RepresentationData.KindName;

    public override Type DataType => typeof(RepresentationData);

    public override string Baseline => "simclr";

    public override IReadOnlyList<Metric> Metrics(ExamTask<RepresentationProblem, TrainedEncoder> task) => [Nearest, Probe, Few, Purity, Rank];

    public override TrainingSummary? Training(TrainedEncoder model) => model.Training;

    public override string Use(string folder) => $"embed DATA --encoder {folder} --out features.csv";

    public override ExamTask<RepresentationProblem, TrainedEncoder> Draw(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx)
    {
        var data = (RepresentationData)specification.Problem;
        // The labels of the rows belong to the exam: nothing of the prediction problem but its inputs gets into this one.
        var rows = new PredictionData { Data = data.Data, Image = data.Numbers.Length + data.Categories.Length > 0 ? null : data.Image, Numbers = data.Numbers, Categories = data.Categories, Label = data.Label, Rows = data.Rows, SplitSeed = data.SplitSeed };
        var draft = rows.Draft(specification.ProblemSettings ?? new("defaults", "problem", []), read, onnx);
        return Task(specification, draft.Name, (draft.Train, draft.TrainTruth ?? draft.TrainLabels), (draft.Validation, draft.ValidationTruth ?? draft.ValidationLabels), (draft.Test, draft.TestLabels), draft.Inputs, draft.ScoredOn, draft.Notes, data.Labels ?? 0, data.SplitSeed);
    }

    /// <summary>The problem of generated digits.</summary>
    internal static ExamTask<RepresentationProblem, TrainedEncoder> Digits(Specification specification, ulong seed)
    {
        var parts = UnlabelledDigitsProblem.Draw((UnlabelledDigitsProblem.Options)specification.Problem, seed);
        return Task(specification, "unlabelled-digits", parts[0], parts[1], parts[2], new() { Image = "image" }, ScoredOn.Truth, [], ((UnlabelledDigitsProblem.Options)specification.Problem).Labels, seed);
    }

    /// <summary>The problem of a table with hidden factors.</summary>
    internal static ExamTask<RepresentationProblem, TrainedEncoder> Factors(Specification specification, ulong seed)
    {
        var parts = FactorsProblem.Draw((FactorsProblem.Options)specification.Problem, seed);
        return Task(specification, "factors", parts[0], parts[1], parts[2], FactorsProblem.Roles, ScoredOn.Truth, [], 0, seed);
    }

    private static ExamTask<RepresentationProblem, TrainedEncoder> Task(Specification specification, string name, (Table Rows, int[] Labels) train, (Table Rows, int[] Labels) validation, (Table Rows, int[] Labels) test, InputRoles inputs, ScoredOn scoredOn, IReadOnlyList<string> notes, int labels, ulong seed)
    {
        var model = (ModelOptions)specification.ModelSection;
        var (tokens, limit) = Encoder.Text(model);
        var encoding = InputEncoding.Fit(train.Rows, inputs, tokens, model.Vocabulary, limit);
        var few = EncoderScores.Few(train.Labels, labels == 0 ? FewEach : labels, RandomStream.Of(seed, "few-labels"));
        var problem = new RepresentationProblem(name, encoding, encoding.Encode(train.Rows), encoding.Encode(validation.Rows))
        {
            Model = model,
            Training = specification.Training,
            Few = labels == 0 ? null : new(few, [.. validation.Labels.Select(_ => -1)]),
            Classes = labels == 0 ? 0 : train.Labels.Max() + 1,
        };
        if (train.Labels.Count(l => l >= 0) < 2 || !test.Labels.Any(l => l >= 0)) throw new RequestException($"{name}: encoders are scored by labels, and too few rows have one");
        var tests = encoding.Encode(test.Rows);
        return new(problem, encoder => Score(encoder, problem.Train, train.Labels, few, tests, test.Labels), encoder => Score(encoder, problem.Train, train.Labels, few, problem.Validation, validation.Labels))
        {
            Show = encoder => Show(encoder, tests, test.Labels),
            ScoredOn = scoredOn,
            TestItems = test.Labels.Count(l => l >= 0),
            TrainingItems = problem.Train.Count,
            LabelledItems = labels == 0 ? 0 : few.Count(l => l >= 0),
            Fingerprint = $"{problem.Train.Fingerprint}-{tests.Fingerprint}-{Contents.Hash(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(test.Labels))}",
            Notes = notes,
        };
    }

    private static MeasuredScores Score(TrainedEncoder encoder, Examples train, int[] labels, int[] few, Examples test, int[] truth)
    {
        int[] known = [.. Enumerable.Range(0, truth.Length).Where(i => truth[i] >= 0)];
        var (features, asked, answers) = (encoder.Embed(train), encoder.Embed(test.Take(known)), known.Select(i => truth[i]).ToArray());
        var width = encoder.Features;
        var (right, purity) = EncoderScores.Nearest(features, labels, asked, answers, width);
        return MeasuredScores.Of(new Dictionary<string, double[]>
        {
            [Nearest.Name] = right,
            [Probe.Name] = EncoderScores.LinearProbe(features, labels, asked, answers, width),
            [Few.Name] = encoder.Classes > 0 ? [.. encoder.Classify(test.Take(known)).Zip(answers, (a, b) => a == b ? 1.0 : 0)] : EncoderScores.LinearProbe(features, few, asked, answers, width),
            [Purity.Name] = purity,
        }, new Dictionary<string, double> { [Rank.Name] = EncoderScores.EffectiveRank(asked, width) });
    }

    // The two directions in which the features differ most, a curve of points a class.
    private static ReportParts Show(TrainedEncoder encoder, Examples test, int[] labels)
    {
        var (map, shown) = (FeatureMap.Of(encoder.Embed(test), encoder.Features), Enumerable.Range(0, labels.Length).Where(i => labels[i] >= 0).ToArray());
        return new()
        {
            Charts = [new CurveChart("Test rows by their features", "The two directions in which features differ most (principal components), a colour a class.", "first", "second",
                [.. shown.GroupBy(i => labels[i]).OrderBy(g => g.Key).Take(ShownNeighbours).Select(g => new ChartSeries($"class {g.Key}", [.. g.Select(i => map[i].X)], [.. g.Select(i => map[i].Y)]) { IsPoints = true })])],
        };
    }
}
