using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Zhao, Wei et al. 2023: a network that agrees at once with a black box's answers and with rules estimates calibrated risks, and knows more than the
/// black box. Generated tickets with a weak, overconfident teacher and fifteen rules; and news (AG News, 4 classes) whose labels, wrong where the text says so, stand for a
/// black box's answers, with eight keyword rules written before the first run.
/// </summary>
internal static class ParetoCalibrationExperiment
{
    private static readonly string[] Grid = ["training.rate=0.002", "training.rate=0.006", "training.rate=0.002 training.weight-decay=0.0001", "training.rate=0.006 training.weight-decay=0.0001"];

    private static readonly (string Name, string Pattern, string Label)[] NewsRules =
    [
        ("countries", @"\b(iraq|baghdad|israel|palestinian|gaza|iran|afghan|sudan|darfur|nuclear)\b", "World"),
        ("violence", @"\b(troops|militants?|hostages?|bomb(ing|s)?|killed|rebels?|army)\b", "World"),
        ("games", @"\b(season|coach|team|league|cup|olympics?|championship|touchdown|inning)\b", "Sports"),
        ("players", @"\b(quarterback|pitcher|striker|sox|yankees|nba|nfl|arsenal|goal)\b", "Sports"),
        ("money", @"\b(stocks?|shares|profits?|earnings|oil prices|wall street|nasdaq|dollar)\b", "Business"),
        ("deals", @"\b(takeover|merger|acquisition|bankruptcy|billion deal|ceo|quarterly)\b", "Business"),
        ("software", @"\b(microsoft|software|linux|google|internet|windows|web|computers?)\b", "Sci/Tech"),
        ("science", @"\b(nasa|space|scientists?|researchers|satellite|species|wireless)\b", "Sci/Tech"),
    ];

    public static Experiment Create()
    {
        var tickets = new Conditions("tickets, weak teacher and rules", ["problem.name=tickets", "problem.size=small", "problem.rules=true", "model.encoder=ngrams", "training.epochs=10"], Grid);
        string[] rules = [.. NewsRules.SelectMany(r => new[] { $"problem.rules.{r.Name}.column=text", $"problem.rules.{r.Name}.matches={r.Pattern}", $"problem.rules.{r.Name}.label={r.Label}" })];
        var news = new Conditions("ag-news, answers wrong by instance and rules",
            ["problem.data=ag-news", "problem.text=[text]", "problem.label=label", "problem.noise.kind=by-instance", "problem.noise.rate=0.3", .. rules, "model.encoder=ngrams", "training.epochs=10"], Grid);
        var claims = new List<Claim>();
        foreach (var (conditions, answers) in new[] { (news, "labels"), (tickets, "teachers") })
        {
            Arm Harmonised(params string[] options) => new(conditions, "pareto-calibration", [$"method.sources=[{answers}, rules]", .. options]);
            var (square, alone) = (Harmonised(), new Arm(conditions, "pareto-calibration", $"method.sources=[{answers}]", "method.scalariser=linear"));
            var nothing = new NullControl("the answers alone, initialisation and order drawn anew, are worth nothing", alone with { TunedAs = alone, DrawnAnew = true }, alone);
            claims.Add(new("agreeing with rules as well as with the answers makes doubts better calibrated", square, alone, Metrics.ExpectedCalibrationError, 0.02, "error of the estimated risk below that of entropy and self-consistency on four tasks (abstract)", nothing));
            claims.Add(new("and the network knows more than one that learns from the answers alone", square, alone, Metrics.Accuracy, 0.02, "corrected answers exceed the black box's on four tasks (abstract)", nothing));
            claims.Add(new("the quadratic scalariser is better calibrated than the linear one", square, Harmonised("method.scalariser=linear"), Metrics.ExpectedCalibrationError, 0.01, "quadratic is chosen over linear, Euclidean and Chebyshev (section 3)", nothing) { Tier = Tier.All });
            claims.Add(new("sources weighed for least variance know more than equal ones", Harmonised("method.weighting=min-variance"), square, Metrics.Accuracy, 0.01, "released code, an option", nothing) { Tier = Tier.All });
        }
        // The headline, and at most two more contrasts, are of the full tier.
        claims[5] = claims[5] with { Tier = Tier.All };
        return new("pareto-calibration", Metrics.NegativeLogLikelihood, claims)
        {
            Remark = "The paper's black boxes are chat models behind an endpoint, whose answers nobody can ask for again; here a weak teacher and labels that are wrong where the text says so stand in for them. Calibration is that of the network's "
                + "own answers on true test labels; that of the POLAR score of a black box's answers to test rows is not measured. Validation labels, by which arms are tuned, are as wrong as the others.",
        };
    }
}
