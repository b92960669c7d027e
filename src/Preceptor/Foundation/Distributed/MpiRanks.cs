using System.Runtime.InteropServices;

namespace Preceptor.Foundation;

/// <summary>Ranks that talk by Open MPI, whose library is loaded when they start and never otherwise.</summary>
/// <remarks>
/// Open MPI's own waiting keeps a processor busy. Ours asks some hundred times and then sleeps between questions, so that a rank that waits leaves its processor to those that it waits for, where there are
/// fewer processors than ranks.
/// </remarks>
public sealed unsafe class MpiRanks : Ranks
{
    private const string Variable = "PRECEPTOR_MPI", UsualLibrary = "libmpi.so.40";
    private const int QuestionsBeforeSleep = 500;
    private const uint SleepMicroseconds = 20;
    private const int Funnelled = 1; // MPI_THREAD_FUNNELED: only the thread that started MPI calls it
    private static readonly void* InPlace = (void*)1; // Open MPI's MPI_IN_PLACE

    private readonly nint world, bytes, floats, sum;
    private readonly delegate* unmanaged[Cdecl]<void*, void*, int, nint, nint, nint, nint*, int> allReduce;
    private readonly delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, nint*, int> broadcast;
    private readonly delegate* unmanaged[Cdecl]<void*, int, nint, void*, int*, int*, nint, nint, nint*, int> allGather;
    private readonly delegate* unmanaged[Cdecl]<nint, nint*, int> barrier;
    private readonly delegate* unmanaged[Cdecl]<nint*, int*, void*, int> test;
    private readonly delegate* unmanaged[Cdecl]<nint, int, int> abort;
    private readonly delegate* unmanaged[Cdecl]<int> finalize;

    private MpiRanks(nint library)
    {
        (world, bytes, floats, sum) = (Symbol(library, "ompi_mpi_comm_world"), Symbol(library, "ompi_mpi_byte"), Symbol(library, "ompi_mpi_float"), Symbol(library, "ompi_mpi_op_sum"));
        allReduce = (delegate* unmanaged[Cdecl]<void*, void*, int, nint, nint, nint, nint*, int>)Symbol(library, "MPI_Iallreduce");
        broadcast = (delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, nint*, int>)Symbol(library, "MPI_Ibcast");
        allGather = (delegate* unmanaged[Cdecl]<void*, int, nint, void*, int*, int*, nint, nint, nint*, int>)Symbol(library, "MPI_Iallgatherv");
        barrier = (delegate* unmanaged[Cdecl]<nint, nint*, int>)Symbol(library, "MPI_Ibarrier");
        test = (delegate* unmanaged[Cdecl]<nint*, int*, void*, int>)Symbol(library, "MPI_Test");
        abort = (delegate* unmanaged[Cdecl]<nint, int, int>)Symbol(library, "MPI_Abort");
        finalize = (delegate* unmanaged[Cdecl]<int>)Symbol(library, "MPI_Finalize");
        var start = (delegate* unmanaged[Cdecl]<void*, void*, int, int*, int>)Symbol(library, "MPI_Init_thread");
        int provided, number, count;
        Require(start(null, null, Funnelled, &provided), "MPI_Init_thread");
        if (provided < Funnelled) throw new RequestException($"MPI allows no threads beside the one that calls it (it offers level {provided}, expected at least {Funnelled}, MPI_THREAD_FUNNELED); use an Open MPI that does");
        Require(((delegate* unmanaged[Cdecl]<nint, int*, int>)Symbol(library, "MPI_Comm_rank"))(world, &number), "MPI_Comm_rank");
        Require(((delegate* unmanaged[Cdecl]<nint, int*, int>)Symbol(library, "MPI_Comm_size"))(world, &count), "MPI_Comm_size");
        (Number, Count) = (number, count);
    }

    /// <inheritdoc/>
    public override int Number { get; }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <summary>Joins the ranks that a launcher started.</summary>
    /// <param name="launch">What the launcher said.</param>
    /// <exception cref="RequestException">Open MPI is absent, is another implementation, or sees other ranks than the launcher started.</exception>
    public static MpiRanks Start(RankLaunch launch)
    {
        var name = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : UsualLibrary;
        if (!NativeLibrary.TryLoad(name, out var library))
            throw new RequestException($"this is one of {launch.Count} processes of a launcher, and {name} cannot be loaded; install Open MPI from the system's packages (libopenmpi3 or openmpi), name its library by {Variable}, or start one process");
        var ranks = new MpiRanks(library);
        // A launcher of another MPI starts processes none of which knows of the others.
        if (ranks.Count != launch.Count) throw new RequestException($"the launcher started {launch.Count} processes, and {name} sees {ranks.Count}; start them by the mpirun of the same Open MPI, or by srun --mpi=pmix");
        return ranks;
    }

    /// <inheritdoc/>
    public override void Sum(Span<float> numbers)
    {
        nint request;
        fixed (float* at = numbers) Await(allReduce(InPlace, at, numbers.Length, floats, sum, world, &request), &request, "MPI_Iallreduce");
    }

    /// <inheritdoc/>
    public override void Broadcast(Span<byte> bytes)
    {
        nint request;
        fixed (byte* at = bytes) Await(broadcast(at, bytes.Length, this.bytes, 0, world, &request), &request, "MPI_Ibcast");
    }

    /// <inheritdoc/>
    public override void Gather(Span<byte> whole, ReadOnlySpan<int> ends)
    {
        var (counts, firsts) = (new int[Count], new int[Count]);
        for (var rank = 0; rank < Count; rank++) (firsts[rank], counts[rank]) = (rank == 0 ? 0 : ends[rank - 1], rank == 0 ? ends[0] : ends[rank] - ends[rank - 1]);
        nint request;
        fixed (byte* at = whole)
        fixed (int* count = counts, first = firsts)
            Await(allGather(InPlace, 0, bytes, at, count, first, bytes, world, &request), &request, "MPI_Iallgatherv");
    }

    /// <inheritdoc/>
    public override void Barrier()
    {
        nint request;
        Await(barrier(world, &request), &request, "MPI_Ibarrier");
    }

    /// <summary>Ends all ranks at once; does not return.</summary>
    /// <param name="code">The launcher's exit code.</param>
    public void Abort(int code) => abort(world, code);

    /// <summary>Leaves in peace, when all do.</summary>
    public void Leave() => Require(finalize(), "MPI_Finalize");

    // What the request reads and writes must stay where it is until then.
    private void Await(int begun, nint* request, string function)
    {
        Require(begun, function);
        for (var question = 0; ; question++)
        {
            int isDone;
            Require(test(request, &isDone, null), "MPI_Test");
            if (isDone != 0) return;
            if (question >= QuestionsBeforeSleep) _ = Sleep(SleepMicroseconds);
        }
    }

    [DllImport("libc", EntryPoint = "usleep"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sleep(uint microseconds);

    private static nint Symbol(nint library, string name) => NativeLibrary.TryGetExport(library, name, out var symbol) ? symbol
        : throw new RequestException($"the MPI library has no {name}, so it is not Open MPI; name Open MPI's library by {Variable}");

    private static void Require(int code, string function)
    {
        if (code != 0) throw new WorkException($"{function} failed with code {code}");
    }
}
