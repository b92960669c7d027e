using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Preceptor.Models;

/// <summary>JSON as Python's json.dumps(…, ensure_ascii=False) writes it, which is what models with tools were trained on: a blank after commas and colons, numbers as Python prints them.</summary>
internal static class PythonJson
{
    /// <summary>A value as text.</summary>
    public static string Text(JsonNode? node)
    {
        var text = new StringBuilder();
        Write(node, text);
        return text.ToString();
    }

    private static void Write(JsonNode? node, StringBuilder text)
    {
        if (node is JsonObject map)
        {
            var separator = "{";
            foreach (var (key, value) in map)
            {
                text.Append(separator);
                separator = ", ";
                WriteText(key, text);
                text.Append(": ");
                Write(value, text);
            }
            text.Append(map.Count == 0 ? "{}" : "}");
        }
        else if (node is JsonArray list)
        {
            text.Append('[');
            for (var i = 0; i < list.Count; i++)
            {
                if (i > 0) text.Append(", ");
                Write(list[i], text);
            }
            text.Append(']');
        }
        else if (node is null) text.Append("null");
        else if (node.GetValueKind() == JsonValueKind.String) WriteText(node.GetValue<string>(), text);
        else if (node.GetValueKind() == JsonValueKind.Number) text.Append(Number(node));
        else text.Append(node.ToJsonString());
    }

    private static void WriteText(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (var unit in value)
            text.Append(unit switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' => $"\\u{(int)unit:x4}",
                _ => unit.ToString(),
            });
        text.Append('"');
    }

    private static string Number(JsonNode node)
    {
        var written = node.ToJsonString();
        var isWhole = written.AsSpan().IndexOfAny(".eE") < 0 && !(node is JsonValue value && value.GetValue<object>() is double or float or decimal);
        if (isWhole) return written == "-0" ? "0" : written;
        var number = double.Parse(written, CultureInfo.InvariantCulture);
        if (!double.IsFinite(number)) return number > 0 ? "Infinity" : "-Infinity";
        // Python prints the shortest digits too, but without an exponent from 0.0001 to below 1e16.
        var scientific = number.ToString("E16", CultureInfo.InvariantCulture);
        var exponent = int.Parse(scientific[(scientific.IndexOf('E', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        var digits = string.Concat(shortest.Split('E')[0].Where(char.IsAsciiDigit)).Trim('0');
        if (digits.Length == 0) return double.IsNegative(number) ? "-0.0" : "0.0";
        var sign = number < 0 ? "-" : "";
        if (exponent is < -4 or >= 16) return $"{sign}{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        return digits.Length <= exponent + 1 ? $"{sign}{digits.PadRight(exponent + 1, '0')}.0" : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }
}
