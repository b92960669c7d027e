namespace Preceptor.Catalogue.Experiments;

/// <summary>Lynch et al. 2020: plans make more of play than goals alone, and play more than demonstrations, most of all from elsewhere.</summary>
internal static class LatentPlansExperiment
{
    public static Experiment Create()
    {
        string[] table =
        [
            "problem.name=tabletop-play", "problem.size=small", "model.width=64", "training.epochs=16", "training.batch=32", "training.clip=1",
            "method.window=16", "method.plan=16", "method.mixtures=5", "method.bins=64",
        ];
        string[] grid = ["training.rate=0.006", "training.rate=0.012"];
        var many = new Conditions("tabletop-play", table, grid);
        var one = new Conditions("tabletop-play, one way to each goal", [.. table, "problem.ways=one"], grid);
        Arm Plans(Conditions conditions, params string[] settings) => new(conditions, "play-lmp", settings);
        Arm NoPlans(Conditions conditions, params string[] settings) => new(conditions, "play-lmp", ["method.plan=0", .. settings]);
        // Half as many actions as play and as many steps of training.
        var demonstrations = NoPlans(many, "problem.log=demonstrations", "problem.actions=50000", "training.epochs=32");
        var nothing = new NullControl("where there is one way to each goal, there is nothing to plan", Plans(one), NoPlans(one));
        const string headline = "85.5 % of 18 tasks against 78 % without plans (section 5)", shifted = "78.8 % against 68.3 % without plans and 23.2 % by cloning demonstrations, starts up to 0.4 m away (section 5)";
        const string many18 = "85.5 % against 70.3 % by a policy a task that cloned 100 demonstrations (abstract; section 5)", kept = "a plan is drawn anew for every window (section 4)", beta = "plans must be such as can be proposed (section 4, β = 0.01)";
        return new("play-lmp", TabletopPlayExam.Success,
        [
            new("plans bring more tasks about than goals alone", Plans(many), NoPlans(many), TabletopPlayExam.Success, 0.05, headline, nothing),
            new("they do from starts elsewhere, too", Plans(many), NoPlans(many), TabletopPlayExam.Shifted, 0.05, shifted, nothing),
            new("from starts elsewhere, plans from play bring more about than demonstrations of half as many actions", Plans(many), demonstrations, TabletopPlayExam.Shifted, 0.1, shifted, nothing),
            new("plans from play bring more about than demonstrations of half as many actions", Plans(many), demonstrations, TabletopPlayExam.Success, 0.05, many18, nothing) { Tier = Tier.All },
            new("plans carry more discs past the obstacle, where there are many ways", Plans(many), NoPlans(many), TabletopPlayExam.Discs, 0.05, headline, nothing) { Tier = Tier.All },
            new("plans bring more about where an action has one mode, so that goals alone average ways", Plans(many, "method.mixtures=1"), NoPlans(many, "method.mixtures=1"), TabletopPlayExam.Success, 0.05, headline, nothing) { Tier = Tier.All },
            new("plans that are kept for a window bring more about than plans drawn anew for every action", Plans(many), Plans(many, "method.replan=1"), TabletopPlayExam.Success, 0.05, kept, nothing) { Tier = Tier.All },
            new("plans that must be as proposed bring more about than plans that may be anything", Plans(many), Plans(many, "method.beta=0"), TabletopPlayExam.Success, 0.05, beta, nothing) { Tier = Tier.All },
            new("plans bring more about than plans that may say nothing", Plans(many), Plans(many, "method.beta=100"), TabletopPlayExam.Success, 0.05, beta, nothing) { Tier = Tier.All },
            new("plans of sixteen numbers bring more about than plans of two", Plans(many), Plans(many, "method.plan=2"), TabletopPlayExam.Success, 0.05, beta, nothing) { Tier = Tier.All },
        ])
        {
            Remark = "Three discs, a drawer and two buttons around an obstacle; 100,000 actions of a scripted player. Without plans the policy is the same, recurrent and with mixtures of logistics for actions (Play-GCBC). "
                + "Demonstrations show one thing each, begin where tasks begin, and teach one policy for all things, not a policy a task. Sizes and rates were chosen on a seed of their own, by looking at both arms.",
        };
    }
}
