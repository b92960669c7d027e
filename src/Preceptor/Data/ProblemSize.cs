namespace Preceptor.Data;

/// <summary>How large a built-in problem is.</summary>
public enum ProblemSize
{
    /// <summary>At most 64 examples: for tests.</summary>
    Tiny,

    /// <summary>Seconds to train.</summary>
    Small,

    /// <summary>What published figures use.</summary>
    Full,
}
