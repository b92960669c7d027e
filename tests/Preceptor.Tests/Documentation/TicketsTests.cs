using System.Text.RegularExpressions;
using Preceptor.Tests.Packaging;

namespace Preceptor.Tests.Documentation;

public sealed class TicketsTests
{
    [Fact]
    public void The_script_runs_exactly_the_commands_of_the_page()
    {
        string Read(string name) => File.ReadAllText(Path.Combine(Checkout.Root, "docs", name)).Replace("\r\n", "\n", StringComparison.Ordinal);
        string[] page = [.. Regex.Matches(Read("tickets.md"), "^```sh\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline).SelectMany(m => m.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))];
        string[] script = [.. Read("tickets.sh").Split('\n').Where(line => line.StartsWith("preceptor ", StringComparison.Ordinal))];
        Assert.Equal(page, script);
        Assert.Equal(["init", "run", "compare", "predict"], script.Select(line => line.Split(' ')[1]));
    }
}
