using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Prediction;

namespace Preceptor.Baselines;

/// <summary>The labelled training rows in the form that Microsoft.ML's trainers read.</summary>
/// <param name="Context">Microsoft.ML's entry, seeded by the run.</param>
/// <param name="Rows">Features and label, a key among the seen classes.</param>
/// <param name="Shape">What the inputs look like.</param>
/// <param name="Classes">The classes that occur.</param>
internal sealed record PlainRows(MLContext Context, IDataView Rows, InputShape Shape, SeenClasses Classes);

/// <summary>What both baselines share: rows in, timing, a predictor out.</summary>
internal static class PlainTraining
{
    /// <summary>Trains on the labelled rows. Microsoft.ML cannot be interrupted: a cancelled run stops when it returns.</summary>
    public static Predictor TrainPlain(this Run run, PredictionProblem problem, TokenWeight tokens, Func<PlainRows, IClassifier> train)
    {
        run.SafePoint();
        var watch = Stopwatch.StartNew();
        var classifier = train(Rows(run, problem, tokens));
        run.SafePoint();
        return new Predictor(problem.Encoding, problem.Classes, classifier, new TrainingSummary([], 0, 0, watch.Elapsed.TotalSeconds));
    }

    private static PlainRows Rows(Run run, PredictionProblem problem, TokenWeight tokens)
    {
        var labels = problem.Labels;
        var labelled = labels.Labelled;
        var classes = SeenClasses.Of(problem.Classes.Count, labelled.Select(row => labels.Train[row]));
        if (classes.Count == 0) throw new RequestException($"{problem.Name}: no training row has a label");
        if (classes.Count == 1) throw new RequestException($"{problem.Name}: all {labelled.Length} labelled training rows are of class '{problem.Classes[classes.Indices[0]]}'; there is nothing to learn");

        var features = new FeatureVector(problem.Train.Shape, tokens);
        var rows = new PlainRow[labelled.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            features.Read(problem.Train, labelled[i]);
            rows[i] = new PlainRow
            {
                Features = Buffer(features),
                Label = (uint)Array.BinarySearch(classes.Indices, labels.Train[labelled[i]]),
            };
        }
        var schema = SchemaDefinition.Create(typeof(PlainRow));
        schema[nameof(PlainRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features.Length);
        schema[nameof(PlainRow.Label)].ColumnType = new KeyDataViewType(typeof(uint), classes.Count);
        var context = new MLContext(run.Random("microsoft-ml").Next(int.MaxValue));
        return new(context, context.Data.LoadFromEnumerable(rows, schema), problem.Train.Shape, classes);
    }

    // The trainers run several times faster over dense vectors where most features are there.
    private static VBuffer<float> Buffer(FeatureVector features)
    {
        var sparse = new VBuffer<float>(features.Length, features.Indices.Count, [.. features.Values], [.. features.Indices]);
        return features.Indices.Count < features.Length / 2 ? sparse : new VBuffer<float>(features.Length, [.. sparse.DenseValues()]);
    }

    private sealed class PlainRow
    {
        public VBuffer<float> Features { get; set; }

        public uint Label { get; set; }
    }
}
