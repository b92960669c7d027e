namespace Preceptor.Data.Generators;

/// <summary>Words and sentences of a customer of an invented shop for household devices, whatever the ticket is about.</summary>
internal static class TicketVocabulary
{
    /// <summary>The devices, in the order in which they came to market.</summary>
    internal static readonly string[] Products =
    [
        "Lumo lamp", "Tavio speaker", "Brisk router", "Nestor thermostat", "Pulse tracker", "Orbit camera", "Kori tablet", "Velo lock",
        "Sona headset", "Mira display", "Atlas hub", "Rondo vacuum",
    ];

    internal static readonly string[] FirstNames =
    [
        "Anna", "Ben", "Carla", "David", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kemal", "Lena", "Marco", "Nadia", "Oskar", "Petra",
        "Quentin", "Rosa", "Stefan", "Tara", "Umar", "Vera", "Wanda", "Xenia", "Yusuf", "Zoe", "Aisha", "Boris", "Chloe", "Dmitri", "Emeka", "Fiona",
    ];

    internal static readonly string[] LastNames =
    [
        "Abel", "Brandt", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Hansen", "Ivanov", "Jensen", "Kaya", "Lopez", "Meyer", "Novak",
        "Okafor", "Petrov", "Quist", "Rossi", "Silva", "Tanaka", "Usman", "Vogel", "Weber", "Xu", "Yilmaz", "Zimmer",
    ];

    private static readonly Dictionary<string, Phrase> Slots = ReadSlots();

    /// <summary>Opening words; a customer keeps to one of them.</summary>
    internal static readonly Phrase[] Greetings = Read("", "Hello,", "Hi there,", "Dear support team,", "Good [morning|day|evening],", "Hey,", "To whom it may concern,");

    /// <summary>Closing words before the name; a customer keeps to one of them.</summary>
    internal static readonly Phrase[] Closings = Read("", "Thanks", "Kind regards", "Best", "Thank you in advance", "Cheers", "Yours sincerely");

    /// <summary>Subjects that say nothing.</summary>
    internal static readonly Phrase[] EmptySubjects = Read(
        "[Question|A question|Short question]", "[Help|Help needed|Please help|Need some help]", "[Urgent|URGENT|Important|Please read]", "My {thing}",
        "Order {order}", "[Problem|Issue|Trouble] with [my|the|our] {thing}", "[Following up|Follow-up|Second try]", "[Not happy|Disappointed|Hm]", "[Your company|Your shop|Customer {order}]");

    /// <summary>Sentences that say nothing about the topic.</summary>
    internal static readonly Phrase[] Fillers = Read(
        "I have been a customer [for {small} years|since you opened|for a long time]",
        "[we|I] [bought|got|ordered] the {thing} [in {city}|{small} [weeks|months] ago|as a gift|on the web page]",
        "my [wife|husband|neighbour|colleague|son|daughter] [told me to write to you|has the same {thing}|says hello]",
        "I [already|] tried to [call|phone] you [{small} times|twice|yesterday], [but nobody answered|the line was busy|the music was nice though]",
        "[otherwise|apart from that|all in all] [we are|I am] [quite|very|rather] happy with the {thing}",
        "the {thing} [stands|sits|is] in [the kitchen|our office|the living room|my bedroom] in {city}",
        "[sorry for|please excuse] my [bad|] English", "[sorry for|excuse] the long [message|mail|text]",
        "I am [writing|sending this] from [my phone|work|the train|holiday in {city}]",
        "[the weather|everything else] here in {city} is [fine|lovely|terrible] [by the way|]",
        "[your|the] [shop|web page|app] [looks|has looked] [nicer|different] since [{month}|the last change]",
        "my [order|customer] number is {order}", "I use it with [my|the|our] {device}", "[I wrote about something else|I had another question] in {month}, [that is solved|never mind that|all good there]");

    /// <summary>Last requests that say nothing about the topic.</summary>
    internal static readonly Phrase[] EmptyAsks = Read(
        "[can|could] you [please|] help [me|us]?", "[please|kindly] [get back to me|answer|reply] [soon|quickly|this week|as soon as you can]",
        "[what|so what] [can|should] I do [now|]?", "please look into [it|this]", "[I look forward to|I am waiting for] your [answer|reply]", "please [advise|let me know]");

    /// <summary>What introduces a second topic.</summary>
    internal static readonly Phrase[] Asides = Read(
        "by the way, ", "also, ", "on another note, ", "not so important, but ", "[a second|another] [thing|point]: ", "unrelated: ", "while I am here, ", "apart from this, ", "and ");

    /// <summary>What introduces the topic that counts.</summary>
    internal static readonly Phrase[] Emphases = Read(
        "the [main|real|important] [thing|point|problem]: ", "[what really matters|most important]: ", "the [actual|real] reason [I am writing|for this mail]: ",
        "first of all, ", "above all, ", "");

    /// <summary>Reads patterns with this vocabulary.</summary>
    internal static Phrase[] Read(params string[] patterns) => [.. patterns.Select(p => Phrase.Read(p, Slots))];

    private static Dictionary<string, Phrase> ReadSlots()
    {
        var slots = new Dictionary<string, Phrase>
        {
            ["small"] = new NumberPhrase(2, 9),
            ["days"] = new NumberPhrase(3, 30),
            ["order"] = new NumberPhrase(100_000, 999_999),
            ["euros"] = new NumberPhrase(5, 300),
            ["cents"] = new NumberPhrase(10, 99),
        };
        void Add(string name, string pattern) => slots[name] = Phrase.Read(pattern, slots);
        Add("amount", "[{euros} euros|{euros}.{cents} euros|EUR {euros}|{euros} EUR]");
        Add("city", "[Lyon|Porto|Graz|Leeds|Ghent|Turin|Malmo|Cork|Bergen|Basel|Utrecht|Krakow|Seville|Aarhus|Tartu|Brno]");
        Add("month", "[January|February|March|April|May|June|July|August|September|October|November|December]");
        Add("device", "[phone|old phone|laptop|work computer|tablet|television|smart watch|home assistant]");
        Add("thing", "[device|product|unit|set|new one|thing]");
        Add("carrier", "[the courier|the carrier|the post|the driver|your delivery partner]");
        Add("plan", "[the basic plan|the family plan|the premium plan|my subscription|the yearly plan|the monthly plan]");
        Add("error", "[error {small}0{small}|code E{small}{small}|a blank page|a grey screen|\"unknown failure\"|\"please try again later\"]");
        Add("ago", "[yesterday|last week|last month|in {month}|{small} days ago|{days} days ago|two weeks ago]");
        return slots;
    }
}
