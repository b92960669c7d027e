using Preceptor.Models;
using static TorchSharp.torch;

namespace Preceptor.Tests.Models.Language;

/// <summary>Networks read from Qwen2's files against the numbers of the published implementation.</summary>
public sealed class QwenGoldenTests
{
    private static readonly string[] Files = ["67-qwen2.5-tied.json", "67-qwen2.5-untied-sharded.json", "67-qwen2.5-bf16.json", "67-qwen2.5-yarn.json"];

    public static TheoryData<string, string> Cases()
    {
        var all = new TheoryData<string, string>();
        foreach (var file in Files)
            foreach (var name in Goldens.Names(file)) all.Add(file, name.Data);
        return all;
    }

    private static string Folder(GoldenCase golden) => Path.Combine(Goldens.Root, golden.Setting("model_dir").Text);

    private static Tensor Ids(GoldenCase golden, string name = "input_ids") => tensor([.. golden.Input(name).Doubles.Select(d => (long)d)], golden.Input(name).Shape);

    private static double[] Numbers(Tensor tensor) => [.. tensor.to(ScalarType.Float64).contiguous().data<double>()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_answers_as_published(string file, string name)
    {
        var golden = Goldens.Case(file, name);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (golden.HasOutput("inv_freq")) Frequencies(golden);
        else
        {
            var (network, _) = LanguageCheckpoint.Read(Folder(golden));
            using (network)
            {
                if (golden.HasOutput("generated_ids")) Greedy(golden, network);
                else if (golden.HasInput("attention_mask")) Padded(golden, network);
                else foreach (var isPlain in new[] { false, true }) Sequence(golden, network, isPlain);
            }
        }
    }

    private static void Sequence(GoldenCase golden, LanguageNetwork network, bool isPlain)
    {
        var ids = Ids(golden);
        var inputs = new List<Tensor>();
        var features = network.Features(network.Embed(ids), TransformerPass.Causal with { IsPlain = isPlain }, (_, entering) => inputs.Add(entering));
        var logits = network.Logits(features)[0];
        if (golden.HasOutput("logits"))
        {
            golden.AssertClose("logits", Numbers(logits));
            for (var layer = 0; layer < inputs.Count; layer++) golden.AssertClose($"hidden_in_layer_{layer}", Numbers(inputs[layer]));
            golden.AssertClose("hidden_after_final_norm", Numbers(features));
            return;
        }
        golden.AssertClose("last_logits", Numbers(logits[-1]));
        golden.AssertClose("logsumexp_per_position", Numbers(logits.logsumexp(1)));
        golden.AssertClose("argmax_per_position", Numbers(logits.argmax(1)));
        var next = nn.functional.log_softmax(logits, 1).narrow(0, 0, logits.shape[0] - 1).gather(1, ids[0].narrow(0, 1, logits.shape[0] - 1).unsqueeze(1));
        golden.AssertClose("next_token_logprob", Numbers(next));
    }

    private static void Padded(GoldenCase golden, LanguageNetwork network)
    {
        var mask = Ids(golden, "attention_mask");
        var logits = network.Logits(network.Features(Ids(golden), TransformerPass.Causal with { Real = mask }));
        golden.AssertClose("last_logits", Numbers(logits.select(1, logits.shape[1] - 1)));
        golden.AssertClose("argmax_per_position_masked_minus1", Numbers(logits.argmax(2) * mask - (1 - mask)));
    }

    private static void Greedy(GoldenCase golden, LanguageNetwork network)
    {
        int[] prompt = [.. golden.Input("input_ids").Doubles.Select(d => (int)d)];
        var made = new TextGenerator(network, [], network.Vocabulary, 0).Generate([prompt], new() { MaxTokens = golden.Setting("new_tokens").Integer })[0][0];
        golden.AssertClose("generated_ids", [.. made.Tokens.Select(t => (double)t)]);
        // The same without a cache, and the log-probabilities by a pass over all tokens.
        var all = tensor([.. prompt.Concat(made.Tokens).Select(t => (long)t)]).unsqueeze(0);
        var log = nn.functional.log_softmax(network.Logits(network.Features(all, TransformerPass.Causal))[0], 1);
        for (var i = 0; i < made.Tokens.Count; i++)
        {
            Assert.Equal(made.Tokens[i], log[prompt.Length - 1 + i].argmax().item<long>());
            Assert.Equal(log[prompt.Length - 1 + i, made.Tokens[i]].item<float>(), made.LogProbabilities[i], 4e-5);
        }
    }

    private static void Frequencies(GoldenCase golden)
    {
        double Or(string name, double otherwise) => golden.HasSetting(name) ? golden.Setting(name).Number : otherwise;
        var (frequencies, scale) = RotaryPositions.Stretched(golden.Setting("head_dim").Integer, golden.Setting("rope_theta").Number, golden.Setting("original_max_position_embeddings").Integer, golden.Setting("factor").Number, Or("beta_fast", 32), Or("beta_slow", 1));
        golden.AssertClose("inv_freq", [.. frequencies.Select(f => (double)f)]);
        golden.AssertClose("attention_scaling_on_cos_and_sin", [Or("attention_factor", scale)]);
    }

    [Theory]
    [InlineData("qwen2-tiny-tied")]
    [InlineData("qwen2-tiny-untied-sharded")]
    [InlineData("qwen2-tiny-yarn")]
    public void Saved_and_loaded_it_is_the_same_bit_for_bit(string name)
    {
        if (Goldens.Cases(Files[0]).Count == 0) return;
        var folder = Directory.CreateTempSubdirectory("preceptor-qwen-").FullName;
        try
        {
            var (network, configuration) = LanguageCheckpoint.Read(Path.Combine(Goldens.Root, name));
            LanguageCheckpoint.Write(network, folder, configuration.EndTokens, 317);
            var (again, same) = LanguageCheckpoint.Read(folder);
            using var scope = NewDisposeScope();
            foreach (var (key, value) in network.state_dict()) Assert.True(value.bytes.SequenceEqual(again.state_dict()[key].bytes), key);
            Assert.Equal(configuration.Options with { HeadWidth = configuration.Options.HeadSize }, same.Options);
            Assert.Equal(configuration.EndTokens, same.EndTokens);
            network.Dispose();
            again.Dispose();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
