using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Training;

namespace Preceptor.Language;

/// <summary>
/// Pre-training of an encoder by courses of several perspectives (Chen et al. 2023, MCL). A discriminator says of each token whether it is the original one; what is not comes from a small generator: tokens that it puts in the place of masks (replaced token
/// detection: ELECTRA, Clark et al. 2020), tokens that it puts where tokens were swapped, and tokens put into the text where none was. Courses of correction follow in the same step: the generator learns again where it erred and was caught, the discriminator
/// where it misjudged. The loss is Σ over courses of L_generator + λ L_discriminator. Courses pull apart, so that the weights of networks of different courses, from a common beginning, may be averaged (course soups).
/// </summary>
/// <remarks>
/// There is no setting in which this is next-token training: the network reads in both directions. With replaced tokens alone and without correction it is ELECTRA; with weight 0 as well, the generator's part is masked language modelling, bit for bit.
/// The token of masks is a row beyond the tokenizer's tokens, so that no text has it. Tokens that end a text are never touched.
/// </remarks>
[Method("mcl-electra", "Multi-perspective courses", Summary = "Pre-trains an encoder to tell replaced, swapped and inserted words from original ones, with lessons from its own errors.", Citation = "Chen et al. 2023 (Pre-training Language Model as a Multi-perspective Course Learner); Clark et al. 2020", Paper = 26)]
[Version(1)]
public sealed class MultiPerspectiveCourses(MultiPerspectiveCourses.Options options) : IFit<LanguageProblem, LanguageModel>, INeeds<JudgedText>
{
    /// <summary>A perspective.</summary>
    public enum Course
    {
        /// <summary>Tokens that stand where masks stood.</summary>
        Replaced,

        /// <summary>Tokens that stand where tokens of the text were swapped.</summary>
        Swapped,

        /// <summary>Tokens put where none was.</summary>
        Inserted,
    }

    /// <summary>What the discriminator reads when it is asked again.</summary>
    public enum SecondInput
    {
        /// <summary>The original text, but for the tokens that it misjudged.</summary>
        Restored,

        /// <summary>The same text as before.</summary>
        Same,
    }

    /// <summary>Over what the losses of errors are averaged.</summary>
    public enum ErrorMean
    {
        /// <summary>All tokens of the first lesson: an error weighs there and here what any token weighs.</summary>
        Tokens,

        /// <summary>The errors: the fewer there are, the more each weighs.</summary>
        Errors,
    }

    /// <summary>What weights are averaged.</summary>
    public enum Soup
    {
        /// <summary>None.</summary>
        None,

        /// <summary>Those of all ingredients.</summary>
        Uniform,

        /// <summary>Those that better the soup on validation texts, the best ingredient first.</summary>
        Greedy,
    }

    /// <summary>The courses.</summary>
    public sealed record Options
    {
        /// <summary>The perspectives.</summary>
        [Description("What is to be told from the original: replaced: tokens in the place of masks; swapped: tokens where tokens were swapped; inserted: tokens where none was")]
        [Source("replaced, swapped and inserted token detection")]
        public Course[] Courses { get; set; } = [Course.Replaced, Course.Swapped, Course.Inserted];

        /// <summary>Whether there are courses of correction.</summary>
        [Description("Whether generator and discriminator learn again, in the same step, where they erred")]
        [Source("self-correction courses")]
        public bool Correction { get; set; } = true;

        /// <summary>What is read the second time.</summary>
        [Description("What the discriminator reads where it is asked again: restored: the original text but for what it misjudged | same: what it read before; the paper leaves room for both")]
        public SecondInput CorrectionInput { get; set; }

        /// <summary>Over what errors are averaged.</summary>
        [Description("Over what a correction's losses are averaged: tokens: all of the first lesson, so that an error weighs as much as any token | errors: the errors alone, which then outweigh all else while a network is young")]
        public ErrorMean CorrectionMean { get; set; }

        /// <summary>The share of the tokens.</summary>
        [Description("The share of the tokens that each course changes, or adds")]
        [Range(0, 0.5, MinimumIsExclusive = true)]
        [Source("15 % in each course")]
        public double Rate { get; set; } = 0.15;

        /// <summary>The weight of the discriminator.</summary>
        [Description("Weight of the discriminator's losses beside the generator's, λ")]
        [Range(0, 1000)]
        [Source("50, as in ELECTRA")]
        public double Weight { get; set; } = 50;

        /// <summary>The generator's layers.</summary>
        [Description("Layers of the generator, which has the discriminator's width and token vectors; 0: a third of model.layers")]
        [Range(0, 200)]
        [Source("4 layers beside 12")]
        public int GeneratorLayers { get; set; }

        /// <summary>The soup.</summary>
        [Description("Averages the weights of several networks, one for the first course with each other one and one for all, that go on from a common one: none | uniform | greedy: those alone that better the soup on validation texts. Training then takes about twice as long")]
        [Source("course soups")]
        public Soup Soups { get; set; }

        /// <summary>The common beginning of a soup's ingredients.</summary>
        [Description("The share of the epochs that a soup's ingredients have in common, with all courses; each then goes on by itself, the rate anew")]
        [Range(0, 1, MinimumIsExclusive = true, MaximumIsExclusive = true)]
        public double Common { get; set; } = 0.5;
    }

    /// <inheritdoc/>
    public LanguageModel Fit(LanguageProblem problem, Run run)
    {
        if (problem.Model.Base is not null) throw new RequestException("model.base: courses begin at new weights; leave it out");
        if (problem.Model.Architecture != LanguageArchitecture.Decoder) throw new RequestException("model.architecture: the encoder is a single stack that reads in both directions; expected decoder");
        if (options.Courses.Length == 0 || options.Courses.Distinct().Count() < options.Courses.Length) throw new RequestException("method.courses: expected one or several of them, none twice");
        var networks = options.Soups == Soup.None ? Learn(problem, run, New(problem, run), problem.Training.Epochs, options.Courses) : Cook(problem, run);
        return Model(problem, run, networks);
    }

    private static IReadOnlyList<int> Ends(LanguageProblem problem) => problem.Tokenizer.End is { } end ? [end] : [];

    private static LanguageModel Model(LanguageProblem problem, Run run, CourseNetworks networks) =>
        new(problem.Tokenizer, networks.Discriminator, Ends(problem), networks.Summary, run.Threads) { Form = problem.Form, Head = networks.Head, IsBidirectional = true };

    internal CourseNetworks New(LanguageProblem problem, Run run) =>
        run.New("initialisation", () => new CourseNetworks(problem.Model.Plain() with { AdapterRank = 0 }, problem.Tokenizer.Size + problem.FurtherTokens + 1, options.GeneratorLayers > 0 ? options.GeneratorLayers : Math.Max(1, problem.Model.Layers / 3)));

    private CourseNetworks Learn(LanguageProblem problem, Run run, CourseNetworks networks, int epochs, Course[] courses)
    {
        run.Uses(typeof(CourseLoss));
        run.Uses(typeof(LanguageNetwork));
        var loss = new CourseLoss(networks, options with { Courses = courses }, problem.Tokenizer.Size + problem.FurtherTokens, Ends(problem), problem.Model.Length);
        var batches = new SequenceBatches(run, problem.Train, problem.Training.Batch, LanguageArchitecture.Decoder, 0);
        var held = problem.Validation.Count == 0 ? null : Held(problem, run);
        var summary = TrainingLoop.Fit(run, networks, batches, problem.Training with { Epochs = epochs },
            _ => batch => loss.Of([.. batch.Rows.ToArray().Select(i => problem.Train.Of(i).ToArray())], run.Random("courses", batch.Epoch, batch.Number)),
            held is null ? null : () => Validate(problem, run, networks, held));
        networks.Summary = networks.Summary.Epochs.Count == 0 ? summary : networks.Summary.Then(summary);
        return networks;
    }

    private static JudgedTexts Held(LanguageProblem problem, Run run) => JudgedTexts.Of(problem.Validation, Ends(problem), i => run.Random("validation-corruption", i));

    // Among validation texts with random words in the place of some, which are harder to overlook than a generator's.
    private static ValidationScores Validate(LanguageProblem problem, Run run, CourseNetworks networks, JudgedTexts held)
    {
        var model = Model(problem, run, networks);
        var loss = model.Doubts(held.Texts).SelectMany((doubts, i) => doubts.Select((d, t) => SoftPlus(held.Wrong[i][t] ? -d : d))).Average();
        static double SoftPlus(double x) => Math.Max(0, x) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
        return new(held.Detected(model).Average(), loss, "detection");
    }

    // Networks of different courses from a common beginning, and the mean of their weights.
    private CourseNetworks Cook(LanguageProblem problem, Run run)
    {
        if (options.Courses.Length < 2 || problem.Training.Epochs < 2) throw new RequestException("method.soups: a soup needs at least two of method.courses and two of training.epochs");
        var common = Math.Clamp((int)Math.Round(options.Common * problem.Training.Epochs), 1, problem.Training.Epochs - 1);
        CourseNetworks Trained(string name, Course[] courses, CourseNetworks? from) => run.Stage(name, problem.Describe(new JsonObject { ["options"] = Foundation.Options.Resolve(options), ["courses"] = string.Join(' ', courses) }), () =>
        {
            var networks = New(problem, run);
            if (from is null) return Learn(problem, run, networks, common, courses);
            networks.TakeFrom(from);
            networks.Summary = from.Summary;
            return Learn(problem, run, networks, problem.Training.Epochs - common, courses);
        }, stream: from is null ? "" : "ingredient");
        using var beginning = Trained("common", options.Courses, null);
        Course[][] menu = [.. options.Courses.Skip(1).Where(_ => options.Courses.Length > 2).Select(c => (Course[])[options.Courses[0], c]), options.Courses, .. options.Courses.Length > 2 ? [] : new[] { options.Courses[..1] }];
        CourseNetworks[] ingredients = [.. menu.Select(courses => Trained("ingredient", courses, beginning))];
        var soup = New(problem, run);
        soup.TakeMean(options.Soups == Soup.Uniform ? ingredients : Greedy(problem, run, soup, ingredients));
        soup.eval();
        soup.Summary = ingredients[0].Summary with { Seconds = beginning.Summary.Seconds + ingredients.Sum(i => i.Summary.Seconds - beginning.Summary.Seconds) };
        foreach (var ingredient in ingredients) ingredient.Dispose();
        return soup;
    }

    private static List<CourseNetworks> Greedy(LanguageProblem problem, Run run, CourseNetworks soup, CourseNetworks[] ingredients)
    {
        if (problem.Validation.Count == 0) throw new RequestException("method.soups: a greedy soup is tasted on validation texts, and there are none");
        var held = Held(problem, run);
        double Taste(IReadOnlyList<CourseNetworks> of)
        {
            soup.TakeMean(of);
            soup.eval();
            return Validate(problem, run, soup, held).Accuracy;
        }
        var chosen = new List<CourseNetworks>();
        var best = double.NegativeInfinity;
        foreach (var ingredient in ingredients.OrderByDescending(i => Taste([i])))
        {
            var taste = Taste([.. chosen, ingredient]);
            if (taste < best) continue;
            best = taste;
            chosen.Add(ingredient);
        }
        return chosen;
    }
}
