using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Objectives;
using Preceptor.Prediction.BuiltIn;
using Preceptor.Supervision;
using TorchSharp;

namespace Preceptor.Tests.Supervision;

public sealed class TeacherCacheTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("preceptor-test-").FullName;

    [Fact]
    public void Of_few_classes_everything_is_kept()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        var logits = torch.randn(20, 10) * 3;
        using var cache = TeacherCache.Build(20, 10, 48, 1, _ => logits.data<float>().ToArray());
        foreach (var temperature in new[] { 1.0, 3, 20 })
            AssertClose(torch.nn.functional.softmax(logits / temperature, 1), torch.nn.functional.softmax(cache.Gather(Rows(20), 0, temperature) / temperature, 1), 2e-3);
    }

    [Fact]
    public void At_a_thousand_classes_it_takes_a_tenth_and_keeps_the_distribution_at_every_temperature()
    {
        using var scope = torch.NewDisposeScope();
        var teacher = Thousand();
        var exact = torch.tensor(teacher, [200, 1000]);
        using var cache = TeacherCache.Build(200, 1000, TeacherCache.DefaultKept, 1, _ => teacher);
        Assert.True(cache.BytesPerRow <= 0.1 * 1000 * sizeof(float), $"{cache.BytesPerRow} bytes");
        // A student whose opinion of the classes left out is no better than noise: what is lost at most.
        foreach (var (temperature, mostDifference, leastCosine) in new[] { (1, 0.3, 0.99), (1.5, 0.3, 0.98), (2, 0.2, 0.96), (4, 0.15, 0.85), (8, 0.1, 0.7) })
        {
            torch.manual_seed(2);
            var student = (torch.randn(200, 1000) + exact / 3).requires_grad_();
            var kept = cache.Gather(Rows(200), 0, temperature, student);
            torch.Tensor Loss(torch.Tensor target) => Divergence.KullbackLeibler(target / temperature, student / temperature);
            var (live, cached) = (Loss(exact), Loss(kept));
            var difference = (live - cached).abs().max().item<float>();
            var (first, second) = (torch.autograd.grad([live.sum()], [student])[0], torch.autograd.grad([cached.sum()], [student])[0]);
            var cosine = torch.nn.functional.cosine_similarity(first, second, 1);
            var mean = cosine.mean().item<float>();
            Assert.True(difference < mostDifference && mean > leastCosine, $"at temperature {temperature} the divergences differ by up to {difference}, and gradients have cosine {mean} in the mean");
        }
    }

    [Fact]
    public void Between_the_stored_temperatures_the_rest_weighs_what_it_should()
    {
        using var scope = torch.NewDisposeScope();
        var teacher = Thousand();
        var exact = torch.tensor(teacher, [200, 1000]);
        using var cache = TeacherCache.Build(200, 1000, 20, 1, _ => teacher);
        foreach (var temperature in new[] { 1, 1.3, 2.7, 5, 8, 30.0 })
        {
            // What the kept classes weigh together, exactly and as it is read.
            torch.Tensor Kept(torch.Tensor logits) => torch.nn.functional.softmax(logits / temperature, 1).gather(1, exact.topk(20, 1).indexes).sum(1);
            AssertClose(Kept(exact), Kept(cache.Gather(Rows(200), 0, temperature)), 0.01);
        }
    }

    [Fact]
    public void It_is_read_back_from_its_file_view_by_view()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        float[][] views = [.. Enumerable.Range(0, 3).Select(_ => torch.randn(7, 100).data<float>().ToArray())];
        using var built = TeacherCache.Build(7, 100, 5, 3, v => views[v]);
        built.Save(folder);
        using var read = TeacherCache.Load(folder);
        Assert.Equal((7, 100, 5, 3), (read.Rows, read.Classes, read.Kept, read.Views));
        foreach (var view in Enumerable.Range(0, 7))
            Assert.Equal(built.Gather([6, 0, 3], view, 2.5).data<float>().ToArray(), read.Gather([6, 0, 3], view % 3, 2.5).data<float>().ToArray());
        Assert.NotEqual(read.Gather([0], 0, 1).data<float>().ToArray(), read.Gather([0], 1, 1).data<float>().ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => read.Gather([7], 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => read.Gather([0], 0, 0.5));
        read.Save(Directory.CreateDirectory(Path.Combine(folder, "again")).FullName);
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "teacher.safetensors")), File.ReadAllBytes(Path.Combine(folder, "again", "teacher.safetensors")));
    }

    [Theory]
    [InlineData("rows", "8")]
    [InlineData("rows", "-7")]
    [InlineData("kept", "101")]
    [InlineData("classes", "99999999")]
    [InlineData("views", "2147483647")]
    public void A_header_that_lies_is_refused(string key, string value)
    {
        using var built = TeacherCache.Build(7, 100, 5, 3, _ => new float[700]);
        built.Save(folder);
        var path = Path.Combine(folder, "teacher.safetensors");
        var file = Safetensors.Read(path);
        file.Metadata[key] = value;
        Safetensors.Write(path, file.Arrays, file.Metadata);
        Assert.Contains(path, Assert.Throws<RequestException>(() => TeacherCache.Load(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_short_or_missing_is_refused()
    {
        Assert.Throws<RequestException>(() => TeacherCache.Load(folder));
        using var built = TeacherCache.Build(7, 100, 5, 3, _ => new float[700]);
        built.Save(folder);
        var path = Path.Combine(folder, "teacher.safetensors");
        var bytes = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 4, 50, bytes.Length - 1 })
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Throws<RequestException>(() => TeacherCache.Load(folder));
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static int[] Rows(int count) => [.. Enumerable.Range(0, count)];

    private static float[] Thousand() => RegionsProblem.Draft(new() { Size = ProblemSize.Small, Classes = 1000 }, 1).Teachers[0].Train[..200_000];

    private static void AssertClose(torch.Tensor expected, torch.Tensor actual, double within) =>
        Assert.All(expected.contiguous().data<float>().Zip(actual.contiguous().data<float>()), p => Assert.Equal(p.First, p.Second, within));
}
