using Microsoft.ML.Trainers.FastTree;

namespace Preceptor.Baselines;

/// <summary>Gathers trees of several outputs into <see cref="TreeArrays"/>.</summary>
internal sealed class TreeBuilder
{
    private readonly List<int> classes = [], nodes = [0], leaves = [0], features = [], left = [], right = [];
    private readonly List<float> thresholds = [];
    private readonly List<double> values = [];

    /// <summary>Adds an output's trees.</summary>
    /// <param name="output">The output, from 0.</param>
    /// <param name="ensemble">The trees.</param>
    /// <param name="scale">What their values are multiplied by.</param>
    public void Add(int output, RegressionTreeEnsemble ensemble, double scale = 1)
    {
        if (ensemble.Bias != 0) AddConstant(output, ensemble.Bias * scale);
        for (var t = 0; t < ensemble.Trees.Count; t++)
        {
            var tree = ensemble.Trees[t];
            features.AddRange(tree.NumericalSplitFeatureIndexes);
            thresholds.AddRange(tree.NumericalSplitThresholds);
            left.AddRange(tree.LeftChild);
            right.AddRange(tree.RightChild);
            End(output, tree.LeafValues.Select(value => value * ensemble.TreeWeights[t] * scale));
        }
    }

    /// <summary>Adds the same to an output for every row.</summary>
    public void AddConstant(int output, double value) => End(output, [value]);

    /// <summary>All trees.</summary>
    public TreeArrays Build() => new()
    {
        Classes = [.. classes],
        Nodes = [.. nodes],
        Leaves = [.. leaves],
        Features = [.. features],
        Thresholds = [.. thresholds],
        Left = [.. left],
        Right = [.. right],
        Values = [.. values],
    };

    private void End(int output, IEnumerable<double> leafValues)
    {
        classes.Add(output);
        values.AddRange(leafValues);
        nodes.Add(features.Count);
        leaves.Add(values.Count);
    }
}
