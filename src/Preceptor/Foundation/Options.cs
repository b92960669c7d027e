using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;

namespace Preceptor.Foundation;

/// <summary>Where the default or the meaning of an option comes from: an equation, a table, a line of the released code.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SourceAttribute(string place) : Attribute
{
    /// <summary>The place, such as <c>eq. 6</c>.</summary>
    public string Place { get; } = place;
}

/// <summary>Values worth trying beside the default where settings are chosen by their scores.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TriedAttribute(params string[] values) : Attribute
{
    /// <summary>The values, as a specification would write them.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary>One option of an options record, as help, validation and documentation see it.</summary>
/// <param name="Key">The key in a specification, such as <c>final-weight</c>.</param>
/// <param name="Type">The property's type.</param>
/// <param name="Default">The default, written as a specification would; null where it is absent.</param>
/// <param name="Allowed">What may be written, in words.</param>
/// <param name="Description">What it does.</param>
/// <param name="Source">Where the default comes from, or null.</param>
public sealed record OptionInfo(string Key, Type Type, string? Default, string Allowed, string Description, string? Source)
{
    /// <summary>The values worth trying beside the default.</summary>
    public IReadOnlyList<string> Tried { get; init; } = [];
}

/// <summary>
/// Binds settings to options records. A record's properties with their <see cref="DescriptionAttribute"/>,
/// <see cref="RangeAttribute"/>, <see cref="AllowedValuesAttribute"/> and <see cref="SourceAttribute"/> are the single
/// origin of help, of validation and of the documentation.
/// </summary>
public static class Options
{
    /// <summary>The options of a record type, in the order of declaration.</summary>
    public static IReadOnlyList<OptionInfo> Describe(Type record)
    {
        var defaults = Activator.CreateInstance(record)!;
        return [.. Properties(record).Select(p => new OptionInfo(
            Key(p.Name), p.PropertyType, Write(p.GetValue(defaults)), Allowed(p),
            p.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "", p.GetCustomAttribute<SourceAttribute>()?.Place)
        { Tried = p.GetCustomAttribute<TriedAttribute>()?.Values ?? [] })];
    }

    /// <summary>Creates an options record from the settings written for it; keys not written keep their defaults.</summary>
    /// <exception cref="RequestException">A key is unknown or a value is not allowed; the message names place, key, value and what is allowed.</exception>
    public static object Bind(Type record, MapSetting settings)
    {
        var options = Activator.CreateInstance(record)!;
        var properties = Properties(record).ToDictionary(p => Key(p.Name));
        foreach (var (key, setting) in settings.Entries)
        {
            if (!properties.TryGetValue(key, out var property))
                throw setting.Wrong($"there is no such key{Spelling.Hint(key, properties.Keys)}; allowed here: {string.Join(", ", properties.Keys)}");
            property.SetValue(options, Convert(setting, property.PropertyType, property));
        }
        return options;
    }

    /// <inheritdoc cref="Bind(Type, MapSetting)"/>
    public static T Bind<T>(MapSetting settings) where T : new() => (T)Bind(typeof(T), settings);

    /// <summary>All keys and values of an options record as JSON, defaults included: the resolved form that stages are keyed by.</summary>
    public static JsonObject Resolve(object options)
    {
        var json = new JsonObject();
        foreach (var property in Properties(options.GetType())) json[Key(property.Name)] = Json(property.GetValue(options));
        return json;
    }

    /// <summary>The key of a property or enum name: words in lower case joined by hyphens.</summary>
    public static string Key(string name)
    {
        var key = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && (char.IsLower(name[i - 1]) || char.IsDigit(name[i - 1]))) key.Append('-');
            key.Append(char.ToLowerInvariant(name[i]));
        }
        return key.ToString();
    }

    private static IEnumerable<PropertyInfo> Properties(Type record) =>
        record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && p.GetIndexParameters().Length == 0);

    private static bool IsRecord(Type type) => type.IsClass && type != typeof(string) && !type.IsArray && !typeof(IEnumerable).IsAssignableFrom(type);

    private static bool IsMap(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>);

    private static object? Convert(Setting setting, Type type, PropertyInfo property)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (setting is ScalarSetting { Text: "" or "~" or "null" } && (target != type || !type.IsValueType && !type.IsArray)) return null;
        if (target == typeof(Setting)) return setting;
        if (target.IsArray)
        {
            var element = target.GetElementType()!;
            var items = setting is ListSetting list ? list.Items : [setting];
            var array = Array.CreateInstance(element, items.Count);
            for (var i = 0; i < items.Count; i++) array.SetValue(Convert(items[i], element, property), i);
            return array;
        }
        if (IsMap(target))
        {
            if (setting is not MapSetting map) throw setting.Wrong("expected keys and values");
            var value = target.GetGenericArguments()[1];
            var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), value))!;
            foreach (var (key, entry) in map.Entries) dictionary.Add(key, Convert(entry, value, property));
            return dictionary;
        }
        if (IsRecord(target)) return setting is MapSetting inner ? Bind(target, inner) : throw setting.Wrong($"expected keys and values: {string.Join(", ", Describe(target).Select(o => o.Key))}");
        if (setting is not ScalarSetting scalar) throw setting.Wrong($"expected one value, {Allowed(property)}");
        return Scalar(scalar, target, property);
    }

    private static object Scalar(ScalarSetting setting, Type type, PropertyInfo property)
    {
        var text = setting.Text;
        if (type == typeof(string))
        {
            if (property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed && !allowed.Values.Contains(text))
                throw setting.Wrong($"'{text}' is not allowed{Spelling.Hint(text, allowed.Values.Select(v => $"{v}"))}; allowed: {Allowed(property)}");
            return text;
        }
        if (type.IsEnum)
        {
            foreach (var value in Enum.GetValues(type))
                if (Key(value.ToString()!) == text) return value;
            throw setting.Wrong($"'{text}' is not allowed{Spelling.Hint(text, Enum.GetNames(type).Select(Key))}; allowed: {(IsMap(property.PropertyType) ? string.Join(" | ", Enum.GetNames(type).Select(Key)) : Allowed(property))}");
        }
        object? parsed = null;
        if (type == typeof(bool)) parsed = text switch { "true" or "yes" or "on" => true, "false" or "no" or "off" => false, _ => null };
        else if (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) parsed = whole;
        else if (type == typeof(ulong) && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var large)) parsed = large;
        else if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) parsed = number;
        if (parsed is null) throw setting.Wrong($"'{text}' is not {Allowed(property)}");
        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            var value = System.Convert.ToDouble(parsed, CultureInfo.InvariantCulture);
            if (value < System.Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture) || value > System.Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture)
                || range.MinimumIsExclusive && value <= System.Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture)
                || range.MaximumIsExclusive && value >= System.Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture))
                throw setting.Wrong($"{text} is not {Allowed(property)}");
        }
        return parsed;
    }

    private static string Allowed(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var list = type.IsArray;
        if (list) type = type.GetElementType()!;
        var words = property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed ? string.Join(" | ", allowed.Values)
            : type.IsEnum ? string.Join(" | ", Enum.GetNames(type).Select(Key))
            : type == typeof(bool) ? "true | false"
            : type == typeof(int) || type == typeof(ulong) ? "a whole number"
            : type == typeof(double) ? "a number"
            : IsMap(type) || IsRecord(type) && type != typeof(Setting) ? "keys and values" : "text";
        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
            words += (System.Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), System.Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture)) switch
            {
                (var low, >= int.MaxValue) => $" {(range.MinimumIsExclusive ? ">" : "≥")} {low}",
                (var low, var high) => $" in {(range.MinimumIsExclusive ? "(" : "[")}{low}, {high}{(range.MaximumIsExclusive ? ")" : "]")}",
            };
        return list ? $"a list of {words}" : words;
    }

    /// <summary>A value as a specification would write it; null for an absent one.</summary>
    internal static string? Write(object? value) => value switch
    {
        null => null,
        bool b => b ? "true" : "false",
        Enum e => Key(e.ToString()),
        string s => s,
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        Array a => "[" + string.Join(", ", a.Cast<object?>().Select(Write)) + "]",
        _ => null,
    };

    private static JsonNode? Json(object? value) => value switch
    {
        null => null,
        bool b => b,
        int i => i,
        ulong u => u,
        double d => d,
        string or Enum => Write(value),
        ScalarSetting s => s.Text,
        ListSetting l => new JsonArray([.. l.Items.Select(Json)]),
        MapSetting m => new JsonObject(m.Entries.Select(e => KeyValuePair.Create(e.Key, Json(e.Value)))),
        Array a => new JsonArray([.. a.Cast<object?>().Select(Json)]),
        IDictionary map => new JsonObject(map.Keys.Cast<string>().Order(StringComparer.Ordinal).Select(k => KeyValuePair.Create(k, Json(map[k])))),
        _ => Resolve(value),
    };
}
