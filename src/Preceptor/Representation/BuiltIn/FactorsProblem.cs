using System.ComponentModel;
using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Representation.BuiltIn;

/// <summary>
/// The problem <c>factors</c>: a table whose columns are smooth functions of one or two of four hidden factors, with noise; three columns of categories, four of noise alone. The class is no linear function of the columns:
/// which of two pairs of factors agree in sign.
/// </summary>
[Version(1)]
public static class FactorsProblem
{
    private const int Factors = 4, Numbers = 14, Categories = 3, NoiseColumns = 4;

    /// <summary>The options of factors.</summary>
    public sealed record Options
    {
        /// <summary>The size.</summary>
        [Description("tiny: 64 rows in all; small: 4,000 to learn from; full: 8,000")]
        public ProblemSize Size { get; set; } = ProblemSize.Small;
    }

    /// <summary>Rows and their classes: those to learn from, to validate and to test.</summary>
    public static (Table Rows, int[] Classes)[] Draw(Options options, ulong seed)
    {
        int[] sizes = options.Size switch { ProblemSize.Tiny => [40, 12, 12], ProblemSize.Small => [4000, 500, 1000], _ => [8000, 1000, 4000] };
        var random = RandomStream.Of(seed, "factors");
        // How each column comes from its factors is drawn once, for all rows.
        var makers = Enumerable.Range(0, Numbers + Categories).Select(_ => (First: random.Next(Factors), Second: random.Next(Factors), Form: random.Next(4), Scale: 0.5 + random.NextDouble(), Shift: random.NextGaussian() * 0.5)).ToArray();
        double Made(int column, double[] u)
        {
            var (first, second, form, scale, shift) = makers[column];
            var (a, b) = (u[first], u[second]);
            return form switch { 0 => Math.Sin(2 * scale * a + shift), 1 => scale * a * b, 2 => Math.Tanh(scale * (a + b) + shift), _ => scale * a + shift } + 0.2 * random.NextGaussian();
        }
        return [.. sizes.Select(size =>
        {
            var (numbers, categories, classes) = (Enumerable.Range(0, Numbers + NoiseColumns).Select(_ => new double[size]).ToArray(), Enumerable.Range(0, Categories).Select(_ => new string[size]).ToArray(), new int[size]);
            for (var row = 0; row < size; row++)
            {
                double[] u = [.. Enumerable.Range(0, Factors).Select(_ => random.NextGaussian())];
                for (var c = 0; c < Numbers; c++) numbers[c][row] = Made(c, u);
                for (var c = 0; c < NoiseColumns; c++) numbers[Numbers + c][row] = random.NextGaussian();
                for (var c = 0; c < Categories; c++) categories[c][row] = ((int)Math.Clamp(Math.Floor(Made(Numbers + c, u)) + 2, 0, 4)).ToString(CultureInfo.InvariantCulture);
                classes[row] = (u[0] * u[1] > 0 ? 1 : 0) + (u[2] * u[3] > 0 ? 2 : 0);
            }
            return (new Table("factors", [.. numbers.Select((n, i) => (Column)new NumberColumn($"n{i}", n)), .. categories.Select((c, i) => (Column)new TextColumn($"c{i}", c))]), classes);
        })];
    }

    /// <summary>The columns.</summary>
    public static InputRoles Roles { get; } = new() { Numbers = [.. Enumerable.Range(0, Numbers + NoiseColumns).Select(i => $"n{i}")], Categories = [.. Enumerable.Range(0, Categories).Select(i => $"c{i}")] };
}
