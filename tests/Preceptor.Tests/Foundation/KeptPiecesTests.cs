using Preceptor.Foundation;

namespace Preceptor.Tests.Foundation;

/// <summary>Work in pieces: none is done twice across interruptions.</summary>
public sealed class KeptPiecesTests
{
    [Theory]
    [InlineData(7, 3)]
    [InlineData(6, 1)]
    [InlineData(5, 9)]
    public void No_piece_is_done_twice_and_all_come_in_order(int count, int together)
    {
        var asked = new List<int>();
        void Work(Run run)
        {
            var all = run.InPieces("numbers", count, together, (first, end) =>
            {
                asked.AddRange(Enumerable.Range(first, end - first));
                return Enumerable.Range(first, end - first).Select(i => new Piece(i, [i * 0.5]));
            });
            Assert.Equal(Enumerable.Range(0, count), all.Select(p => p.Number));
            Assert.All(all, p => Assert.Equal([p.Number * 0.5], p.Halves));
        }
        if (together >= count) SmallRun(Work);
        else Interruptions.Outlast(2, Work);
        Assert.Equal(Enumerable.Range(0, count), asked);
    }

    [Fact]
    public void A_piece_without_a_result_is_a_fault_of_the_program() =>
        SmallRun(run => Assert.Contains("1 results of 2", Assert.Throws<InvalidOperationException>(() => run.InPieces("numbers", 2, 2, (_, _) => new[] { 1 })).Message, StringComparison.Ordinal));

    private static void SmallRun(Action<Run> work)
    {
        using var run = new Run(new RunSettings());
        work(run);
    }

    private sealed record Piece(int Number, double[] Halves);
}
