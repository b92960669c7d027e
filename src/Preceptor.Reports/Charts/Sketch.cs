using System.Globalization;
using SkiaSharp;

namespace Preceptor.Reports.Charts;

/// <summary>Where a text lies beside its place.</summary>
internal enum Anchor
{
    /// <summary>It begins there.</summary>
    Start,

    /// <summary>Its middle is there.</summary>
    Middle,

    /// <summary>It ends there.</summary>
    End,
}

/// <summary>A drawing of a fixed size that can be written as SVG and as PNG: lines, dots and texts, later ones over earlier ones.</summary>
/// <param name="width">Pixels across.</param>
/// <param name="height">Pixels down.</param>
/// <param name="description">What it shows, for those who do not see it.</param>
internal sealed class Sketch(int width, int height, string description)
{
    private const string Background = "#ffffff";
    private static readonly string[] Fonts = ["Segoe UI", "Helvetica Neue", "Roboto", "Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial"];

    private readonly List<Shape> shapes = [];

    private abstract record Shape(string Colour);

    private sealed record Line(double X1, double Y1, double X2, double Y2, double Width, bool IsDashed, string Colour) : Shape(Colour);

    private sealed record Dot(double X, double Y, double Radius, string Colour) : Shape(Colour);

    private sealed record Words(double X, double Y, string Text, double Size, bool IsBold, Anchor Anchor, string Colour) : Shape(Colour);

    /// <summary>Draws a line.</summary>
    public void AddLine(double x1, double y1, double x2, double y2, string colour, double width = 1, bool isDashed = false) => shapes.Add(new Line(x1, y1, x2, y2, width, isDashed, colour));

    /// <summary>Draws a dot.</summary>
    public void AddDot(double x, double y, double radius, string colour) => shapes.Add(new Dot(x, y, radius, colour));

    /// <summary>Writes a text on a base line.</summary>
    public void AddText(double x, double y, string text, string colour, double size = 14, bool isBold = false, Anchor anchor = Anchor.Start) => shapes.Add(new Words(x, y, text, size, isBold, anchor, colour));

    /// <summary>The drawing as an SVG file.</summary>
    public string Svg() => Html.Of(
        $"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{description}" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif">
        <rect width="{width}" height="{height}" fill="{Background}"/>
        {shapes.Select(Element)}</svg>

        """).Markup;

    /// <summary>The drawing as a PNG file, or null where this machine has no font to write with.</summary>
    /// <param name="scale">Pixels of the file for each of the drawing's.</param>
    public byte[]? Png(int scale = 2)
    {
        using var plain = Typeface(SKFontStyle.Normal);
        using var bold = Typeface(SKFontStyle.Bold);
        if (plain is null || bold is null) return null;
        using var bitmap = new SKBitmap(width * scale, height * scale);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColor.Parse(Background));
        canvas.Scale(scale);
        foreach (var shape in shapes)
        {
            using var paint = new SKPaint { Color = SKColor.Parse(shape.Colour), IsAntialias = true };
            switch (shape)
            {
                case Line line:
                    paint.StrokeWidth = (float)line.Width;
                    paint.IsStroke = true;
                    using (var dashes = line.IsDashed ? SKPathEffect.CreateDash([4, 4], 0) : null)
                    {
                        paint.PathEffect = dashes;
                        canvas.DrawLine((float)line.X1, (float)line.Y1, (float)line.X2, (float)line.Y2, paint);
                    }
                    break;
                case Dot dot:
                    canvas.DrawCircle((float)dot.X, (float)dot.Y, (float)dot.Radius, paint);
                    break;
                case Words words:
                    using (var font = new SKFont(words.IsBold ? bold : plain, (float)words.Size)) canvas.DrawText(words.Text, (float)words.X, (float)words.Y, Align(words.Anchor), font, paint);
                    break;
            }
        }
        canvas.Flush();
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return encoded.ToArray();
    }

    private static SKTextAlign Align(Anchor anchor) => anchor switch { Anchor.Middle => SKTextAlign.Center, Anchor.End => SKTextAlign.Right, _ => SKTextAlign.Left };

    // A typeface that has letters: the default one of a machine without fonts has none.
    private static SKTypeface? Typeface(SKFontStyle style)
    {
        foreach (var name in Fonts.Append(null))
        {
            var found = name is null ? SKTypeface.CreateDefault() : SKFontManager.Default.MatchFamily(name, style);
            if (found is not null && found.ContainsGlyphs("Aa0%−")) return found;
            found?.Dispose();
        }
        return null;
    }

    private static Html Element(Shape shape) => shape switch
    {
        Line line => Html.Of(
            $"""
            <line x1="{line.X1}" y1="{line.Y1}" x2="{line.X2}" y2="{line.Y2}" stroke="{line.Colour}" stroke-width="{line.Width}"{(line.IsDashed ? new Html(" stroke-dasharray=\"4 4\"") : Html.None)}/>

            """),
        Dot dot => Html.Of(
            $"""
            <circle cx="{dot.X}" cy="{dot.Y}" r="{dot.Radius}" fill="{dot.Colour}"/>

            """),
        Words words => Html.Of(
            $"""
            <text x="{words.X}" y="{words.Y}" font-size="{words.Size}" fill="{words.Colour}"{(words.IsBold ? new Html(" font-weight=\"600\"") : Html.None)} text-anchor="{words.Anchor.ToString().ToLower(CultureInfo.InvariantCulture)}">{words.Text}</text>

            """),
        _ => throw new NotSupportedException(shape.GetType().Name),
    };
}
