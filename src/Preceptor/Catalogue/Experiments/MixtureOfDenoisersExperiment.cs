namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Tay et al. 2023: a model trained on a mixture of denoisers fills in and goes on better, on the mean, than one trained on a single objective; and knows by a token what is asked. Stories in which words far away say what is missing, and published reviews.
/// </summary>
internal static class MixtureOfDenoisersExperiment
{
    public static Experiment Create()
    {
        string[] grid = ["training.rate=0.003", "training.rate=0.0015"], spans = ["method.short-spans=[2,4]", "method.long-span=16"];
        string[] network = ["model.layers=2", "model.width=64", "training.batch=32"];
        var stories = new Conditions("stories", ["problem.name=stories", "training.epochs=10", .. network], grid);
        var scrambled = new Conditions("stories, words drawn anew", ["problem.name=stories", "problem.scrambled=true", "training.epochs=10", .. network], grid);
        var reviews = new Conditions("rotten-tomatoes", ["problem.kind=language", "problem.data=rotten-tomatoes", "problem.text=text", "problem.tokens=word", "problem.exam=gaps", "model.length=64", "training.epochs=2", .. network], grid);
        Arm Of(Conditions conditions, string denoisers, params string[] settings) => new(conditions, "ul2", [$"method.denoisers=[{denoisers}]", .. spans, .. settings]);
        Arm Mixture(Conditions conditions, params string[] settings) => Of(conditions, "regular,sequential,extreme", settings);
        Arm Causal(Conditions conditions) => Of(conditions, "causal");
        var (mixture, gaps) = (Mixture(stories), Of(stories, "regular"));
        var nothing = new NullControl("where every word is drawn anew, context says nothing, and no objective has more to learn of it", Mixture(scrambled), Causal(scrambled));
        const string main = "about 44 % over T5 and 76 % over a decoder in the normalised overall score (section 4)", modes = "mode tokens change one-shot summarisation by tens of per cent (section 4.3)", shares = "extreme or sequential denoisers alone are clearly worse; a moderate share of sequential ones is best (section 4.3)";
        Claim Also(string text, Arm one, Arm other, Evaluation.Metric metric, string published) => new(text, one, other, metric, 0.05, published, nothing) { Tier = Tier.All };
        return new("ul2", MissingWordsExam.Missing,
        [
            new("a mixture says missing words better than a model that learned to go on", mixture, Causal(stories), MissingWordsExam.Missing, 0.05, main, nothing),
            new("and better than one that learned to fill short gaps", mixture, gaps, MissingWordsExam.Missing, 0.05, main, nothing),
            new("also in published reviews", Mixture(reviews), Causal(reviews), MissingWordsExam.Missing, 0.05, main, nothing),
            Also("the token of another denoiser costs", mixture, Mixture(stories, "problem.asked=misannounced"), MissingWordsExam.Missing, modes),
            Also("no token costs", mixture, Mixture(stories, "problem.asked=unannounced"), MissingWordsExam.Missing, modes),
            Also("announced denoisers are learned better than unannounced ones", mixture, Mixture(stories, "method.mode-tokens=false"), MissingWordsExam.Missing, modes),
            Also("a mixture is better than extreme denoisers alone", mixture, Of(stories, "extreme"), MissingWordsExam.Missing, shares),
            Also("a mixture is better than a prefix language model", mixture, Of(stories, "sequential"), MissingWordsExam.Missing, shares),
            Also("a quarter of sequential denoising goes on better than a seventh", Mixture(stories, "method.shares=[1,1,2]"), mixture, MissingWordsExam.Losses[1], shares),
            Also("short gaps are filled better than by one that learned nothing else", mixture, gaps, MissingWordsExam.Losses[0], "none: a specialist is expected ahead"),
        ])
        {
            Remark = "Every model is asked in each way that its tokens allow, and judged by the one that suits it on validation texts: so the causal model is asked to go on, and does not see what stands behind a gap. Decoders of 100,000 weights; the paper's have 167 million and more, and encoders.",
        };
    }
}
