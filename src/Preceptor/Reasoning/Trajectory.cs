namespace Preceptor.Reasoning;

/// <summary>Legal steps one after the other, from the beginning of a question.</summary>
internal sealed class Trajectory
{
    private readonly List<StepState> states;
    private readonly List<int> choices = [];
    private readonly List<int[]> tokens = [];

    /// <summary>One without a step.</summary>
    public Trajectory(StepState start) => states = [start];

    private Trajectory(Trajectory other, int length)
    {
        (states, choices, tokens) = ([.. other.states[..(length + 1)]], [.. other.choices[..length]], [.. other.tokens[..length]]);
    }

    /// <summary>How many steps it has.</summary>
    public int Length => choices.Count;

    /// <summary>Where it was before each step, and where it is.</summary>
    public IReadOnlyList<StepState> States => states;

    /// <summary>Which of the legal steps each was.</summary>
    public IReadOnlyList<int> Choices => choices;

    /// <summary>The tokens of each step.</summary>
    public IReadOnlyList<int[]> Tokens => tokens;

    /// <summary>Where it is.</summary>
    public StepState End => states[^1];

    /// <summary>Whether a limit of tokens ended it.</summary>
    public bool IsCut { get; set; }

    /// <summary>Whether there is a step more to take.</summary>
    public bool IsOpen => !IsCut && End.Steps.Count > 0;

    /// <summary>What tells it from others of its question.</summary>
    public string Key => string.Join(' ', choices);

    /// <summary>Its lines.</summary>
    public IEnumerable<string> Lines => choices.Select((choice, i) => states[i].Steps[choice].Line);

    /// <summary>Takes a step.</summary>
    /// <param name="choice">Which.</param>
    /// <param name="text">Its tokens.</param>
    public void Take(int choice, int[] text)
    {
        states.Add(End.Steps[choice].State);
        choices.Add(choice);
        tokens.Add(text);
    }

    /// <summary>Its first steps.</summary>
    public Trajectory First(int length) => new(this, length);

    /// <summary>The tokens of its first steps.</summary>
    public int[] TokensOf(int length) => [.. tokens.Take(length).SelectMany(t => t)];
}
