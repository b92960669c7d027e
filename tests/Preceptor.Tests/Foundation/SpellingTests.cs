using Preceptor.Foundation;

namespace Preceptor.Tests.Foundation;

public sealed class SpellingTests
{
    [Theory]
    [InlineData("epcohs", "epochs")]
    [InlineData("EPOCHS", "epochs")]
    [InlineData("bach", "batch")]
    [InlineData("learningrate", "learning-rate")]
    [InlineData("mnits", "mnist")]
    public void Typing_slips_find_their_word(string typed, string meant) =>
        Assert.Equal(meant, Spelling.Nearest(typed, ["epochs", "batch", "learning-rate", "mnist", "seed"]));

    [Theory]
    [InlineData("temperature")]
    [InlineData("x")]
    [InlineData("")]
    public void Words_far_from_all_find_none(string typed) =>
        Assert.Null(Spelling.Nearest(typed, ["epochs", "batch", "a", ""]));

    [Fact]
    public void The_nearest_wins_and_the_first_of_equals() =>
        Assert.Equal(["text", "test"], new[] { "texr", "tesx" }.Select(w => Spelling.Nearest(w, ["text", "test"])));

    [Fact]
    public void The_hint_is_ready_to_append()
    {
        Assert.Equal(" (did you mean 'age'?)", Spelling.Hint("aeg", ["age", "income"]));
        Assert.Equal("", Spelling.Hint("zzz", ["age", "income"]));
    }
}
