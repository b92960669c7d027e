using Preceptor.Foundation;
using Preceptor.Supervision.Trust;

namespace Preceptor.Prediction.Audit;

/// <summary>How an audit finds wrong labels.</summary>
public sealed record AuditOptions
{
    /// <summary>Folds of the cross-validation.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Which rows are found.</summary>
    public PruneBy Prune { get; init; } = PruneBy.Both;

    /// <summary>What found rows are ranked by.</summary>
    public RankBy Rank { get; init; } = RankBy.NormalisedMargin;
}

/// <summary>What an audit found, row by row.</summary>
public sealed record AuditFindings
{
    /// <summary>The classes, C.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The given classes [N]; −1 for none.</summary>
    public required int[] Labels { get; init; }

    /// <summary>The lines on which rows start [N].</summary>
    public required int[] Lines { get; init; }

    /// <summary>Out-of-fold probabilities [N × C].</summary>
    public required float[] Probabilities { get; init; }

    /// <summary>How given and true labels go together.</summary>
    public required ConfidentJoint Joint { get; init; }

    /// <summary>How suspicious each row is; less is more [N].</summary>
    public required float[] Scores { get; init; }

    /// <summary>The rows whose label is probably wrong, the most suspicious first.</summary>
    public required int[] Wrong { get; init; }

    /// <summary>For each row the first with the same inputs [N].</summary>
    public required int[] ExactOf { get; init; }

    /// <summary>For each row the first of those nearly the same, exact ones included [N].</summary>
    public required int[] NearOf { get; init; }

    /// <summary>The rows unlike all others, the most unlike first.</summary>
    public required int[] Outlying { get; init; }

    /// <summary>The rows whose inputs are all blank.</summary>
    public required int[] Blank { get; init; }

    /// <summary>How many rows have a label.</summary>
    public int Labelled => Joint.Rows;

    /// <summary>How many rows repeat an earlier one exactly.</summary>
    public int ExactRepeats => ExactOf.Where((first, row) => first != row).Count();

    /// <summary>How many rows repeat an earlier one nearly.</summary>
    public int NearRepeats => NearOf.Where((first, row) => first != row && ExactOf[row] == row).Count();

    /// <summary>How many rows have the inputs of an earlier row and another label.</summary>
    public int Conflicts => ExactOf.Where((first, row) => first != row && Labels[row] >= 0 && Labels[first] >= 0 && Labels[row] != Labels[first]).Count();

    /// <summary>The most probable class but the given one.</summary>
    public int Suggested(int row) => LabelPruning.BestOther(Row(row), Labels[row]);

    /// <summary>The probability of a class.</summary>
    public float Probability(int row, int label) => Probabilities[row * Classes.Count + label];

    /// <summary>The classes of which there is a single labelled row, so that nothing can be said of its label.</summary>
    public IEnumerable<string> SingleRowClasses => Classes.Where((_, c) => Joint.ClassRows[c] == 1);

    /// <summary>Of the rows found, how many are wrong by known true labels, and of the wrong ones, how many were found; rows without either label do not count.</summary>
    /// <param name="truth">The true classes [N].</param>
    public (int Found, int Right, int Wrong) Against(int[] truth) => (
        Wrong.Count(row => truth[row] >= 0),
        Wrong.Count(row => truth[row] >= 0 && truth[row] != Labels[row]),
        Enumerable.Range(0, Labels.Length).Count(row => Labels[row] >= 0 && truth[row] >= 0 && truth[row] != Labels[row]));

    /// <summary>Finds what there is to find.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="probabilities">Out-of-fold probabilities [N × C].</param>
    /// <param name="exactOf">The exact duplicates.</param>
    /// <param name="nearOf">The near-duplicates.</param>
    /// <param name="outlying">How unlike the others each row is [N].</param>
    /// <param name="options">How.</param>
    public static AuditFindings Of(AuditRows rows, IReadOnlyList<string> classes, float[] probabilities, int[] exactOf, int[] nearOf, float[] outlying, AuditOptions options)
    {
        var labels = rows.Labels;
        if (probabilities.Any(p => !float.IsFinite(p))) throw new WorkException("an out-of-fold probability is not a number: the model that gave it has diverged; lower training.rate");
        var joint = ConfidentJoint.Of(probabilities, labels, classes.Count);
        var found = LabelPruning.Find(joint, probabilities, labels, options.Prune);
        var scores = LabelPruning.Score(probabilities, labels, classes.Count, options.Rank);
        int[] wrong = [.. Enumerable.Range(0, labels.Length).Where(row => found[row])];
        Array.Sort(Array.ConvertAll(wrong, row => scores[row]), wrong);
        return new()
        {
            Classes = classes,
            Labels = labels,
            Lines = rows.Lines,
            Probabilities = probabilities,
            Joint = joint,
            Scores = scores,
            Wrong = wrong,
            ExactOf = exactOf,
            NearOf = nearOf,
            Outlying = Outliers.Find(outlying),
            Blank = [.. Enumerable.Range(0, labels.Length).Where(rows.IsBlank)],
        };
    }

    private ReadOnlySpan<float> Row(int row) => Probabilities.AsSpan(row * Classes.Count, Classes.Count);
}
