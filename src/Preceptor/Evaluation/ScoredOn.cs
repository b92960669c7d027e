namespace Preceptor.Evaluation;

/// <summary>What the test rows' labels are worth.</summary>
public enum ScoredOn
{
    /// <summary>They are the generator's truth.</summary>
    Truth,

    /// <summary>Somebody checked them.</summary>
    Trusted,

    /// <summary>They are as noisy as all others.</summary>
    Unverified,
}
