using CsCheck;
using Preceptor.Measurement;
using Preceptor.Measurement.BuiltIn;

namespace Preceptor.Tests.Measurement;

public sealed class ItemResponseTests
{
    private const string File = "15-easy2hard-bench.json";

    public static TheoryData<string> Likelihoods => Goldens.Names(File, "irt");

    public static TheoryData<string> Maxima => Goldens.Names(File, "map_1pl");

    /// <summary>Responses of a matrix with 1, 0 and −1 for missing.</summary>
    internal static Responses Matrix(int[] cells, int solvers, int items)
    {
        var seen = Enumerable.Range(0, cells.Length).Where(k => cells[k] >= 0).ToArray();
        return new([.. Enumerable.Range(0, solvers).Select(s => $"s{s}")], [.. Enumerable.Range(0, items).Select(i => $"i{i}")], [.. seen.Select(k => k / items)], [.. seen.Select(k => k % items)], [.. seen.Select(k => (byte)cells[k])]);
    }

    private static Responses Of(GoldenCase golden) => Matrix(golden.Input("X").Ints, (int)golden.Input("X").Shape[0], (int)golden.Input("X").Shape[1]);

    [Theory, MemberData(nameof(Likelihoods))]
    public void Probabilities_likelihood_and_gradients_are_the_goldens(string name)
    {
        var golden = Goldens.Case(File, name);
        var responses = Of(golden);
        var (solvers, items) = (responses.Solvers.Length, responses.Items.Length);
        double[] Input(string key, double otherwise) => golden.HasInput(key) ? golden.Input(key).Doubles : [.. Enumerable.Repeat(otherwise, items)];
        var model = new ItemResponseModel(golden.Input("theta").Doubles, golden.Input("b").Doubles, Input("a", 1), Input("c", 0));
        golden.AssertClose("P", [.. Enumerable.Range(0, solvers * items).Select(k => model.Probability(k / items, k % items))]);
        golden.AssertClose("log_likelihood", model.LogLikelihood(responses));
        var gradient = model.Gradient(responses);
        golden.AssertClose("grad_theta", gradient.Ability);
        golden.AssertClose("grad_b", gradient.Difficulty);
        if (golden.HasOutput("grad_a")) golden.AssertClose("grad_a", gradient.Discrimination);
        if (golden.HasOutput("grad_c")) golden.AssertClose("grad_c", gradient.Guessing);
    }

    [Theory, MemberData(nameof(Maxima))]
    public void The_maximum_a_posteriori_is_the_golden(string name)
    {
        var golden = Goldens.Case(File, name);
        var (responses, priors) = (Of(golden), new ItemPriors { Spread = golden.Setting("tau_b").Number });
        var model = ItemResponseFit.Fit(responses, ItemModel.OneParameter, priors);
        golden.AssertClose("theta", model.Ability);
        golden.AssertClose("b", model.Difficulty);
        golden.AssertClose("log_likelihood", model.LogLikelihood(responses));
        golden.AssertClose("b_std_formula", ItemResponseFit.StandardErrors(responses, model, priors));
    }

    [Fact]
    public void A_model_of_fewer_parameters_is_a_case_of_one_with_more_and_likelihood_knows_no_origin()
    {
        Assert.Equal(0.5, ItemResponseModel.Probability(1.3, 1.3));
        Assert.Equal(0.25, ItemResponseModel.Probability(-1000, 0, 1, 0.25), 12);
        Gen.Select(Gen.Double[-4, 4], Gen.Double[-4, 4], Gen.Double[-3, 3]).Sample((theta, b, shift) =>
        {
            Assert.Equal(ItemResponseModel.Probability(theta, b), ItemResponseModel.Probability(theta, b, 1, 0));
            Assert.Equal(ItemResponseModel.Probability(theta, b), ItemResponseModel.Probability(theta + shift, b + shift), 12);
        });
    }

    [Fact]
    public void With_complete_data_items_with_as_many_right_answers_are_equally_hard()
    {
        int[] cells = [1, 0, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0]; // [4 × 4]: items 0 and 1 have two right answers by different solvers
        var model = ItemResponseFit.Fit(Matrix(cells, 4, 4), ItemModel.OneParameter, new());
        var right = Enumerable.Range(0, 4).Select(i => Enumerable.Range(0, 4).Sum(s => cells[s * 4 + i])).ToArray();
        foreach (var (i, j) in from i in Enumerable.Range(0, 4) from j in Enumerable.Range(0, 4) where right[i] == right[j] select (i, j)) Assert.Equal(model.Difficulty[i], model.Difficulty[j], 6);
    }

    [Theory]
    [InlineData(ItemModel.OneParameter)]
    [InlineData(ItemModel.TwoParameter)]
    [InlineData(ItemModel.ThreeParameter)]
    public void The_posterior_has_no_slope_where_the_fit_ends(ItemModel form)
    {
        var (priors, responses) = (new ItemPriors(), QuizProblem.Draw(new() { Solvers = 100, Items = 300, Model = form }, 0).Require<Responses>());
        var model = ItemResponseFit.Fit(responses, form, priors);
        var gradient = model.Gradient(responses);
        for (var s = 0; s < model.Ability.Length; s++) Assert.Equal(0, gradient.Ability[s] - model.Ability[s], 4);
        for (var i = 0; i < model.Difficulty.Length; i++)
        {
            Assert.Equal(0, gradient.Difficulty[i] - model.Difficulty[i] / (priors.Spread * priors.Spread), 4);
            var (a, c) = (model.Discrimination[i], model.Guessing[i]);
            if (form != ItemModel.OneParameter) Assert.Equal(0, gradient.Discrimination[i] * a - Math.Log(a) / (priors.LogDiscrimination * priors.LogDiscrimination), 4);
            if (form == ItemModel.ThreeParameter) Assert.Equal(0, gradient.Guessing[i] * c * (1 - c) + 20 * (priors.Guessing - c), 4);
        }
    }
}
