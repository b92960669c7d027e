using Preceptor.Catalogue;
using Preceptor.Evaluation;

namespace Preceptor.Reports.Sections;

/// <summary>What became of the supervision's mistakes: agreement with its own answers where they are right and where they are wrong.</summary>
internal static class TeacherSection
{
    public static Html Of(ReportData data)
    {
        if (!data.Scores.TryGetValue("floor", out var floors)) return Html.None;
        Html[] Row(string arm)
        {
            var agreement = data.Scores[arm].Zip(floors, (student, teacher) => Agreement.Of(teacher, student)).Aggregate((a, b) => a + b);
            return [Share(agreement.WhereRight), Share(agreement.WhereWrong), Share(agreement.CorrectedShare)];
        }
        var (right, rows) = (floors.Sum(f => f.Right.Sum()), floors.Sum(f => f.Items));
        return Html.Of(
            $"""
            <section aria-labelledby="teacher"><h2 id="teacher">The supervision's mistakes</h2>
            <p>Its own answers are right on {ResultText.Number(right, "#,0")} of {ResultText.Number(rows, "#,0")} test rows{data.OverSeeds}. Agreeing where it is wrong is imitation; the rest of those rows is where a student can be better than it.</p>
            {Html.Table("Per cent", Html.Heads("arm", "agrees where it is right", "repeats its mistake", "right where it is wrong"), data.Arms.Where(a => a.Key is "baseline" or "method").Select(a => Html.Row(a.Heading, Row(a.Key))))}
            </section>

            """);
    }

    private static Html Share(double share) => Html.Of($"{(double.IsNaN(share) ? "–" : ResultText.Percent(share))}");
}
