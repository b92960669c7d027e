namespace Preceptor.Data;

/// <summary>What becomes of a folder's images that cannot be decoded or have another size than the others.</summary>
public enum BadImages
{
    /// <summary>Nothing is read, and a message names the first of them.</summary>
    Fail,

    /// <summary>They are left out, and the table's note says how many.</summary>
    Skip,
}
