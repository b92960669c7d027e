using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Representation;
using Preceptor.Representation.BuiltIn;

namespace Preceptor.Catalogue;

/// <summary>Representation: encoders learned from rows without labels. The exam has labels, and asks what the features are worth to whoever has many of them, or few.</summary>
internal sealed class RepresentationKind : ExamKind<RepresentationProblem, TrainedEncoder>
{
    private const int FewEach = 10, ShownClasses = 12, ShownRows = 8, ShownNeighbours = 6;

    internal static readonly Metric Nearest = MeasuredScores.Metric("knn", "accuracy by the 20 nearest training rows", Better.Higher, 0, 1);
    internal static readonly Metric Probe = MeasuredScores.Metric("linear-probe", "accuracy of a linear classifier on the features, all labels given", Better.Higher, 0, 1);
    internal static readonly Metric Few = MeasuredScores.Metric("few-shot", "accuracy with few labels, ten a class where the problem says no other number: of the encoder's own classifier where it was fine-tuned, else of a linear one on the features", Better.Higher, 0, 1);
    internal static readonly Metric Purity = MeasuredScores.Metric("purity", "the share of the ten nearest training rows that have the row's own class", Better.Higher, 0, 1);
    internal static readonly Metric CoarseNearest = MeasuredScores.Metric("coarse-knn", "accuracy over the coarse classes by the 20 nearest training rows", Better.Higher, 0, 1);
    internal static readonly Metric CoarseProbe = MeasuredScores.Metric("coarse-linear-probe", "accuracy over the coarse classes of a linear classifier on the features, all labels given", Better.Higher, 0, 1);
    internal static readonly Metric MeanNearest = MeasuredScores.Metric("mean-knn", "the mean of knn and coarse-knn", Better.Higher, 0, 1);
    internal static readonly Metric Transfer = MeasuredScores.Metric("transfer", "accuracy of a linear classifier on the features of other data, all their labels given", Better.Higher, 0, 1);
    internal static readonly Metric Rank = MeasuredScores.Metric("effective-rank", "how many dimensions the features use; 1 where they have collapsed", Better.Higher, 0, double.PositiveInfinity);

    public override string Name => RepresentationData.KindName;

    public override Type DataType => typeof(RepresentationData);

    public override string Baseline => "simclr";

    public override IReadOnlyList<Metric> Metrics(ExamTask<RepresentationProblem, TrainedEncoder> task) => [Nearest, Probe, Few, Purity, Rank, .. task.FurtherMetrics];

    public override TrainingSummary? Training(TrainedEncoder model) => model.Training;

    public override string Use(string folder) => $"embed DATA --encoder {folder} --out features.csv";

    public override ExamTask<RepresentationProblem, TrainedEncoder> Draw(Specification specification, ulong seed, ReadTable read, RunOnnx? onnx)
    {
        var data = (RepresentationData)specification.Problem;
        PredictionDraft Read(string? path, string label, int? most)
        {
            var rows = new PredictionData { Data = path, Image = data.Numbers.Length + data.Categories.Length > 0 ? null : data.Image, Numbers = data.Numbers, Categories = data.Categories, Label = label, BadImages = data.BadImages, Rows = most, SplitSeed = data.SplitSeed };
            return rows.Draft(specification.ProblemSettings ?? new("defaults", "problem", []), read, onnx);
        }
        // The labels of the rows belong to the exam: nothing of the prediction problem but its inputs gets into this one.
        var draft = Read(data.Data, data.Label, data.Rows);
        var other = data.Transfer is null ? null : Read(data.Transfer, data.TransferLabel ?? data.Label, null);
        var coarse = data.CoarseLabel is null ? null : CoarseClasses(data.CoarseLabel, specification, draft);
        return Task(specification, draft.Name, new(draft.Train, draft.TrainTruth ?? draft.TrainLabels, coarse?[0]), new(draft.Validation, draft.ValidationTruth ?? draft.ValidationLabels, coarse?[1]), new(draft.Test, draft.TestLabels, coarse?[2]), draft.Inputs, draft.ScoredOn, draft.Notes, data.Labels ?? 0, data.SplitSeed, other);
    }

    /// <summary>The problem of generated digits.</summary>
    internal static ExamTask<RepresentationProblem, TrainedEncoder> Digits(Specification specification, ulong seed)
    {
        var options = (UnlabelledDigitsProblem.Options)specification.Problem;
        Part[] parts = [.. UnlabelledDigitsProblem.Draw(options, seed).Select(p => new Part(p.Rows, p.Digits))];
        return Task(specification, "unlabelled-digits", parts[0], parts[1], parts[2], new() { Image = "image" }, ScoredOn.Truth, [], options.Labels, seed);
    }

    /// <summary>The problem of shapes with textures.</summary>
    internal static ExamTask<RepresentationProblem, TrainedEncoder> Shapes(Specification specification, ulong seed)
    {
        var options = (TexturedShapesProblem.Options)specification.Problem;
        Part[] parts = [.. TexturedShapesProblem.Draw(options, seed).Select(p => new Part(p.Rows, p.Classes, p.Shapes))];
        return Task(specification, "textured-shapes", parts[0], parts[1], parts[2], new() { Image = "image" }, ScoredOn.Truth, [], options.Labels, seed);
    }

    /// <summary>The problem of a table with hidden factors.</summary>
    internal static ExamTask<RepresentationProblem, TrainedEncoder> Factors(Specification specification, ulong seed)
    {
        Part[] parts = [.. FactorsProblem.Draw((FactorsProblem.Options)specification.Problem, seed).Select(p => new Part(p.Rows, p.Classes))];
        return Task(specification, "factors", parts[0], parts[1], parts[2], FactorsProblem.Roles, ScoredOn.Truth, [], 0, seed);
    }

    /// <summary>Rows, their classes and, where there are any, coarser ones; −1 for none.</summary>
    private sealed record Part(Table Rows, int[] Labels, int[]? Coarse = null)
    {
        public bool IsKnown(int row) => Labels[row] >= 0 && (Coarse is null || Coarse[row] >= 0);
    }

    /// <summary>Other data, on which features are tried.</summary>
    private sealed record Elsewhere(Examples Train, int[] Labels, Examples Test, int[] Truth);

    // Numbered as they come in the training rows; a class that none of them has cannot be asked for.
    private static int[][] CoarseClasses(string column, Specification specification, PredictionDraft draft)
    {
        Func<int, string> Words(Table rows) => (rows.Find(column) ?? throw (specification.ProblemSettings ?? new("defaults", "problem", [])).Wrong($"coarse-label: there is no column '{column}' in {rows.Name}; there are {string.Join(", ", rows.Columns.Select(c => c.Name))}")).Words();
        var (classes, words) = (new Dictionary<string, int>(), Words(draft.Train));
        for (var row = 0; row < draft.Train.Rows; row++)
            if (words(row).Length > 0) classes.TryAdd(words(row), classes.Count);
        return [.. new[] { draft.Train, draft.Validation, draft.Test }.Select(rows =>
        {
            var cells = Words(rows);
            return Enumerable.Range(0, rows.Rows).Select(row => classes.GetValueOrDefault(cells(row), -1)).ToArray();
        })];
    }

    private static ExamTask<RepresentationProblem, TrainedEncoder> Task(Specification specification, string name, Part train, Part validation, Part test, InputRoles inputs, ScoredOn scoredOn, IReadOnlyList<string> notes, int labels, ulong seed, PredictionDraft? other = null)
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
        var items = Enumerable.Range(0, test.Rows.Rows).Count(test.IsKnown);
        if (train.Labels.Count(l => l >= 0) < 2 || items == 0) throw new RequestException($"{name}: encoders are scored by labels, and too few rows have one");
        var tests = encoding.Encode(test.Rows);
        var elsewhere = other is null ? null : new Elsewhere(encoding.Encode(other.Train), other.TrainLabels, encoding.Encode(other.Test), other.TestLabels);
        var elsewhereToTune = elsewhere is null ? null : elsewhere with { Test = encoding.Encode(other!.Validation), Truth = other.ValidationLabels };
        return new(problem, encoder => Score(encoder, problem.Train, train, few, tests, test, elsewhere), encoder => Score(encoder, problem.Train, train, few, problem.Validation, validation, elsewhereToTune))
        {
            Show = encoder => Show(encoder, problem.Train, train, tests, test),
            FurtherMetrics = [.. test.Coarse is null ? Array.Empty<Metric>() : [CoarseNearest, CoarseProbe, MeanNearest], .. other is null ? Array.Empty<Metric>() : [Transfer]],
            ScoredOn = scoredOn,
            TestItems = items,
            TrainingItems = problem.Train.Count,
            LabelledItems = labels == 0 ? 0 : few.Count(l => l >= 0),
            Fingerprint = $"{problem.Train.Fingerprint}-{tests.Fingerprint}-{Contents.Hash(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>([.. test.Labels, .. test.Coarse ?? []]))}{(elsewhere is null ? "" : $"-{elsewhere.Train.Fingerprint}-{elsewhere.Test.Fingerprint}")}",
            Notes = notes,
        };
    }

    private static MeasuredScores Score(TrainedEncoder encoder, Examples train, Part known, int[] few, Examples test, Part truth, Elsewhere? elsewhere)
    {
        int[] asked = [.. Enumerable.Range(0, test.Count).Where(truth.IsKnown)];
        var (features, askedFeatures, answers) = (encoder.Embed(train), encoder.Embed(test.Take(asked)), asked.Select(i => truth.Labels[i]).ToArray());
        var width = encoder.Features;
        var (right, purity) = EncoderScores.Nearest(features, known.Labels, askedFeatures, answers, width);
        var scores = new Dictionary<string, double[]>
        {
            [Nearest.Name] = right,
            [Probe.Name] = EncoderScores.LinearProbe(features, known.Labels, askedFeatures, answers, width),
            [Few.Name] = encoder.Classes > 0 ? [.. encoder.Classify(test.Take(asked)).Zip(answers, (a, b) => a == b ? 1.0 : 0)] : EncoderScores.LinearProbe(features, few, askedFeatures, answers, width),
            [Purity.Name] = purity,
        };
        if (truth.Coarse is not null)
        {
            int[] coarse = [.. asked.Select(i => truth.Coarse[i])];
            scores[CoarseNearest.Name] = EncoderScores.Nearest(features, known.Coarse!, askedFeatures, coarse, width).Right;
            scores[CoarseProbe.Name] = EncoderScores.LinearProbe(features, known.Coarse!, askedFeatures, coarse, width);
            scores[MeanNearest.Name] = [.. right.Zip(scores[CoarseNearest.Name], (fine, whole) => (fine + whole) / 2)];
        }
        var whole = new Dictionary<string, double> { [Rank.Name] = EncoderScores.EffectiveRank(askedFeatures, width) };
        if (elsewhere is not null) whole[Transfer.Name] = EncoderScores.LinearProbe(encoder.Embed(elsewhere.Train), elsewhere.Labels, encoder.Embed(elsewhere.Test), elsewhere.Truth, width).Average();
        return MeasuredScores.Of(scores, whole) with { Remarks = EncoderScores.Collapse(askedFeatures, width, whole[Rank.Name]) is { } collapse ? [collapse] : [] };
    }

    private static ReportParts Show(TrainedEncoder encoder, Examples train, Part known, Examples test, Part truth)
    {
        var features = encoder.Embed(test);
        var (map, labels, shown) = (FeatureMap.Of(features, encoder.Features), truth.Labels, Enumerable.Range(0, truth.Labels.Length).Where(i => truth.Labels[i] >= 0).ToArray());
        Chart plane = new CurveChart("Test rows by their features", "The two directions in which features differ most (principal components), a colour a class.", "first", "second",
            [.. shown.GroupBy(i => labels[i]).OrderBy(g => g.Key).Take(ShownClasses).Select(g => new ChartSeries($"class {g.Key}", [.. g.Select(i => map[i].X)], [.. g.Select(i => map[i].Y)]) { IsPoints = true })]);
        return new() { Charts = encoder.Encoding.ImageColumn is { } column ? [plane, Neighbours(encoder, column, train, known, features, truth, [.. shown.Take(ShownRows)])] : [plane] };
    }

    private static PictureChart Neighbours(TrainedEncoder encoder, string column, Examples train, Part known, float[] features, Part truth, int[] rows)
    {
        var width = encoder.Features;
        var nearest = EncoderScores.Neighbours(encoder.Embed(train), [.. rows.SelectMany(r => features[(r * width)..((r + 1) * width)])], width, ShownNeighbours);
        Picture Of(Part part, int row, int wanted) => new(RowImage.Of((ImageColumn)part.Rows.Find(column)!, row), part.Labels[row] < 0 ? "" : $"class {part.Labels[row]}", part.Labels[row] >= 0 && part.Labels[row] != wanted);
        return new("Test images and the training images nearest to them", "First a test image, then those whose features have the largest cosines with its own; faint ones with a dashed frame are of another class.",
            [.. rows.Select((r, i) => (Picture[])[Of(truth, r, truth.Labels[r]), .. nearest[i].Select(n => Of(known, n, truth.Labels[r]))])]);
    }
}
