using Preceptor.Baselines;
using Preceptor.Catalogue;

namespace Preceptor.Tests.Documentation;

public sealed class MethodReferenceTests
{
    [Fact]
    public void The_reference_in_docs_is_what_the_code_says()
    {
        PlainBaselines.Register();
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "Preceptor.slnx"))) root = root.Parent;
        Assert.Equal(MethodReference.Render(), File.ReadAllText(Path.Combine(root.FullName, "docs", "methods.md")));
    }
}
