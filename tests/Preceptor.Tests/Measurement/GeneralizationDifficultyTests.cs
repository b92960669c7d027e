using CsCheck;
using Preceptor.Measurement;

namespace Preceptor.Tests.Measurement;

public sealed class GeneralizationDifficultyTests
{
    private const string File = "36-inductive-bias-complexity.json";

    public static TheoryData<string> Tasks => Goldens.Names(File, "difficulty");

    [Theory, MemberData(nameof(Tasks))]
    public void The_released_code_agrees_on_functions(string name)
    {
        var golden = Goldens.Case(File, name);
        double Setting(string key) => golden.Setting(key).Number;
        var difficulty = GeneralizationDifficulty.OfFunction(Setting("error"), Setting("n"), Setting("m"), Setting("R"), Setting("prod_d"), Setting("delta"), Math.Log(Setting("D")), Setting("B"));
        golden.AssertClose("difficulty_bits", difficulty.ReleasedBits);
        golden.AssertClose("K", difficulty.HighestDegree);
        golden.AssertClose("num_eigenvalues", Math.Exp(difficulty.LogEigenfunctions));
        golden.AssertClose("log_wasserstein", difficulty.LogWasserstein);
        golden.AssertClose("dim_theta_q", difficulty.FreeDimensions);
        golden.AssertClose("log_ratio", difficulty.BitsPerDimension);
        if (difficulty.FreeDimensions > 0) golden.AssertClose("difficulty_bits", difficulty.Bits);
        else Assert.Equal(0, difficulty.Bits);
    }

    [Fact]
    public void The_released_code_agrees_on_pairs_of_tasks()
    {
        var golden = Goldens.Cases(File, "combined").Single();
        double Setting(string key) => golden.Setting(key).Number;
        var first = new ClassTask(Setting("n1"), Setting("m1"), Setting("R1"), golden.Setting("D1").Integer);
        var second = new ClassTask(Setting("n2"), Setting("m2"), Setting("R2"), golden.Setting("D2").Integer);
        golden.AssertClose("difficulty_bits", GeneralizationDifficulty.OfPair(first, second, Setting("delta"), Setting("error"), released: true).Bits);
        Assert.True(GeneralizationDifficulty.OfPair(first, second, Setting("delta"), Setting("error")).Bits < golden.Output("difficulty_bits").Number);
    }

    [Fact]
    public void The_released_code_agrees_on_few_shot_learning()
    {
        var golden = Goldens.Cases(File, "omniglot").Single();
        double Setting(string key) => golden.Setting(key).Number;
        golden.AssertClose("difficulty_bits", GeneralizationDifficulty.OfFewShot(Setting("error"), Setting("n"), Setting("m0"), Setting("m1"), Setting("R"), Setting("delta")).Bits);
    }

    [Fact]
    public void The_released_code_agrees_on_policies()
    {
        foreach (var golden in Goldens.Cases(File, "mujoco"))
            golden.AssertClose("difficulty_bits", GeneralizationDifficulty.OfPolicy(golden.Setting("error").Number, golden.Setting("n").Number, golden.Setting("m").Number, golden.Setting("D").Number, golden.Setting("delta").Number).Bits);
        // CartPole's formula is that of a policy on the last T observations of two numbers.
        foreach (var golden in Goldens.Cases(File, "cartpole"))
            golden.AssertClose("difficulty_bits", GeneralizationDifficulty.OfPolicy(golden.Setting("error").Number, golden.Setting("n").Number, 2 * golden.Setting("T").Number, 1, golden.Setting("delta").Number).Bits);
    }

    [Theory]
    [InlineData(2, 3, 16)] // (K + 1)²
    [InlineData(1, 7, 15)] // 2K + 1 Fourier modes
    public void Eigenfunctions_of_known_spheres_are_counted(double dimension, double degree, double expected)
    {
        var (found, log) = GeneralizationDifficulty.Eigenfunctions(dimension, Math.Sqrt(degree * (degree + dimension - 1)));
        Assert.Equal(degree, found, 1e-12);
        Assert.Equal(expected, Math.Exp(log), 1e-9);
    }

    [Fact]
    public void The_degree_solves_its_equation() =>
        Gen.Select(Gen.Double[1, 500], Gen.Double[0.1, 1e6]).Sample((m, frequency) =>
        {
            var degree = GeneralizationDifficulty.Eigenfunctions(m, frequency).Degree;
            return Math.Abs(degree * (degree + m - 1) / (frequency * frequency) - 1) < 1e-9;
        });

    [Fact]
    public void Scaling_data_and_resolution_together_changes_nothing() =>
        Gen.Select(Gen.Double[0.01, 1e4], Gen.Double[1, 20], Gen.Double[0.05, 0.5]).Sample((scale, m, resolution) =>
        {
            var one = GeneralizationDifficulty.OfClasses(0.01, 100, m, 1, resolution, 3);
            var other = GeneralizationDifficulty.OfClasses(0.01, 100, m, scale, scale * resolution, 3);
            return one.IsDetermined == other.IsDetermined && (one.IsDetermined || Math.Abs(one.Log10Bits - other.Log10Bits) < 1e-9);
        });

    [Fact]
    public void More_data_finer_classes_and_looser_errors_move_it_as_they_should() =>
        Gen.Select(Gen.Double[2, 15], Gen.Double[0.05, 0.3]).Sample((m, resolution) =>
        {
            double Bits(double error, double samples, double dimension, double delta) => GeneralizationDifficulty.OfClasses(error, samples, dimension, 1, delta, 10).Log10Bits;
            var at = Bits(0.01, 10, m, resolution);
            return Bits(0.01, 20, m, resolution) < at && Bits(0.02, 10, m, resolution) < at && Bits(0.01, 10, m, resolution / 2) > at && Bits(0.01, 10, m + 1, resolution) > at;
        });

    [Fact]
    public void It_grows_geometrically_with_the_dimension_while_that_is_small_for_the_resolution()
    {
        double[] at = [.. new[] { 2, 4, 6, 8, 10 }.Select(m => GeneralizationDifficulty.OfClasses(0.01, 1000, m, 1, 0.01, 10).Log10Bits)];
        Assert.All(at.Zip(at.Skip(1)), pair => Assert.True(pair.Second - pair.First > 3));
    }

    [Fact]
    public void What_a_double_cannot_hold_is_kept_as_a_logarithm()
    {
        var difficulty = GeneralizationDifficulty.OfClasses(0.01, 1e6, 2000, 100, 0.5, 10);
        Assert.Equal(double.PositiveInfinity, difficulty.Bits);
        Assert.InRange(difficulty.Log10Bits, 308, 1e4);
    }

    [Fact]
    public void Each_sample_takes_one_dimension_an_output()
    {
        var (fewer, more) = (GeneralizationDifficulty.OfClasses(0.01, 100, 3, 1, 0.5, 4), GeneralizationDifficulty.OfClasses(0.01, 101, 3, 1, 0.5, 4));
        Assert.Equal(3, fewer.FreeDimensions - more.FreeDimensions, 1e-6);
    }

    [Fact]
    public void Numbers_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GeneralizationDifficulty.OfClasses(0, 100, 3, 1, 0.5, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => GeneralizationDifficulty.OfClasses(0.1, 100, 3, 1, double.NaN, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => GeneralizationDifficulty.OfClasses(0.1, 100, 3, 1, 0.5, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => GeneralizationDifficulty.OfPolicy(0.1, 100, 0, 1, 0.5));
    }
}
