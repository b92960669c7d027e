using Preceptor.Catalogue;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Models;
using Preceptor.Prediction;

namespace Preceptor.Reports;

/// <summary>An arm as the report shows it.</summary>
/// <param name="Key">floor, baseline, method or ceiling; also the class that colours it.</param>
/// <param name="Name">How it is called.</param>
internal sealed record Arm(string Key, string Name)
{
    /// <summary>Its name beside a dot of its colour.</summary>
    public Html Heading => Html.Of($"""<span class="arm"><span class="swatch {Key}"></span>{Name}</span>""");
}

/// <summary>A run and what every section computes from it.</summary>
internal sealed class ReportData
{
    public ReportData(RunResult result, IReadOnlyList<ISeedOutcome> outcomes, string specification)
    {
        if (outcomes.Count == 0) throw new ArgumentException("a report needs the outcome of a seed", nameof(outcomes));
        (Result, Outcomes, Specification) = (result, outcomes, specification);
        Arms = [.. ResultText.Arms.Where(result.Scores.ContainsKey).Select(key => new Arm(key, ResultText.Name(result, key)))];
        Scores = result.Target != TargetKind.One ? new Dictionary<string, ClassificationScores[]>() : Arms.ToDictionary(a => a.Key, a => outcomes.Select(o => (ClassificationScores)o.Score(a.Key)).ToArray());
    }

    /// <summary>Probabilities below which a model might abstain.</summary>
    public static IReadOnlyList<double> Thresholds { get; } = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

    public RunResult Result { get; }

    public IReadOnlyList<ISeedOutcome> Outcomes { get; }

    public string Specification { get; }

    /// <summary>The arms that exist, in the order in which they are shown.</summary>
    public IReadOnlyList<Arm> Arms { get; }

    /// <summary>Each arm's scores, one a seed, where one class a row is predicted; else none.</summary>
    public IReadOnlyDictionary<string, ClassificationScores[]> Scores { get; }

    public IReadOnlyList<string> Classes => First.Classes;

    /// <summary>The first seed's outcome, of a prediction run: the one whose model is kept.</summary>
    public SeedOutcome First => (SeedOutcome)Outcomes[0];

    /// <summary>What the numbers that are sums over seeds stand on.</summary>
    public string OverSeeds => Outcomes.Count == 1 ? "" : $", all {Outcomes.Count} seeds together";

    /// <summary>Rows, predictions and hits of each class, all seeds together.</summary>
    public ClassScore[] PerClass(string arm) => [.. Enumerable.Range(0, Classes.Count).Select(c => new ClassScore(c,
        Scores[arm].Sum(s => s.PerClass[c].Support), Scores[arm].Sum(s => s.PerClass[c].Predicted), Scores[arm].Sum(s => s.PerClass[c].Right)))];

    /// <summary>The classes most often taken for each other, all seeds together, the most frequent first.</summary>
    public IReadOnlyList<(int Label, int Predicted, int Count)> Confusions(string arm)
    {
        var pairs = from label in Enumerable.Range(0, Classes.Count)
                    from predicted in Enumerable.Range(0, Classes.Count)
                    where label != predicted
                    let count = Scores[arm].Sum(s => s.ConfusionMatrix[label, predicted])
                    where count > 0
                    orderby count descending
                    select (label, predicted, count);
        return [.. pairs];
    }

    /// <summary>The courses of an arm's trainings, one a seed; none for supervision that was not trained here.</summary>
    public TrainingSummary[] Trainings(string arm) => [.. Outcomes.Select(o => o.Training(arm)).OfType<TrainingSummary>()];

    /// <summary>How many rows an arm answers with at least a probability, and how many of those answers are right, all seeds together.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="probability">The least probability.</param>
    /// <param name="first">The first test row to count.</param>
    /// <param name="step">From there to the next one: with 2 every other row.</param>
    public (double Coverage, double Accuracy) Answering(string arm, double probability, int first = 0, int step = 1)
    {
        double answered = 0, right = 0, all = 0;
        foreach (var scores in Scores[arm])
        {
            for (var i = first; i < scores.Items; i += step)
            {
                all++;
                if (scores.Confidences[i] < (float)probability) continue;
                answered++;
                right += scores.Right[i];
            }
        }
        return (all == 0 ? 0 : answered / all, answered == 0 ? 0 : right / answered);
    }
}
