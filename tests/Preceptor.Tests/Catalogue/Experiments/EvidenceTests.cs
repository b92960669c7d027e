using Preceptor.Catalogue.Experiments;
using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Tests.Packaging;
using Preceptor.Tests.Readers;

namespace Preceptor.Tests.Catalogue.Experiments;

public sealed class EvidenceTests
{
    private static string Committed => Path.Combine(Checkout.Root, "evidence");

    private static EvidenceFile Example(Verdict verdict = Verdict.Reproduced) => new("ps-kd", Tier.Full,
        new([new("better accuracy", "table 1", "digits: ps-kd", "digits: supervised", "accuracy", 0.01, 5, 0.98, 0.9, 0.87, new(0.03, 0.01, 0.05), [new("nothing", "digits: nothing", "digits: supervised", 20, new(0, -0.01, 0.01), true)], verdict)],
            "nll", [new("digits: ps-kd", "training.rate=0.1", null, [new("training.rate=0.1", 0.9)], new Dictionary<string, IReadOnlyList<double>> { ["accuracy"] = [0.9, 0.91] }, 3.5)]),
        new(ExperimentCatalogue.Require("ps-kd").Fingerprint(Tier.Full), new Dictionary<string, int> { [typeof(Preceptor.Prediction.Plain.Supervised).FullName!] = VersionAttribute.Of(typeof(Preceptor.Prediction.Plain.Supervised)) },
            new Dictionary<string, string> { ["digits"] = "a" }, "0.1.0", "0.107.0", ".NET 10", "x64", "2026-01-01", 12.3));

    [Fact]
    public void The_committed_report_is_what_the_committed_files_render_to() =>
        Assert.Equal(EvidenceReport.Render(EvidenceReport.ReadAll(Committed)), File.ReadAllText(Path.Combine(Committed, EvidenceReport.FileName)));

    [Fact]
    public void The_library_carries_the_committed_files() =>
        Assert.Equal(EvidenceReport.ReadAll(Committed).Select(f => f.ToJson().ToJsonString()), EvidenceFile.Known.Select(f => f.ToJson().ToJsonString()));

    [Fact]
    public void Every_experiment_has_evidence() =>
        Assert.Equal(ExperimentCatalogue.All.Select(e => e.Slug).Order(), EvidenceFile.Known.Select(f => f.Slug).Order());

    [Fact]
    public void A_file_reads_back_as_it_was_written_and_renders_to_the_same()
    {
        using var folder = new TemporaryFolder();
        Example().Write(Path.Combine(folder.Path, "28-ps-kd.json"));
        var read = EvidenceReport.ReadAll(folder.Path).Single();
        Assert.Equal(Example().ToJson().ToJsonString(), read.ToJson().ToJsonString());
        var text = EvidenceReport.Render([read]);
        Assert.Contains("| better accuracy | table 1 | digits | accuracy 87.0 % → 90.0 % | 3.0 points [1.0, 5.0] (98.00 %) | 5 | reproduced |", text, StringComparison.Ordinal);
        Assert.Contains("accuracy 1.0 points.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Stale", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Evidence_of_another_version_or_experiment_is_marked_stale()
    {
        Assert.Null(Example().Stale());
        var fresh = Example();
        var older = fresh with { Provenance = fresh.Provenance with { Versions = new Dictionary<string, int> { [typeof(Preceptor.Prediction.Plain.Supervised).FullName!] = 99 } } };
        Assert.Equal("Supervised has another version", older.Stale());
        Assert.Equal("the experiment was changed", (fresh with { Provenance = fresh.Provenance with { Experiment = "another" } }).Stale());
        Assert.Contains("> **Stale**: Supervised has another version since this was measured.", EvidenceReport.Render([older]), StringComparison.Ordinal);
        Assert.Contains("reproduced (stale)", EvidenceReport.Render([older]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "Expected depth to be zero")]
    [InlineData("{}", "")]
    [InlineData("{\"slug\": \"ps-kd\", \"tier\": \"full\", \"values\": {\"claims\": [], \"tunedBy\": \"nll\", \"arms\": []}}", "is not an evidence file")]
    public void A_malformed_file_is_refused_by_name(string text, string message)
    {
        using var folder = new TemporaryFolder();
        folder.Write("28-ps-kd.json", text);
        var fault = Assert.Throws<RequestException>(() => EvidenceReport.ReadAll(folder.Path));
        Assert.Contains("28-ps-kd.json: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_misnamed_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        Example().Write(Path.Combine(folder.Path, "ps-kd.json"));
        Assert.EndsWith("ps-kd.json: is about ps-kd and must be called 28-ps-kd.json", Assert.Throws<RequestException>(() => EvidenceReport.ReadAll(folder.Path)).Message);
        Assert.Throws<RequestException>(() => EvidenceReport.ReadAll(Path.Combine(folder.Path, "none")));
    }
}
