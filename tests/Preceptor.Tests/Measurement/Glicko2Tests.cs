using CsCheck;
using Preceptor.Measurement;

namespace Preceptor.Tests.Measurement;

public sealed class Glicko2Tests
{
    private const string File = "15-easy2hard-bench.json";

    public static TheoryData<string> Sequences => Goldens.Names(File, "glicko2");

    [Theory, MemberData(nameof(Sequences))]
    public void Ratings_after_every_period_are_the_goldens(string name)
    {
        var golden = Goldens.Case(File, name);
        var glicko = new Glicko2(golden.Input("rating0").Doubles, golden.Input("rd0").Doubles, golden.Input("sigma0").Doubles, golden.Setting("tau").Number);
        List<double> ratings = [], deviations = [], volatilities = [];
        for (var period = 0; golden.HasInput($"games_period{period}"); period++)
        {
            var games = golden.Input($"games_period{period}").Doubles.Chunk(3).ToArray();
            glicko.Rate([.. games.Select(g => (int)g[0])], [.. games.Select(g => (int)g[1])], [.. games.Select(g => g[2])]);
            ratings.AddRange(glicko.Ratings);
            deviations.AddRange(glicko.Deviations);
            volatilities.AddRange(glicko.Volatilities);
        }
        golden.AssertClose("rating", ratings.ToArray());
        golden.AssertClose("rd", deviations.ToArray());
        golden.AssertClose("sigma", volatilities.ToArray());
    }

    [Fact]
    public void The_intermediates_of_Glickmans_example_are_his()
    {
        Assert.Equal([0.9955, 0.9531, 0.7242], new[] { 30.0, 100, 300 }.Select(rd => Math.Round(Glicko2.Weight(rd / Glicko2.Scale), 4)));
        Assert.Equal([0.639, 0.432, 0.303], new[] { (1400, 0.9955), (1550, 0.9531), (1700, 0.7242) }.Select(o => Math.Round(Glicko2.Expected(0, (o.Item1 - 1500) / Glicko2.Scale, o.Item2), 3)));
        Assert.Equal(1, Glicko2.Weight(0));
        Assert.Equal(0.5, Glicko2.Expected(0.7, 0.7, 0.9));
    }

    [Fact]
    public void A_win_never_lowers_a_rating_and_a_player_without_games_only_becomes_uncertain() =>
        Gen.Select(Gen.Double[800, 2800], Gen.Double[800, 2800], Gen.Double[30, 350], Gen.Double[30, 350]).Sample((mine, other, mineSpread, otherSpread) =>
        {
            var glicko = new Glicko2([mine, other, 1500], [mineSpread, otherSpread, 200], [0.06, 0.06, 0.06], 0.5);
            glicko.Rate([0], [1], [1]);
            Assert.True(glicko.Ratings[0] >= mine - 1e-9);
            Assert.True(glicko.Ratings[1] <= other + 1e-9);
            Assert.Equal(1500, glicko.Ratings[2]);
            Assert.Equal(Glicko2.Scale * Math.Sqrt(Math.Pow(200 / Glicko2.Scale, 2) + 0.06 * 0.06), glicko.Deviations[2], 9);
        });

    [Fact]
    public void An_item_is_rated_higher_where_solvers_fail()
    {
        var responses = ItemResponseTests.Matrix([1, 0, 1, 0, 1, 0], 3, 2);
        var glicko = Glicko2.Of(responses, new());
        Assert.True(glicko.Ratings[3] < 1500 && glicko.Ratings[4] > 1500);
    }
}
