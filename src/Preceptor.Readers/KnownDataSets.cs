namespace Preceptor.Readers;

/// <summary>A published data set whose files need to be told apart or put into words before they are a table.</summary>
/// <param name="Name">The name of its folder, by which a specification names it.</param>
/// <param name="Label">The column to predict; always read as text.</param>
/// <param name="Train">Its training files; their rows follow each other.</param>
/// <param name="Test">Its own test files, if it has some.</param>
internal sealed record KnownDataSet(string Name, string Label, DataSetFile[] Train, params DataSetFile[] Test);

/// <summary>A file of a data set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Layout">How its lines are laid out.</param>
/// <param name="Columns">The columns' names in order; none where the file's first line names them.</param>
internal sealed record DataSetFile(string Name, Layout Layout, params string[] Columns)
{
    /// <summary>What the label's words in this file mean; left out: themselves.</summary>
    public IReadOnlyDictionary<string, string>? Classes { get; init; }

    /// <summary>Columns that become one, <c>text</c>, with a blank between them.</summary>
    public string[] JoinedText { get; init; } = [];

    /// <summary>Columns that are text although their cells are numbers, beside the label.</summary>
    public string[] Texts { get; init; } = [];

    /// <summary>A column that the file's name alone tells, and its value in every row.</summary>
    public (string Column, string Value)? Added { get; init; }
}

/// <summary>How a file's lines are laid out.</summary>
internal enum Layout
{
    /// <summary>Delimited text.</summary>
    Cells,

    /// <summary>A text a line, in UTF-8.</summary>
    Text,

    /// <summary>The label, a blank, the text, in UTF-8.</summary>
    LabelText,

    /// <summary>The label, a colon, the label's finer part, a blank, the text, in Latin-1.</summary>
    CoarseFineText,
}

/// <summary>All known data sets, in order of their names. Data sets in IDX or CIFAR files need no entry.</summary>
internal static class KnownDataSets
{
    private static readonly string[] Topics = ["World", "Sports", "Business", "Sci/Tech"];
    private static readonly Dictionary<string, string> Polarity = new() { ["0"] = "negative", ["1"] = "positive" };

    private static readonly string[] AdultColumns =
    [
        "age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship", "race", "sex",
        "capital-gain", "capital-loss", "hours-per-week", "native-country", "income",
    ];

    private static readonly string[] OptdigitsColumns = [.. Enumerable.Range(0, 64).Select(i => $"pixel-{i / 8}-{i % 8}"), "label"];

    /// <summary>The data sets.</summary>
    public static IReadOnlyList<KnownDataSet> All { get; } =
    [
        new("ag-news", "label",
            [new("train5000.csv", Layout.Cells, "text", "label") { Classes = Numbered(0, Topics) }],
            new DataSetFile("test.csv", Layout.Cells, "label", "title", "description") { Classes = Numbered(1, Topics), JoinedText = ["title", "description"] }),
        new("california-housing", "median_house_value",
            [new("housing.csv", Layout.Cells)]),
        new("covertype-subset", "Cover_Type",
            [new("train.csv", Layout.Cells)]),
        new("rotten-tomatoes", "label",
            [
                new("rt-polarity.neg", Layout.Text, "text") { Added = ("label", "negative") },
                new("rt-polarity.pos", Layout.Text, "text") { Added = ("label", "positive") },
            ]),
        new("sst2", "label",
            [new("stsa.binary.train", Layout.LabelText, "label", "text") { Classes = Polarity }],
            new DataSetFile("stsa.binary.test", Layout.LabelText, "label", "text") { Classes = Polarity }),
        new("trec-question", "label",
            [new("train_5500.label", Layout.CoarseFineText, "label", "text")],
            new DataSetFile("TREC_10.label", Layout.CoarseFineText, "label", "text")),
        new("uci-adult", "income",
            [new("adult.data", Layout.Cells, AdultColumns)],
            new DataSetFile("adult.test", Layout.Cells, AdultColumns) { Classes = new Dictionary<string, string> { ["<=50K."] = "<=50K", [">50K."] = ">50K" } }),
        new("uci-breast-cancer", "class",
            [
                new("breast-cancer-wisconsin.data", Layout.Cells, "id", "clump-thickness", "cell-size-uniformity", "cell-shape-uniformity", "marginal-adhesion",
                    "epithelial-cell-size", "bare-nuclei", "bland-chromatin", "normal-nucleoli", "mitoses", "class")
                {
                    Texts = ["id"],
                    Classes = new Dictionary<string, string> { ["2"] = "benign", ["4"] = "malignant" },
                },
            ]),
        new("uci-letter", "label",
            [
                new("letter-recognition.data", Layout.Cells, "label", "x-box", "y-box", "width", "high", "onpix", "x-bar", "y-bar", "x2bar", "y2bar", "xybar",
                    "x2ybr", "xy2br", "x-ege", "xegvy", "y-ege", "yegvx"),
            ]),
        new("uci-optdigits", "label",
            [new("optdigits.tra", Layout.Cells, OptdigitsColumns)],
            new DataSetFile("optdigits.tes", Layout.Cells, OptdigitsColumns)),
        new("uci-wine-quality", "quality",
            [
                new("winequality-red.csv", Layout.Cells) { Added = ("color", "red") },
                new("winequality-white.csv", Layout.Cells) { Added = ("color", "white") },
            ]),
    ];

    /// <summary>What whoever reads a result on a data set should know of it; null for nothing.</summary>
    public static string? NoteOf(string name) => name == "cifar10-subset"
        ? "6,000 training images and all test images come from JPEG copies, not from the original pixels" : null;

    /// <summary>The data set whose name a folder has, if the folder holds its files; else null.</summary>
    public static KnownDataSet? Find(string folder)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return All.FirstOrDefault(set => set.Name == name && set.Train.Any(file => File.Exists(Path.Combine(folder, file.Name))));
    }

    private static Dictionary<string, string> Numbered(int first, string[] classes) =>
        classes.Select((name, i) => (Name: name, Number: $"{first + i}")).ToDictionary(entry => entry.Number, entry => entry.Name);
}
