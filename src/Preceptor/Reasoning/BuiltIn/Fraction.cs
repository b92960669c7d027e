using System.Globalization;

namespace Preceptor.Reasoning.BuiltIn;

/// <summary>An exact number: a fraction in lowest terms, its denominator above 0.</summary>
internal readonly record struct Fraction : IComparable<Fraction>
{
    /// <summary>A whole number.</summary>
    public Fraction(long number) => (Numerator, Denominator) = (number, 1);

    private Fraction(long numerator, long denominator)
    {
        var divisor = denominator < 0 ? -Divisor(numerator, denominator) : Divisor(numerator, denominator);
        (Numerator, Denominator) = (numerator / divisor, denominator / divisor);
    }

    /// <summary>What is divided.</summary>
    public long Numerator { get; }

    /// <summary>By what.</summary>
    public long Denominator { get; }

    /// <summary>The result of an operation; null for a division by 0, or where numbers become too large.</summary>
    /// <param name="left">The left operand.</param>
    /// <param name="sign">+, -, * or /.</param>
    /// <param name="right">The right operand.</param>
    public static Fraction? Of(Fraction left, char sign, Fraction right)
    {
        try
        {
            return checked(sign switch
            {
                '+' => new(left.Numerator * right.Denominator + right.Numerator * left.Denominator, left.Denominator * right.Denominator),
                '-' => new(left.Numerator * right.Denominator - right.Numerator * left.Denominator, left.Denominator * right.Denominator),
                '*' => new(left.Numerator * right.Numerator, left.Denominator * right.Denominator),
                '/' => right.Numerator == 0 ? null : new Fraction(left.Numerator * right.Denominator, left.Denominator * right.Numerator),
                _ => null,
            });
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>Reads <c>12</c> or <c>8/3</c>; null for anything else.</summary>
    public static Fraction? Parse(string text)
    {
        static long? Whole(string part) => long.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        return text.Split('/') switch
        {
            [var whole] => Whole(whole) is { } number ? new Fraction(number) : null,
            [var top, var bottom] => Whole(top) is { } numerator && Whole(bottom) is { } divisor and > 0 ? new Fraction(numerator, divisor) : null,
            _ => null,
        };
    }

    /// <inheritdoc/>
    public int CompareTo(Fraction other) => ((Int128)Numerator * other.Denominator).CompareTo((Int128)other.Numerator * Denominator);

    /// <inheritdoc/>
    public override string ToString() => Denominator == 1 ? Numerator.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    private static long Divisor(long one, long other)
    {
        (one, other) = (Math.Abs(one), Math.Abs(other));
        while (other != 0) (one, other) = (other, one % other);
        return one == 0 ? 1 : one;
    }
}
