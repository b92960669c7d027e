using Preceptor.Control;
using Preceptor.Control.BuiltIn;
using Preceptor.Control.Household;
using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;

namespace Preceptor.Tests.Control;

/// <summary>Policies that begin as language models: what they take over, what they learn, what they equal, and what stops them.</summary>
public sealed class LanguageInitialisationTests
{
    private static readonly SceneForm Form = HouseholdNames.Form;

    internal static ControlProblem Household(int episodes = 12, int epochs = 2, int sentences = 300, HouseholdText text = HouseholdText.Sentences)
    {
        var options = new HouseholdProblem.Options { Episodes = episodes, Sentences = sentences, Text = text };
        var (train, validation, _) = HouseholdProblem.Draw(options, 1);
        return new("household", train, validation)
        {
            Scene = Form,
            Texts = HouseholdProblem.Texts(options, 1),
            Practice = HouseholdProblem.Practice(options, 1),
            Model = new() { Width = 16, Layers = 1, Scene = new() { Layers = 1, Width = 16, Heads = 2 } },
            Training = new() { Epochs = epochs, Batch = 32, Rate = 0.005, Clip = 1 },
        };
    }

    private static LanguageInitialisation.Options Short => new() { PretrainingEpochs = 1 };

    internal static float[] Actions(Policy policy, ControlProblem problem)
    {
        var log = problem.Demonstrations.Log;
        var (rows, actions) = (log.Observations[..(60 * Form.Size)], new float[120]);
        policy.Act(rows, actions);
        for (var i = 0; i < 60; i++)
            if (Form.Possible(rows.AsMemory(i * Form.Size, Form.Size)).ToArray() is { Length: > 0 } possible) Assert.Contains(((int)actions[2 * i], (int)actions[2 * i + 1]), possible);
        return actions;
    }

    internal static Policy Fit(ControlProblem problem, LanguageInitialisation.Options options)
    {
        using var run = new Run(new RunSettings());
        return new LanguageInitialisation(options).Fit(problem, run);
    }

    private static double Loss(Policy policy) => policy.Training.Epochs[^1].Loss;

    [Fact]
    public void With_drawn_weights_it_is_cloning_to_the_bit_and_words_are_told_from_each_other()
    {
        var problem = Household();
        using var run = new Run(new RunSettings());
        using var cloned = new BehaviourCloning(new()).Fit(problem, run);
        using var drawn = Fit(problem, new() { Start = TransformerStart.Random });
        using var begun = Fit(problem, Short);
        Assert.Equal(Actions(cloned, problem), Actions(drawn, problem));
        Assert.Equal(cloned.Training.Epochs.Select(e => e.Loss), drawn.Training.Epochs.Select(e => e.Loss));
        Assert.NotEqual(Loss(drawn), Loss(begun));
    }

    [Fact]
    public void It_learns_and_a_language_model_makes_that_easier()
    {
        var problem = Household(episodes: 60, epochs: 5, sentences: 2000);
        using var drawn = Fit(problem, new() { Start = TransformerStart.Random });
        using var begun = Fit(problem, new() { PretrainingEpochs = 3, PretrainingRate = 0.01 });
        Assert.True(Loss(begun) < 0.9 * begun.Training.Epochs[0].Loss, $"{Loss(begun)}");
        Assert.True(Loss(begun) < Loss(drawn), $"{Loss(begun)} {Loss(drawn)}");
        Pin(1.61185, drawn.Training.Epochs[0].Loss, 0.003);
        Pin(1.63826, begun.Training.Epochs[0].Loss, 0.01);
        Pin(1.24285, Loss(begun), 0.03);
        static void Pin(double expected, double loss, double share) => Assert.True(Math.Abs(loss - expected) < share * Math.Abs(expected), $"the loss is {loss:R}, pinned {expected:R}: if the algorithm changed, raise its version");
    }

    [Fact]
    public void It_takes_over_a_language_models_layers_and_words_and_frozen_ones_stay()
    {
        var problem = Household();
        using var run = new Run(new RunSettings());
        using var language = run.Language(problem, Short)!;
        float[] Of(SceneNetwork network, string name) => network.state_dict()[name].data<float>().ToArray();
        TorchSharp.torch.manual_seed(1);
        var tokens = SceneTokens.Of(Form, language.Tokenizer);
        using var network = new SceneNetwork(problem.Model, Form, tokens);
        network.Begin(language.Network, tokens, hasWords: true, isFrozen: true);
        var weights = language.Network.Weights();
        Assert.Equal(weights["model.layers.0.mlp.up_proj.weight"], Of(network, "transformer.layers.0.mlp.up_proj.weight"));
        var fridge = language.Tokenizer.Find("fridge")!.Value;
        var word = Form.Words.ToList().IndexOf("fridge");
        foreach (var table in new[] { "goal-words", "history-words", "name-words" })
            Assert.Equal(weights["model.embed_tokens.weight"].AsSpan(16 * fridge, 16).ToArray(), Of(network, $"{table}.weight").AsSpan(16 * word, 16).ToArray());
        Assert.All(network.named_parameters(), p => Assert.Equal(!p.name.StartsWith("transformer", StringComparison.Ordinal), p.parameter.requires_grad));
        using var frozen = Fit(problem, Short with { Frozen = true });
        using var indices = Fit(problem with { Model = problem.Model with { Scene = problem.Model.Scene with { Names = SceneNames.Indices } } }, Short);
        using var free = Fit(problem, Short);
        var folder = Directory.CreateTempSubdirectory("preceptor-policy-").FullName;
        try
        {
            frozen.Save(folder);
            Assert.Equal(weights["model.layers.0.mlp.up_proj.weight"], State.Load(Path.Combine(folder, "policy.safetensors")).ReadArray<float>("transformer.layers.0.mlp.up_proj.weight"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        Assert.Equal(3, new[] { Loss(frozen), Loss(indices), Loss(free) }.Distinct().Count());
    }

    [Fact]
    public void A_language_model_from_a_folder_brings_its_sizes_and_texts_are_not_needed()
    {
        var problem = Household();
        using var run = new Run(new RunSettings());
        var folder = Directory.CreateTempSubdirectory("preceptor-language-").FullName;
        try
        {
            using (var language = run.Language(problem, Short)!) language.Save(folder);
            var other = problem with { Texts = null, Model = problem.Model with { Scene = problem.Model.Scene with { Width = 24, Layers = 2 } } };
            using var based = Fit(other, new() { Base = folder });
            using var trained = Fit(problem, Short);
            Assert.Equal(Actions(trained, problem), Actions(based, problem));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory, InlineData(SceneReader.Transformer), InlineData(SceneReader.Lstm), InlineData(SceneReader.Pooled)]
    public void It_reads_back_to_the_bit_whatever_reads_and_no_neighbour_matters(SceneReader reader)
    {
        var problem = Household(epochs: 1);
        problem = problem with { Model = problem.Model with { Scene = problem.Model.Scene with { Reader = reader, Acting = SceneActing.Drawn } } };
        using var policy = Fit(problem, new() { Start = TransformerStart.Random });
        var folder = Directory.CreateTempSubdirectory("preceptor-policy-").FullName;
        try
        {
            policy.Save(folder);
            using var read = Policy.Load(folder);
            var actions = Actions(policy, problem);
            Assert.Equal(actions, Actions(read, problem));
            var alone = new float[2];
            read.Act(problem.Demonstrations.Log.Seen(33), alone);
            Assert.Equal(actions[66..68], alone);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Stopped_at_any_step_and_continued_it_ends_with_the_same_bits_and_memory_stays_flat()
    {
        var problem = Household(epochs: 11);
        var tensors = LiveTensors.Count();
        float[] unbroken;
        using (var run = new Run(new RunSettings { AtSafePoint = () => tensors.Add(torch.Tensor.TotalCount) }))
        using (var policy = new LanguageInitialisation(Short).Fit(problem, run)) unbroken = Actions(policy, problem);
        Assert.True(tensors.Count > 30 && tensors[^1] <= tensors[^20], $"{tensors.Count} steps, {tensors[^1] - tensors[^20]} more tensors after 19 of them");
        Interruptions.Outlast(11, run =>
        {
            using var policy = run.Stage("lid", problem.Describe(), () => new LanguageInitialisation(Short).Fit(problem, run));
            Assert.Equal(unbroken, Actions(policy, problem));
        });
    }

    [Fact]
    public void What_cannot_be_is_said_before_anything_is_trained()
    {
        var problem = Household(text: HouseholdText.None);
        void Says(string message, ControlProblem of, LanguageInitialisation.Options options) => Assert.Contains(message, Assert.Throws<RequestException>(() => Fit(of, options)).Message, StringComparison.Ordinal);
        Says("household offers no texts to train a language model on", problem, Short);
        Says("drawn weights that never learn", problem, new() { Start = TransformerStart.Random, Frozen = true });
        Says("method.base: nowhere has no language model", problem, new() { Base = "nowhere" });
        var recurrent = problem with { Model = problem.Model with { Scene = problem.Model.Scene with { Reader = SceneReader.Lstm } } };
        Says("lstm cannot begin as a language model; expected random", recurrent, Short);
        var few = problem with { Model = problem.Model with { Scene = problem.Model.Scene with { Positions = PositionKind.Learned, Length = 30 } } };
        Says("learned 30 positions, and a scene of household may take 55; raise model.scene.length", few, new() { Start = TransformerStart.Random });
        var demonstrations = problem.Demonstrations;
        ControlProblem Wrong(Action<float[], float[]> change)
        {
            var log = demonstrations.Log with { Actions = [.. demonstrations.Log.Actions], Observations = [.. demonstrations.Log.Observations] };
            change(log.Observations, log.Actions);
            return problem with { Demonstrations = demonstrations with { Log = log } };
        }
        var unseen = Enumerable.Range(0, Form.Slots).First(slot => Form.Name(demonstrations.Log.Seen(0), slot).Length == 0);
        var random = new LanguageInitialisation.Options { Start = TransformerStart.Random };
        Says($"household: action 0 is done on slot {unseen}, where nothing is seen", Wrong((_, actions) => actions[1] = unseen), random);
        Says("household: action 1 is (7, 0); expected a verb from 0 to 4", Wrong((_, actions) => (actions[2], actions[3]) = (7, 0)), random);
        Says("household: before action 0, a word is 99; expected a whole number from 0 to", Wrong((seen, _) => seen[Form.Size - Form.GoalWords] = 99), random);
    }
}
