namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Thimonier et al. 2024: predicting columns from columns in latent space gives features from which a linear classifier does more. On a generated table with hidden factors and on 3,000 rows of UCI's letters and of UCI's adults, beside
/// the same encoder untrained and beside contrast of corrupted rows.
/// </summary>
internal static class TabularJointEmbeddingExperiment
{
    private static readonly string[] Grid = ["training.rate=0.001", "training.rate=0.003"];

    public static Experiment Create()
    {
        var factors = new Conditions("factors", ["problem.name=factors", "problem.size=small", "training.epochs=10", "training.batch=256"], Grid);
        var adults = new Conditions("uci-adult", ["problem.kind=representation", "problem.data=uci-adult", "problem.numbers=[age,education-num,capital-gain,capital-loss,hours-per-week]",
            "problem.categories=[workclass,marital-status,occupation,relationship,race,sex]", "problem.label=income", "problem.rows=3000", "training.epochs=10", "training.batch=256"], Grid);
        var letters = new Conditions("uci-letter", ["problem.kind=representation", "problem.data=uci-letter", "problem.numbers=[x-box,y-box,width,high,onpix,x-bar,y-bar,x2bar,y2bar,xybar,x2ybr,xy2br,x-ege,xegvy,y-ege,yegvx]", "problem.label=label", "problem.rows=3000",
            "training.epochs=10", "training.batch=256"], Grid);
        Arm Learned(Conditions conditions) => new(conditions, "t-jepa");
        Arm Untrained(Conditions conditions) => new(conditions, "t-jepa", "training.epochs=1", "training.rate=0.000000001");
        NullControl Random(Conditions conditions) => new("an untrained encoder drawn anew is worth nothing over another", Untrained(conditions) with { DrawnAnew = true, TunedAs = Untrained(conditions) }, Untrained(conditions));
        Claim Better(Conditions conditions) => new("features learned by predicting columns are worth more to a linear classifier than those of the untrained encoder", Learned(conditions), Untrained(conditions), RepresentationKind.Probe, 0.01,
            "Adult, Helena, Jannis, ALOI: 0.5 to 2 points over raw data for the same classifier (table 1, figures not checked)", Random(conditions));
        return new("t-jepa", RepresentationKind.Probe,
        [
            Better(letters),
            Better(adults) with { Tier = Tier.All },
            Better(factors),
            new("they are worth more than those of contrast between corrupted rows", Learned(factors), new Arm(factors, "simclr", "model.encoder=mlp", "model.hidden=[256,128]"), RepresentationKind.Probe, 0.01, "beside SCARF and others: better on most sets (table 2, figures not checked)", Random(factors)),
        ])
        {
            Remark = "Features of the transformer are all its tokens one after the other, 600 to 700 numbers; those of the perceptron that contrasts are 128.",
        };
    }
}
