using Preceptor.Data;
using Preceptor.Language.BuiltIn;
using Preceptor.Readers;

namespace Preceptor.Tests.Readers;

/// <summary>Published prompts with responses, by name.</summary>
public sealed class PairSetsTests
{
    [Theory]
    [InlineData("scan-simple", 16_728, 4_182)]
    [InlineData("scan-length", 16_990, 3_920)]
    [InlineData("scan-addprim-jump", 14_670, 7_706)]
    [InlineData("scan-addprim-turn-left", 21_890, 1_208)]
    public void Scan_is_what_its_grammar_says(string name, int trainRows, int testRows)
    {
        if (DataFolder.Find("scan") is null) Assert.Skip("needs the data set scan");
        var (train, test) = TableReader.ReadSplit(name);
        Assert.Equal((name, trainRows, testRows), (train.Name, train.Rows, test!.Rows));
        var different = new HashSet<string>();
        foreach (var rows in new[] { train, test })
        {
            var (prompts, responses) = (rows.Find("prompt")!.Words(), rows.Find("response")!.Words());
            for (var row = 0; row < rows.Rows; row++)
            {
                Assert.Equal(CommandGrammar.Interpret(prompts(row)), responses(row));
                different.Add(prompts(row));
            }
        }
        Assert.Equal(20_910, different.Count);
    }

    [Fact]
    public void Cogs_is_read_without_variables_and_tested_on_other_structures()
    {
        if (DataFolder.Find("cogs") is null) Assert.Skip("needs the data set cogs");
        var (train, test) = TableReader.ReadSplit("cogs-generalisation");
        Assert.Equal((24_155, 21_000), (train.Rows, test!.Rows));
        Assert.Equal(("A rose was helped by a dog .", "help ( theme = rose , agent = dog )"), (train.Find("prompt")!.Words()(0), train.Find("response")!.Words()(0)));
        Assert.Equal(21, Enumerable.Range(0, test.Rows).Select(r => test.Find("category")!.Words()(r)).Distinct().Count());
        Assert.Equal(3_000, TableReader.ReadSplit("cogs-in-distribution").Test!.Rows);
    }

    [Fact]
    public void Every_set_lies_in_the_folder_of_a_published_one_and_is_described()
    {
        var described = File.ReadAllText(Path.Combine(Packaging.Checkout.Root, "docs", "data.md"));
        Assert.All(PairSets.All, set =>
        {
            var published = PublishedSet.Find(set.Folder);
            Assert.Contains(published.Files, f => f.Name == set.Train);
            Assert.Contains(published.Files, f => f.Name == set.Test);
            Assert.Contains($"`{set.Name}`", described, StringComparison.Ordinal);
        });
    }
}
