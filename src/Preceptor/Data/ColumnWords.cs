using System.Globalization;
using Preceptor.Foundation;

namespace Preceptor.Data;

/// <summary>Cells as words, whatever the column holds.</summary>
public static class ColumnWords
{
    /// <summary>The cell of a row as a word: texts trimmed, numbers as they would be written, an empty cell as an empty text.</summary>
    /// <exception cref="RequestException">The column holds images.</exception>
    public static Func<int, string> Words(this Column column) => column switch
    {
        TextColumn text => row => text[row].Trim().ToString(),
        NumberColumn numbers => row => double.IsNaN(numbers.Values[row]) ? "" : numbers.Values[row].ToString(CultureInfo.InvariantCulture),
        _ => throw new RequestException($"column '{column.Name}' holds images, expected words"),
    };
}
