using Preceptor.Data;

namespace Preceptor.Baselines;

/// <summary>How often a token occurs, as a feature.</summary>
public enum TokenWeight
{
    /// <summary>The count itself.</summary>
    Count,

    /// <summary>log(1 + count), scaled so that a row's tokens have length 1: long texts weigh no more than short ones.</summary>
    UnitLogarithm,
}

/// <summary>
/// The encoded inputs of one row as a sparse vector: pixels scaled to [0, 1], then numbers and categories as they are, then
/// one feature a token id. One object reads many rows, one after the other.
/// </summary>
/// <param name="shape">What the inputs look like.</param>
/// <param name="weight">How tokens count.</param>
public sealed class FeatureVector(InputShape shape, TokenWeight weight)
{
    private readonly List<int> indices = [];
    private readonly List<float> values = [];
    private readonly List<int> tokens = [];

    /// <summary>How many features there are.</summary>
    public int Length => LengthOf(shape);

    /// <summary>The features of the row that are not zero, in increasing order.</summary>
    public IReadOnlyList<int> Indices => indices;

    /// <summary>Their values.</summary>
    public IReadOnlyList<float> Values => values;

    /// <summary>How many features inputs of a shape have.</summary>
    public static int LengthOf(InputShape shape) => checked(shape.Pixels + shape.Numbers + shape.Tokens);

    /// <summary>Reads a row.</summary>
    public void Read(Examples examples, int row)
    {
        indices.Clear();
        values.Clear();
        var pixels = examples.Pixels(row);
        for (var i = 0; i < pixels.Length; i++) Add(i, pixels[i] / 255f);
        var numbers = examples.Numbers(row);
        for (var i = 0; i < numbers.Length; i++) Add(shape.Pixels + i, numbers[i]);
        AddTokens(examples.Tokens(row), shape.Pixels + shape.Numbers);
    }

    private void AddTokens(ReadOnlySpan<int> ids, int offset)
    {
        tokens.Clear();
        tokens.AddRange(ids);
        tokens.Sort();
        var first = values.Count;
        for (int start = 0, end; start < tokens.Count; start = end)
        {
            end = start + 1;
            while (end < tokens.Count && tokens[end] == tokens[start]) end++;
            Add(offset + tokens[start], weight == TokenWeight.Count ? end - start : MathF.Log(1 + end - start));
        }
        if (weight == TokenWeight.Count) return;
        var squares = 0f;
        for (var i = first; i < values.Count; i++) squares += values[i] * values[i];
        for (var i = first; i < values.Count; i++) values[i] /= MathF.Sqrt(squares);
    }

    private void Add(int index, float value)
    {
        if (value == 0) return;
        indices.Add(index);
        values.Add(value);
    }
}
