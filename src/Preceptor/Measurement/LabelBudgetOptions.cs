using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Foundation;

namespace Preceptor.Measurement;

/// <summary>Where weak labels come from.</summary>
public enum WeakLabelSource
{
    /// <summary>An offered teacher; else labels known to be noisy beside right ones; else a weak network trained here.</summary>
    Auto,

    /// <summary>What an offered teacher says.</summary>
    Teacher,

    /// <summary>The labels as they are given, beside right ones (problem.truth).</summary>
    Labels,

    /// <summary>A weak network trained here on some rows that are then left out: systematic errors.</summary>
    Trained,

    /// <summary>Right labels, each replaced at random as often as weak-accuracy says: errors without a system.</summary>
    Simulated,
}

/// <summary>How both kinds of labels are used.</summary>
public enum BudgetTraining
{
    /// <summary>First the weak ones, then the clean ones.</summary>
    Sequential,

    /// <summary>First the clean ones, then the weak ones (a control).</summary>
    Reversed,

    /// <summary>All at once.</summary>
    Mixed,
}

/// <summary>The options of label budgets.</summary>
public sealed record LabelBudgetOptions
{
    /// <summary>B.</summary>
    [Description("Budgets to try, in the unit of the prices")]
    [Range(1, 100_000_000), Source("16 … 4096 clean labels; four of them at our scale")]
    public int[] Budgets { get; set; } = [16, 64, 256, 1024];

    /// <summary>f.</summary>
    [Description("Shares of a budget that go into clean labels")]
    [Range(0, 1), Source("0.8, 0.6, 0.4, 0.2, 0.05, and both ends")]
    public double[] Fractions { get; set; } = [0, 0.05, 0.2, 0.4, 0.6, 0.8, 1];

    /// <summary>c_o.</summary>
    [Description("Price of a clean label")]
    [Range(0, 1e9, MinimumIsExclusive = true), Source("1")]
    public double CleanPrice { get; set; } = 1;

    /// <summary>c_w.</summary>
    [Description("Price of a weak label")]
    [Range(0, 1e9, MinimumIsExclusive = true), Source("0.1")]
    public double WeakPrice { get; set; } = 0.1;

    /// <summary>Where weak labels come from.</summary>
    [Description("Where weak labels come from; auto: an offered teacher, else the given labels where right ones are known, else a weak network trained here")]
    public WeakLabelSource Weak { get; set; }

    /// <summary>The teacher.</summary>
    [Description("Which offered teacher gives the weak labels; left out: the only one")]
    public string? Teacher { get; set; }

    /// <summary>Rows of a teacher trained here.</summary>
    [Description("Rows with right labels that a weak network trained here learns from")]
    [Range(2, 100_000_000), Source("8k; here a tenth of a small pool")]
    public int TeacherRows { get; set; } = 200;

    /// <summary>The accuracy of simulated weak labels.</summary>
    [Description("Accuracy of simulated weak labels")]
    [Range(0, 1)]
    public double WeakAccuracy { get; set; } = 0.8;

    /// <summary>How labels are used.</summary>
    [Description("sequential: weak labels, then clean ones; reversed and mixed to compare with")]
    [Source("sequential SFT")]
    public BudgetTraining Order { get; set; }

    /// <summary>The share that validates.</summary>
    [Description("Share of each stage's labels on which its best epoch is chosen, by accuracy; 0: the last epoch, without validation")]
    [Range(0, 0.5), Source("0.2, at least two; by AUROC")]
    public double HeldOut { get; set; } = 0.2;

    /// <summary>Examples a stage.</summary>
    [Description("Examples that a stage sees, at least once each")]
    [Range(1, int.MaxValue), Source("30,000")]
    public int Examples { get; set; } = 30_000;

    /// <summary>Steps a stage.</summary>
    [Description("Most steps of a stage")]
    [Range(1, int.MaxValue), Source("no limit; ours: 300")]
    public int Steps { get; set; } = 300;

    /// <summary>Rows a step.</summary>
    [Description("Rows a step")]
    [Range(1, 100_000), Source("32")]
    public int Batch { get; set; } = 32;

    /// <summary>The rate of going on.</summary>
    [Description("Learning rate of a stage that goes on from another, as a share of training.rate; small shares forget less")]
    [Range(0, 10, MinimumIsExclusive = true), Source("1")]
    public double SecondRate { get; set; } = 1;

    /// <summary>Whether clean labels are bought where the model is unsure.</summary>
    [Description("Whether clean labels are bought for the rows that the model is least sure of after the weak stage")]
    public bool Active { get; set; }

    /// <summary>T of that choice.</summary>
    [Description("Temperature of that choice: 0 takes the least sure rows, larger values draw more evenly")]
    [Range(0, 1000)]
    public double Temperature { get; set; }

    /// <summary>The confidence loss of the weak stage.</summary>
    [Description("Highest weight of the network's own answers in the weak stage's loss, rising over 200 steps; 0: without")]
    [Range(0, 1), Source("log-confidence: 0.5")]
    public double OwnWeight { get; set; }

    /// <summary>Seeds.</summary>
    [Description("Seeds: each draws other rows and another network")]
    [Range(1, 1000)]
    public int Seeds { get; set; } = 3;
}
