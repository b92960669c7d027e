using CsCheck;
using Preceptor.Foundation;
using Preceptor.Measurement;

namespace Preceptor.Tests.Measurement;

public sealed class DataGeometryTests
{
    private const string File = "36-inductive-bias-complexity.json";

    [Fact]
    public void The_released_code_agrees_on_the_intrinsic_dimension()
    {
        foreach (var golden in Goldens.Cases(File, "intrinsic_dim"))
        {
            var data = Points(golden);
            var (dimension, duplicates) = data.IntrinsicDimension(golden.Setting("k").Integer, Everything(data));
            golden.AssertClose("m_unrounded", dimension);
            Assert.Equal(0, duplicates);
        }
    }

    [Fact]
    public void The_released_code_agrees_on_the_least_distance_of_classes()
    {
        var golden = Goldens.Cases(File, "sample_delta").Single();
        var data = Points(golden);
        golden.AssertClose("delta", data.LeastClassDistance(golden.Input("labels").Ints, Everything(data), golden.Setting("ignore_below").Number).Resolution);
    }

    [Fact]
    public void The_released_code_agrees_on_the_extreme_distance_of_classes()
    {
        var golden = Goldens.Cases(File, "evt_delta").Single();
        var labels = golden.Input("labels").Ints;
        var pairs = golden.Input("pairs").Ints.Chunk(2).Select(p => (p[0], p[1]));
        golden.AssertClose("delta", Points(golden).ExtremeClassDistance(labels, labels.Distinct().Count(), pairs, golden.Setting("num_samples").Integer, golden.Setting("k").Integer));
    }

    [Fact]
    public void The_released_code_agrees_on_a_data_set()
    {
        var golden = Goldens.Cases(File, "dataset").Single();
        var data = Points(golden);
        var labels = golden.Input("labels").Ints;
        var dimension = Math.Round(data.IntrinsicDimension(golden.Setting("k").Integer, Everything(data)).Dimension);
        var resolution = data.LeastClassDistance(labels, Everything(data), 1).Resolution;
        golden.AssertClose("R", data.Radius());
        golden.AssertClose("m_rounded", dimension);
        golden.AssertClose("delta", resolution);
        golden.AssertClose("difficulty_bits", GeneralizationDifficulty.OfClasses(golden.Setting("error").Number, data.Count, dimension, data.Radius(), resolution, labels.Distinct().Count()).Bits);
    }

    [Theory]
    [InlineData(1, 0.2)]
    [InlineData(2, 0.3)]
    [InlineData(4, 0.6)]
    public void A_flat_sheet_has_its_dimension_wherever_it_lies(int dimension, double tolerance)
    {
        const int Space = 24, Count = 800;
        var random = RandomStream.Of(3, "sheet", dimension);
        var axes = Enumerable.Range(0, dimension * Space).Select(_ => random.NextGaussian()).ToArray();
        var values = new float[Count * Space];
        for (var i = 0; i < Count; i++)
            for (var a = 0; a < dimension; a++)
            {
                var place = random.NextDouble(-1, 1);
                for (var d = 0; d < Space; d++) values[i * Space + d] += (float)(place * axes[a * Space + d]);
            }
        var data = new DataGeometry(values, Space);
        Assert.Equal(dimension, data.IntrinsicDimension(5, Everything(data)).Dimension, tolerance);
    }

    [Fact]
    public void Scaling_the_points_scales_radius_and_resolution_and_not_the_dimension() =>
        Gen.Select(Gen.Float[-5, 5].Array[60], Gen.Int[-3, 3]).Sample((values, power) =>
        {
            var scale = MathF.Pow(2, power);
            var (one, other) = (new DataGeometry(values, 3), new DataGeometry([.. values.Select(v => v * scale)], 3));
            int[] labels = [.. Enumerable.Range(0, 20).Select(i => i % 2)];
            return Close(other.Radius(), scale * one.Radius()) && Close(other.IntrinsicDimension(4, Everything(one)).Dimension, one.IntrinsicDimension(4, Everything(one)).Dimension)
                && Close(other.LeastClassDistance(labels, Everything(one), 0).Resolution, scale * one.LeastClassDistance(labels, Everything(one), 0).Resolution);
        }, iter: 50);

    [Fact]
    public void Equal_points_are_counted_and_left_out()
    {
        var data = new DataGeometry([0, 0, 1, 3, 6, 10, 15], 1);
        var (dimension, duplicates) = data.IntrinsicDimension(2, Everything(data));
        Assert.Equal(2, duplicates);
        Assert.True(double.IsFinite(dimension));
        Assert.Equal((1, 1), data.LeastClassDistance([0, 1, 0, 1, 0, 1, 0], [0, 1, 2], 0));
    }

    [Fact]
    public void Constant_data_have_no_dimension_and_one_class_no_resolution()
    {
        var data = new DataGeometry(new float[10], 1);
        Assert.Equal(double.NaN, data.IntrinsicDimension(3, Everything(data)).Dimension);
        Assert.Equal(double.NaN, data.LeastClassDistance(new int[10], Everything(data), 0).Resolution);
    }

    [Fact]
    public void A_tail_never_points_beyond_what_was_seen()
    {
        float[] values = [.. Enumerable.Range(0, 50).Select(i => (float)i)];
        int[] labels = [.. Enumerable.Range(0, 50).Select(i => i % 2)];
        var pairs = Enumerable.Range(0, 50).SelectMany(i => Enumerable.Range(0, 50), (i, j) => (i, j));
        Assert.InRange(new DataGeometry(values, 1).ExtremeClassDistance(labels, 2, pairs, 1000, 100), 1e-9, 1);
    }

    private static DataGeometry Points(GoldenCase golden)
    {
        var shape = golden.Input("data").Shape;
        return new(golden.Input("data").Floats, (int)(shape[1] * shape[2]));
    }

    private static int[] Everything(DataGeometry data) => [.. Enumerable.Range(0, data.Count)];

    private static bool Close(double left, double right) => left.Equals(right) || Math.Abs(left - right) <= 1e-5 * Math.Abs(right);
}
