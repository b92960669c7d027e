using System.Text.Json;
using Preceptor.Control;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Tests.Control;

public sealed class GoalDrawsTests
{
    private const string File = "68-temporal-stitching.json";

    public static TheoryData<string> Flat => [.. Goldens.Names(File).Where(n => n.Data.StartsWith("flat", StringComparison.Ordinal))];

    public static TheoryData<string> Spliced => [.. Goldens.Names(File).Where(n => n.Data.StartsWith("spliced", StringComparison.Ordinal))];

    private static int[] Lengths(GoldenCase golden) => [.. golden.Setting("trajectory_lengths_in_states").Json.EnumerateArray().Select(n => n.GetInt32())];

    private static (int[] Clusters, double[] Distances) Nearest(GoldenCase golden)
    {
        var (points, centroids) = (golden.Input("points").Doubles.Chunk(2).ToArray(), golden.Input("centroids").Doubles.Chunk(2).ToArray());
        double[] distances = [.. points.SelectMany(p => centroids.Select(c => (p[0] - c[0]) * (p[0] - c[0]) + (p[1] - c[1]) * (p[1] - c[1])))];
        return ([.. distances.Chunk(centroids.Length).Select(d => Array.IndexOf(d, d.Min()))], distances);
    }

    /// <summary>The probabilities of all that a draw can give: it is run once for each way in which its choices can come out.</summary>
    private static Dictionary<string, double> Outcomes(Func<Func<int, int>, GoalDraw?> draw)
    {
        var (found, script) = (new Dictionary<string, double>(), new List<(int Choice, int Of)>());
        do
        {
            var (at, probability) = (0, 1.0);
            var outcome = draw(of =>
            {
                if (at == script.Count) script.Add((0, of));
                probability /= of;
                return script[at++].Choice;
            });
            var key = outcome is { } o ? $"{string.Join(' ', o.Observations)} → {o.Goal}" : "";
            found[key] = found.GetValueOrDefault(key) + probability;
            while (script.Count > 0 && script[^1].Choice + 1 == script[^1].Of) script.RemoveAt(script.Count - 1);
            if (script.Count > 0) script[^1] = (script[^1].Choice + 1, script[^1].Of);
        }
        while (script.Count > 0);
        // What is rejected is drawn again, so that the others share its probability.
        var accepted = 1 - found.GetValueOrDefault("");
        found.Remove("");
        return found.ToDictionary(f => f.Key, f => f.Value / accepted);
    }

    private static void AssertSame(Dictionary<string, double> expected, Dictionary<string, double> actual)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, e => Assert.Equal(e.Value, actual[e.Key], 1e-9));
        Assert.Equal(1, actual.Values.Sum(), 1e-9);
    }

    [Fact]
    public void Clusters_are_those_of_the_golden_numbers()
    {
        var golden = Goldens.Case(File, "kmeans_assignment");
        var (clusters, distances) = Nearest(golden);
        Assert.Equal(golden.Output("cluster").Ints, clusters);
        golden.AssertClose("squared_distance", distances);
        var found = Clusters.Assign([.. golden.Input("points").Floats], 2, [.. golden.Input("centroids").Floats]);
        Assert.Equal(golden.Output("cluster").Ints, found);
    }

    [Theory, MemberData(nameof(Flat))]
    public void Goals_are_drawn_as_often_as_the_golden_numbers_say(string name)
    {
        var golden = Goldens.Case(File, name);
        var (draws, share) = (new GoalDraws(Lengths(golden), Nearest(golden).Clusters), golden.Setting("augment_prob").Number);
        var (plain, stitched) = (Outcomes(below => draws.Draw(false, below)), Outcomes(below => draws.Draw(true, below)));
        var mixed = plain.Keys.Union(stitched.Keys).Select(k => (k, (1 - share) * plain.GetValueOrDefault(k) + share * stitched.GetValueOrDefault(k))).Where(p => p.Item2 > 0).ToDictionary(p => p.k, p => p.Item2);
        AssertSame(golden.Output("state_goal_probability").Json.EnumerateArray().ToDictionary(p => $"{p[0].GetInt32()} → {p[1].GetInt32()}", p => p[2].GetDouble()), mixed);
    }

    [Theory, MemberData(nameof(Spliced))]
    public void Sequences_are_spliced_as_often_as_the_golden_numbers_say(string name)
    {
        var golden = Goldens.Case(File, name);
        var (lengths, context) = (Lengths(golden), golden.Setting("context").Integer);
        var draws = new GoalDraws(lengths, Nearest(golden).Clusters);
        int[] longEnough = [.. Enumerable.Range(0, lengths.Length).Where(e => lengths[e] > context)];
        static string Key(JsonElement p) => $"{string.Join(' ', p[0].EnumerateArray().Select(s => s.GetInt32()))} → {p[1].GetInt32()}";
        AssertSame(golden.Output("states_goal_probability").Json.EnumerateArray().ToDictionary(Key, p => p[2].GetDouble()), longEnough.SelectMany(e => Outcomes(below => draws.TryDraw(e, context, name == "spliced_augmented", below))).GroupBy(o => o.Key).ToDictionary(g => g.Key, g => g.Sum(o => o.Value) / longEnough.Length));
        var random = RandomStream.Of(1, "draws");
        Assert.All(Enumerable.Range(0, 200), _ => Assert.Equal(context, draws.Draw(context, true, random.Next).Observations.Length));
        Assert.Throws<ArgumentException>(() => draws.Draw(6, true, random.Next));
    }

    [Fact]
    public void Two_trajectories_that_meet_become_one_with_the_probability_of_the_meeting()
    {
        // A → B and B → C, a cluster a letter: A with C needs the exchange, then the second B of two, then C of B and C.
        var draws = new GoalDraws([2, 2], [0, 1, 1, 2]);
        var stitched = Outcomes(below => draws.Draw(true, below));
        Assert.Equal(0.5 * 0.5 * 0.5, stitched["0 → 3"], 12); // half of the draws begin in the first trajectory
        Assert.DoesNotContain("0 → 3", Outcomes(below => draws.Draw(false, below)).Keys);
    }

    [Fact]
    public void With_a_cluster_for_each_observation_a_goal_is_a_later_one_of_its_own_trajectory()
    {
        var draws = new GoalDraws([4, 3], [0, 1, 2, 3, 4, 5, 6]);
        Assert.All(Outcomes(below => draws.Draw(true, below)).Keys, k => Assert.Equal(k[0] < '4', k[^1] < '4'));
    }

    [Fact]
    public void Clusters_are_found_and_do_not_depend_on_the_order_of_processors()
    {
        var random = RandomStream.Of(1, "points");
        float[] points = [.. Enumerable.Range(0, 3000).SelectMany(i => new[] { i % 3 * 10 + (float)random.NextGaussian(), i % 2 * 10 + (float)random.NextGaussian() })];
        var (clusters, centres) = Clusters.Find(points, 2, 6, RandomStream.Of(2, "clusters"));
        Assert.Equal(6, clusters.Distinct().Count());
        Assert.All(Enumerable.Range(0, 6).Select(k => (k % 3 * 10, k % 2 * 10)), m => Assert.Contains(centres.Chunk(2), c => Math.Abs(c[0] - m.Item1) + Math.Abs(c[1] - m.Item2) < 1));
        Assert.Equal(clusters, Clusters.Find(points, 2, 6, RandomStream.Of(2, "clusters")).Clusters);
        Assert.Equal(clusters, Clusters.Assign(points, 2, centres));
        Assert.All(Clusters.Find(points, 2, 1, random).Clusters, c => Assert.Equal(0, c));
    }
}
