using Preceptor.Evaluation;
using Preceptor.Foundation;
using Preceptor.Prediction.Text;

namespace Preceptor.Tests.Prediction.Text;

public sealed class EarlyClassificationTests
{
    private const int Negative = 0, Positive = 1;

    private static IncrementalTextClassifier Trained(SummaryOperator paragraphs = SummaryOperator.Sum)
    {
        var classifier = new IncrementalTextClassifier(2, new() { Paragraphs = paragraphs });
        classifier.Learn("game game film film", Negative);
        classifier.Learn("tired tired alone alone", Positive);
        return classifier;
    }

    [Fact]
    public void A_stream_is_called_positive_at_the_first_text_that_tips_it_and_stays_so()
    {
        var stream = new EarlyClassification(Trained(), EarlyClassification.Outweighs(Positive));
        Assert.False(stream.Read("a game"));
        Assert.False(stream.Read("so tired")); // as much for as against
        Assert.True(stream.Read("alone"));
        Assert.True(stream.Read("game film game film"));
        Assert.Equal(3, stream.PositiveAfter);
        Assert.Equal([1, 2], stream.Confidences);
        Assert.Equal(new EarlyDecision(true, 3, true), stream.Decision(truth: true));
    }

    [Fact]
    public void A_stream_that_ends_without_enough_evidence_is_negative()
    {
        var stream = new EarlyClassification(Trained(), EarlyClassification.Outweighs(Positive, margin: 1.5));
        foreach (var text in new[] { "tired", "", "nothing" }) Assert.False(stream.Read(text));
        Assert.Equal(new EarlyDecision(false, 3, false), stream.Decision(truth: false));
        Assert.True(stream.Read("alone"));
    }

    [Fact]
    public void A_stream_adds_up_to_the_text_that_it_is()
    {
        foreach (var by in new[] { SummaryOperator.Sum, SummaryOperator.Maximum })
        {
            var classifier = Trained(by);
            var stream = new EarlyClassification(classifier, _ => false);
            foreach (var text in new[] { "tired game", "alone. film tired", "game" }) stream.Read(text);
            Assert.Equal(classifier.Confidences("tired game\nalone. film tired\ngame"), stream.Confidences);
        }
    }

    [Fact]
    public void A_policy_of_ones_own_sees_what_the_latest_text_added()
    {
        var stream = new EarlyClassification(Trained(), evidence => evidence.Texts >= 2 && evidence.Latest[Positive] > evidence.Latest[Negative]);
        Assert.False(stream.Read("tired"));
        Assert.False(stream.Read("game"));
        Assert.True(stream.Read("alone"));
    }

    /// <summary>Posts of background and topical words: hobbies, and from a random post on positive users' risk words, which everyone uses now and then.</summary>
    [Fact]
    public void Risk_is_recognised_early_in_generated_streams_and_its_words_are_found()
    {
        var random = RandomStream.Of(1, "streams");
        string Post(bool risk) => string.Join(' ', Enumerable.Range(0, 20).Select(_ => random.NextDouble() switch
        {
            var draw when draw < (risk ? 0.12 : 0.01) => $"risk{random.Next(20)}",
            > 0.9 when !risk => $"hobby{random.Next(40)}",
            _ => $"word{(int)(300 * Math.Pow(random.NextDouble(), 3))}",
        }));
        (string[] Posts, bool Truth)[] users = [.. Enumerable.Range(0, 200).Select(user =>
        {
            var (truth, onset) = (user % 5 == 0, random.Next(4));
            return (Enumerable.Range(0, 20).Select(post => Post(truth && post >= onset)).ToArray(), truth);
        })];
        var classifier = new IncrementalTextClassifier(2, new() { Significance = 1.62, Sanction = 2.55 });
        foreach (var (posts, truth) in users[..100])
            foreach (var post in posts) classifier.Learn(post, truth ? Positive : Negative);

        double Error(IncrementalTextClassifier by) => EarlyRiskDetectionError.Of([.. users[100..].Select(user =>
        {
            var stream = new EarlyClassification(by, EarlyClassification.Outweighs(Positive));
            foreach (var post in user.Posts)
                if (stream.Read(post)) break;
            return stream.Decision(user.Truth);
        })], 50);
        Assert.InRange(Error(classifier), 0, 0.08);
        Assert.True(Error(classifier) < EarlyRiskDetectionError.Of([.. users[100..].Select(u => new EarlyDecision(true, 1, u.Truth))], 50), "no better than an alarm for everyone");
        Assert.InRange(classifier.TopWords(Positive, 15).Count(w => w.Word.StartsWith("risk", StringComparison.Ordinal)), 12, 15);
    }
}
