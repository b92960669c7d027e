namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Chen et al. 2024: responses some of whose tokens are masked where they are read teach more from few chains of reasoning, and more still where statements of no use stand about. Chains told in words, whose steps say their operands again, and
/// few of SCAN's published commands, whose actions are no reasoning.
/// </summary>
internal static class MaskedThoughtExperiment
{
    public static Experiment Create()
    {
        string[] grid = ["training.rate=0.003", "training.rate=0.0015"];
        string[] few = ["problem.name=word-chains", "problem.examples=1500"];
        var chains = new Conditions("word-chains", few, grid);
        var many = new Conditions("word-chains, ten times as many", ["problem.name=word-chains", "problem.examples=15000", "training.epochs=2"], grid);
        var commands = new Conditions("scan-simple, 1,000 commands",
            ["problem.kind=language", "problem.data=scan-simple", "problem.prompt=prompt", "problem.response=response", "problem.tokens=word", "problem.rows=1000", "problem.test-rows=300", "model.layers=2", "model.width=64", "model.initial-deviation=0.1", "model.length=96", "training.epochs=30", "training.batch=32"], grid);
        Arm Plain(Conditions conditions, params string[] settings) => new(conditions, "sft", settings);
        Arm Masked(Conditions conditions, params string[] settings) => new(conditions, "masked-thought", ["method.rate=0.2", .. settings]);
        NullControl Nothing(Conditions conditions) => new("with rate 0 the method is next-token training, and initialisation and order drawn anew are worth nothing", new Arm(conditions, "masked-thought", "method.rate=0") { TunedAs = Plain(conditions), DrawnAnew = true }, Plain(conditions));
        const string main = "Llama-2-7B on GSM8K 42.8 → 47.3 (README), about 5 points (abstract)", distracted = "GSM-IC about 10 points (version 2)", large = "gains shrink with more data: MetaMath-Mistral 77.7 → 79.9";
        Claim OfChains(string text, Arm one, Arm other, Evaluation.Metric metric, string published) => new(text, one, other, metric, 0.02, published, Nothing(chains)) { Tier = Tier.All };
        return new("masked-thought", LanguageKind.Exact,
        [
            new("masked tokens teach more of few chains", Masked(chains), Plain(chains), LanguageKind.Checked, 0.02, main, Nothing(chains)),
            new("and more where more statements are of no use", Masked(chains), Plain(chains), WordChainsExam.Distracted, 0.02, distracted, Nothing(chains)),
            new("few commands are learned better", Masked(commands), Plain(commands), LanguageKind.Exact, 0.02, main, Nothing(commands)),
            OfChains("chains a step longer are answered better", Masked(chains), Plain(chains), WordChainsExam.Longer, "none"),
            OfChains("masked responses teach more than masked prompts", Masked(chains), Masked(chains, "method.part=prompt"), LanguageKind.Checked, "masking questions hurts"),
            OfChains("the loss of all tokens teaches more than that of masked ones", Masked(chains), Masked(chains, "method.loss=masked"), LanguageKind.Checked, "none"),
            OfChains("masks teach more than random tokens", Masked(chains), Masked(chains, "method.random=1"), LanguageKind.Checked, "both are used: the script has random tokens, the description masks"),
            OfChains("two fifths masked teach more than one", Masked(chains, "method.rate=0.4"), Masked(chains), LanguageKind.Checked, "0.4 for GSM8K, 0.2 for MetaMath"),
            new("with ten times as many chains, in as many steps, it still helps", Masked(many), Plain(many), LanguageKind.Checked, 0.02, large, Nothing(many)) { Tier = Tier.All },
        ])
        {
            Remark = "Networks from scratch have no language from before, which masks are meant to unlearn; so that there is a shortcut, steps say their operands again just before their results. Tuned by exact responses.",
        };
    }
}
