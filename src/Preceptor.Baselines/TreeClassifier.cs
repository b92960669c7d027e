using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Models;

namespace Preceptor.Baselines;

/// <summary>Boosted trees: a class's score is the sum of its trees' values.</summary>
/// <param name="shape">What the inputs look like.</param>
/// <param name="classes">The classes with a training row.</param>
/// <param name="trees">The trees.</param>
public sealed class TreeClassifier(InputShape shape, SeenClasses classes, TreeArrays trees) : IClassifier
{
    internal const string FormatName = "lightgbm";
    internal const TokenWeight Tokens = TokenWeight.Count;
    private const string FormFile = "trees.json", TreesFile = "trees.safetensors";

    /// <inheritdoc/>
    public string Format => FormatName;

    /// <inheritdoc/>
    public float[] Logits(Examples examples)
    {
        var logits = new float[examples.Count * classes.Total];
        var features = new FeatureVector(shape, Tokens);
        var all = new float[features.Length];
        var scores = new double[classes.Count];
        for (var row = 0; row < examples.Count; row++)
        {
            features.Read(examples, row);
            for (var i = 0; i < features.Indices.Count; i++) all[features.Indices[i]] = features.Values[i];
            Array.Clear(scores);
            for (var tree = 0; tree < trees.Classes.Length; tree++) scores[trees.Classes[tree]] += trees.Value(tree, all);
            for (var i = 0; i < features.Indices.Count; i++) all[features.Indices[i]] = 0;
            classes.Spread(scores, logits.AsSpan(row * classes.Total, classes.Total));
        }
        return logits;
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        ModelFiles.WriteJson(Path.Combine(folder, FormFile), new Form(shape, classes));
        var state = new State();
        state.Add<int>("classes", trees.Classes);
        state.Add<int>("nodes", trees.Nodes);
        state.Add<int>("leaves", trees.Leaves);
        state.Add<int>("features", trees.Features);
        state.Add<float>("thresholds", trees.Thresholds);
        state.Add<int>("left", trees.Left);
        state.Add<int>("right", trees.Right);
        state.Add<double>("values", trees.Values);
        state.Write(Path.Combine(folder, TreesFile));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="RequestException">A file is missing or damaged.</exception>
    public static TreeClassifier Load(string folder)
    {
        var (shape, classes) = ModelFiles.ReadJson<Form>(Path.Combine(folder, FormFile));
        classes.Check(Path.Combine(folder, FormFile));
        var state = State.Load(Path.Combine(folder, TreesFile));
        var trees = new TreeArrays
        {
            Classes = state.ReadArray<int>("classes"),
            Nodes = state.ReadArray<int>("nodes"),
            Leaves = state.ReadArray<int>("leaves"),
            Features = state.ReadArray<int>("features"),
            Thresholds = state.ReadArray<float>("thresholds"),
            Left = state.ReadArray<int>("left"),
            Right = state.ReadArray<int>("right"),
            Values = state.ReadArray<double>("values"),
        };
        if (!trees.AreValid(classes.Count, FeatureVector.LengthOf(shape))) throw new RequestException($"{Path.Combine(folder, TreesFile)}: the trees are damaged or do not fit {FormFile}");
        return new(shape, classes, trees);
    }

    /// <summary>Holds nothing but managed memory.</summary>
    public void Dispose() { }

    private sealed record Form(InputShape Shape, SeenClasses Classes);
}
