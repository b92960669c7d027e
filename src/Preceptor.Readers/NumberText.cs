using System.Globalization;
using System.Text;

namespace Preceptor.Readers;

/// <summary>What a cell is when read as a number.</summary>
internal enum NumberKind
{
    /// <summary>A finite number, or NaN for an empty cell or a missing marker.</summary>
    Number,

    /// <summary>An infinity, written out or too large for a double.</summary>
    NotFinite,

    /// <summary>Not a number.</summary>
    Other,
}

/// <summary>Reads numbers from UTF-8.</summary>
internal static class NumberText
{
    // Powers of ten that a double holds exactly.
    private static readonly double[] PowersOfTen =
        [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>Reads a cell; the value is NaN for an empty cell and for NA, N/A, null, ? and nan in any case.</summary>
    public static NumberKind Read(ReadOnlySpan<byte> cell, out double value)
    {
        if (cell.Length > 0 && ReadSimple(cell, out value) == cell.Length) return NumberKind.Number;
        cell = cell.Trim(" \t"u8);
        if (IsMissing(cell))
        {
            value = double.NaN;
            return NumberKind.Number;
        }
        if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && !double.IsNaN(value))
            return double.IsFinite(value) ? NumberKind.Number : NumberKind.NotFinite;
        return IsInfinity(cell) ? NumberKind.NotFinite : NumberKind.Other;
    }

    /// <summary>
    /// Reads digits with an optional sign and point, at most 15 digits: both the digits and the power of ten are exact doubles then,
    /// so that their quotient is the correctly rounded value, several times faster than the general way.
    /// </summary>
    /// <returns>How many bytes at the start of the text are such a number; 0 if none are.</returns>
    public static int ReadSimple(ReadOnlySpan<byte> text, out double value)
    {
        var negative = text.Length > 0 && text[0] == '-';
        var at = negative ? 1 : 0;
        var (digits, count, point) = (0L, 0, -1);
        for (; at < text.Length; at++)
        {
            var digit = (uint)(text[at] - '0');
            if (digit <= 9)
            {
                digits = digits * 10 + digit;
                count++;
            }
            else if (text[at] == '.' && point < 0) point = count;
            else break;
        }
        value = 0;
        if (count is 0 or > 15) return 0;
        var magnitude = point < 0 ? digits : digits / PowersOfTen[count - point];
        value = negative ? -magnitude : magnitude;
        return at;
    }

    private static bool IsMissing(ReadOnlySpan<byte> cell) => cell.Length switch
    {
        0 => true,
        1 => cell[0] == '?',
        2 => Ascii.EqualsIgnoreCase(cell, "NA"u8),
        3 => Ascii.EqualsIgnoreCase(cell, "N/A"u8) || Ascii.EqualsIgnoreCase(cell, "nan"u8),
        4 => Ascii.EqualsIgnoreCase(cell, "null"u8),
        _ => false,
    };

    private static bool IsInfinity(ReadOnlySpan<byte> cell)
    {
        if (cell.Length > 0 && cell[0] is (byte)'-' or (byte)'+') cell = cell[1..];
        return Ascii.EqualsIgnoreCase(cell, "inf"u8) || Ascii.EqualsIgnoreCase(cell, "infinity"u8);
    }
}
