using System.Globalization;

namespace Preceptor.Foundation;

/// <summary>What a launcher of several processes left in the environment: Open MPI's mpirun, or Slurm's srun with PMIx or PMI-2.</summary>
/// <param name="Number">This process's number, from 0.</param>
/// <param name="Count">How many were started.</param>
public sealed record RankLaunch(int Number, int Count)
{
    /// <summary>How this process was started: one of several, or by itself.</summary>
    public static RankLaunch Current { get; } = Read(Environment.GetEnvironmentVariable);

    /// <summary>Reads the variables.</summary>
    /// <param name="variable">A variable's value; null or empty without.</param>
    public static RankLaunch Read(Func<string, string?> variable)
    {
        // PMIx says which rank a process is, and leaves it to Slurm how many there are. Slurm's variables alone say nothing: a batch script has them as well.
        (string Rank, string Count)[] launchers = [("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"), ("PMIX_RANK", "SLURM_STEP_NUM_TASKS"), ("PMIX_RANK", "SLURM_NTASKS")];
        foreach (var (rank, count) in launchers)
            if (int.TryParse(variable(rank), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && int.TryParse(variable(count), NumberStyles.None, CultureInfo.InvariantCulture, out var all) && number < all) return new(number, all);
        return new(0, 1);
    }
}
