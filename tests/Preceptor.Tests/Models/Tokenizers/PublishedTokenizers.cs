using System.Collections.Concurrent;
using Preceptor.Data;
using Preceptor.Models;

namespace Preceptor.Tests.Models.Tokenizers;

/// <summary>Tokenizers of published models, loaded once; a test that asks for one that is not on this machine is skipped.</summary>
internal static class PublishedTokenizers
{
    private static readonly ConcurrentDictionary<string, Tokenizer> Loaded = new();

    public static Tokenizer Get(string name) => Loaded.GetOrAdd(name, n => Tokenizer.Load(Folder(n)));

    /// <summary>The folder of a data set tokenizer-…, or of a golden model.</summary>
    public static string Folder(string name)
    {
        if (DataFolder.FindGolden(Path.Combine(name, Tokenizer.FileName)) is { } golden) return Path.GetDirectoryName(golden)!;
        var folder = DataFolder.Find($"tokenizer-{name}");
        if (folder is null) Assert.Skip($"needs the data set tokenizer-{name}");
        return folder!;
    }
}
