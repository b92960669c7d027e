using System.Threading.Channels;

namespace Preceptor.Server;

/// <summary>The one thread on which a model answers, a job after the other: tensors must not be worked on by several at once.</summary>
internal sealed class ModelThread : IDisposable
{
    private readonly Channel<Action> jobs;
    private readonly Thread thread;

    /// <summary>Starts it.</summary>
    /// <param name="waiting">Jobs that may wait.</param>
    public ModelThread(int waiting)
    {
        jobs = Channel.CreateBounded<Action>(waiting);
        thread = new(() =>
        {
            while (jobs.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
                while (jobs.Reader.TryRead(out var job)) job();
        })
        { IsBackground = true, Name = "model" };
        thread.Start();
    }

    /// <summary>Does work there; null if too many jobs wait already.</summary>
    public Task<T>? Do<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        return jobs.Writer.TryWrite(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (OperationCanceledException)
            {
                done.SetCanceled();
            }
            catch (Exception fault)
            {
                done.SetException(fault);
            }
        }) ? done.Task : null;
    }

    /// <summary>Finishes what waits, and ends.</summary>
    public void Dispose()
    {
        jobs.Writer.TryComplete();
        thread.Join();
    }
}
