namespace Preceptor.Foundation;

/// <summary>A result that a stage can store in a folder and read back without losing a bit.</summary>
public interface IArtifact<TSelf> where TSelf : IArtifact<TSelf>
{
    /// <summary>Writes everything that <see cref="Load"/> needs into an existing, empty folder.</summary>
    void Save(string folder);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    static abstract TSelf Load(string folder);
}
