namespace Preceptor.Control;

/// <summary>What a policy keeps of episodes that go on side by side.</summary>
public abstract class PolicyMemory
{
    private protected PolicyMemory(int episodes) => Ages = new int[episodes];

    /// <summary>How many actions each episode has had.</summary>
    internal int[] Ages { get; }

    /// <summary>Forgets an episode that is over: the next action in its place is another one's first.</summary>
    /// <param name="episode">Which one.</param>
    public void Forget(int episode) => Ages[episode] = 0;
}
