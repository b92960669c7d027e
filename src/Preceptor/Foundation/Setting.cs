namespace Preceptor.Foundation;

/// <summary>A value of a specification together with the place it was written, so that a message can point at it.</summary>
/// <param name="Place">Where it stands, such as <c>spec.yaml line 12</c> or <c>--set</c>.</param>
/// <param name="Path">Its full key, such as <c>method.final-weight</c>; empty for the whole specification.</param>
public abstract record Setting(string Place, string Path)
{
    /// <summary>A request error that names this setting's place and key.</summary>
    public RequestException Wrong(string what) => new($"{Place}: {(Path.Length > 0 ? Path + ": " : "")}{what}");
}

/// <summary>A single value as it was written.</summary>
public sealed record ScalarSetting(string Place, string Path, string Text) : Setting(Place, Path);

/// <summary>A list of values.</summary>
public sealed record ListSetting(string Place, string Path, IReadOnlyList<Setting> Items) : Setting(Place, Path);

/// <summary>Keys and values, in the order they were written.</summary>
public sealed record MapSetting(string Place, string Path, IReadOnlyList<KeyValuePair<string, Setting>> Entries) : Setting(Place, Path)
{
    /// <summary>The value of a key, or null.</summary>
    public Setting? Find(string key) => Entries.FirstOrDefault(e => e.Key == key).Value;

    /// <summary>The same map with one key added or replaced.</summary>
    public MapSetting With(string key, Setting value) =>
        this with { Entries = [.. Entries.Where(e => e.Key != key), new(key, value)] };

    /// <summary>The same map without a key.</summary>
    public MapSetting Without(string key) => this with { Entries = [.. Entries.Where(e => e.Key != key)] };
}
