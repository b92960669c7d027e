using System.Globalization;
using System.Text.RegularExpressions;

namespace Preceptor.Reasoning.BuiltIn;

/// <summary>A calculator mark of a solution, such as <c>&lt;&lt;48/2=24&gt;&gt;24</c>.</summary>
/// <param name="Numbers">The numbers of its expression, in their order.</param>
/// <param name="Result">What the mark says that the expression comes to; null where it cannot be read.</param>
/// <param name="IsRight">Whether the expression comes to that, exactly, and the text goes on with it.</param>
internal readonly record struct CalculatorMark(IReadOnlyList<Fraction> Numbers, Fraction? Result, bool IsRight);

/// <summary>
/// Calculator marks as GSM8K's solutions have them (Cobbe et al. 2021): expressions of decimal numbers, + - * /, // (rounded down), % behind a number, and parentheses, computed as exact fractions. Blanks, thousands separators and dollar signs do not matter.
/// </summary>
internal static partial class CalculatorMarks
{
    private const int Deepest = 20;

    /// <summary>The marks of a line, in their order.</summary>
    public static CalculatorMark[] Of(string line) => [.. Mark().Matches(line).Select(m =>
    {
        if (m.Groups["mark"].Value.Split('=') is not [var expression, var result] || Compute(result, out _) is not { } said) return new CalculatorMark([], null, false);
        var value = Compute(expression, out var numbers);
        return new CalculatorMark(numbers, said, value == said && IsSaid(said, line[(m.Index + m.Length)..]));
    })];

    /// <summary>The numbers that a text states, in digits.</summary>
    public static IEnumerable<Fraction> NumbersOf(string text) => Number().Matches(text).Select(m => Of(m)).OfType<Fraction>();

    /// <summary>The number behind the last <c>####</c>, spelled in one way; null where there is none, or no number alone.</summary>
    public static string? AnswerOf(string solution) => solution.LastIndexOf("####", StringComparison.Ordinal) is >= 0 and var at ? Spelled(solution[(at + 4)..]) : null;

    /// <summary>A number that stands alone, spelled in one way; null where it is none.</summary>
    public static string? Spelled(string text) => Alone().Match(text) is { Success: true } found && decimal.TryParse(found.Groups["number"].Value.Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        ? number.ToString("0.############################", CultureInfo.InvariantCulture) : null;

    /// <summary>What an expression comes to; null where it cannot be read, divides by 0, or has too large numbers.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="numbers">Its numbers.</param>
    public static Fraction? Compute(string expression, out IReadOnlyList<Fraction> numbers)
    {
        var reader = new Reader(string.Concat(expression.Where(c => c is not (' ' or ',' or '$'))));
        numbers = reader.Numbers;
        return reader.Whole();
    }

    // What the text says behind a mark is its result again, as a number or as a fraction; where it says no number, nothing contradicts.
    private static bool IsSaid(Fraction result, string text) => Said().Match(text) is not { Success: true } said || Of(said.Groups["number"]) is { } number && (number == result || Of(said.Groups["by"]) is { } divisor && Fraction.Of(number, '/', divisor) == result);

    private static Fraction? Of(Capture number) => Decimal(number.Value.Replace(",", "", StringComparison.Ordinal));

    private static Fraction? Decimal(string digits)
    {
        var (whole, part) = digits.Split('.') is [var w, var p] ? (w, p) : (digits, "");
        return part.Length < 18 && long.TryParse(whole + part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Fraction.Of(new(number), '/', new((long)Math.Pow(10, part.Length))) : null;
    }

    [GeneratedRegex("<<(?<mark>[^<>]*)>>", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Mark();

    [GeneratedRegex(@"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"^[ $]*(?<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)(?:/(?<by>\d+))?", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Said();

    [GeneratedRegex(@"^\s*\$?\s*(?<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\.?\s*$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Alone();

    /// <summary>Sums of products of numbers and parentheses, from left to right.</summary>
    private sealed class Reader(string text)
    {
        private int at;

        public List<Fraction> Numbers { get; } = [];

        public Fraction? Whole() => Sum(0) is { } value && at == text.Length ? value : null;

        private Fraction? Sum(int depth)
        {
            var value = Product(depth);
            while (value is { } left && at < text.Length && text[at] is '+' or '-')
            {
                var sign = text[at++];
                value = Product(depth) is { } right ? Fraction.Of(left, sign, right) : null;
            }
            return value;
        }

        private Fraction? Product(int depth)
        {
            var value = Factor(depth);
            while (value is { } left && at < text.Length && text[at] is '*' or '/')
            {
                var sign = text[at++];
                var isWhole = sign == '/' && at < text.Length && text[at] == '/';
                if (isWhole) at++;
                value = Factor(depth) is { } right ? Fraction.Of(left, sign, right) : null;
                if (!isWhole || value is not { } quotient) continue;
                var (whole, rest) = Math.DivRem(quotient.Numerator, quotient.Denominator);
                value = new Fraction(rest < 0 ? whole - 1 : whole);
            }
            return value;
        }

        private Fraction? Factor(int depth)
        {
            if (at >= text.Length || depth > Deepest) return null;
            if (text[at] is '-' or '+')
            {
                var sign = text[at++];
                return Factor(depth + 1) is { } signed ? Fraction.Of(new(0), sign, signed) : null;
            }
            Fraction? value;
            if (text[at] == '(')
            {
                at++;
                value = Sum(depth + 1);
                if (value is null || at >= text.Length || text[at++] != ')') return null;
            }
            else
            {
                var from = at;
                while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.')) at++;
                value = Decimal(text[from..at].TrimEnd('.') is ['.', ..] part ? "0" + part : text[from..at].TrimEnd('.'));
                if (value is not { } number) return null;
                Numbers.Add(number);
            }
            if (at >= text.Length || text[at] != '%') return value;
            at++;
            return Fraction.Of(value.Value, '/', new(100));
        }
    }
}
