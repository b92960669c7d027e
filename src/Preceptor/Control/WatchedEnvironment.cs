using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>Environments of somebody else's, which may fail in the middle: the message then says which, where, and at which action.</summary>
/// <param name="environments">The environments.</param>
/// <param name="where">In which part of the work, such as a round.</param>
internal sealed class WatchedEnvironment(IHindsightEnvironment environments, string where) : IHindsightEnvironment
{
    private int actions;

    public int Count => environments.Count;

    public BoxSpace ObservationSpace => environments.ObservationSpace;

    public BoxSpace ActionSpace => environments.ActionSpace;

    public int GoalSize => environments.GoalSize;

    public int MostAchieved => environments.MostAchieved;

    public void Reset(ulong seed, EnvironmentStep into)
    {
        try
        {
            actions = 0;
            environments.Reset(seed, into);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw Failed("when its episodes began", fault);
        }
    }

    public void Step(ReadOnlySpan<float> actions, EnvironmentStep into)
    {
        try
        {
            this.actions++;
            environments.Step(actions, into);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw Failed($"at action {this.actions} of its episodes", fault);
        }
    }

    public int Achieved(int environment, Span<float> goals)
    {
        try
        {
            return environments.Achieved(environment, goals);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw Failed($"to say what episode {environment} had reached by action {actions}", fault);
        }
    }

    public bool Replay(int environment, ReadOnlySpan<float> actions, ReadOnlySpan<float> goal, Span<float> observations)
    {
        try
        {
            return environments.Replay(environment, actions, goal, observations);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw Failed($"to replay episode {environment} at action {this.actions}", fault);
        }
    }

    private WorkException Failed(string when, Exception fault) =>
        new($"{where}: the environment {environments.GetType().Name} failed {when}: {fault.Message}; what was done before {where} is kept in the run's folder, and --resume goes on from there", fault);
}
