namespace Preceptor.Foundation;

/// <summary>The right to work at one stage's place, which only one process at a time holds. The system takes it back from a process that is killed.</summary>
internal sealed class StageTurn : IDisposable
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);
    private readonly FileStream guard;

    private StageTurn(FileStream guard) => this.guard = guard;

    /// <summary>Waits until no other process works at the place.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled meanwhile.</exception>
    public static StageTurn Take(string place, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return new(new FileStream(place + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException) when (File.Exists(place + ".lock"))
            {
                cancellation.WaitHandle.WaitOne(BetweenTries);
            }
        }
    }

    /// <summary>Lets the next one work. The file stays: deleting it would let two others each hold one of that name.</summary>
    public void Dispose() => guard.Dispose();
}
