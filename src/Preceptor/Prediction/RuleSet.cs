using System.Text.RegularExpressions;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Prediction;

/// <summary>Rules, checked and ready to vote. They stand in the order of their names.</summary>
public sealed class RuleSet
{
    private readonly CheckedRule[] rules;

    /// <summary>Checks rules.</summary>
    /// <param name="rules">Rules by name.</param>
    /// <param name="written">The settings that they were bound from, for messages that point at a line.</param>
    /// <exception cref="RequestException">A rule has no column, test or label, or a pattern is none.</exception>
    public RuleSet(IReadOnlyDictionary<string, LabelRule> rules, Setting written)
    {
        if (rules.Count == 0) throw written.Wrong("there are no rules");
        this.rules = [.. rules.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => Check(r.Key, r.Value, (written as MapSetting)?.Find(r.Key) ?? written))];
    }

    /// <summary>The rules' names.</summary>
    public IReadOnlyList<string> Names => [.. rules.Select(r => r.Name)];

    /// <summary>The classes that they vote for.</summary>
    public IReadOnlyList<string> Labels => [.. rules.Select(r => r.Label).Distinct(StringComparer.Ordinal)];

    /// <summary>The columns that they look at.</summary>
    public IReadOnlyList<string> Columns => [.. rules.SelectMany(r => r.Rule.Column).Distinct(StringComparer.Ordinal)];

    /// <summary>What to say a column of theirs, such as that it is the label: the key of the first rule that looks at it.</summary>
    /// <param name="column">The column.</param>
    public Setting At(string column) => Key(rules.First(r => r.Rule.Column.Contains(column)).Written, "column");

    /// <summary>The rules' votes on every row of a table [rows, rules], as classes; −1 where a rule does not match.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="classes">The place of each class.</param>
    /// <exception cref="RequestException">The table lacks a column, a column holds something else, or a rule's label is none of the classes.</exception>
    public int[,] Vote(Table table, IReadOnlyDictionary<string, int> classes)
    {
        var votes = new int[table.Rows, rules.Length];
        for (var r = 0; r < rules.Length; r++)
        {
            var rule = rules[r];
            if (!classes.TryGetValue(rule.Label, out var vote))
                throw Key(rule.Written, "label").Wrong($"'{rule.Label}' is not one of the classes{Spelling.Hint(rule.Label, classes.Keys)}; they are {string.Join(", ", classes.Keys.Take(20))}");
            Func<int, bool>[] tests = [.. rule.Rule.Column.Select(name => Test(rule, table, name))];
            for (var row = 0; row < table.Rows; row++) votes[row, r] = Array.Exists(tests, test => test(row)) ? vote : -1;
        }
        return votes;
    }

    private static CheckedRule Check(string name, LabelRule? rule, Setting written)
    {
        if (rule is null) throw written.Wrong("expected column:, a test and label:");
        if (rule.Column.Length == 0) throw written.Wrong("column: is missing: the column to look at");
        if (rule.Label is null) throw written.Wrong("label: is missing: the class to vote for");
        if (rule.Matches is null && rule.Is.Length == 0 && !rule.IsAboutNumbers) throw written.Wrong("has no test; expected one of matches:, is:, above:, below:, at-least:, at-most:");
        try
        {
            var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (rule.Case ? RegexOptions.None : RegexOptions.IgnoreCase);
            return new(name, rule, rule.Label, rule.Matches is null ? null : new Regex(rule.Matches, options), written);
        }
        catch (NotSupportedException)
        {
            throw Key(written, "matches").Wrong($"'{rule.Matches}' has a lookaround, a backreference, an atomic group or a conditional; rules take time in proportion to the text, and these can't");
        }
        catch (ArgumentException e)
        {
            throw Key(written, "matches").Wrong($"is not a regular expression: {e.Message}");
        }
    }

    private static Func<int, bool> Test(CheckedRule checkedRule, Table table, string name)
    {
        var (rule, at) = (checkedRule.Rule, Key(checkedRule.Written, "column"));
        var column = table.Find(name) ?? throw at.Wrong($"{table.Name} has no column '{name}'{Spelling.Hint(name, table.Columns.Select(c => c.Name))}; it has {string.Join(", ", table.Columns.Select(c => c.Name))}");
        if (column is ImageColumn) throw at.Wrong($"{table.Name}: column '{name}' holds images");
        if (rule.IsAboutNumbers && column is not NumberColumn) throw at.Wrong($"{table.Name}: column '{name}' does not hold numbers, and {checkedRule.Name} compares some");
        var words = column.Words();
        var allowed = rule.Is.ToHashSet(rule.Case ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
        bool Words(int row) => (checkedRule.Pattern?.IsMatch(words(row)) ?? true) && (allowed.Count == 0 || allowed.Contains(words(row)));
        if (column is not NumberColumn { Values: var values } || !rule.IsAboutNumbers) return Words;
        return row => Words(row) && !double.IsNaN(values[row]) && !(values[row] <= rule.Above) && !(values[row] >= rule.Below) && !(values[row] < rule.AtLeast) && !(values[row] > rule.AtMost);
    }

    private static Setting Key(Setting written, string key) => (written as MapSetting)?.Find(key) ?? new ScalarSetting(written.Place, $"{written.Path}.{key}", "");

    private sealed record CheckedRule(string Name, LabelRule Rule, string Label, Regex? Pattern, Setting Written);
}
