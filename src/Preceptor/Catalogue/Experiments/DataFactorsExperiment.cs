namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Zhou, Jiang and Bansal 2023: transformers compose what they saw apart once there are more primitives, because there is more of a kind and because each pair is seen less often; copies in words of their own help without knowledge of
/// the grammar. Commands by SCAN's grammar with combinations of jump kept from training, and the published split.
/// </summary>
internal static class DataFactorsExperiment
{
    public static Experiment Create()
    {
        string[] grid = ["training.rate=0.004", "training.rate=0.002"];
        string[] network = ["model.layers=2", "model.width=64", "model.initial-deviation=0.1", "model.dropout=0.1", "training.batch=32", "training.epochs=1"];
        var jump = new Conditions("commands, jump", ["problem.name=commands", "problem.size=small", "problem.longest=16", "problem.split=jump", .. network], grid);
        var published = new Conditions("scan-addprim-jump", ["problem.kind=language", "problem.data=scan-addprim-jump", "problem.prompt=prompt", "problem.response=response", "problem.tokens=word", "problem.rows=2000", "problem.test-rows=300", "model.length=96", .. network], grid);
        Arm Of(Conditions conditions, params string[] settings) => new(conditions, "data-factors", ["method.curriculum=none", "method.steps=3000", .. settings]);
        Arm Copied(Conditions conditions, params string[] settings) => new(conditions, "augzero+data-factors", ["method.curriculum=none", "method.steps=3000", "method.copies=20", .. settings]);
        var (few, many, same) = (Of(jump), Of(jump, "problem.primitives=20"), Of(jump, "problem.primitives=20", "problem.same-size=true"));
        NullControl Nothing(Conditions conditions) => new("the same pairs and steps, initialisation and order drawn anew", Of(conditions) with { DrawnAnew = true, TunedAs = Of(conditions) }, Of(conditions));
        const string primitives = "SCAN jump: from near 0 to nearly all right with 20 to 200 times the primitives (figures 1 and 2)", size = "as many pairs of more primitives gain, too, and less (section 4)", copies = "AugZero gains much without knowledge of the grammar (section 6)";
        Claim Also(string text, Arm one, Arm other, string figure) => new(text, one, other, LanguageKind.Exact, 0.1, figure, Nothing(jump)) { Tier = Tier.All };
        return new("data-factors", LanguageKind.Exact,
        [
            new("with twenty times the primitives a word that was seen alone is combined", many, few, LanguageKind.Exact, 0.1, primitives, Nothing(jump)),
            new("also with as few pairs as there were, of more primitives", same, few, LanguageKind.Exact, 0.1, size, Nothing(jump)),
            new("copies in words of their own help on the published split", Copied(published), Of(published), LanguageKind.Exact, 0.1, copies, Nothing(published)),
            Also("more pairs help beyond more primitives", many, same, size),
            Also("copies help on commands by the grammar", Copied(jump), few, copies),
            Also("the same few pairs, some of them new all the time, are combined better", Of(jump, "method.curriculum=always-novel"), few, "a curriculum that keeps novel examples to the end (section 4.2)"),
        ])
        {
            FirstSeed = 10,
            Remark = "All arms take 3,000 steps of 32 pairs, so that more pairs are fewer repetitions of each. Sizes and steps are those of looks at seeds 0 to 2, so that seeds count from 10; seeds differ much, here as in the paper.",
        };
    }
}
