using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Preceptor.Catalogue;
using Preceptor.Foundation;

namespace Preceptor.Tests.Foundation;

public sealed class OptionsTests
{
    public enum Colour { DarkRed, Blue }

    public sealed record Inner
    {
        [Description("inner")]
        public double Size { get; set; } = 2;
    }

    public sealed record Sample
    {
        [Description("how often"), Range(1, int.MaxValue)]
        public int Times { get; set; } = 3;

        [Description("how much"), Range(0, 1)]
        public double Share { get; set; } = 0.5;

        [Description("which")]
        public Colour Colour { get; set; }

        [Description("names")]
        public string[] Names { get; set; } = [];

        [Description("inner")]
        public Inner? Inner { get; set; }
    }

    [Fact]
    public void Values_are_bound_by_their_keys()
    {
        var sample = Bind("times: 5\nshare: 0.25\ncolour: dark-red\nnames: [a, b]\ninner:\n  size: 7\n");
        Assert.Equal(5, sample.Times);
        Assert.Equal(0.25, sample.Share);
        Assert.Equal(Colour.DarkRed, sample.Colour);
        Assert.Equal(["a", "b"], sample.Names);
        Assert.Equal(7, sample.Inner!.Size);
    }

    [Theory]
    [InlineData("tmies: 3", "spec.yaml line 1: tmies: there is no such key (did you mean 'times'?); allowed here: times, share, colour, names, inner")]
    [InlineData("times: 3\nshare: 2", "spec.yaml line 2: share: 2 is not a number in [0, 1]")]
    [InlineData("times: 0", "spec.yaml line 1: times: 0 is not a whole number ≥ 1")]
    [InlineData("times: many", "spec.yaml line 1: times: 'many' is not a whole number ≥ 1")]
    [InlineData("share: .nan", "spec.yaml line 1: share: '.nan' is not a number in [0, 1]")]
    [InlineData("colour: bleu", "spec.yaml line 1: colour: 'bleu' is not allowed (did you mean 'blue'?); allowed: dark-red | blue")]
    [InlineData("inner:\n  sise: 1", "spec.yaml line 2: inner.sise: there is no such key (did you mean 'size'?); allowed here: size")]
    [InlineData("times: [1, 2]", "spec.yaml line 1: times: expected one value, a whole number ≥ 1")]
    public void Wrong_keys_and_values_are_named_with_their_place(string yaml, string message) =>
        Assert.Equal(message, Assert.Throws<RequestException>(() => Bind(yaml)).Message);

    [Fact]
    public void The_resolved_form_holds_defaults_too() =>
        Assert.Equal("""{"times":3,"share":0.5,"colour":"dark-red","names":[],"inner":null}""", Options.Resolve(new Sample()).ToJsonString());

    [Fact]
    public void Every_option_of_every_method_problem_and_section_is_described()
    {
        var types = MethodCatalogue.All.Select(m => m.OptionsType).Concat(BuiltInProblems.All.Select(p => p.OptionsType))
            .Concat([typeof(Preceptor.Models.ModelOptions), typeof(Preceptor.Training.TrainingOptions), typeof(Preceptor.Prediction.PredictionData)]);
        Assert.All(types.SelectMany(Options.Describe), option => Assert.NotEqual("", option.Description));
    }

    [Theory]
    [InlineData("method: nope", "nested.yaml line 1: method: there is no method 'nope'")]
    [InlineData("a: [", "nested.yaml line 2, column 1: not YAML")]
    [InlineData("problme: digits", "nested.yaml line 1: problme: there is no such section (did you mean 'problem'?)")]
    [InlineData("problem: digit", "nested.yaml line 1: problem: there is no built-in problem 'digit' (did you mean 'digits'?)")]
    [InlineData("problem: digits\nmethod: {name: ps-kd, final-wieght: 1}", "nested.yaml line 2: method.final-wieght: there is no such key (did you mean 'final-weight'?)")]
    public void Specifications_with_mistakes_are_answered_with_line_and_key(string yaml, string message) =>
        Assert.StartsWith(message, Assert.Throws<RequestException>(() => Specification.From(SpecificationReader.Parse(yaml.Contains("problem", StringComparison.Ordinal) || yaml.StartsWith("problme", StringComparison.Ordinal) || yaml.StartsWith("a:", StringComparison.Ordinal) ? yaml : yaml + "\nproblem: digits", "nested.yaml"), [])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_resolved_specification_reads_back_to_the_same()
    {
        var settings = SpecificationReader.Parse("problem: {name: digits, labels: 100}\nmethod: {name: ps-kd, final-weight: 0.3}\nmodel: {hidden: [32, 16]}", "spec.yaml");
        var first = Specification.From(settings, ["training.epochs=3", "method.final-weight=0.7"]);
        var second = Specification.From(SpecificationReader.Parse(first.ToYaml(), "again.yaml"), []);
        Assert.Equal(first.ToYaml(), second.ToYaml());
        Assert.Contains("final-weight: 0.7", first.ToYaml(), StringComparison.Ordinal);
        Assert.Contains("epochs: 3", first.ToYaml(), StringComparison.Ordinal);
        Assert.Contains("labels: 100", first.ToYaml(), StringComparison.Ordinal);
    }

    private static Sample Bind(string yaml) => Options.Bind<Sample>(SpecificationReader.Parse(yaml, "spec.yaml"));
}
