using Preceptor.Evaluation;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// The stages that Qwen2.5 is trained in after text: responses (sft), offline preferences made by a check (dpo), online answers rewarded by it (grpo). The report shows no ablation of them; what each adds is asked here, on
/// sums a third of whose responses are wrong while the check is right, and on SCAN's commands, of which few are given.
/// </summary>
internal static class LanguageStagesExperiment
{
    private static readonly string[] Shared = ["model.layers=2", "model.width=64", "model.initial-deviation=0.1"];

    private static readonly string[] Grid = ["training.rate=0.004", "training.rate=0.002"];

    public static Experiment Create()
    {
        string[] sums = ["problem.name=sums", "problem.largest=39", "problem.examples=1000", "problem.wrong=0.35", .. Shared, "training.epochs=60", "training.batch=64"];
        var checkedSums = new Conditions("sums, a third of the responses wrong", sums, Grid);
        var misled = new Conditions("sums, a check that knows the value of another sum", [.. sums, "problem.wrong-check=1"], Grid);
        var commands = new Conditions("scan-simple, 1,000 commands",
            ["problem.kind=language", "problem.data=scan-simple", "problem.prompt=prompt", "problem.response=response", "problem.tokens=word", "problem.check=exact", "problem.rows=1000", "problem.test-rows=300", .. Shared, "model.length=96", "training.epochs=30", "training.batch=32"], Grid);
        Arm Responses(Conditions conditions) => new(conditions, "sft");
        Arm Offline(Conditions conditions) => new(conditions, "dpo");
        Arm Online(Conditions conditions, int passes) => new(conditions, "grpo", $"method.epochs={passes}");
        const string published = "online learning follows offline preferences and responses (sections 4.1 to 4.3); no figure tells them apart";
        var nothing = new NullControl("where the check knows the value of another sum, there is nothing to learn from it", Online(misled, 2), Responses(misled));
        Claim Better(string text, Arm method, Metric metric) => new(text, method, Responses(method.Conditions), metric, 0.03, published, nothing);
        return new("grpo", LanguageKind.Sampled,
        [
            Better("online answers, rewarded by a check, add to responses", Online(checkedSums, 2), LanguageKind.Sampled),
            Better("offline preferences, made by a check, add to responses", Offline(checkedSums), LanguageKind.Sampled),
            Better("online answers, rewarded by a check, add to responses", Online(commands, 1), LanguageKind.Sampled),
            Better("the likeliest answers are right more often, too", Online(checkedSums, 2), LanguageKind.Exact) with { Tier = Tier.All },
            new("online answers add more than offline preferences", Online(checkedSums, 2), Offline(checkedSums), LanguageKind.Sampled, 0.03, published, nothing) { Tier = Tier.All },
            new("prompts whose answers differ most in reward first", Online(checkedSums, 2), new(checkedSums, "grpo", "method.epochs=2", "method.order=random"), LanguageKind.Sampled, 0.03, "queries are taken by the variance of their rewards (section 4.3)", nothing) { Tier = Tier.All },
        ])
        {
            FirstSeed = 1,
            Remark = "All stages begin with the same training on responses, and dpo and grpo go on from it; accuracy is of answers drawn at temperature 1. The report's models have half a billion weights and more; these have a hundred thousand. "
                + "Sizes and passes were settled on seed 0 alone, before these claims were written, so that seeds count from 1.",
        };
    }
}
