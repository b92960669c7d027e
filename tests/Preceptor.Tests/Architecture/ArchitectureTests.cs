using System.Text.RegularExpressions;
using Preceptor.Catalogue;
using Preceptor.Tests.Packaging;

namespace Preceptor.Tests.Architecture;

/// <summary>The rules of docs/architecture.md that a reader can't be relied on to hold.</summary>
public sealed class ArchitectureTests
{
    private const int LongestFile = 300, Kind = 3;

    private static readonly Dictionary<string, int> Layer = new()
    {
        ["Foundation"] = 0,
        ["Data"] = 1,
        ["Models"] = 1,
        ["Supervision"] = 2,
        ["Objectives"] = 2,
        ["Training"] = 2,
        ["Evaluation"] = 2,
        ["Prediction"] = Kind,
        ["Measurement"] = Kind,
        ["Fields"] = Kind,
        ["Control"] = Kind,
        ["Language"] = Kind,
        ["Ranking"] = Kind,
        ["Reasoning"] = Kind,
        ["Representation"] = Kind,
        ["Catalogue"] = 4,
    };

    /// <summary>The one kind that stands on another: a policy of reasoning is a language model, trained as such.</summary>
    private static readonly (string Own, string Used) StandsOn = ("Reasoning", "Language");

    /// <summary>What methods never do themselves, a pattern that finds it, and the only places that do.</summary>
    public static TheoryData<string, string, string[]> OwnedByTraining => new()
    {
        { "loops over epochs, batches or steps", @"\b(for|while)\s*\((?:[^()]|\([^()]*\))*?\b\w*(epoch|batch|step)|\bforeach\s*\((?:[^()]|\([^()]*\))*?\b\w*(epoch|batch)|Range\([^)]*(epoch|batch)", ["Preceptor/Training/", "Preceptor/Prediction/PredictionBatch.cs", "Preceptor/Fields/FieldBatch.cs", "Preceptor/Control/GoalBatch.cs", "Preceptor/Control/GoalSequenceBatch.cs", "Preceptor/Control/SceneBatch.cs", "Preceptor/Control/TransitionBatch.cs", "Preceptor/Control/WindowBatch.cs", "Preceptor/Language/CurriculumBatches.cs", "Preceptor/Ranking/TermPairBatch.cs", "Preceptor/Ranking/RankingBatch.cs", "Preceptor/Language/DenoisingBatches.cs"] },
        { "gradient steps", @"\.backward\(|\bautograd\b|torch\.optim|Optimiser\.Create|ZeroGrad|zero_grad|lr_scheduler", ["Preceptor/Training/", "Preceptor/Fields/LeastSquaresLayer.cs"] },
        { "dispose scopes", "NewDisposeScope|DisposeScopeManager", ["Preceptor/Foundation/", "Preceptor/Models/", "Preceptor/Training/", "Preceptor/Fields/Field.cs", "Preceptor/Control/Policy.cs", "Preceptor/Control/DiffusionPolicy.cs", "Preceptor/Control/NoiseNetwork.cs", "Preceptor/Fields/LeastSquaresLayer.cs", "Preceptor/Ranking/Ranker.cs", "Preceptor/Ranking/TopicEncoder.cs", "Preceptor/Representation/TrainedEncoder.cs"] },
        { "progress", @"\bTrainingProgress\b|\.Progress\b|\bConsole\.", ["Preceptor/Foundation/", "Preceptor/Training/"] },
        { "checkpoints", @"Checkpoint\(|\bSafePoint\(|FinishRestoring\(", ["Preceptor/Foundation/", "Preceptor/Training/", "Preceptor.Baselines/PlainTraining.cs"] },
        { "shuffles", @"\bShuffle\b|\bPermutation\(|\bPrefetch\b", ["Preceptor/Foundation/", "Preceptor/Data/", "Preceptor/Training/", "Preceptor/Prediction/PredictionBatch.cs", "Preceptor/Control/ControlData.cs", "Preceptor/Control/BuiltIn/", "Preceptor/Reasoning/ReasoningData.cs", "Preceptor/Reasoning/WorkedSolutions.cs", "Preceptor/Reasoning/DrawnSolutions.cs", "Preceptor/Reasoning/BuiltIn/", "Preceptor/Fields/FieldBatch.cs", "Preceptor/Control/GoalBatch.cs", "Preceptor/Control/SceneBatch.cs", "Preceptor/Control/TransitionBatch.cs", "Preceptor/Control/WindowBatch.cs", "Preceptor/Language/CurriculumBatches.cs", "Preceptor/Language/TrainingCurriculum.cs", "Preceptor/Language/LanguageData.cs", "Preceptor/Language/BuiltIn/", "Preceptor/Prediction/BuiltIn/", "Preceptor/Measurement/BuiltIn/", "Preceptor/Fields/FieldStates.cs", "Preceptor/Fields/FieldData.cs", "Preceptor/Fields/FieldConstraint.cs", "Preceptor/Ranking/TermPairBatch.cs", "Preceptor/Ranking/BiEncoder.cs", "Preceptor/Ranking/RankingBatch.cs", "Preceptor/Ranking/RankingCollection.cs", "Preceptor/Ranking/BuiltIn/", "Preceptor/Representation/ViewBatch.cs", "Preceptor/Representation/EncoderScores.cs", "Preceptor/Representation/ColumnMasks.cs"] },
        { "torch's own generator", @"manual_seed", ["Preceptor/Training/", "Preceptor/Prediction/PredictionTraining.cs", "Preceptor/Fields/FieldTraining.cs", "Preceptor/Control/GoalTraining.cs", "Preceptor/Language/LanguageTraining.cs", "Preceptor/Ranking/BiEncoder.cs", "Preceptor/Ranking/RankingTraining.cs", "Preceptor/Ranking/TopicEncoder.cs", "Preceptor/Representation/ContrastiveTraining.cs", "Preceptor/Representation/ColumnTraining.cs"] },
        { "tensors without a version", "inference_mode", [] },
    };

    [Fact]
    public void Arrows_point_down()
    {
        var wrong = from file in Sources.All
                    let match = Regex.Match(file, "^src/Preceptor/([A-Za-z]+)/")
                    where match.Success
                    let own = match.Groups[1].Value
                    from used in Regex.Matches(Sources.Read(file), @"\bPreceptor\.([A-Z][A-Za-z]+)").Select(m => m.Groups[1].Value).Distinct()
                    where Layer.ContainsKey(used) && used != own && (own, used) != StandsOn && (Layer[used] > Layer[own] || Layer[used] == Kind && Layer[own] == Kind)
                    select $"{file} uses {used}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_folder_of_the_library_has_its_layer() =>
        Assert.Equal(Layer.Keys.Order(StringComparer.Ordinal), Directory.GetDirectories(Path.Combine(Checkout.Root, "src", "Preceptor")).Select(d => Path.GetFileName(d)).Where(d => d is not ("bin" or "obj") && Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src", "Preceptor", d), "*.cs", SearchOption.AllDirectories).Any()).Order(StringComparer.Ordinal));

    [Fact]
    public void No_source_file_is_longer_than_it_should_be() =>
        Assert.Empty(Sources.All.Select(f => (File: f, Lines: Sources.Read(f).Count(c => c == '\n'))).Where(f => f.Lines > LongestFile).Select(f => $"{f.File}: {f.Lines} lines"));

    [Theory, MemberData(nameof(OwnedByTraining))]
    public void What_training_does_is_done_nowhere_else(string what, string pattern, string[] owners)
    {
        Assert.DoesNotContain(Sources.OfMethods, method => owners.Any(owner => method.StartsWith("src/" + owner, StringComparison.Ordinal)));
        var wrong = Sources.All.Where(f => f.StartsWith("src/Preceptor/", StringComparison.Ordinal) || f.StartsWith("src/Preceptor.Baselines/", StringComparison.Ordinal))
            .Where(f => !owners.Any(owner => f.StartsWith("src/" + owner, StringComparison.Ordinal)))
            .Select(f => (File: f, Match: Regex.Match(Sources.Code(f), pattern, RegexOptions.IgnoreCase)))
            .Where(f => f.Match.Success).Select(f => $"{what}: {f.File}: {f.Match.Value}");
        Assert.Equal("", string.Join('\n', wrong)); // a collection's items would be cut short
    }

    [Fact]
    public void Every_method_has_a_file_of_its_name() =>
        Assert.Equal(MethodCatalogue.All.Select(m => m.Type.Name + ".cs").Order(StringComparer.Ordinal), Sources.OfMethods.Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));

    [Fact]
    public void Convolutions_are_created_in_one_place() =>
        Assert.Equal(["src/Preceptor/Models/Convolution.cs"], Sources.All.Where(f => Sources.Read(f).Contains("nn.Conv2d(", StringComparison.Ordinal)));

    [Fact]
    public void Nothing_draws_from_a_generator_of_its_own() =>
        Assert.DoesNotContain(Sources.All, f => Regex.IsMatch(Sources.Read(f), @"new Random\(|Random\.Shared|Guid\.NewGuid"));
}
