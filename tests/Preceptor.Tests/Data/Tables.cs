using Preceptor.Data;
using Preceptor.Readers;

namespace Preceptor.Tests.Data;

/// <summary>Small tables for tests.</summary>
internal static class Tables
{
    public static TextColumn Text(string name, params string[] cells) => new(name, cells);

    public static NumberColumn Numbers(string name, params double[] cells) => new(name, cells);

    /// <summary>A table as the command reads it from a file of that name.</summary>
    public static Table Csv(string name, string content, IEnumerable<string>? text = null, IEnumerable<string>? numbers = null) =>
        DelimitedReader.Read(new StringReader(content), name, new() { Text = (text ?? []).ToHashSet(), Numbers = (numbers ?? []).ToHashSet(), AllowAbsent = true });
}
