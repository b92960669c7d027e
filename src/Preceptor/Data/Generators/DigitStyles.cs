using System.Globalization;
using System.Numerics;

namespace Preceptor.Data.Generators;

/// <summary>
/// The ways in which the ten digits are written: pen strokes through points of a unit box (x to the right, y down).
/// </summary>
internal static class DigitStyles
{
    // A style lists its strokes, separated by ';'. A stroke is a smooth curve through its points in hundredths of the box;
    // '/' ends the curve at the point before it and begins another there: a corner.
    private static readonly string[][] Sources =
    [
        [
            "50,0 15,15 0,50 15,85 50,100 85,85 100,50 85,15 50,0",
            "65,4 30,6 8,40 12,80 45,100 82,82 95,45 78,10 48,2 35,10",
            "60,0 30,12 18,50 28,88 52,100 74,84 84,48 76,12 50,0",
        ],
        [
            "50,0 / 50,100",
            "22,26 52,0 / 52,100",
            "20,25 52,0 / 52,100 ; 18,100 86,100",
            "62,0 40,100",
        ],
        [
            "5,24 25,4 55,0 86,18 80,44 45,74 2,100 / 100,100",
            "6,22 30,1 68,2 88,25 72,55 32,88 12,97 6,86 24,80 60,96 100,94",
            "8,12 40,0 82,8 88,34 50,64 4,98 / 40,92 98,100",
        ],
        [
            "5,12 40,0 80,10 80,34 38,47 / 84,57 94,80 60,100 4,90",
            "5,2 88,0 / 42,40 / 84,50 96,76 62,100 5,92",
            "8,10 46,0 84,14 74,36 46,46 52,50 88,62 90,86 52,100 6,88",
        ],
        [
            "28,0 4,58 / 98,58 ; 72,26 68,100",
            "72,100 72,0 / 0,66 / 100,66",
            "12,4 10,48 30,54 86,50 ; 88,0 82,50 76,100",
        ],
        [
            "88,0 20,2 / 12,43 / 48,35 88,54 86,84 46,100 0,88",
            "20,2 14,44 / 52,38 90,58 84,88 44,100 4,90 ; 20,2 94,0",
            "88,4 40,2 16,20 28,42 70,52 88,74 62,98 6,92",
        ],
        [
            "74,0 34,26 8,66 24,96 62,100 92,76 72,52 34,56 10,76",
            "40,0 16,40 8,74 30,98 70,98 94,72 66,50 28,58 10,80",
            "86,6 50,4 18,34 8,70 30,98 68,98 88,76 66,54 30,60 12,78",
        ],
        [
            "2,2 96,0 / 36,100",
            "4,2 94,0 / 40,100 ; 24,52 82,48",
            "2,8 44,8 96,0 64,42 44,100",
            "4,22 4,2 / 94,2 / 50,50 42,100",
        ],
        [
            "78,12 46,0 16,16 34,40 76,62 88,84 50,100 10,84 24,60 68,40 84,20 74,8",
            "50,0 20,8 16,34 50,47 84,34 80,8 50,0 ; 50,47 12,60 8,90 50,100 92,90 88,60 50,47",
            "84,10 40,2 20,22 46,44 82,64 76,94 34,98 14,74 44,50 80,26 84,8",
        ],
        [
            "86,20 54,0 18,10 12,38 44,52 78,38 88,12 / 82,56 62,100",
            "88,6 50,0 12,16 16,44 50,50 84,34 88,6 / 84,100",
            "84,16 50,0 14,14 16,42 50,50 82,34 86,12 88,54 72,92 40,100 14,90",
        ],
    ];

    /// <summary>The strokes of each digit and style.</summary>
    internal static PenStroke[][][] All { get; } = [.. Sources.Select(styles => styles.Select(Read).ToArray())];

    private static PenStroke[] Read(string style) => [.. style.Split(';').Select(Stroke)];

    private static PenStroke Stroke(string text)
    {
        var pieces = text.Split('/').Select(Points).ToArray();
        for (var i = 1; i < pieces.Length; i++) pieces[i] = [pieces[i - 1][^1], .. pieces[i]];
        return new(pieces);
    }

    private static Vector2[] Points(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Point)];

    private static Vector2 Point(string text)
    {
        var comma = text.IndexOf(',');
        return new(Hundredths(text.AsSpan(0, comma)), Hundredths(text.AsSpan(comma + 1)));
    }

    private static float Hundredths(ReadOnlySpan<char> text) => int.Parse(text, CultureInfo.InvariantCulture) / 100f;
}

/// <summary>One stroke of the pen: smooth pieces, each beginning where the one before ended.</summary>
/// <param name="Pieces">The points of each piece in the unit box.</param>
internal sealed record PenStroke(Vector2[][] Pieces);
