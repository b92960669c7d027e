using CsCheck;
using Preceptor.Control;
using Preceptor.Control.BuiltIn;
using Preceptor.Control.Household;
using Preceptor.Foundation;
using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Tests.Control;

/// <summary>Networks that read scenes: what they see, what they do not, and how an action is chosen.</summary>
public sealed class SceneNetworkTests
{
    private static readonly SceneForm Form = HouseholdNames.Form;

    private static readonly SceneTokens Words = SceneTokens.Of(Form, null);

    private static readonly EpisodeLog Log = HouseholdProblem.Demonstrate(6, 3, new HouseholdTasks(HouseholdTasks.AllPairs));

    private static PolicyModelOptions Small(SceneReader reader) => new() { Width = 16, Layers = 1, Scene = new() { Layers = 1, Width = 16, Heads = 2, Reader = reader, InitialDeviation = 0.3 } };

    private static SceneNetwork Network(SceneReader reader)
    {
        manual_seed(1);
        return new(Small(reader), Form, Words);
    }

    private static SceneBatch Batch(float[][] scenes, int width = 0)
    {
        var batch = new SceneBatch(Form, Words, scenes.Length);
        for (var row = 0; row < scenes.Length; row++) batch.Set(row, scenes[row]);
        batch.Pad(width);
        return batch;
    }

    private static float[][] Scenes(int count) => [.. Enumerable.Range(0, count).Select(i => Log.Seen(7 * i % Log.Steps).ToArray())];

    private static (float[] Verbs, float[] Slots) Scores(SceneNetwork network, SceneBatch batch)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (verbs, slots) = network.Scores(batch);
        return (verbs.data<float>().ToArray(), slots.data<float>().ToArray());
    }

    [Theory, InlineData(SceneReader.Transformer), InlineData(SceneReader.Lstm), InlineData(SceneReader.Pooled)]
    public void Padding_changes_nothing_and_what_is_not_seen_is_never_chosen(SceneReader reader)
    {
        using var network = Network(reader);
        var scenes = Scenes(4);
        var (verbs, slots) = Scores(network, Batch(scenes));
        var padded = Scores(network, Batch(scenes, width: 55));
        for (var i = 0; i < verbs.Length; i++) Assert.Equal(verbs[i], padded.Verbs[i], 1e-4);
        for (var row = 0; row < 4; row++)
            for (var slot = 0; slot < Form.Slots; slot++)
            {
                var (one, other) = (slots[row * Form.Slots + slot], padded.Slots[row * Form.Slots + slot]);
                if (Form.Name(scenes[row], slot).Length > 0) Assert.Equal(one, other, 1e-3);
                else Assert.True(one == -1e9f && other == -1e9f, $"{one} {other}");
            }
    }

    [Fact]
    public void A_scene_that_is_all_padding_is_a_number_still()
    {
        using var network = Network(SceneReader.Transformer);
        var (verbs, slots) = Scores(network, Batch([new float[Form.Size], Scenes(1)[0]]));
        Assert.All(verbs.Concat(slots), v => Assert.True(float.IsFinite(v)));
    }

    [Fact]
    public void What_a_causal_network_sees_of_later_objects_is_nothing_and_of_the_goal_all()
    {
        // Objects stand in the order of their slots, with positions: moving one changes what later ones see, never what earlier ones do.
        using var network = Network(SceneReader.Transformer);
        var (scene, other, asked) = (Scenes(1)[0], Scenes(1)[0], Scenes(1)[0]);
        int[] seen = [.. Enumerable.Range(0, Form.Slots).Where(slot => Form.Name(scene, slot).Length > 0)];
        var last = seen[^1];
        other[last * Form.SlotSize + 2] = 1 - other[last * Form.SlotSize + 2];
        asked[Form.Size - Form.GoalWords + 2] = asked[Form.Size - Form.GoalWords + 2] == 11 ? 12 : 11;
        float[][] features = [.. new[] { scene, other, asked }.Select(s => Features(network, s))];
        var width = features[0].Length / Form.Slots;
        foreach (var slot in seen)
        {
            float[] Of(int which) => features[which][(slot * width)..((slot + 1) * width)];
            Assert.Equal(slot != last, Of(0).SequenceEqual(Of(1)));
            Assert.False(Of(0).SequenceEqual(Of(2)));
        }
    }

    [Fact]
    public void A_pooled_network_does_not_know_an_order_of_objects()
    {
        using var network = Network(SceneReader.Pooled);
        var scene = Scenes(1)[0];
        int[] seen = [.. Enumerable.Range(0, Form.Slots).Where(slot => Form.Name(scene, slot).Length > 0)];
        var (first, second, swapped) = (seen[4], seen[^1], scene.ToArray());
        Form.Slot(scene, second).CopyTo(swapped.AsSpan(first * Form.SlotSize));
        Form.Slot(scene, first).CopyTo(swapped.AsSpan(second * Form.SlotSize));
        var (one, other) = (Scores(network, Batch([scene])), Scores(network, Batch([swapped])));
        for (var i = 0; i < one.Verbs.Length; i++) Assert.Equal(one.Verbs[i], other.Verbs[i], 1e-4);
        Assert.Equal(one.Slots[first], other.Slots[second], 1e-3);
        Assert.Equal(one.Slots[second], other.Slots[first], 1e-3);
    }

    [Fact]
    public void The_loss_of_knowing_nothing_is_half_the_logarithms_of_verbs_and_things_seen()
    {
        using var scope = NewDisposeScope();
        using var network = Network(SceneReader.Transformer);
        using (no_grad())
            foreach (var (name, parameter) in network.named_parameters())
                if (name.StartsWith("action", StringComparison.Ordinal) || name.StartsWith("verb", StringComparison.Ordinal)) parameter.zero_();
        var scene = Log.Seen(0).ToArray();
        var batch = Batch([scene]);
        batch.Choose(0, 0, Log.Actions.AsSpan(0, 2));
        var seen = Enumerable.Range(0, Form.Slots).Count(slot => Form.Name(scene, slot).Length > 0);
        Assert.Equal((Math.Log(5) + Math.Log(seen)) / 2, network.Loss(batch).item<float>(), 1e-5);
    }

    [Theory, InlineData(SceneReader.Transformer), InlineData(SceneReader.Lstm), InlineData(SceneReader.Pooled)]
    public void Everything_learns(SceneReader reader)
    {
        using var scope = NewDisposeScope();
        using var network = Network(reader);
        var batch = Batch(Scenes(8));
        for (var row = 0; row < 8; row++) batch.Choose(row, row, Log.Actions.AsSpan(2 * (7 * row % Log.Steps), 2));
        network.Loss(batch).backward();
        Assert.All(network.named_parameters(), p => Assert.True(p.parameter.grad is { } g && g.abs().sum().item<float>() > 0, p.name));
        Assert.Equal(reader == SceneReader.Transformer, network.state_dict().ContainsKey("transformer.layers.0.self_attn.q_proj.weight"));
    }

    [Fact]
    public void A_word_of_several_tokens_is_each_in_a_goal_and_their_mean_in_a_name()
    {
        // Letters as tokens: what a tokenizer of parts of words does.
        var letters = SceneTokens.Of(Form, new CharacterTokenizer(string.Concat(string.Concat(Form.Words).Append(' ').Distinct())));
        Assert.Equal(" kitchen".Length, letters.OfWords[0].Length);
        Assert.Equal(letters.Count, letters.OfWords.SelectMany(t => t).Distinct().Count());
        manual_seed(1);
        using var network = new SceneNetwork(Small(SceneReader.Transformer), Form, letters);
        var batch = new SceneBatch(Form, letters, 2);
        var scenes = Scenes(2);
        for (var row = 0; row < 2; row++) batch.Set(row, scenes[row]);
        batch.Pad();
        Assert.All(Scores(network, batch).Verbs, v => Assert.True(float.IsFinite(v)));
        using var scope = NewDisposeScope();
        var (tokens, weights) = batch.Names();
        Assert.Equal(Enumerable.Range(0, Form.Slots).Select(slot => Form.Name(scenes[0], slot).Length > 0 ? 1f : 0), weights.select(0, 0).sum(1).flatten().data<float>().ToArray().Select(v => MathF.Round(v, 4)));
        Assert.Equal(letters.Most, tokens.shape[2]);
        Assert.Contains("does not know 'bedroom', a word of the scenes", Assert.Throws<RequestException>(() => SceneTokens.Of(Form, new WordTokenizer(["kitchen"], unknown: true))).Message, StringComparison.Ordinal);
        Assert.Contains("does not know 'bedroom', a word of the scenes", Assert.Throws<RequestException>(() => SceneTokens.Of(Form, new WordTokenizer(["kitchen"]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_action_is_the_likeliest_where_that_can_be_done_and_else_drawn_from_those_that_can() =>
        Gen.Select(Gen.ULong, Gen.Double[0, 1], Gen.Int[0, 300]).Sample((seed, even, at) =>
        {
            var (scene, random) = (Log.Seen(at % (Log.Steps + Log.Count)).ToArray(), RandomStream.Of(seed, "scores"));
            float[] verbs = [.. Enumerable.Range(0, 5).Select(_ => -4 * (float)random.NextDouble())], slots = [.. Enumerable.Range(0, Form.Slots).Select(_ => -4 * (float)random.NextDouble())];
            var (verb, slot) = ScenePolicy.Choose(Form, verbs, slots, scene, SceneActing.Drawn, even);
            Assert.True(Form.IsPossible(scene, verb, slot));
            // By the inverse of the distribution function, in the order of slots and verbs.
            var pairs = Form.Possible(scene).ToArray();
            double Mass(IEnumerable<(int Verb, int Slot)> of) => of.Sum(p => Math.Exp((double)verbs[p.Verb] + slots[p.Slot]));
            var below = Mass(pairs.TakeWhile(p => p != (verb, slot))) / Mass(pairs);
            Assert.InRange(even, below - 1e-9, below + Mass([(verb, slot)]) / Mass(pairs) + 1e-9);
            var likeliest = (verbs.IndexOf(verbs.Max()), slots.IndexOf(slots.Max()));
            var chosen = ScenePolicy.Choose(Form, verbs, slots, scene, SceneActing.Likeliest, even);
            Assert.Equal(Form.IsPossible(scene, likeliest.Item1, likeliest.Item2) ? likeliest : (verb, slot), chosen);
        });

    private static float[] Features(SceneNetwork network, float[] scene)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return network.Read(Batch([scene])).Objects.contiguous().data<float>().ToArray();
    }
}
