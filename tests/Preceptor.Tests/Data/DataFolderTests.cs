using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Tests.Data;

public sealed class DataFolderTests
{
    [Fact]
    public void A_missing_set_names_the_places_looked_at()
    {
        var message = Assert.Throws<RequestException>(() => DataFolder.Require("no-such-set")).Message;
        Assert.StartsWith("no data set 'no-such-set'", message);
        Assert.Contains(Path.GetFullPath(Path.Combine("..", "shared", "data")), message);
        Assert.Contains(DataFolder.UserFolder, message);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("mnist/..")]
    public void Only_names_are_looked_up(string name) => Assert.Null(DataFolder.Find(name));

    [Fact]
    public void Sets_and_goldens_beside_the_checkout_are_found()
    {
        if (DataFolder.Find("mnist") is not { } folder) Assert.Skip("the data set mnist is not on this machine");
        else Assert.True(Directory.Exists(folder));
        Assert.Contains("mnist", DataFolder.Names());
        if (DataFolder.FindGolden("28-ps-kd.json") is not { } golden) Assert.Skip("the golden values are not on this machine");
        else Assert.True(File.Exists(golden));
    }
}
