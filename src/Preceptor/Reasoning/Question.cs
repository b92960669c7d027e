using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Reasoning;

/// <summary>A question with the answer that is wanted.</summary>
/// <param name="Text">The question.</param>
/// <param name="Answer">The right answer; where a program alone says what is right, whatever that program reads.</param>
public sealed record Question(string Text, string Answer)
{
    /// <summary>A worked solution, a step a line; empty where none is known. It may be wrong.</summary>
    public string Solution { get; init; } = "";

    /// <summary>How hard it is, in the problem's own measure, such as steps; 0 where nobody says.</summary>
    public int Level { get; init; }
}

/// <summary>Questions, divided.</summary>
/// <param name="Train">Those to learn from.</param>
/// <param name="Validation">Those to validate by.</param>
/// <param name="Test">Those of the exam.</param>
public sealed record QuestionSets(Question[] Train, Question[] Validation, Question[] Test)
{
    /// <summary>What to know about them.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>A hash of questions, answers and solutions.</summary>
    internal static string Hash(IEnumerable<Question> questions) => Contents.Hash(Encoding.UTF8.GetBytes(string.Join('\0', questions.Select(q => $"{q.Text}\u0001{q.Answer}\u0001{q.Solution}"))));
}
