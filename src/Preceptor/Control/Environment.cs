namespace Preceptor.Control;

/// <summary>A box of numbers: what observations or actions may be (Gymnasium's Box).</summary>
/// <param name="Low">The least of each number; −∞ for none.</param>
/// <param name="High">The greatest.</param>
public sealed record BoxSpace(IReadOnlyList<float> Low, IReadOnlyList<float> High)
{
    /// <summary>How many numbers.</summary>
    public int Size => Low.Count;

    /// <summary>The same bounds for each of some numbers.</summary>
    public static BoxSpace Of(int size, float low, float high) => new([.. Enumerable.Repeat(low, size)], [.. Enumerable.Repeat(high, size)]);

    /// <summary>Whether all numbers are finite and lie within the bounds.</summary>
    public bool Contains(ReadOnlySpan<float> values)
    {
        if (values.Length != Size) return false;
        for (var i = 0; i < values.Length; i++)
            if (!float.IsFinite(values[i]) || values[i] < Low[i] || values[i] > High[i]) return false;
        return true;
    }
}

/// <summary>What a step of several environments gave. The arrays are reused by the next step.</summary>
/// <param name="count">Environments, N.</param>
/// <param name="observation">Numbers an observation, S.</param>
public sealed class EnvironmentStep(int count, int observation)
{
    /// <summary>What is seen now [N × S].</summary>
    public float[] Observations { get; } = new float[count * observation];

    /// <summary>Rewards [N].</summary>
    public float[] Rewards { get; } = new float[count];

    /// <summary>Costs, of what should not happen [N].</summary>
    public float[] Costs { get; } = new float[count];

    /// <summary>Whether an episode has come to its own end [N]: nothing could follow.</summary>
    public bool[] Terminated { get; } = new bool[count];

    /// <summary>Whether an episode was cut off [N]: something could have followed, and its value counts.</summary>
    public bool[] Truncated { get; } = new bool[count];

    /// <summary>Whether an episode is over.</summary>
    public bool IsOver(int environment) => Terminated[environment] || Truncated[environment];
}

/// <summary>
/// Environments of one kind side by side, by Gymnasium's contract (Towers et al. 2024): reset with a seed, step with actions, episodes that terminate or are truncated. An episode that is over is reset by the next step, which ignores its
/// action and gives no reward. Equal seeds and actions give equal episodes, whatever the other environments do.
/// </summary>
public interface IVectorEnvironment
{
    /// <summary>Environments, N.</summary>
    int Count { get; }

    /// <summary>What is seen.</summary>
    BoxSpace ObservationSpace { get; }

    /// <summary>What can be done.</summary>
    BoxSpace ActionSpace { get; }

    /// <summary>Starts a first episode in each environment.</summary>
    /// <param name="seed">The seed of all episodes until the next reset.</param>
    /// <param name="into">Receives the first observations; nothing else of it is set.</param>
    void Reset(ulong seed, EnvironmentStep into);

    /// <summary>Acts in each environment.</summary>
    /// <param name="actions">An action for each [N × A]; beyond the bounds they are clipped.</param>
    /// <param name="into">Receives what came of it.</param>
    /// <exception cref="ArgumentException">An action is not a number; nothing has moved then.</exception>
    void Step(ReadOnlySpan<float> actions, EnvironmentStep into);
}

/// <summary>Environments with goals that can say, in hindsight, which goals an episode reached, whatever was asked for (Andrychowicz et al. 2017). A goal is the numbers of an observation that ask for it.</summary>
public interface IHindsightEnvironment : IVectorEnvironment
{
    /// <summary>Numbers of a goal, the last of an observation, G.</summary>
    int GoalSize { get; }

    /// <summary>Goals that an environment's last action made true and that were not at its episode's start.</summary>
    /// <param name="environment">Which one.</param>
    /// <param name="goals">Receives them, one after the other; room for <see cref="MostAchieved"/>.</param>
    /// <returns>How many.</returns>
    int Achieved(int environment, Span<float> goals);

    /// <summary>Most goals that one action can make true.</summary>
    int MostAchieved { get; }

    /// <summary>Plays other actions from the start of an environment's present episode, which goes on undisturbed.</summary>
    /// <param name="environment">Which one.</param>
    /// <param name="actions">The actions [T × A].</param>
    /// <param name="goal">A goal [G].</param>
    /// <param name="observations">Receives what is seen with that goal, also after the last action [(T + 1) × S]; empty where nobody wants to know.</param>
    /// <returns>Whether every action was possible, and the last one made the goal true for the first time.</returns>
    bool Replay(int environment, ReadOnlySpan<float> actions, ReadOnlySpan<float> goal, Span<float> observations);
}
