namespace Preceptor.Catalogue.Experiments;

/// <summary>Zheng et al. 2024: a diffusion policy that seeks reward only where violations can be avoided violates less than cloning, than reward alone and than reward less harm; and it knows from where they can be.</summary>
internal static class FeasibilityGuidedDiffusionExperiment
{
    public static Experiment Create()
    {
        string[] robot =
        [
            "problem.name=point-robot", "problem.size=small", "model.width=64", "model.layers=3", "training.epochs=40", "training.batch=256",
            "method.reward-temperature=5", "method.cost-temperature=2", "method.candidates=8",
        ];
        string[] grid = ["training.rate=0.0003", "training.rate=0.001"];
        var told = new Conditions("point-robot", robot, grid);
        var untold = new Conditions("point-robot, costs of other actions", [.. robot, "problem.costs=shuffled"], grid);
        Arm Of(Conditions conditions, params string[] settings) => new(conditions, "fisor", settings);
        Arm cloning = Of(told, "method.weights=cloning"), reward = Of(told, "method.weights=reward"), soft = Of(told, "method.weights=soft-cost");
        var nothing = new NullControl("costs of other actions say nothing of harm", Of(untold), Of(untold, "method.weights=cloning"));
        const string headline = "the only method with a normalised cost below its limit in all 26 tasks, with the highest returns among the safe ones in most (abstract; section 5)";
        const string figure = "the largest violation to come has the zero level of what can be avoided, sums of costs have not (section 5, point robot)", ablation = "without reachability, or without parting what can be avoided from what cannot, it is not safe (section 5, ablations)";
        return new("fisor", PointRobotExam.SafeSuccess,
        [
            new("where hazards can be avoided, fewer episodes enter one than by cloning", Of(told), cloning, PointRobotExam.ViolationRate, 0.1, headline, nothing),
            new("more of them reach the goal unharmed than by cloning", Of(told), cloning, PointRobotExam.SafeSuccess, 0.1, headline, nothing),
            new("fewer enter one than by reward alone", Of(told), reward, PointRobotExam.ViolationRate, 0.1, headline, nothing),
            new("fewer enter one than by reward less harm", Of(told), soft, PointRobotExam.ViolationRate, 0.05, ablation, nothing),
            new("its return is higher than by cloning", Of(told), cloning, PointRobotExam.Return, 0.3, headline, nothing) { Tier = Tier.All },
            new("more reach the goal unharmed than by reward less harm", Of(told), soft, PointRobotExam.SafeSuccess, 0.05, ablation, nothing) { Tier = Tier.All },
            new("the largest violation to come knows better from where hazards can be avoided than sums of costs", Of(told), Of(told, "method.harm=cost"), PointRobotExam.FeasibleSet, 0.1, figure, nothing) { Tier = Tier.All },
            new("fewer enter one than by sums of costs", Of(told), Of(told, "method.harm=cost"), PointRobotExam.ViolationRate, 0.05, ablation, nothing) { Tier = Tier.All },
            new("fewer enter one with the least harmful of eight actions than with the only one", Of(told), Of(told, "method.candidates=1"), PointRobotExam.ViolationRate, 0.05, ablation, nothing) { Tier = Tier.All },
            new("where hazards cannot be avoided, episodes go less deep than by cloning", Of(told), cloning, PointRobotExam.Depth, 0.05, headline, nothing) { Tier = Tier.All },
        ])
        {
            Remark = "Steps of 0.2 s in place of 0.05 s, and some thousands of training in place of 100,000. Cloning, reward alone and reward less harm are the same diffusion with other weights, and choose among as many actions by the same measure of harm.",
        };
    }
}
