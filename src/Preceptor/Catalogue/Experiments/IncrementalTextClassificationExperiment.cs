using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Burdisso et al. 2019: word counts turned into confidences classify as well as the standard models of the time, naive Bayes among them,
/// though they can be updated with every text and explain themselves. Two real text sets, sentences of film reviews (2
/// classes) and news (4 classes), and the generated tickets (9 topics, wrong labels).
/// </summary>
internal static class IncrementalTextClassificationExperiment
{
    // The paper searches σ, λ and ρ on a grid; the others have one constant each.
    private static readonly string[] Grid = ["method.smoothness=0.45 method.significance=0.5", "method.smoothness=0.45 method.significance=1.5", "method.smoothness=0.3 method.significance=0.5", "method.smoothness=0.7 method.significance=0.5"];

    private static readonly string[] SmoothingGrid = ["method.smoothing=0.1", "method.smoothing=0.3", "method.smoothing=1", "method.smoothing=3"];

    private static readonly string[] PenaltyGrid = ["method.l2=0.1", "method.l2=0.3", "method.l2=1", "method.l2=3"];

    public static Experiment Create()
    {
        var claims = new List<Claim>();
        foreach (var (name, settings) in new[]
        {
            ("tickets", new[] { "problem.name=tickets", "problem.size=small", "model.encoder=bag" }),
            ("rotten-tomatoes", [ "problem.data=rotten-tomatoes", "problem.text=[text]", "problem.label=label", "model.encoder=bag"]),
            ("ag-news", ["problem.data=ag-news", "problem.text=[text]", "problem.label=label", "model.encoder=bag"]),
        })
        {
            Arm Counted(params string[] options) => new(new(name, settings, Grid), "ss3", options);
            var counted = name != "rotten-tomatoes" ? Counted("method.stop-word-filter=true") : Counted();
            var bayes = new Arm(new(name, settings, SmoothingGrid), "naive-bayes");
            var regression = new Arm(new(name, settings, PenaltyGrid), "logistic-regression");
            // Counting has no random numbers of its own: all that chance can do is divide the rows differently, which both arms share.
            var nothing = new NullControl("naive Bayes beside itself is worth nothing", bayes with { TunedAs = bayes, DrawnAnew = true }, bayes);
            claims.Add(new("it is more accurate than naive Bayes", counted, bayes, Metrics.Accuracy, 0.01, "eRisk 2017, F1 of the depressed class: 0.61, naive Bayes 0.40 (table 3)", nothing));
            claims.Add(new("it is more accurate than logistic regression", counted, regression, Metrics.Accuracy, 0.01, "eRisk 2017, F1 of the depressed class: 0.61, logistic regression 0.52 (table 3)", nothing) { Tier = Tier.All });
        }
        return new("ss3", Metrics.Accuracy, claims)
        {
            Remark = "The paper's figures are for early detection over streams of posts, with F1 and ERDE; its data is not public. This is plain classification of single texts, where nothing is early. "
                + "On news and tickets, which have more than two classes, the released program's filter of common words is on.",
        };
    }
}
