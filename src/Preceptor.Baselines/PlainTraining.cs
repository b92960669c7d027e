using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;
using Preceptor.Supervision;

namespace Preceptor.Baselines;

/// <summary>The labelled training rows in the form that Microsoft.ML's trainers read.</summary>
/// <param name="Context">Microsoft.ML's entry, seeded by the run.</param>
/// <param name="Rows">Features and label: a key among the seen classes, whether a row has a label, or a number in standard units.</param>
/// <param name="Shape">What the inputs look like.</param>
/// <param name="Classes">The classes that occur.</param>
internal sealed record PlainRows(MLContext Context, IDataView Rows, InputShape Shape, SeenClasses Classes);

/// <summary>What the baselines share: rows in, timing, a predictor out.</summary>
internal static class PlainTraining
{
    /// <summary>Trains on the labelled rows. Microsoft.ML cannot be interrupted: a cancelled run stops when it returns.</summary>
    public static Predictor TrainPlain(this Run run, PredictionProblem problem, TokenWeight tokens, Func<PlainRows, IClassifier> train) =>
        run.Timed(problem, () => train(ClassRows(run, problem, tokens)));

    /// <summary>Trains on the labelled rows of a problem whose targets are numbers, in standard units.</summary>
    public static Predictor TrainPlainNumber(this Run run, PredictionProblem problem, TokenWeight tokens, Func<PlainRows, IClassifier> train) =>
        run.Timed(problem, () => train(Rows(run, problem, tokens, NumberOf(problem), NumberDataViewType.Single, SeenClasses.Apart(1))));

    /// <summary>Trains one model a label, where a row may have many: whether it has that one. A label that all rows or none have gets its smoothed log-odds.</summary>
    /// <param name="run">The run.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="tokens">How tokens count.</param>
    /// <param name="train">Trains on the rows for a label, counted from 0.</param>
    /// <param name="constant">Answers alike for every row, with log-odds.</param>
    /// <param name="combine">Makes the whole of it.</param>
    public static Predictor TrainPlainLabels(this Run run, PredictionProblem problem, TokenWeight tokens, Action<int, PlainRows> train, Action<int, double> constant, Func<IClassifier> combine) => run.Timed(problem, () =>
    {
        var sets = problem.Find<ManyLabels>()!;
        var labelled = Labelled(problem).Length;
        for (var label = 0; label < problem.Classes.Count; label++)
        {
            run.SafePoint();
            var of = label;
            var count = sets.Train.Count(set => set is not null && set.Contains(of));
            if (count == 0 || count == labelled) constant(label, Math.Log((count + 0.5) / (labelled - count + 0.5)));
            else train(label, Rows(run, problem, tokens, row => sets.Train[row]!.Contains(of), BooleanDataViewType.Instance, SeenClasses.Apart(problem.Classes.Count)));
        }
        return combine();
    });

    /// <summary>The number of a training row in standard units.</summary>
    public static Func<int, float> NumberOf(PredictionProblem problem)
    {
        var numbers = problem.Find<NumberTargets>()!;
        return row => (float)numbers.Encoding.Standardise(numbers.Train[row]);
    }

    /// <summary>The training rows that have a target.</summary>
    public static int[] Labelled(PredictionProblem problem) =>
        problem.Targets.Labelled is { Length: > 0 } labelled ? labelled : throw new RequestException($"{problem.Name}: no training row has a label");

    /// <summary>Trains, with the time it takes.</summary>
    public static Predictor Timed(this Run run, PredictionProblem problem, Func<IClassifier> train)
    {
        run.SafePoint();
        var watch = Stopwatch.StartNew();
        var classifier = train();
        run.SafePoint();
        return new Predictor(problem.Encoding, problem.Classes, classifier, new TrainingSummary([], 0, 0, watch.Elapsed.TotalSeconds)) { Target = problem.Target };
    }

    private static PlainRows ClassRows(Run run, PredictionProblem problem, TokenWeight tokens)
    {
        var labels = problem.Labels;
        var labelled = Labelled(problem);
        var classes = SeenClasses.Of(problem.Classes.Count, labelled.Select(row => labels.Train[row]));
        if (classes.Count == 1) throw new RequestException($"{problem.Name}: all {labelled.Length} labelled training rows are of class '{problem.Classes[classes.Indices[0]]}'; there is nothing to learn");
        return Rows(run, problem, tokens, row => (uint)Array.BinarySearch(classes.Indices, labels.Train[row]), new KeyDataViewType(typeof(uint), classes.Count), classes);
    }

    private static PlainRows Rows<TLabel>(Run run, PredictionProblem problem, TokenWeight tokens, Func<int, TLabel> labelOf, DataViewType type, SeenClasses classes)
    {
        var features = new FeatureVector(problem.Train.Shape, tokens);
        var labelled = Labelled(problem);
        var rows = new PlainRow<TLabel>[labelled.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            features.Read(problem.Train, labelled[i]);
            rows[i] = new PlainRow<TLabel> { Features = Buffer(features), Label = labelOf(labelled[i]) };
        }
        var schema = SchemaDefinition.Create(typeof(PlainRow<TLabel>));
        schema[nameof(PlainRow<>.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features.Length);
        schema[nameof(PlainRow<>.Label)].ColumnType = type;
        var context = new MLContext(run.Random("microsoft-ml").Next(int.MaxValue));
        return new(context, context.Data.LoadFromEnumerable(rows, schema), problem.Train.Shape, classes);
    }

    // The trainers run several times faster over dense vectors where most features are there.
    private static VBuffer<float> Buffer(FeatureVector features)
    {
        var sparse = new VBuffer<float>(features.Length, features.Indices.Count, [.. features.Values], [.. features.Indices]);
        return features.Indices.Count < features.Length / 2 ? sparse : new VBuffer<float>(features.Length, [.. sparse.DenseValues()]);
    }

    private sealed class PlainRow<TLabel>
    {
        public VBuffer<float> Features { get; set; }

        public TLabel Label { get; set; } = default!;
    }
}
