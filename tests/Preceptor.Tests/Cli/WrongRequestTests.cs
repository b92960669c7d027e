using System.Buffers.Binary;
using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Tests.Cli;

/// <summary>Every wrong request: one message that says what to mend, exit code 2, nothing left behind.</summary>
public sealed class WrongRequestTests : IDisposable
{
    private readonly Workspace workspace = new();

    public WrongRequestTests()
    {
        workspace.Write("data.csv", Workspace.Csv());
        workspace.Write("spec.yaml", Workspace.Specification());
    }

    [Theory]
    [InlineData("run nothing.yaml", "nothing.yaml: there is no such file")]
    [InlineData("run spec.yml", "spec.yml: there is no such file (did you mean 'spec.yaml'?)")]
    [InlineData("run spec.yaml --method pskd", "--method pskd: method: there is no method 'pskd' (did you mean 'ps-kd'?)")]
    [InlineData("run --problem digitz", "--problem digitz: problem: there is no built-in problem 'digitz' (did you mean 'digits'?)")]
    [InlineData("run spec.yaml --set training.epochs=abc", "--set training.epochs=abc: training.epochs: 'abc' is not a whole number in [1, 1000000]")]
    [InlineData("run spec.yaml --set training.epochs=0", "--set training.epochs=0: training.epochs: 0 is not a whole number in [1, 1000000]")]
    [InlineData("run spec.yaml --set training.epohcs=1", "--set training.epohcs=1: training.epohcs: there is no such key (did you mean 'epochs'?)")]
    [InlineData("run spec.yaml --set trainig.epochs=1", "--set trainig.epochs=1: there is no section 'trainig' (did you mean 'training'?)")]
    [InlineData("run spec.yaml --set training=1", "--set training=1: expected key=value with a key such as training.epochs")]
    [InlineData("run spec.yaml --set foo=1", "--set foo=1: expected key=value with a key such as training.epochs")]
    [InlineData("run spec.yaml --method ps-kd --set method.final-weight=3", "--set method.final-weight=3: method.final-weight: 3 is not a number in [0, 1]")]
    [InlineData("run spec.yaml --method ps-kd --set method.weight=0.5", "--set method.weight=0.5: method.weight: ps-kd has no option 'weight'; it has final-weight")]
    [InlineData("run spec.yaml --set model.encoder=resnet", "model.encoder: resnet does not fit these inputs")]
    [InlineData("run spec.yaml --method knowledge-distillation --set method.teacher=x", "method.teacher: the problem offers no teacher 'x'; it offers none")]
    [InlineData("run spec.yaml --seeds -1", "--seeds -1: expected a whole number in [1, 1000]")]
    [InlineData("run spec.yaml --seeds many", "Cannot parse argument 'many' for option '--seeds'")]
    [InlineData("run spec.yaml --threads 0", "--threads 0: expected a whole number in [1, 256]")]
    [InlineData("run spec.yaml --problem digits", "give a specification or --problem, not both")]
    [InlineData("run spec.yaml --sedes 3", "there is no option '--sedes' (did you mean '--seeds'?)")]
    [InlineData("rnu spec.yaml", "there is no command 'rnu' (did you mean 'run'?)")]
    [InlineData("run spec.yaml --out data.csv", "--out data.csv: is a file")]
    [InlineData("run spec.yaml --out .", "--out .: the folder is not empty and holds no run")]
    [InlineData("run --resume nowhere", "--resume nowhere: holds no run")]
    [InlineData("run --resume nowhere --method ps-kd", "--resume continues the run as it was begun; leave out --method")]
    [InlineData("run --resume .", "--resume .: holds no run")]
    [InlineData("run data.csv", "data.csv: is data, expected a specification; write one with preceptor init data.csv")]
    [InlineData("run spec.yaml --out data.csv/run", "--out data.csv/run: cannot be created")]
    [InlineData("run spec.yaml --threads two", "Cannot parse argument 'two' for option '--threads'")]
    [InlineData("run spec.yaml --set training.epochs=-1", "training.epochs: -1 is not a whole number in [1, 1000000]")]
    [InlineData("run spec.yaml --set training.epochs.x=1", "training.epochs: expected one value, a whole number in [1, 1000000]")]
    [InlineData("run spec.yaml --set problem.id=idd", "--set problem.id=idd: problem.id: data.csv has no column 'idd' (did you mean 'id'?)")]
    [InlineData("run spec.yaml --set problem.trusted=lable", "problem.trusted: no file, folder or data set 'lable'; nor has data.csv a column of that name (did you mean 'label'?)")]
    [InlineData("run spec.yaml --set problem.test=data.cvs", "problem.test: no file data.cvs (did you mean 'data.csv'?)")]
    [InlineData("compare spec.yaml --methods ps-kd,pskd", "--methods ps-kd,pskd: there is no method 'pskd' (did you mean 'ps-kd'?)")]
    [InlineData("compare spec.yaml --methods ps-kd,ps-kd", "--methods ps-kd,ps-kd: ps-kd is named twice")]
    [InlineData("run spec.yaml --method supervised+ps-kd", "--method supervised+ps-kd: method: supervised trains a model and must be the last step")]
    [InlineData("compare spec.yaml --methods ps-kd,,lightgbm", "--methods ps-kd,,lightgbm: expected methods parted by commas, such as ps-kd,lightgbm, or auto")]
    [InlineData("compare spec.yaml --methods ,", "--methods ,: expected methods parted by commas")]
    [InlineData("compare spec.yaml --methods auto,ps-kd", "--methods auto,ps-kd: auto stands for all methods that fit; leave out the others")]
    [InlineData("compare spec.yaml --methods", "Required argument missing for option: '--methods'")]
    [InlineData("compare spec.yaml --budget soon", "--budget soon: expected a time such as 90s, 30m or 2h")]
    [InlineData("compare spec.yaml --budget 30", "--budget 30: expected a time such as 90s, 30m or 2h")]
    [InlineData("compare spec.yaml --budget 0m", "--budget 0m: expected a time such as 90s, 30m or 2h")]
    [InlineData("compare spec.yaml --budget 1e9h", "--budget 1e9h: expected a time such as 90s, 30m or 2h")]
    [InlineData("compare spec.yaml --seeds 0", "--seeds 0: expected a whole number in [1, 1000]")]
    [InlineData("compare spec.yaml --problem digits", "give a specification or --problem, not both")]
    [InlineData("compare spec.yaml --method ps-kd", "there is no option '--method' (did you mean '--methods'?)")]
    [InlineData("compare spec.yaml --out .", "--out .: the folder is not empty and holds no comparison")]
    [InlineData("compare --resume nowhere", "--resume nowhere: holds no comparison")]
    [InlineData("compare --resume nowhere --budget 1h", "--resume continues the comparison as it was begun; leave out --budget")]
    [InlineData("methods --jsno", "there is no option '--jsno' (did you mean '--json'?)")]
    [InlineData("predict", "Required argument 'MODEL' missing for command: 'predict'")]
    [InlineData("evaluate nowhere data.csv", "nowhere: there is no such model folder")]
    [InlineData("predict nowhere data.csv", "nowhere: there is no such model folder")]
    [InlineData("show ps-dk", "there is no method or problem 'ps-dk' (did you mean 'ps-kd'?)")]
    [InlineData("reproduce", "name a method or give --all; known: cacr, confidence-curriculum, confidence-smoothing, data-factors, doc2doc, salt, easy2hard-bench, easy-training-data, groco, pi-hc-moe, inductive-bias-complexity, ss3, knowledge-distillation, label-budget, ssld, grpo, play-lmp, league-ag-news-noisy, league-cifar10n-worst, masked-thought, mugs, nested-dropout, pareto-calibration, pg-rank, ps-kd, ranking-curriculum, safe-reliable, simclr-v2, t-jepa, temporal-stitching, tgeo-kd, weak-to-strong")]
    [InlineData("reproduce ps-dk", "there is no experiment 'ps-dk' (did you mean 'ps-kd'?); known: cacr, confidence-curriculum, confidence-smoothing, data-factors, doc2doc, salt, easy2hard-bench, easy-training-data, groco, pi-hc-moe, inductive-bias-complexity, ss3, knowledge-distillation, label-budget, ssld, grpo, play-lmp, league-ag-news-noisy, league-cifar10n-worst, masked-thought, mugs, nested-dropout, pareto-calibration, pg-rank, ps-kd, ranking-curriculum, safe-reliable, simclr-v2, t-jepa, temporal-stitching, tgeo-kd, weak-to-strong")]
    [InlineData("reproduce ps-kd ps-kd", "ps-kd is named twice")]
    [InlineData("reproduce ps-kd --all", "name methods or give --all, not both")]
    [InlineData("reproduce ps-kd --tier fll", "--tier fll: allowed: quick, full, all (did you mean 'full'?)")]
    [InlineData("reproduce ps-kd --out data.csv", "--out data.csv: is a file")]
    [InlineData("reproduce --render", "there is no folder evidence of evidence files")]
    [InlineData("reproduce ps-kd --render", "--render renders all evidence files; leave out the methods")]
    [InlineData("reproduce ps-kd --teir full", "there is no option '--teir' (did you mean '--tier'?)")]
    [InlineData("advise nothing.yaml", "nothing.yaml: there is no such file")]
    [InlineData("advise data.csv", "data.csv: is data, expected a specification; write one with preceptor init data.csv")]
    [InlineData("advise spec.yaml --problem digits", "give a specification or --problem, not both")]
    [InlineData("advise --problem digitz", "there is no built-in problem 'digitz' (did you mean 'digits'?)")]
    [InlineData("advise spec.yaml --set problem.label=lable", "has no column 'lable' (did you mean 'label'?)")]
    [InlineData("advise spec.yaml --try soon", "--try soon: expected a time such as 90s, 30m or 2h")]
    [InlineData("advise spec.yaml --out runs", "--out is for --try")]
    [InlineData("advise spec.yaml --try 1m --out data.csv", "--out data.csv: is a file")]
    [InlineData("advise spec.yaml --jsno", "there is no option '--jsno' (did you mean '--json'?)")]
    [InlineData("init nothing.csv", "no file nothing.csv")]
    [InlineData("init --example tikets", "--example: there is no example 'tikets' (did you mean 'tickets'?)")]
    [InlineData("init data.csv --label lable", "--label: data.csv has no column 'lable' (did you mean 'label'?)")]
    public void A_command_line_with_a_mistake(string arguments, string message) => Refuses(arguments.Split(' '), message);

    [Theory]
    [InlineData("", "spec2.yaml: the specification is empty")]
    [InlineData("# only a comment\n", "spec2.yaml: the specification is empty")]
    [InlineData("- problem\n", "spec2.yaml line 1: expected keys and values: problem, model, method, training")]
    [InlineData("problem: digits\nmodel: [mlp\n", "spec2.yaml line ")]
    [InlineData("problem: digits\nmodle: {}\n", "spec2.yaml line 2: modle: there is no such section (did you mean 'model'?)")]
    [InlineData("problem: digits\ntraining:\n  schedule: cosin\n", "spec2.yaml line 3: training.schedule: 'cosin' is not allowed (did you mean 'cosine'?); allowed: constant | cosine | steps")]
    [InlineData("problem:\n  data: data.csv\n  label: label\n  numbers: [text]\n", "spec2.yaml line 2: problem.data: data.csv line 2, column 'text': 'red thing number 0' is not a number")]
    [InlineData("problem: digits\ntraining:\n  epochs: 0\n", "spec2.yaml line 3: training.epochs: 0 is not a whole number in [1, 1000000]")]
    [InlineData("problem:\n  data: data.csv\n  txet: [text]\n  label: label\n", "spec2.yaml line 3: problem.txet: there is no such key (did you mean 'text'?)")]
    [InlineData("problem:\n  data: data.csv\n  text: [txet]\n  label: label\n", "spec2.yaml line 3: problem.text: data.csv has no column 'txet' (did you mean 'text'?)")]
    [InlineData("problem:\n  data: data.csv\n  label: lable\n", "has no column 'lable' (did you mean 'label'?); it has id, text, n, label")]
    [InlineData("problem:\n  data: dota.csv\n  label: label\n", "spec2.yaml line 2: problem.data: no file dota.csv (did you mean 'data.csv'?)")]
    [InlineData("problem:\n  data: data.csv\n  label: id\n", "spec2.yaml line 3: problem.label: data.csv: column 'id' has 200 different values in 200 labelled training rows")]
    [InlineData("problem:\n  data: data.csv\n  label: label\n  kind: predction\n", "spec2.yaml line 4: problem.kind: 'predction' is not allowed (did you mean 'prediction'?); allowed: prediction | measurement")]
    [InlineData("problem:\n  data: data.csv\n  label: label\n  test: 1.5\n", "spec2.yaml line 4: problem.test: 1.5 is not a share in (0, 1) or a file")]
    public void A_specification_with_a_mistake(string yaml, string message)
    {
        workspace.Write("spec2.yaml", yaml);
        Refuses(["run", "spec2.yaml"], message);
    }

    [Theory]
    [InlineData("7,red thing,3\n", "data.csv line 202: 3 cells, expected 4")]
    [InlineData("7,red thing,3,warm,more\n", "data.csv line 202: 5 cells, expected 4")]
    [InlineData("7,red thing,nan-ish,warm\n", "data.csv line 202, column 'n': 'nan-ish' is not a number")]
    [InlineData("7,red thing,inf,warm\n", "data.csv line 202, column 'n': 'inf' is not a finite number")]
    [InlineData("7,\"red thing,3,warm\n", "data.csv line 202: ")]
    public void A_data_file_with_a_bad_row(string row, string message)
    {
        File.AppendAllText("data.csv", row);
        Refuses(["run", "spec.yaml"], message);
    }

    [Fact]
    public void A_label_with_one_value()
    {
        workspace.Write("data.csv", Workspace.Csv().Replace("cool", "warm", StringComparison.Ordinal));
        Refuses(["run", "spec.yaml"], "spec.yaml line 5: problem.label: data.csv: column 'label' has only one value, 'warm'");
    }

    [Fact]
    public void A_class_that_only_the_test_rows_have()
    {
        workspace.Write("test.csv", Workspace.Csv(20) + "9,green thing,1,mild\n");
        workspace.Write("spec.yaml", Workspace.Specification(more: "  test: test.csv\n"));
        Refuses(["run", "spec.yaml"], "class 'mild' is seen only in test rows, never in a labelled training row; known: cool, warm");
    }

    [Fact]
    public void A_setting_of_a_method_that_is_not_compared()
    {
        workspace.Write("spec.yaml", Workspace.Specification(more: "method: ps-kd\n"));
        Refuses(["compare", "spec.yaml", "--methods", "lightgbm", "--set", "method.final-weight=0.5"], "--set method.final-weight=0.5: is for ps-kd, which --methods lightgbm leaves out");
    }

    [Fact]
    public void A_method_that_turns_out_not_to_fit_while_it_is_compared()
    {
        workspace.Write("spec.yaml", Workspace.Specification(more: "method: {name: knowledge-distillation, teacher: x}\n"));
        var before = workspace.Names();
        var (code, _, error) = Workspace.Child(["compare", "spec.yaml", "--methods", "knowledge-distillation", "--seeds", "1"]);
        Assert.Equal((2, "error: method.teacher: the problem offers no teacher 'x'; it offers none"), (code, error.Trim()));
        Assert.Equal(before, workspace.Names());
    }

    [Fact]
    public void A_truncated_IDX_file()
    {
        Directory.CreateDirectory("digits");
        var images = new byte[16 + 100];
        BinaryPrimitives.WriteInt32BigEndian(images, 2051);
        BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(4), 60_000);
        BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(8), 28);
        BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(12), 28);
        File.WriteAllBytes("digits/train-images-idx3-ubyte", images);
        File.WriteAllBytes("digits/train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 5]);
        workspace.Write("spec.yaml", "problem:\n  data: digits/\n  label: label\n");
        Refuses(["run", "spec.yaml"], "train-images-idx3-ubyte");
    }

    [Fact]
    public void A_run_directory_in_use()
    {
        Assert.Equal(0, Workspace.Run("run", "spec.yaml", "--out", "run").Code);
        using var guard = new RunFolder("run");
        var (code, error) = Workspace.Run("run", "--resume", "run");
        Assert.Equal((2, "error: run: this run directory is in use by another process; wait for it, or choose another with --out"), (code, error));
    }

    [Fact]
    public void Damaged_models_and_rows_that_do_not_fit()
    {
        Assert.Equal(0, Workspace.Run("run", "spec.yaml", "--out", "run").Code);
        workspace.Write("narrow.csv", "id,text\n1,red\n");
        Refuses(["predict", "run", "narrow.csv"], "narrow.csv");
        Refuses(["evaluate", "run", "data.csv", "--label", "lable"], "--label: data.csv has no column 'lable' (did you mean 'label'?)");
        Refuses(["run", "spec.yaml", "--out", "run"], "--out run: holds a run already; continue it with --resume run");

        var weights = Path.Combine("run", "model", "weights.safetensors");
        var bytes = File.ReadAllBytes(weights);
        File.WriteAllBytes(weights, bytes[..^9]);
        Refuses(["predict", "run", "data.csv"], "weights.safetensors");
        var lying = (byte[])bytes.Clone();
        BinaryPrimitives.WriteUInt64LittleEndian(lying, ulong.MaxValue / 2);
        File.WriteAllBytes(weights, lying);
        Refuses(["predict", "run", "data.csv"], "weights.safetensors");
        // A header of the right length whose first array claims another number of rows.
        var text = Encoding.Latin1.GetString(bytes);
        var shape = text.IndexOf("\"shape\":[", StringComparison.Ordinal) + "\"shape\":[".Length;
        File.WriteAllBytes(weights, [.. bytes[..shape], (byte)'9', .. bytes[(shape + 1)..]]);
        Refuses(["predict", "run", "data.csv"], "weights.safetensors: tensor ");
        File.WriteAllBytes(weights, bytes);
        File.WriteAllText(Path.Combine("run", "model", "model.json"), "{\"version\": 9}");
        Refuses(["predict", "run", "data.csv"], "model.json");
    }

    public void Dispose() => workspace.Dispose();

    private void Refuses(string[] arguments, string message)
    {
        var before = workspace.Names();
        var (code, error) = Workspace.Run(arguments);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n'));
        Assert.Equal(2, code);
        Assert.Equal(before, workspace.Names());
    }
}
