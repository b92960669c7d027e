namespace Preceptor.Catalogue.Experiments;

/// <summary>Li et al. 2022: a policy that begins as a language model reaches goals that nobody demonstrated; a sequence is needed, too; and where nobody shows how, hindsight teaches.</summary>
internal static class LanguageInitialisationExperiment
{
    public static Experiment Create()
    {
        string[] household =
        [
            "problem.name=household", "problem.size=small", "model.width=64", "model.scene.layers=2", "model.scene.width=64", "model.scene.dropout=0.1",
            "training.epochs=16", "training.batch=32", "training.optimiser=adam-w", "training.clip=1",
        ];
        string[] grid = ["training.rate=0.001", "training.rate=0.002"];
        var few = new Conditions("household", household, grid);
        var many = new Conditions("household, 1,000 demonstrations", [.. household, "problem.size=full"], grid);
        Arm Begun(Conditions conditions, params string[] settings) => new(conditions, "lid", settings);
        Arm Drawn(Conditions conditions, params string[] settings) => new(conditions, "lid", ["method.start=random", .. settings]);
        Arm Gathered(params string[] settings) => new(few, "active-data-gathering", ["method.rounds=3", "method.episodes=300", "method.most=300", .. settings]);
        var nothing = new NullControl("texts of any words say nothing of goals, in any order", Begun(few, "problem.text=meaningless"), Drawn(few));
        var chance = new NullControl("the same gathering, its initialisation and order drawn anew", Gathered() with { DrawnAnew = true }, Gathered());
        const string headline = "task completion is 43.6 % better than that of the other policies, averaged (abstract)", sequence = "policies without a sequence, or with a recurrent network, hardly do novel tasks (section 5, figures)";
        const string analysis = "sequential input and the language model's weights both matter, the form of names hardly (section 6)", gathering = "25.1 % better than the best method without demonstrations (abstract)";
        return new("lid", HouseholdExam.Known,
        [
            new("a policy that begins as a language model reaches more goals that nobody demonstrated", Begun(few), Drawn(few), HouseholdExam.Novel, 0.05, headline, nothing),
            new("texts bring more than the same words in any order", Begun(few), Begun(few, "problem.text=shuffled"), HouseholdExam.Novel, 0.05, headline, nothing),
            new("it reaches more of them than a perceptron over means", Begun(few), Drawn(few, "model.scene.reader=pooled"), HouseholdExam.Novel, 0.05, sequence, nothing),
            new("it reaches more where somebody demonstrated them", Begun(few), Drawn(few), HouseholdExam.Known, 0.05, headline, nothing) { Tier = Tier.All },
            new("it reaches more in houses where everything may be anywhere", Begun(few), Drawn(few), HouseholdExam.Scenes, 0.05, headline, nothing) { Tier = Tier.All },
            new("it reaches more of them than a recurrent network", Begun(few), Drawn(few, "model.scene.reader=lstm"), HouseholdExam.Novel, 0.05, sequence, nothing) { Tier = Tier.All },
            new("a transformer from drawn weights reaches more of them than a perceptron over means", Drawn(few), Drawn(few, "model.scene.reader=pooled"), HouseholdExam.Novel, 0.05, analysis, nothing) { Tier = Tier.All },
            new("it reaches more of them than one whose layers stay as they were", Begun(few), Begun(few, "method.frozen=true"), HouseholdExam.Novel, 0.05, analysis, nothing) { Tier = Tier.All },
            new("with names that the language model never saw it still reaches more of them than from drawn weights", Begun(few, "model.scene.names=indices"), Drawn(few), HouseholdExam.Novel, 0.05, analysis, nothing) { Tier = Tier.All },
            new("it reaches more of them with 1,000 demonstrations as well", Begun(many), Drawn(many), HouseholdExam.Novel, 0.05, headline, nothing) { Tier = Tier.All },
            new("episodes that teach what they reached bring more than those that reached what was asked for", Gathered(), Gathered("method.relabel=false"), HouseholdExam.Known, 0.1, gathering, chance) { Tier = Tier.All },
            new("gathering goes better from a language model's weights", Gathered(), Gathered("method.start=random"), HouseholdExam.Known, 0.05, gathering, chance) { Tier = Tier.All },
        ])
        {
            Remark = "Twelve kinds of things, six receptacles, four rooms, of which one sees one; 300 demonstrations about three in five pairs of thing and receptacle. The language model is a transformer of two layers, 64 wide, that read 20,000 sentences about all pairs. "
                + "Dropout is that of GPT-2; it and the length of trainings were chosen on two seeds of their own, by looking at both arms. Whoever acts chooses among what can be done. Tuned by success with demonstrated pairs.",
        };
    }
}
