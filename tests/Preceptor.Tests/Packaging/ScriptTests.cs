namespace Preceptor.Tests.Packaging;

public sealed class ScriptTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("no-such-command")]
    public void The_script_answers_as_the_built_command_from_any_folder_and_through_a_link(string argument)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs Linux or macOS: Windows has preceptor.cmd");
        var folder = Directory.CreateTempSubdirectory("preceptor-test-").FullName;
        try
        {
            var link = Path.Combine(folder, "a link");
            File.CreateSymbolicLink(link, Path.Combine(Checkout.Root, "preceptor"));
            Assert.Equal(Checkout.Run("dotnet", [Checkout.Command, argument], folder), Checkout.Run(link, [argument], folder));
        }
        finally { Directory.Delete(folder, recursive: true); }
    }
}
