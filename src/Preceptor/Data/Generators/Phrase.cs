using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Data.Generators;

/// <summary>
/// A pattern of text: "[a|b|c]" stands for one of its alternatives (which may be patterns or empty), "{name}" for the
/// phrase that a vocabulary holds under that name.
/// </summary>
internal abstract class Phrase
{
    /// <summary>Writes one wording, chosen by the stream.</summary>
    internal abstract void Write(StringBuilder text, RandomStream random);

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="vocabulary">The phrases that "{name}" may stand for.</param>
    internal static Phrase Read(string pattern, IReadOnlyDictionary<string, Phrase> vocabulary)
    {
        var position = 0;
        var phrase = ReadChoice(pattern, ref position, vocabulary);
        return position == pattern.Length ? phrase : throw new FormatException($"unbalanced bracket at {position} in '{pattern}'");
    }

    private static Phrase ReadChoice(string pattern, ref int position, IReadOnlyDictionary<string, Phrase> vocabulary)
    {
        var alternatives = new List<Phrase> { ReadSequence(pattern, ref position, vocabulary) };
        while (position < pattern.Length && pattern[position] == '|')
        {
            position++;
            alternatives.Add(ReadSequence(pattern, ref position, vocabulary));
        }
        return alternatives is [var only] ? only : new Choice([.. alternatives]);
    }

    private static Sequence ReadSequence(string pattern, ref int position, IReadOnlyDictionary<string, Phrase> vocabulary)
    {
        var parts = new List<Phrase>();
        while (position < pattern.Length && pattern[position] is not ('|' or ']'))
        {
            if (pattern[position] == '[')
            {
                position++;
                parts.Add(ReadChoice(pattern, ref position, vocabulary));
                if (position == pattern.Length) throw new FormatException($"a bracket stays open in '{pattern}'");
                position++;
            }
            else if (pattern[position] == '{')
            {
                var end = pattern.IndexOf('}', position);
                parts.Add(vocabulary[pattern[(position + 1)..end]]);
                position = end + 1;
            }
            else
            {
                var end = pattern.AsSpan(position).IndexOfAny("[|]{");
                var next = end < 0 ? pattern.Length : position + end;
                parts.Add(new Words(pattern[position..next]));
                position = next;
            }
        }
        return new([.. parts]);
    }

    private sealed class Words(string words) : Phrase
    {
        internal override void Write(StringBuilder text, RandomStream random) => text.Append(words);
    }

    private sealed class Sequence(Phrase[] parts) : Phrase
    {
        internal override void Write(StringBuilder text, RandomStream random)
        {
            foreach (var part in parts) part.Write(text, random);
        }
    }

    private sealed class Choice(Phrase[] alternatives) : Phrase
    {
        internal override void Write(StringBuilder text, RandomStream random) => alternatives[random.Next(alternatives.Length)].Write(text, random);
    }
}

/// <summary>A whole number drawn from a range, as digits.</summary>
internal sealed class NumberPhrase(int low, int high) : Phrase
{
    internal override void Write(StringBuilder text, RandomStream random) => text.Append(low + random.Next(high - low + 1));
}
