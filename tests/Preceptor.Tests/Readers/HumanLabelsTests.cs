using Preceptor.Catalogue;
using Preceptor.Cli;
using Preceptor.Data;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Prediction;
using Preceptor.Readers;
using Preceptor.Supervision;

namespace Preceptor.Tests.Readers;

/// <summary>Data sets of people's labels: CIFAR-10N and crowds.</summary>
public sealed class HumanLabelsTests
{
    private static string Require(string name) => DataFolder.Find(name) ?? throw Xunit.Sdk.SkipException.ForSkip($"needs the data set {name}");

    private static string[] Words(Table table, string column) => [.. Enumerable.Range(0, table.Rows).Select(table.Find(column)!.Words())];

    [Fact]
    public void Cifar10n_has_the_published_noise_rates()
    {
        var labels = CifarHumanLabels.ReadLabels(Require("cifar10n-human-labels"));
        Assert.All(labels.Values, l => Assert.Equal(50_000, l.Length));
        double Noise(string column) => Math.Round(100.0 * labels[column].Zip(labels["clean"]).Count(p => p.First != p.Second) / 50_000, 2);
        Assert.Equal([0, 9.01, 40.21, 17.23, 18.12, 17.64], CifarHumanLabels.Columns.Select(Noise));
    }

    [Fact]
    public void Cifar10n_labels_meet_their_images()
    {
        Require("cifar10-subset");
        Require("cifar10n-human-labels");
        var (train, test) = TableReader.ReadSplit("cifar10n-human-labels");
        Assert.Equal((10_000, 2_000), (train.Rows, test!.Rows));
        Assert.Equal(["image", .. CifarHumanLabels.Columns], train.Columns.Select(c => c.Name));
        Assert.Equal(Words(TableReader.ReadSplit("cifar10-subset").Train, "label"), Words(train, "clean"));
        Assert.All(CifarHumanLabels.Columns, column => Assert.Equal(Words(test, "clean"), Words(test, column)));
        var wrong = Words(train, "clean").Zip(Words(train, "worse")).Count(p => p.First != p.Second);
        Assert.InRange(wrong / 10_000.0, 0.38, 0.43);
        Assert.StartsWith("6,000 training images and all test images come from JPEG copies", train.Note, StringComparison.Ordinal);
        Assert.Equal(["image"], ColumnRoles.Look(train, new HashSet<string>()).All);
        Assert.Equal(train.Note, TableReader.Read("cifar10-subset/train_jpeg_6000.bin.gz").Note);
    }

    [Fact]
    public void Cifar10n_trains_on_peoples_labels_with_the_right_ones_as_ceiling()
    {
        Require("cifar10-subset");
        Require("cifar10n-human-labels");
        PredictionTask Prepare(string keys) => PredictionRunner.Prepare(Specification.From(SpecificationReader.Parse($"problem: {{data: cifar10n-human-labels, rows: 200, {keys}}}\nmodel: {{encoder: mlp, hidden: [4]}}", "spec.yaml"), []), 0, DataFiles.Read);
        var worse = Prepare("label: worse, truth: clean");
        Assert.Equal((2_000, ScoredOn.Trusted, 200), (worse.Exam.Labels.Length, worse.Exam.ScoredOn, worse.Problem.Train.Count));
        Assert.InRange(worse.Exam.TrainTruth!.Zip(worse.Problem.Labels.Train).Count(p => p.First != p.Second), 60, 100);
        Assert.Contains("JPEG copies", Assert.Single(worse.Notes));
        var crowd = Prepare("annotators: [random1, random2, random3]");
        Assert.Equal(3, crowd.Problem.Find<AnnotatorLabels>()!.Annotators.Count);
        Assert.Equal(2, crowd.Notes.Count);
    }

    [Fact]
    public void Images_of_other_labels_are_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "cifar10-subset"));
        var labels = Directory.CreateDirectory(Path.Combine(folder.Path, "cifar10n-human-labels")).FullName;
        File.WriteAllLines(Path.Combine(labels, "cifar10n.csv"), ["index,clean_label,aggre_label,worse_label,random_label1,random_label2,random_label3", "0,6,6,4,6,4,6", "1,9,9,9,9,9,9"]);
        string Fault(string file, byte label, params string[] index)
        {
            var images = Path.Combine(folder.Path, "cifar10-subset");
            foreach (var old in Directory.GetFiles(images)) File.Delete(old);
            File.WriteAllBytes(Path.Combine(images, file), [label, .. new byte[3072]]);
            if (index.Length > 0) File.WriteAllLines(Path.Combine(images, file.Replace(".bin", ".index.txt")), index);
            return Assert.Throws<RequestException>(() => CifarHumanLabels.ReadTrain(labels)).Message;
        }
        Assert.Contains("training image 1 is 5, but", Fault("train_exact_a.bin", 5));
        Assert.Contains("nothing says which of CIFAR-10's images these are", Fault("train_b.bin", 6));
        Assert.Contains("line 1: 'x' is no whole number", Fault("train_b.bin", 6, "x"));
        Assert.Contains("has no label for CIFAR-10's image 7", Fault("train_b.bin", 6, "7"));
        Assert.Contains("1 training images, but the places of 2", Fault("train_b.bin", 6, "0", "1"));
    }

    public static TheoryData<string, int, int, int, int> Crowds => new()
    {
        // path, answers, questions, workers, answers to questions with a truth
        { "dog", 8_070, 807, 109, 8_070 },
        { "duck", 4_212, 108, 39, 4_212 },
        { "face-sentiment", 5_242, 584, 27, 5_242 },
        { "product", 24_945, 8_315, 176, 24_945 },
        { "emotion-numeric", 7_000, 700, 38, 7_000 },
        { "snow2008/rte.standardized.tsv", 8_000, 800, 164, 8_000 },
        { "snow2008/temp.standardized.tsv", 4_620, 462, 76, 4_620 },
        { "snow2008/wsd.standardized.tsv", 1_770, 177, 34, 1_770 },
        { "snow2008/wordsim.standardized.tsv", 300, 30, 10, 300 },
        { "snow2008/anger.standardized.tsv", 1_000, 100, 38, 1_000 },
        { "barzan-mozafari/labels.txt", 5_000, 1_000, 83, 0 },
        { "masc-word-sense/add-v.tsv", 24_095, 967, 57, 0 },
        { "masc-word-sense/time-n.tsv", 30_725, 1_229, 37, 0 },
    };

    [Theory, MemberData(nameof(Crowds))]
    public void Crowds_are_read_answer_by_answer(string path, int answers, int questions, int workers, int withTruth)
    {
        var crowd = CrowdAnswers.Read(Path.Combine(Require("crowd-labels"), path));
        Assert.Equal((answers, questions, workers, withTruth), (crowd.Answers.Count, crowd.Questions.Count, crowd.Workers.Count, crowd.Answers.Count(a => a.Truth is not null)));
        var table = crowd.ToQuestions();
        Assert.Equal((questions, workers + 2), (table.Rows, table.Columns.Count));
        Assert.Equal(crowd.Answers.DistinctBy(a => (a.Question, a.Worker)).Count(), crowd.Workers.Sum(w => Words(table, w).Count(c => c.Length > 0)));
    }

    [Fact]
    public void A_crowd_is_named_as_data()
    {
        Require("crowd-labels");
        var table = TableReader.Read("crowd-labels/dog");
        Assert.Equal(["question", "worker", "answer", "truth"], table.Columns.Select(c => c.Name));
        Assert.Equal(("1", "1", "3"), (Words(table, "question")[0], Words(table, "worker")[0], Words(table, "answer")[0]));
    }

    [Fact]
    public void Crowds_of_another_layout_are_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("answer.csv", "question,worker,answer\n1,a,x\n1,b,y\n2,a,x\n"u8.ToArray());
        folder.Write("truth.csv", "question,truth\n1,x\n"u8.ToArray());
        var crowd = CrowdAnswers.Read(folder.Path);
        Assert.Equal(["x", "x", null], crowd.Answers.Select(a => a.Truth));
        Assert.Equal("question: text 1¦2\na: text x¦x\nb: text y¦\ntruth: text x¦", DelimitedReaderTests.Show(crowd.ToQuestions()));
        folder.Write("truth.csv", "question,truth\n1,x\n1,y\n"u8.ToArray());
        Assert.EndsWith("truth.csv row 2: question '1' has a second truth", Assert.Throws<RequestException>(() => CrowdAnswers.Read(folder.Path)).Message);
        Assert.Contains("expected question, worker, answer", Assert.Throws<RequestException>(() => CrowdAnswers.Read(folder.Write("other.csv", "a,b\n1,2\n"u8.ToArray()))).Message);
    }
}
