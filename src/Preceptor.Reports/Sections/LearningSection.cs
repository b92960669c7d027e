using Preceptor.Data;
using Preceptor.Models;
using Preceptor.Reports.Charts;

namespace Preceptor.Reports.Sections;

/// <summary>Loss and validation scores by epoch, the mean over seeds.</summary>
internal static class LearningSection
{
    public static Html Of(ReportData data)
    {
        Html[] charts =
        [
            Chart("Training loss", 1, e => e.Loss),
            data.Result.Target switch
            {
                null => Chart("Validation score", 1, e => e.ValidationAccuracy),
                TargetKind.Many => Chart("Validation micro F1, %", 100, e => e.ValidationAccuracy),
                TargetKind.Number => Chart("Validation R²", 1, e => e.ValidationAccuracy),
                _ => Chart("Validation accuracy, %", 100, e => e.ValidationAccuracy),
            },
            Chart($"Validation loss ({data.Result.Target switch { null => "mean an item", TargetKind.Many => "cross entropy a label", TargetKind.Number => "squared error, standard units", _ => "NLL" }})", 1, e => e.ValidationLoss),
        ];
        if (charts.All(c => c == Html.None)) return Html.None;
        return Html.Of(
            $"""
            <section aria-labelledby="learning"><h2 id="learning">Learning curves</h2>
            <p>{(data.Outcomes.Count == 1 ? "" : "Means over seeds. ")}Each method minimises a loss of its own, so training losses compare epochs, not arms. Validation rows carry labels of the same quality as the training rows unless checked ones were given; the ceiling’s are perfect.</p>
            <div class="charts">
            {charts}</div>
            <ul class="legend">{data.Arms.Where(a => data.Trainings(a.Key).Length > 0).Select(Legend)}</ul>
            </section>

            """);

        Html Chart(string title, double scale, Func<EpochRecord, double?> value)
        {
            Curve[] curves = [.. data.Arms.Select(a => new Curve(a, Mean(data, a, value))).Where(c => c.Values.Any(v => v is not null))];
            return curves.Length == 0 ? Html.None : LineChart.Of(title, curves, scale);
        }
    }

    // Seeds that stopped early count for the epochs that they have.
    private static double?[] Mean(ReportData data, Arm arm, Func<EpochRecord, double?> value)
    {
        EpochRecord[] epochs = [.. data.Trainings(arm.Key).SelectMany(t => t.Epochs)];
        var last = epochs.Select(e => e.Epoch).DefaultIfEmpty(0).Max();
        return [.. Enumerable.Range(1, last).Select(epoch => epochs.Where(e => e.Epoch == epoch).Average(value))];
    }

    private static Html Legend(Arm arm) => Html.Of(
        $"""<li class="{arm.Key}"><svg width="34" height="10" aria-hidden="true"><polyline class="{arm.Key} curve" points="2,5 32,5"/></svg>{arm.Name}</li>""");
}
