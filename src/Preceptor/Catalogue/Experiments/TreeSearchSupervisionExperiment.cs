namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Chen, Liao, Li and Fan 2024: what tree search finds of right answers alone teaches values by which a search over steps does better than a vote of as many solutions. Puzzles of the Game of 24, drawn and published ones; all
/// arms of a seed have one policy and one network of values, as far as they learn alike.
/// </summary>
internal static class TreeSearchSupervisionExperiment
{
    public static Experiment Create()
    {
        string[] grid = [""], small = ["problem.samples=15", "training.epochs=10"];
        var drawn = new Conditions("countdown", ["problem.name=countdown", .. small], grid);
        var published = new Conditions("game24", ["problem.kind=reasoning", "problem.data=game24", "problem.checker=countdown", .. small], grid);
        static Arm Searched(Conditions conditions, params string[] settings) => new(conditions, "alphamath", ["method.rounds=2", "method.questions=300", "method.simulations=20", "method.temperature=1", .. settings]);
        static Arm Voted(Conditions conditions) => Searched(conditions, "method.search=majority");
        // Which of the drawn a random number likes best is a drawn one.
        static NullControl Random(Conditions conditions) => new("guided by random numbers, a search gives what a single drawn solution would be",
            Searched(conditions, "method.guide=random") with { TunedAs = Searched(conditions) }, Searched(conditions, "method.search=majority", "problem.samples=1") with { TunedAs = Searched(conditions) });
        const string table = "MATH: a vote of 5 61.84 %, SBS(1, 5) 62.32 %, SBS(3, 5) 65.74 %; greedy 53.62 % (results of the published code)";
        Claim Also(string text, Arm one, Arm other, double effect, string source) => new(text, one, other, ReasoningKind.Accuracy, effect, source, Random(drawn)) { Tier = Tier.All };
        return new("alphamath", ReasoningKind.Accuracy,
        [
            new("a search over steps by values answers more than a vote of as many solutions of the same policy", Searched(drawn), Voted(drawn), ReasoningKind.Accuracy, 0.03, table, Random(drawn)),
            new("it answers more than the vote of the policy that it began with", Searched(drawn), new(drawn, "self-consistency"), ReasoningKind.Accuracy, 0.05, table, Random(drawn)),
            new("also of published puzzles, the hard ones left for the test", Searched(published), Voted(published), ReasoningKind.Accuracy, 0.03, table, Random(published)),
            Also("three beginnings are better than one", Searched(drawn), Searched(drawn, "method.beams=1", "problem.samples=5"), 0.02, "MATH: SBS(1, 5) 62.32 %, SBS(3, 5) 65.74 %"),
            Also("a second round adds", Searched(drawn), Searched(drawn, "method.rounds=1"), 0.02, "rises from round to round (figure of the rounds)"),
            Also("values learned beside next tokens are better than none", Searched(drawn), Searched(drawn, "method.value-weight=0"), 0.02, "ablation of the value model"),
            Also("right solutions alone teach a better policy than all", Searched(drawn), Searched(drawn, "method.policy=all"), 0.02, "policies learn from right solutions"),
            Also("what the search found teaches better values than the outcome alone", Searched(drawn), Searched(drawn, "method.targets=outcome"), 0.01, "Q as target (equation of the loss)"),
            Also("a tree search is not better than the search over steps (none is expected)", Searched(drawn, "method.search=tree"), Searched(drawn), 0.01, "MATH: SBS(3, 5) 65.74 %, 40 tries of a tree 64.02 %"),
        ])
        {
            Remark = "A search draws at most the tokens of the vote beside it: fifteen next steps at a time, and fewer once solutions are finished. The base model learned from worked solutions of the same puzzles, where the paper's was pre-trained; "
                + "questions, tries and rounds are fewer than the paper's. Sizes were set before anything was run.",
        };
    }
}
