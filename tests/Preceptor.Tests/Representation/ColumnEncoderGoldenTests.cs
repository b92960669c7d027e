using Preceptor.Representation;
using TorchSharp;

namespace Preceptor.Tests.Representation;

/// <summary>The parts of T-JEPA against the published program.</summary>
public sealed class ColumnEncoderGoldenTests
{
    private const string File = "48-t-jepa.json";

    private static TheoryData<string> Of(string prefix) => [.. Goldens.Names(File).Where(n => n.Data.StartsWith(prefix, StringComparison.Ordinal) || n.Data.StartsWith('('))];

    public static TheoryData<string> Sizes => Of("sizes");

    public static TheoryData<string> Masks => Of("masks");

    public static TheoryData<string> PositionCases => Of("posenc");

    public static TheoryData<string> Tokenizers => Of("tokenizer");

    public static TheoryData<string> Encoders => Of("encoder");

    public static TheoryData<string> Predictors => Of("predictor");

    private static torch.Tensor Tensor(GoldenValue value) => torch.tensor(value.Floats.Select(f => (double)f).ToArray(), value.Shape);

    private static void Close(GoldenCase golden, string output, torch.Tensor actual) => golden.AssertClose(output, actual.detach().to_type(torch.ScalarType.Float64).contiguous().data<double>().ToArray());

    private static void Load(torch.nn.Module module, GoldenCase golden, Func<string, string> published)
    {
        using var noGradient = torch.no_grad();
        module.to(torch.float64);
        foreach (var (name, parameter) in module.named_parameters()) parameter.copy_(Tensor(golden.Input(published(name))));
    }

    // Columns as encoded rows have them: numbers, then one-hot categories.
    private static (ColumnLayout Layout, torch.Tensor Rows) Rows(torch.Tensor numbers, torch.Tensor? categories, int[] cardinalities)
    {
        var (at, places) = ((int)numbers.shape[1], new List<(int, int)>());
        var parts = new List<torch.Tensor> { numbers };
        for (var c = 0; c < cardinalities.Length; c++)
        {
            places.Add((at, cardinalities[c]));
            at += cardinalities[c];
            parts.Add(torch.nn.functional.one_hot(categories!.select(1, c).to_type(torch.int64), cardinalities[c]).to_type(torch.float64));
        }
        return (new([.. Enumerable.Range(0, (int)numbers.shape[1])], [.. places]), torch.cat([.. parts], 1));
    }

    private static int[] Cardinalities(GoldenCase golden) => [.. golden.Setting("cardinalities").Json.EnumerateArray().Select(c => c.GetInt32())];

    [Theory, MemberData(nameof(Sizes))]
    public void Sizes_are_drawn_as_published(string name)
    {
        var golden = Goldens.Case(File, name);
        var columns = golden.Setting("D").Integer;
        var bounds = ColumnBounds.Of(columns, golden.Setting("min_context").Number, golden.Setting("max_context").Number, golden.Setting("min_target").Number, golden.Setting("max_target").Number);
        Assert.Equal(new ColumnBounds(golden.Output("context_lo").Integer, golden.Output("context_hi").Integer, golden.Output("target_lo").Integer, golden.Output("target_hi").Integer), bounds);
        var (stream, used) = (golden.Input("u").Doubles, 0);
        Assert.Equal((golden.Output("n_context").Integer, golden.Output("n_target").Integer), bounds.Draw(columns, golden.Setting("num_encs").Integer, () => stream[used++]));
        Assert.Equal(golden.Output("draws_used").Integer, used);
    }

    [Theory, MemberData(nameof(Masks))]
    public void Masks_are_drawn_as_published(string name)
    {
        var golden = Goldens.Case(File, name);
        var sets = golden.Setting("n_pred").Integer;
        foreach (var (aliased, output) in new[] { (true, "targets_official"), (false, "targets_fixed") })
        {
            var shuffles = new Queue<int[]>(Enumerable.Range(0, sets).Select(s => golden.Input($"perm_target{s}").Ints).Prepend(golden.Input("perm_context").Ints));
            var (context, targets) = ColumnMasks.Draw(golden.Setting("D").Integer, golden.Setting("n_context").Integer, golden.Setting("n_target").Integer, sets, all =>
            {
                var old = all.ToArray();
                var order = shuffles.Dequeue();
                for (var i = 0; i < all.Length; i++) all[i] = old[order[i]];
            }, aliased);
            Assert.Equal(golden.Output("context").Ints.Order(), context.Order());
            Assert.Equal(golden.Output(output).Ints.Chunk(targets[0].Length).Select(t => string.Join(' ', t.Order())), targets.Select(t => string.Join(' ', t.Order())));
        }
    }

    [Theory, MemberData(nameof(PositionCases))]
    public void Positions_are_those_published(string name)
    {
        var golden = Goldens.Case(File, name);
        Close(golden, "tokens_base100", Positions.Interleaved(golden.Setting("length").Integer, golden.Setting("hidden").Integer, 100));
        Close(golden, "predictor_base10000", Positions.Halves(golden.Setting("length").Integer, golden.Setting("hidden").Integer, 10000));
    }

    [Theory, MemberData(nameof(Tokenizers))]
    public void Tokens_are_those_published(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        var (layout, rows) = Rows(Tensor(golden.Input("x_num")), golden.HasInput("x_cat") ? Tensor(golden.Input("x_cat")) : null, Cardinalities(golden));
        using var tokenizer = new ColumnTokenizer(layout, golden.Setting("hidden").Integer, golden.Setting("n_cls").Integer);
        Load(tokenizer, golden, n => n);
        Close(golden, "tokens", tokenizer.forward(rows));
    }

    [Theory, MemberData(nameof(Encoders))]
    public void Features_are_those_published(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        var (x, numbers) = (Tensor(golden.Input("x")), golden.Setting("n_numeric").Integer);
        var cardinalities = Cardinalities(golden);
        var (layout, rows) = Rows(x.narrow(1, 0, numbers), cardinalities.Length == 0 ? null : x.narrow(1, numbers, cardinalities.Length), cardinalities);
        var width = golden.Setting("hidden").Integer;
        using var encoder = new ColumnEncoder(layout, new() { Width = width, Layers = golden.Setting("layers").Integer, Heads = golden.Setting("heads").Integer, FeedForward = golden.Setting("feedforward").Integer, Gelu = golden.Setting("activation").Text == "gelu" });
        Load(encoder, golden, n => n.StartsWith("tokenizer", StringComparison.Ordinal) ? n : n.Contains("layers.", StringComparison.Ordinal) ? "encoder.transformer." + n["transformer.".Length..] : "encoder." + n["transformer.".Length..]);
        encoder.eval();
        Close(golden, "out", encoder.Encode(rows, golden.HasInput("token_indices") ? Tensor(golden.Input("token_indices")).to_type(torch.int64) : null));
    }

    [Theory, MemberData(nameof(Predictors))]
    public void Predictions_loss_and_gradient_are_those_published(string name)
    {
        var golden = Goldens.Case(File, name);
        using var scope = torch.NewDisposeScope();
        using var predictor = new ColumnPredictor(golden.Setting("D").Integer, golden.Setting("hidden").Integer, golden.Setting("pred_hidden").Integer, golden.Setting("layers").Integer, golden.Setting("heads").Integer, golden.Setting("feedforward").Integer, golden.Setting("activation").Text == "gelu", 1e-5);
        Load(predictor, golden, n => n.StartsWith("transformer.layers", StringComparison.Ordinal) ? "transformer." + n : n);
        predictor.eval();
        var z = Tensor(golden.Input("z")).requires_grad_(true);
        var targets = Tensor(golden.Input("masks_target")).to_type(torch.int64);
        var prediction = predictor.forward(z, Tensor(golden.Input("mask_context")).to_type(torch.int64), targets);
        Close(golden, "prediction", prediction);
        Close(golden, "pos_table", Positions.Halves(golden.Setting("D").Integer, golden.Setting("pred_hidden").Integer, 10000));
        var gathered = ColumnEncoder.Gather(Tensor(golden.Input("h_all_columns")), targets);
        Close(golden, "targets_gathered", gathered);
        var loss = (prediction - gathered).square().mean();
        golden.AssertClose("loss", loss.item<double>());
        Close(golden, "grad_z", torch.autograd.grad([loss], [z])[0]);
    }
}
