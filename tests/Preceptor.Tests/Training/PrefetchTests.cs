using Preceptor.Foundation;
using Preceptor.Training;

namespace Preceptor.Tests.Training;

public sealed class PrefetchTests
{
    [Fact]
    public void Items_come_in_order_from_any_one_on_each_in_a_buffer_of_its_own_until_the_next()
    {
        var made = 0;
        var seen = new List<int>();
        foreach (var buffer in Prefetch.Run(4, 50, () => { made++; return new int[1]; }, (item, buffer) => buffer[0] = item))
        {
            var item = buffer[0];
            Thread.Yield();
            Assert.Equal(item, buffer[0]);
            seen.Add(item);
        }
        Assert.Equal(Enumerable.Range(4, 46), seen);
        Assert.Equal(3, made);
        Assert.Empty(Prefetch.Run(7, 7, () => 0, (_, _) => { }));
    }

    [Fact]
    public void A_fault_of_filling_reaches_whoever_waits_for_the_item_and_leaving_early_stops_the_filling()
    {
        var got = new List<int>();
        var fault = Assert.Throws<WorkException>(() =>
        {
            foreach (var buffer in Prefetch.Run(0, 10, () => new int[1], (item, b) => b[0] = item < 5 ? item : throw new WorkException("no such row"))) got.Add(buffer[0]);
        });
        Assert.Equal(("no such row", 5), (fault.Message, got.Count));
        var filled = 0;
        foreach (var _ in Prefetch.Run(0, 1_000_000, () => new int[1], (_, _) => Interlocked.Increment(ref filled))) break;
        var after = filled;
        Thread.Sleep(20);
        Assert.Equal(after, filled);
        Assert.InRange(after, 1, 4);
    }

    [Fact]
    public void Waiting_is_the_time_until_items_come_and_not_that_in_which_they_are_used()
    {
        IEnumerable<int> Slow(int milliseconds)
        {
            for (var i = 0; i < 3; i++)
            {
                Thread.Sleep(milliseconds);
                yield return i;
            }
        }
        using var run = new Run(new());
        double Share(int coming, int used)
        {
            var clock = new LoopClock(run, 3, new LoopPosition());
            foreach (var _ in clock.Timed(Slow(coming))) Thread.Sleep(used);
            return clock.WaitingSeconds / clock.Seconds;
        }
        Assert.InRange(Share(60, 0), 0.5, 1);
        Assert.InRange(Share(0, 60), 0, 0.5);
    }
}
