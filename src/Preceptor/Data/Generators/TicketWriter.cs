using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Data.Generators;

/// <summary>How much of a ticket's text tells its topic.</summary>
internal enum TicketKind
{
    /// <summary>One topic, plainly told.</summary>
    Clear,

    /// <summary>Two topics, one of which counts.</summary>
    Mixed,

    /// <summary>A hint at a topic.</summary>
    Vague,
}

/// <summary>What a ticket is about, and the text that tells it.</summary>
/// <param name="Truth">The class.</param>
/// <param name="Second">The other topic of a mixed ticket; else the class.</param>
/// <param name="Kind">How plainly it is told.</param>
/// <param name="Cue">Which of the class's sentences tells it.</param>
/// <param name="Clues">How many sentences tell it.</param>
internal readonly record struct TicketContent(int Truth, int Second, TicketKind Kind, int Cue, int Clues);

/// <summary>Writes tickets one after the other, reusing its buffers; one writer a thread.</summary>
internal sealed class TicketWriter(TicketOptions options)
{
    private static readonly TicketTopic[] Topics = TicketTopics.All;

    private readonly StringBuilder sentence = new();
    private readonly double[] weights = new double[Topics.Length];
    private int bodyStart;

    /// <summary>Draws a ticket's class and kind and writes its subject and body at the end of <paramref name="text"/>.</summary>
    /// <param name="random">The ticket's stream.</param>
    /// <param name="customer">Who writes.</param>
    /// <param name="time">When, in [0, 1) over the two years.</param>
    /// <param name="text">Receives the subject and then the body.</param>
    /// <param name="subjectLength">How many letters of the text are the subject.</param>
    internal TicketContent Write(RandomStream random, TicketCustomer customer, double time, StringBuilder text, out int subjectLength)
    {
        var content = Draw(random, customer, time);
        var start = text.Length;
        WriteSubject(content, random, customer, text);
        bodyStart = text.Length;
        subjectLength = bodyStart - start;
        WriteBody(content, random, customer, time, text);
        return content;
    }

    private TicketContent Draw(RandomStream random, TicketCustomer customer, double time)
    {
        for (var c = 0; c < weights.Length; c++) weights[c] = Topics[c].Prior * customer.Interests[c] * Math.Exp(Topics[c].Drift * (time - 0.5));
        var truth = random.NextIndex(weights);
        var u = random.NextDouble();
        var kind = u < options.VagueFraction ? TicketKind.Vague : u < options.VagueFraction + options.MixedFraction ? TicketKind.Mixed : TicketKind.Clear;
        var clues = kind == TicketKind.Clear && random.NextDouble() < 0.5 ? 2 : 1;
        return new(truth, kind == TicketKind.Mixed ? OtherTopic(truth, random) : truth, kind, random.Next(Topics[truth].Cues.Length), clues);
    }

    private static int OtherTopic(int topic, RandomStream random)
    {
        // Topics that are often mistaken for each other also come together.
        if (random.NextDouble() < 0.6) return TicketNoise.Neighbour(topic, random);
        return (topic + 1 + random.Next(Topics.Length - 1)) % Topics.Length;
    }

    private void WriteSubject(in TicketContent content, RandomStream random, TicketCustomer customer, StringBuilder text)
    {
        var told = content.Kind switch { TicketKind.Clear => 0.6, TicketKind.Mixed => 0.5, _ => 0 };
        var phrases = TicketVocabulary.EmptySubjects;
        if (random.NextDouble() < told)
        {
            // A mixed ticket's subject names either topic.
            phrases = Topics[random.NextDouble() < 0.7 ? content.Truth : content.Second].Subjects;
        }
        Pick(phrases, random).Write(sentence, random);
        Finish(random, customer, text);
    }

    private void WriteBody(in TicketContent content, RandomStream random, TicketCustomer customer, double time, StringBuilder text)
    {
        var topic = Topics[content.Truth];
        TicketVocabulary.Greetings[customer.Greeting].Write(sentence, random);
        if (sentence.Length > 0)
        {
            Finish(random, customer, text);
            text.Append('\n');
        }
        if (random.NextDouble() < customer.Chattiness) Say(null, Pick(TicketVocabulary.Fillers, random), random, customer, text);
        if (random.NextDouble() < 0.4) SayProduct(random, customer, time, text);
        switch (content.Kind)
        {
            case TicketKind.Vague:
                Say(null, Pick(topic.Hints, random), random, customer, text);
                break;
            case TicketKind.Mixed:
                WriteTwoTopics(content, random, customer, text);
                break;
            default:
                Say(null, topic.Cues[content.Cue], random, customer, text);
                if (content.Clues == 2) Say(null, Pick(topic.Cues, random), random, customer, text);
                else if (random.NextDouble() < 0.25) Contrast(content.Truth, OtherTopic(content.Truth, random), random, customer, text);
                break;
        }
        if (random.NextDouble() < customer.Chattiness * 0.7) Say(null, Pick(TicketVocabulary.Fillers, random), random, customer, text);
        if (random.NextDouble() < (content.Kind == TicketKind.Clear ? 0.5 : 0.15)) Say(null, Pick(topic.Asks, random), random, customer, text);
        else if (random.NextDouble() < 0.6) Say(null, Pick(TicketVocabulary.EmptyAsks, random), random, customer, text);
        WriteClosing(random, customer, text);
    }

    private void WriteTwoTopics(in TicketContent content, RandomStream random, TicketCustomer customer, StringBuilder text)
    {
        var main = Topics[content.Truth].Cues[content.Cue];
        var aside = Pick(Topics[content.Second].Cues, random);
        if (random.NextDouble() < 0.6)
        {
            Say(Pick(TicketVocabulary.Emphases, random), main, random, customer, text);
            Say(Pick(TicketVocabulary.Asides, random), aside, random, customer, text);
        }
        else
        {
            Say(null, aside, random, customer, text);
            Say(Pick(TicketVocabulary.Emphases, random), main, random, customer, text);
        }
        if (random.NextDouble() < 0.4) Contrast(content.Truth, content.Second, random, customer, text);
    }

    private void Contrast(int topic, int other, RandomStream random, TicketCustomer customer, StringBuilder text)
    {
        var (before, between, after) = Contrasts[random.Next(Contrasts.Length)];
        sentence.Append(before);
        Pick(Topics[other].Names, random).Write(sentence, random);
        sentence.Append(between);
        Pick(Topics[topic].Names, random).Write(sentence, random);
        sentence.Append(after);
        FinishSentence(random, customer, text);
    }

    private static readonly (string Before, string Between, string After)[] Contrasts =
    [
        ("this is not about ", " but about ", ""),
        ("it is not really ", " that bothers me but ", ""),
        ("never mind ", ", I only care about ", ""),
        ("", " is fine for now, ", " is not"),
        ("I know that ", " is for another team, my question is about ", ""),
        ("so forget ", " and look at ", " please"),
    ];

    private void SayProduct(RandomStream random, TicketCustomer customer, double time, StringBuilder text)
    {
        // The market grows from half of the devices to all of them; a customer keeps its own.
        var products = TicketVocabulary.Products;
        var known = products.Length / 2 + (int)(time * products.Length / 2);
        var product = random.NextDouble() < 0.7 ? (int)(customer.Product * products.Length / 2) : random.Next(known);
        sentence.Append(random.NextDouble() < 0.5 ? "it is about the " : "I own the ").Append(products[product]);
        FinishSentence(random, customer, text);
    }

    private void WriteClosing(RandomStream random, TicketCustomer customer, StringBuilder text)
    {
        TicketVocabulary.Closings[customer.Closing].Write(sentence, random);
        if (sentence.Length == 0) return;
        text.Append('\n');
        sentence.Append(", ").Append(customer.Name);
        Finish(random, customer, text);
    }

    private void Say(Phrase? introduction, Phrase phrase, RandomStream random, TicketCustomer customer, StringBuilder text)
    {
        introduction?.Write(sentence, random);
        phrase.Write(sentence, random);
        FinishSentence(random, customer, text);
    }

    private void FinishSentence(RandomStream random, TicketCustomer customer, StringBuilder text)
    {
        if (sentence[^1] != '?') sentence.Append(customer.Stop);
        if (text.Length > bodyStart && text[^1] != '\n') text.Append(' ');
        Finish(random, customer, text);
    }

    /// <summary>Moves the sentence to the text in the customer's hand.</summary>
    private void Finish(RandomStream random, TicketCustomer customer, StringBuilder text)
    {
        if (sentence.Length > 0) sentence[0] = char.ToUpperInvariant(sentence[0]);
        for (var i = 0; i < sentence.Length; i++)
        {
            if (sentence[i] == ' ' && IsStrayBlank(i)) continue;
            var letter = customer.Lowercase ? char.ToLowerInvariant(sentence[i]) : sentence[i];
            if (customer.TypoRate > 0 && char.IsAsciiLetterLower(letter) && random.NextDouble() < customer.TypoRate)
            {
                // Leave it out, double it, or hit another key.
                var slip = random.Next(3);
                if (slip == 0) continue;
                text.Append(letter);
                if (slip == 2) letter = (char)('a' + random.Next(26));
            }
            text.Append(letter);
        }
        sentence.Clear();
    }

    /// <summary>Whether the blank at a place of the sentence stands beside an alternative that was left empty.</summary>
    private bool IsStrayBlank(int at) => at == 0 || at + 1 == sentence.Length || sentence[at + 1] is ' ' or '.' or ',' or '?' or '!' or ':';

    private static Phrase Pick(Phrase[] phrases, RandomStream random) => phrases[random.Next(phrases.Length)];
}
