using System.Globalization;
using Preceptor.Data;
using Preceptor.Fields;

namespace Preceptor.Cli;

/// <summary>A field's solutions as CSV: state, place, time, u, a line each point and moment.</summary>
internal static class FieldFile
{
    /// <summary>The folder of the field that a run's folder, or a model's, holds; null where it holds another model or none.</summary>
    public static string? Find(string folder) => new[] { folder, Path.Combine(folder, "model") }.FirstOrDefault(place => File.Exists(Path.Combine(place, Field.FileName)));

    /// <summary>Solves from the initial states of a file, a row each, and gives the lines of the file.</summary>
    public static (IReadOnlyList<string> Header, IEnumerable<IReadOnlyList<string>> Rows) Of(Field field, string data)
    {
        var grid = field.Grid;
        var (fields, _) = field.Solve(FieldStates.Read(DataFiles.Read(data, [], [], BadImages.Fail).Rows, null, grid.Points, grid.IsPeriodic));
        return (["state", "place", "time", "u"], Enumerable.Range(0, fields.Length).Select(i => (IReadOnlyList<string>)
        [
            Text(i / (grid.Points * grid.Moments) + 1), Text(grid.Place(i / grid.Moments % grid.Points)), Text(i % grid.Moments * grid.TimeStep), Text(fields[i]),
        ]));
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
