using System.Globalization;
using System.Text.Json;
using Preceptor.Foundation;

namespace Preceptor.Papers;

/// <summary>Papers as JSON Lines, in the form of arXiv's metadata: one object a line with title and abstract, and id, authors, a date and an address where it has them.</summary>
internal static class PaperJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    public static IEnumerable<ImportedPaper> Read(string first, TextLines lines)
    {
        for (var line = first; line is not null; line = lines.Read())
            if (!line.AsSpan().Trim().IsEmpty) yield return Parse(line, $"{lines.Path} line {lines.Number}");
    }

    private static ImportedPaper Parse(string line, string place)
    {
        try
        {
            using var json = JsonDocument.Parse(line, Options);
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw new RequestException($"{place}: expected an object with title and abstract, found {json.RootElement.ValueKind}");
            var title = PaperFile.Clean(Text(json.RootElement, place, "title") ?? "");
            if (title.Length == 0) throw new RequestException($"{place}: title: is missing or empty; found the keys {string.Join(", ", json.RootElement.EnumerateObject().Select(p => p.Name).Take(12))}");
            var id = Text(json.RootElement, place, "arxiv_id", "id", "paper_id") ?? "";
            var doi = Text(json.RootElement, place, "doi");
            return new(title, PaperFile.Clean(Text(json.RootElement, place, "abstract", "summary") ?? ""))
            {
                Authors = PaperFile.Clean(Text(json.RootElement, place, "authors", "author") ?? ""),
                Published = Date(json.RootElement, place),
                Identifier = PaperIdentifier.Arxiv(id) ?? (string.IsNullOrWhiteSpace(doi) ? "" : $"doi:{doi.Trim().ToLowerInvariant()}"),
                Address = PaperFile.WebAddress(Text(json.RootElement, place, "url", "link")) is { Length: > 0 } address ? address : PaperIdentifier.Address(PaperIdentifier.Arxiv(id)),
            };
        }
        catch (JsonException e)
        {
            throw new RequestException($"{place}: not JSON: {e.Message.Split(" LineNumber")[0]}", e);
        }
        catch (InvalidOperationException e) // half of a surrogate pair in a string
        {
            throw new RequestException($"{place}: has text that is not Unicode: {e.Message}", e);
        }
    }

    private static string? Text(JsonElement json, string place, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            if (json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null)
                return value.ValueKind switch
                {
                    JsonValueKind.String => value.GetString(),
                    JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.String ? v.GetString()
                        : v.ValueKind == JsonValueKind.Object && v.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()
                        : v.ValueKind == JsonValueKind.Array ? string.Join(' ', v.EnumerateArray().Where(p => p.ValueKind == JsonValueKind.String).Select(p => p.GetString())) : "").Where(t => !string.IsNullOrWhiteSpace(t))),
                    JsonValueKind.Number => value.GetRawText(),
                    var kind => throw new RequestException($"{place}: {key}: expected text, found {kind}"),
                };
        return null;
    }

    private static DateOnly? Date(JsonElement json, string place)
    {
        if (Text(json, place, "published", "publishedAt", "date", "update_date", "year") is not { Length: > 0 } text) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)) return DateOnly.FromDateTime(time.UtcDateTime);
        return text.Length == 4 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year > 0 ? new DateOnly(year, 1, 1)
            : throw new RequestException($"{place}: '{text}' is no date; expected a form such as 2024-03-11");
    }
}
