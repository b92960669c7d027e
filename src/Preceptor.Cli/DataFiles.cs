using Preceptor.Data;
using Preceptor.Readers;

namespace Preceptor.Cli;

/// <summary>Reads whatever a specification's <c>data</c> names.</summary>
internal static class DataFiles
{
    public static (Table Rows, Table? Test) Read(string path, IReadOnlyCollection<string> text, IReadOnlyCollection<string> numbers, BadImages badImages = BadImages.Fail)
    {
        if (!File.Exists(path) && (Directory.Exists(path) || DataFolder.Find(path) is not null || PairSets.Find(path) is not null)) return TableReader.ReadSplit(path, badImages);
        return (TableReader.Read(path, new DelimitedOptions { Text = text.ToHashSet(), Numbers = numbers.ToHashSet(), AllowAbsent = true }), null);
    }
}
