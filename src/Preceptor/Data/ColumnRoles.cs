namespace Preceptor.Data;

/// <summary>Guesses what undeclared columns hold, by looking at them.</summary>
public static class ColumnRoles
{
    private const int MostCategories = 50;
    private const int TextLength = 24;

    /// <summary>Sorts the columns into numbers, categories, text and images; columns of single words that mostly differ, such as ids, are left out.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="others">Columns with another role.</param>
    public static InputRoles Look(Table table, IReadOnlySet<string> others)
    {
        List<string> text = [], numbers = [], categories = [];
        string? image = null;
        foreach (var column in table.Columns)
        {
            if (others.Contains(column.Name) || table.Targets.Contains(column.Name)) continue;
            switch (column)
            {
                case ImageColumn: image ??= column.Name; break;
                case NumberColumn n when n.Values.Any(v => !double.IsNaN(v)) && !IsCounter(n): numbers.Add(column.Name); break;
                case TextColumn { Name: "file" } when table.Columns.Any(c => c is ImageColumn): break; // the image's path often tells its class
                case TextColumn t when IsText(t, TextLength): text.Add(column.Name); break;
                case TextColumn t when IsCategory(t): categories.Add(column.Name); break;
                case TextColumn t when IsText(t, 0): text.Add(column.Name); break; // subjects, titles, search words
            }
        }
        return new() { Text = text, Numbers = numbers, Categories = categories, Image = image };
    }

    private static bool IsCounter(NumberColumn column)
    {
        for (var row = 1; row < column.Rows; row++)
            if (column.Values[row] != column.Values[row - 1] + 1) return false;
        return column.Rows > 2;
    }

    // Most cells have several words, and are long enough on average. A date with its time has no words.
    private static bool IsText(TextColumn column, int averageLength)
    {
        long length = 0, severalWords = 0, cells = 0;
        for (var row = 0; row < Math.Min(column.Rows, 10_000); row++)
        {
            if (column[row].IsEmpty) continue;
            cells++;
            length += column[row].Length;
            if (column[row].Contains(' ') && HasWord(column[row])) severalWords++;
        }
        return severalWords * 2 > cells && length >= averageLength * cells;
    }

    private static bool HasWord(ReadOnlySpan<char> cell)
    {
        for (var i = 1; i < cell.Length; i++)
            if (char.IsLetter(cell[i - 1]) && char.IsLetter(cell[i])) return true;
        return false;
    }

    private static bool IsCategory(TextColumn column)
    {
        var values = new HashSet<string>(StringComparer.Ordinal);
        for (var row = 0; row < column.Rows; row++)
        {
            values.Add(column[row].Trim().ToString());
            if (values.Count > MostCategories) return false;
        }
        return values.Count > 1 && values.Count * 2 <= column.Rows + 1;
    }
}
