using Preceptor.Language.BuiltIn;

namespace Preceptor.Catalogue.Experiments;

/// <summary>
/// Chen et al. 2023: courses of swapped and of inserted words add what replaced words alone do not teach. Sentences by a grammar, and what a linear classifier with 200 labels learns from frozen features; and published reviews, by which words of them were
/// replaced.
/// </summary>
internal static class MultiPerspectiveCoursesExperiment
{
    public static Experiment Create()
    {
        string[] grid = ["training.rate=0.001", "training.rate=0.003"], network = ["model.layers=2", "model.width=64", "training.batch=16"];
        var sentences = new Conditions("agreement", ["problem.name=agreement", .. network, "training.epochs=6"], grid);
        var reviews = new Conditions("rotten-tomatoes", ["problem.kind=language", "problem.data=rotten-tomatoes", "problem.text=text", "problem.tokens=word", "problem.exam=detection", .. network, "model.length=64", "training.epochs=1"], grid);
        Arm Courses(Conditions conditions, string courses, bool corrects, params string[] settings) => new(conditions, "mcl-electra", [$"method.courses=[{courses}]", $"method.correction={(corrects ? "true" : "false")}", .. settings]);
        const string all = "replaced,swapped,inserted", main = "GLUE +2.8 and SQuAD 2.0 +3.2 points over ELECTRA at base size (abstract)", ablation = "each course adds, swapped and inserted tokens complement replaced ones (ablation)";
        Arm Electra(Conditions conditions, params string[] settings) => Courses(conditions, "replaced", false, settings);
        NullControl Nothing(Conditions conditions) => new("ELECTRA with initialisation and order drawn anew is ELECTRA", Electra(conditions) with { TunedAs = Electra(conditions), DrawnAnew = true }, Electra(conditions));
        var (method, electra) = (Courses(sentences, all, true), Electra(sentences));
        var (order, insertion, tense, agreement) = (AgreementExam.Accuracies[AgreementProblem.Probe.Order], AgreementExam.Accuracies[AgreementProblem.Probe.Insertion], AgreementExam.Accuracies[AgreementProblem.Probe.Tense], AgreementExam.Accuracies[AgreementProblem.Probe.Agreement]);
        Claim On(string text, Arm one, Arm other, Evaluation.Metric metric, double effect, string published) => new(text, one, other, metric, effect, published, Nothing(sentences)) { Tier = Tier.All };
        return new("mcl-electra", LanguageKind.Detected,
        [
            new("features of all courses tell more of what is wrong with a sentence than those of replaced words alone", method, electra, AgreementExam.Acceptability, 0.01, main, Nothing(sentences)),
            new("also where replaced words are given two and a half times the steps", method, Electra(sentences, "training.epochs=15"), AgreementExam.Acceptability, 0.01, main, Nothing(sentences)),
            new("replaced words of published reviews are told better", Courses(reviews, all, true), Electra(reviews), LanguageKind.Detected, 0.005, main, Nothing(reviews)),
            On("swapped words teach order", Courses(sentences, "replaced,swapped", false), electra, order, 0.02, ablation),
            On("inserted words teach what is too much (near by construction)", Courses(sentences, "replaced,inserted", false), electra, insertion, 0.02, ablation),
            On("all courses tell agreement better", method, electra, agreement, 0.01, ablation),
            On("correction adds to all courses", method, Courses(sentences, all, false), AgreementExam.Acceptability, 0.005, "self-correction courses add (ablation)"),
            On("a soup is better than all courses without one", Courses(sentences, all, true, "method.soups=uniform"), method, AgreementExam.Acceptability, 0.005, "soups are better than every ingredient"),
            On("tense, which no course is about, is told alike (no gain is expected)", method, electra, tense, 0.01, "none"),
        ])
        {
            FirstSeed = 1,
            Remark = "The probes of order and insertion are near to what the courses of swapped and inserted words ask by construction. The published gain on GLUE is of other networks and texts, and is not what is measured here. "
                + "Batch, epochs and what the correction's loss is divided by were settled on seed 0 alone, by what its probes showed there, so that seeds count from 1.",
        };
    }
}
