using Preceptor.Catalogue;

namespace Preceptor.Reports.Sections;

/// <summary>What the run took: rows, epochs, seconds.</summary>
internal static class CostSection
{
    public static Html Of(ReportData data)
    {
        var first = data.Outcomes[0];
        var item = first.Target is null ? "item" : "row";
        return Html.Of(
            $"""
            <section aria-labelledby="cost"><h2 id="cost">Time and cost</h2>
            <p>The whole run took {Seconds(data.Result.Seconds)}. It had {ResultText.Count(first.TrainingItems, $"training {item}")}, {(first.LabelledItems == first.TrainingItems ? "all" : ResultText.Number(first.LabelledItems, "#,0"))} with a label, and was scored on {ResultText.Count(first.TestItems, $"test {item}")}{(data.Outcomes.Count == 1 ? "" : " (first seed)")}.</p>
            {Html.Table("Training", Html.Heads("arm", "epochs", "best on validation", "seconds a seed", "waiting for batches"), data.Arms.Select(a => Row(data, a)))}</section>

            """);
    }

    private static Html Row(ReportData data, Arm arm)
    {
        var trainings = data.Trainings(arm.Key);
        if (trainings.Length == 0) return Html.Row(arm.Heading, Html.Of($"not trained here"), Html.None, Html.None, Html.None);
        return Html.Row(arm.Heading, Html.Of($"{Range(trainings.Select(t => t.Epochs.Count))}"), Html.Of($"epoch {Range(trainings.Select(t => t.BestEpoch))}"), Html.Of($"{ResultText.Number(trainings.Average(t => t.Seconds), "0.0")}"), Html.Of($"{ResultText.Number(100 * trainings.Sum(t => t.WaitingSeconds) / Math.Max(1e-9, trainings.Sum(t => t.Seconds)), "0.0")} %"));
    }

    private static string Range(IEnumerable<int> values)
    {
        var all = values.ToArray();
        return all.Min() == all.Max() ? $"{all[0]}" : $"{all.Min()}–{all.Max()}";
    }

    private static string Seconds(double seconds) => seconds < 120 ? $"{ResultText.Number(seconds, "0.0")} seconds" : $"{ResultText.Number(seconds / 60, "0.0")} minutes";
}
