using Preceptor.Control;
using Preceptor.Control.BuiltIn;
using Preceptor.Data;
using Preceptor.Fields;
using Preceptor.Fields.BuiltIn;
using Preceptor.Foundation;
using Preceptor.Language;
using Preceptor.Language.BuiltIn;
using Preceptor.Measurement;
using Preceptor.Measurement.BuiltIn;
using Preceptor.Prediction;
using Preceptor.Prediction.BuiltIn;
using Preceptor.Ranking;
using Preceptor.Ranking.BuiltIn;
using Preceptor.Reasoning;
using Preceptor.Reasoning.BuiltIn;
using Preceptor.Representation;
using Preceptor.Representation.BuiltIn;

namespace Preceptor.Catalogue;

/// <summary>A problem that Preceptor generates.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Summary">What it is, in a sentence.</param>
/// <param name="OptionsType">The record of its options.</param>
/// <param name="Method">The method it is meant for.</param>
/// <param name="Defaults">Keys of model and training whose defaults it sets.</param>
/// <param name="Draft">Draws it from options and a seed; null for a problem of another kind than prediction.</param>
public sealed record BuiltInProblem(string Name, string Kind, string Summary, Type OptionsType, string Method, IReadOnlyDictionary<string, string> Defaults, Func<object, ulong, PredictionDraft>? Draft)
{
    /// <summary>Draws a problem of kind measurement from options and a seed; null for one of another kind.</summary>
    public Func<object, ulong, MeasurementProblem>? Subject { get; init; }

    /// <summary>Draws a problem of another kind, with its exam, from the specification and a seed; null for prediction and measurement.</summary>
    public Func<Specification, ulong, IProblemTask>? Task { get; init; }

    /// <summary>The form of what is to be predicted.</summary>
    public TargetKind Target { get; init; }
}

/// <summary>All built-in problems.</summary>
public static class BuiltInProblems
{
    private static Dictionary<string, string> FieldDefaults { get; } = new() { ["training.epochs"] = "30", ["training.batch"] = "8", ["training.rate"] = "0.003" };

    private static Dictionary<string, string> CommandDefaults { get; } = new()
    {
        ["model.architecture"] = "encoder-decoder",
        ["model.positions"] = "relative",
        ["model.layers"] = "2",
        ["model.width"] = "64",
        ["model.hidden"] = "128",
        ["model.feed-forward"] = "relu",
        ["model.norm"] = "layer",
        ["model.bias"] = "all",
        ["model.initial-deviation"] = "0.1",
        ["model.length"] = "64",
        ["training.epochs"] = "24",
        ["training.batch"] = "64",
        ["training.rate"] = "0.004",
        ["training.warmup"] = "0.1",
        ["training.clip"] = "5",
    };

    // Where an operation stands in the question is found by its place.
    private static Dictionary<string, string> ChainDefaults => new(ReasoningDefaults) { ["model.positions"] = "learned" };

    private static Dictionary<string, string> CountdownDefaults => new(ReasoningDefaults) { ["training.epochs"] = "10" };

    // Which block stands on which is found by its place as well.
    private static Dictionary<string, string> BlocksDefaults => new(ChainDefaults) { ["training.epochs"] = "12" };

    // Which rule is about a class, and which number is whose, is found by what stands beside a word.
    private static Dictionary<string, string> DeductionDefaults => new(ChainDefaults) { ["training.epochs"] = "15" };

    private static Dictionary<string, string> ReasoningDefaults { get; } = new()
    {
        ["model.layers"] = "2",
        ["model.width"] = "64",
        ["model.length"] = "128",
        ["model.initial-deviation"] = "0.1",
        ["training.epochs"] = "20",
        ["training.batch"] = "32",
        ["training.rate"] = "0.003",
    };

    /// <summary>All, by name.</summary>
    public static IReadOnlyList<BuiltInProblem> All { get; } =
    [
        new("agreement", LanguageData.KindName, "Sentences by a grammar, without labels, in which verbs agree with their subjects and the order is strict; encoders are scored by what a linear classifier with few labels tells of spoilt ones.",
            typeof(AgreementProblem.Options), "mcl-electra", new Dictionary<string, string> { ["model.layers"] = "2", ["model.width"] = "64", ["model.length"] = "64", ["model.initial-deviation"] = "0.1", ["training.epochs"] = "4", ["training.batch"] = "16", ["training.rate"] = "0.002" }, null) { Task = AgreementExam.Task },
        new("answers", RankingData.KindName, "Questions and candidate answers in words of which several mean the same, found by BM25, with judgements that err; and the hidden truth.",
            typeof(AnswersProblem.Options), "ranking-curriculum", new Dictionary<string, string> { ["model.embedding"] = "64", ["training.epochs"] = "20", ["training.batch"] = "16", ["training.rate"] = "0.003" }, null) { Task = RankingKind.Answers },
        new("blocks", ReasoningData.KindName, "Blocks that a hand moves one at a time until some stand on others as asked; a problem has several plans, a program knows all of them and checks every step.",
            typeof(BlocksProblem.Options), "flow-of-reasoning", BlocksDefaults, null) { Task = ReasoningKind.Plans },
        new("burgers", FieldData.KindName, "Burgers' equation on a ring, to be solved from any initial state of three sine waves; scored against a fine solver.",
            typeof(BurgersProblem.Options), "pi-hc-moe", FieldDefaults, null) { Task = (specification, seed) => FieldsKind.Task(BurgersProblem.Data((BurgersProblem.Options)specification.Problem), specification, seed) },
        new("chains", ReasoningData.KindName, "Arithmetic from left to right modulo 97, worked out a line an operation; a program checks lines and answers, and lines of the worked solutions may be wrong.",
            typeof(ChainsProblem.Options), "self-consistency", ChainDefaults, null) { Task = ReasoningKind.Chains },
        new("commands", LanguageData.KindName, "Commands and the actions they mean, by the grammar of SCAN, with combinations that only the exam asks for and any number of primitives.",
            typeof(CommandsProblem.Options), "data-factors", CommandDefaults, null) { Task = LanguageKind.Commands },
        new("countdown", ReasoningData.KindName, "Four numbers and the operations of arithmetic are to make 24 (or another number), each number used once; a program checks lines and solutions exactly.",
            typeof(CountdownProblem.Options), "ovm", CountdownDefaults, null) { Task = ReasoningKind.Puzzles },
        new("deduction", ReasoningData.KindName, "Rules about made-up classes, a fact, and a statement that is true or false by them, to be concluded a line a rule; a program knows all proofs and checks every line.",
            typeof(DeductionProblem.Options), "self-consistency", DeductionDefaults, null) { Task = ReasoningKind.Deductions },
        new("deliveries", "prediction", "How many minutes a delivery takes, from records of which some are far too long; a number, with the hidden truth.",
            typeof(DeliveriesProblem.Options), "supervised", new Dictionary<string, string> { ["training.epochs"] = "20", ["training.rate"] = "0.003" },
            (options, seed) => DeliveriesProblem.Draft((DeliveriesProblem.Options)options, seed)) { Target = TargetKind.Number },
        new("diffusion-sorption", FieldData.KindName, "A substance enters the ground from one end, held back the more the less of it there is; scored against a fine solver.",
            typeof(DiffusionSorptionProblem.Options), "pi-hc-moe", FieldDefaults, null) { Task = (specification, seed) => FieldsKind.Task(DiffusionSorptionProblem.Data((DiffusionSorptionProblem.Options)specification.Problem), specification, seed) },
        new("digits", "prediction", "Rendered strokes of ten digits, 28×28, deformed and on backgrounds; knobs for few and for noisy labels.",
            typeof(DigitsProblem.Options), "ps-kd", new Dictionary<string, string> { ["training.epochs"] = "12", ["training.rate"] = "0.003" },
            (options, seed) => DigitsProblem.Draft((DigitsProblem.Options)options, seed)),
        new("factors", RepresentationData.KindName, "A table whose columns come from four hidden factors, without labels to learn from; encoders are scored by a class that no linear function of the columns tells.",
            typeof(FactorsProblem.Options), "t-jepa", new Dictionary<string, string> { ["training.epochs"] = "20", ["training.batch"] = "256", ["training.rate"] = "0.001" }, null) { Task = RepresentationKind.Factors },
        new("grades", RankingData.KindName, "Candidates of queries by 20 features and grades that one linear scorer cannot all tell apart.",
            typeof(GradesProblem.Options), "pg-rank", new Dictionary<string, string> { ["model.scorer"] = "linear", ["training.epochs"] = "20", ["training.batch"] = "16", ["training.rate"] = "0.01" }, null) { Task = RankingKind.Grades },
        new("household", ControlData.KindName, "Putting things somewhere in households in words, with sentences about all of it; asked for are also goals of pairs that no demonstration was about.",
            typeof(HouseholdProblem.Options), "lid", new Dictionary<string, string> { ["model.width"] = "64", ["model.scene.layers"] = "2", ["model.scene.width"] = "64", ["model.scene.dropout"] = "0.1", ["training.epochs"] = "20", ["training.batch"] = "32", ["training.rate"] = "0.002", ["training.optimiser"] = "adam-w", ["training.clip"] = "1" }, null) { Task = HouseholdExam.Task },
        new("laws", RankingData.KindName, "Directives as queries and the acts that transpose them, among acts of the same wording that do not; topics and dates are known.",
            typeof(LawsProblem.Options), "doc2doc", new Dictionary<string, string> { ["model.query-length"] = "64", ["model.document-length"] = "64", ["training.epochs"] = "5", ["training.batch"] = "16", ["training.rate"] = "0.003" }, null) { Task = RankingKind.Laws },
        new("markov-copies", LanguageData.KindName, "Texts of a Markov chain over words, with spans that say again what stood twelve words before; the true probabilities are known.",
            typeof(MarkovCopiesProblem.Options), "salt", new Dictionary<string, string> { ["model.layers"] = "2", ["model.width"] = "64", ["model.length"] = "64", ["model.initial-deviation"] = "0.1", ["training.epochs"] = "10", ["training.batch"] = "32", ["training.rate"] = "0.002" }, null) { Task = MarkovCopiesExam.Task },
        new("point-robot", ControlData.KindName, "Robots with momentum among hazards, and episodes of which many go through them; asked for is to reach the goal without harm.",
            typeof(PointRobotProblem.Options), "fisor", new Dictionary<string, string> { ["model.width"] = "64", ["model.layers"] = "3", ["training.epochs"] = "40", ["training.batch"] = "256" }, null) { Task = PointRobotExam.Task },
        new("quiz", MeasurementData.KindName, "Simulated solvers answer simulated items of known difficulty, all alike or each what suits them.",
            typeof(QuizProblem.Options), "easy2hard-bench", new Dictionary<string, string>(), null) { Subject = (options, seed) => QuizProblem.Draw((QuizProblem.Options)options, seed) },
        new("regions", "prediction", "A mixture of Gaussians with labels wrong in one half of the space and a teacher wrong in the other; any number of classes.",
            typeof(RegionsProblem.Options), "tgeo-kd", new Dictionary<string, string> { ["training.epochs"] = "20", ["training.rate"] = "0.003" },
            (options, seed) => RegionsProblem.Draft((RegionsProblem.Options)options, seed)),
        new("stitching-maze", ControlData.KindName, "A point with momentum in a U of corridors, and episodes that each stay in one of four parts; asked for are goals that no episode reached from there.",
            typeof(StitchingMazeProblem.Options), "temporal-stitching", new Dictionary<string, string> { ["training.epochs"] = "60", ["training.batch"] = "128", ["training.clip"] = "0.25" }, null) { Task = ControlKind.StitchingMaze },
        new("stories", LanguageData.KindName, "Stories of 64 words about two people, of which words are missing: few, the last line, or many; a model is asked for them in the way that suits it best.",
            typeof(StoriesProblem.Options), "ul2", new Dictionary<string, string> { ["model.layers"] = "2", ["model.width"] = "64", ["model.length"] = "128", ["training.epochs"] = "10", ["training.batch"] = "32", ["training.rate"] = "0.003" }, null) { Task = StoriesExam.Task },
        new("sums", LanguageData.KindName, "Sums of two numbers in characters, to be answered; a share of the training answers may be wrong.",
            typeof(SumsProblem.Options), "sft", new Dictionary<string, string> { ["model.layers"] = "2", ["model.length"] = "32", ["training.epochs"] = "20", ["training.batch"] = "64", ["training.rate"] = "0.002" }, null) { Task = LanguageKind.Sums },
        new("tabletop-play", ControlData.KindName, "Play with discs, a drawer and buttons around an obstacle, without a word of what was meant; asked for are states in which one thing is elsewhere.",
            typeof(TabletopPlayProblem.Options), "play-lmp", new Dictionary<string, string> { ["model.width"] = "64", ["training.epochs"] = "40", ["training.batch"] = "32", ["training.rate"] = "0.012", ["training.clip"] = "1" }, null) { Task = TabletopPlayExam.Task },
        new("tasks", MeasurementData.KindName, "Published learning tasks, supervised, few-shot and control, by the numbers that their difficulty depends on; or one of your own.",
            typeof(TasksProblem.Options), "inductive-bias-complexity", new Dictionary<string, string>(), null) { Subject = (options, _) => TasksProblem.Draw((TasksProblem.Options)options) },
        new("textured-shapes", RepresentationData.KindName, "Colour images of four shapes in three textures each, 24×24, without a label to learn from; encoders are scored by the twelve classes and by the four shapes.",
            typeof(TexturedShapesProblem.Options), "mugs", new Dictionary<string, string> { ["model.encoder"] = "resnet", ["model.width"] = "16", ["model.depth"] = "1", ["training.epochs"] = "6", ["training.batch"] = "64", ["training.rate"] = "0.003", ["training.clip"] = "3", ["training.augment"] = "[shift, flip, crop, colour, rotate, noise]", ["training.strength.colour"] = "0.8" }, null) { Task = RepresentationKind.Shapes },
        new("tickets", "prediction", "20,000 support tickets with labels that are wrong a quarter of the time, a weak and a strong teacher, and the hidden truth.",
            typeof(TicketsProblem.Options), "confident-learning+supervised", new Dictionary<string, string> { ["training.epochs"] = "4", ["training.rate"] = "0.006" },
            (options, seed) => TicketsProblem.Draft((TicketsProblem.Options)options, seed)),
        new("unlabelled-digits", RepresentationData.KindName, "Rendered strokes of ten digits, 28×28, deformed and on backgrounds, without a label to learn from; encoders are scored by the hidden digits.",
            typeof(UnlabelledDigitsProblem.Options), "groco", new Dictionary<string, string> { ["model.encoder"] = "resnet", ["model.width"] = "16", ["training.epochs"] = "10", ["training.batch"] = "128", ["training.rate"] = "0.003" }, null) { Task = RepresentationKind.Digits },
        new("word-chains", LanguageData.KindName, "Chains of arithmetic in words, told among statements of no use, to be answered step by step; scored with more of those and with longer chains as well.",
            typeof(WordChainsProblem.Options), "masked-thought", new Dictionary<string, string> { ["model.layers"] = "3", ["model.width"] = "64", ["model.length"] = "128", ["model.initial-deviation"] = "0.1", ["training.epochs"] = "20", ["training.batch"] = "32", ["training.rate"] = "0.003", ["training.warmup"] = "0.05" }, null) { Task = WordChainsExam.Task },
        new("word-problems", ReasoningData.KindName, "Short stories in which somebody's things become more and fewer, with sentences of no use, solved in GSM8K's form; a program checks each calculation and where its numbers come from.",
            typeof(WordProblemsProblem.Options), "self-consistency", DeductionDefaults, null) { Task = ReasoningKind.Stories },
    ];

    /// <summary>The problem to show a method on: the one meant for it if it measures; tickets, or where it does not learn classes, one with what it learns; null without any.</summary>
    public static BuiltInProblem? ExampleFor(MethodInfo method) =>
        method.IsMeasure ? All.FirstOrDefault(p => p.Method == method.Slug) ?? (method.Needs.Any(n => n.Contains(typeof(TrainableProblem))) ? All.First(p => p.Name == "tickets") : null)
        : method.Kind != ProblemKinds.Prediction.Name ? All.FirstOrDefault(p => p.Method == method.Slug) ?? All.FirstOrDefault(p => p.Kind == method.Kind)
        : method.Targets.Count == 0 || method.Targets.Contains(TargetKind.One) ? All.First(p => p.Name == "tickets") : All.FirstOrDefault(p => method.Targets.Contains(p.Target));

    /// <summary>The problem of a name.</summary>
    /// <exception cref="RequestException">There is none; the message has the nearest spelling.</exception>
    public static BuiltInProblem Find(ScalarSetting name) => All.FirstOrDefault(p => p.Name == name.Text)
        ?? throw name.Wrong($"there is no built-in problem '{name.Text}'{Spelling.Hint(name.Text, All.Select(p => p.Name))}; known: {string.Join(", ", All.Select(p => p.Name))}; your own data goes under problem: data:");
}
