namespace Preceptor.Tests.Packaging;

public sealed class LazyLoadingTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("methods")]
    public void Commands_that_need_no_tensor_load_no_libtorch(string argument)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("needs Linux: its loader lists every library that it loads");
        var folder = Directory.CreateTempSubdirectory("preceptor-test-").FullName;
        try
        {
            // The loader of glibc writes a file a process, with a line for each library that it made ready.
            var (exit, _) = Checkout.Run("dotnet", [Checkout.Command, argument], folder, ("LD_DEBUG", "files"), ("LD_DEBUG_OUTPUT", Path.Combine(folder, "loaded")));
            var loaded = Directory.GetFiles(folder, "loaded.*").SelectMany(File.ReadLines).Where(line => line.Contains("calling init:", StringComparison.Ordinal))
                .Select(Path.GetFileName).ToArray();
            Assert.Equal(0, exit);
            Assert.Contains("libcoreclr.so", loaded);
            Assert.DoesNotContain(loaded, file => file!.Contains("torch", StringComparison.OrdinalIgnoreCase) || file.Contains("lightgbm", StringComparison.Ordinal));
        }
        finally { Directory.Delete(folder, recursive: true); }
    }
}
