using System.Globalization;
using Preceptor.Control;
using Preceptor.Data;

namespace Preceptor.Cli;

/// <summary>A policy's actions as CSV: row, action-0 …, a line each row of states and goals.</summary>
internal static class PolicyFile
{
    /// <summary>The folder of the policy that a run's folder, or a model's, holds; null where it holds another model or none.</summary>
    public static string? Find(string folder) => new[] { folder, Path.Combine(folder, "model") }.FirstOrDefault(place => File.Exists(Path.Combine(place, Policy.FileName)));

    /// <summary>Reads states and goals, columns observation-0 … and goal-0 …, and gives the lines of the file.</summary>
    public static (IReadOnlyList<string> Header, IEnumerable<IReadOnlyList<string>> Rows) Of(Policy policy, string data)
    {
        var table = DataFiles.Read(data, [], [], BadImages.Fail).Rows;
        double[][] columns = [.. policy.State.Select(i => EpisodeLog.Numbers(table, $"observation-{i}")), .. Enumerable.Range(0, policy.Goal.Count).Select(i => EpisodeLog.Numbers(table, $"goal-{i}"))];
        var (inputs, actions) = (new float[table.Rows * policy.Inputs], new float[table.Rows * policy.ActionSize]);
        for (var row = 0; row < table.Rows; row++)
            for (var i = 0; i < columns.Length; i++)
                inputs[row * policy.Inputs + i] = double.IsFinite(columns[i][row]) ? (float)columns[i][row] : throw new Preceptor.Foundation.RequestException($"{table.Name}: {table.Place(row)}: a state or goal is not a number");
        policy.Act(inputs, actions);
        return (["row", .. Enumerable.Range(0, policy.ActionSize).Select(i => $"action-{i}")], Enumerable.Range(0, table.Rows).Select(row => (IReadOnlyList<string>)
            [(row + 1).ToString(CultureInfo.InvariantCulture), .. Enumerable.Range(0, policy.ActionSize).Select(i => actions[row * policy.ActionSize + i].ToString("R", CultureInfo.InvariantCulture))]));
    }
}
