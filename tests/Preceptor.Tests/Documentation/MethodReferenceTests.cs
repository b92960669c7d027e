using Preceptor.Baselines;
using Preceptor.Catalogue;
using Preceptor.Tests.Packaging;

namespace Preceptor.Tests.Documentation;

public sealed class MethodReferenceTests
{
    [Fact]
    public void The_reference_in_docs_is_what_the_code_says()
    {
        PlainBaselines.Register();
        Assert.Equal(MethodReference.Render(), File.ReadAllText(Path.Combine(Checkout.Root, "docs", "methods.md")));
    }
}
