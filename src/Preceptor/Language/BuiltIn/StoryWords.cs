namespace Preceptor.Language.BuiltIn;

/// <summary>The 400 words of the problem stories, by what they can stand for.</summary>
internal static class StoryWords
{
    /// <summary>Who.</summary>
    public static readonly string[] Names = Words("ada ben cara dan eva finn gwen hugo iris jack kim leo mia noah olga paul quinn rosa sam tara uma vera walt xena yann zoe amir bela clio dora emil faye gina hans ilse jona "
        + "karl lena milo nina otto pia rolf sven");

    /// <summary>Where.</summary>
    public static readonly string[] Places = Words("town village harbour forest valley castle garden island meadow desert tower market mill cave bridge inn temple library school station farm camp fort chapel palace cottage "
        + "cabin quarry vineyard orchard swamp canyon lagoon glacier prairie abbey");

    /// <summary>What somebody is.</summary>
    public static readonly string[] Jobs = Words("baker tailor farmer doctor teacher sailor painter writer singer dancer hunter miner cook smith judge guard nurse pilot potter weaver barber banker clerk actor poet priest "
        + "knight monk scholar merchant carpenter shepherd gardener butcher");

    /// <summary>Of an animal.</summary>
    public static readonly string[] Colours = Words("red blue green black white grey brown yellow purple orange pink golden silver crimson");

    /// <summary>What is eaten.</summary>
    public static readonly string[] Foods = Words("bread cheese apple pear soup cake pie rice honey plum nut egg berry corn bean carrot onion cherry peach salad milk tea butter jam melon olive");

    /// <summary>What is had.</summary>
    public static readonly string[] Objects = Words("book lamp sword ring coin cup plate knife chair table clock mirror map key rope box bag drum flute bell candle letter hat coat shoe scarf glove crown shield spear arrow "
        + "wheel cart boat net hook axe saw hammer nail brush pen stone shell feather bottle basket blanket pillow ladder broom bucket kettle spoon fork bowl jar chest thread needle "
        + "rug vase pot pan tray crate barrel anchor ladle");

    /// <summary>What an object or the weather is.</summary>
    public static readonly string[] Qualities = Words("old new big small long short heavy light dark bright cold warm soft hard clean dirty rich poor strange plain sharp round flat deep quiet loud sweet bitter wet dry rare "
        + "cheap broken shiny dusty smooth rough narrow wide tall empty full pale fresh rusty wooden tiny huge hollow fragile sturdy simple curious precious sacred secret");

    /// <summary>The weather.</summary>
    public static readonly string[] Weathers = Words("sun rain wind snow fog storm frost moon sky hail thunder heat");

    /// <summary>When.</summary>
    public static readonly string[] Times = Words("yesterday today later soon then once finally often sometimes always again now meanwhile tonight early suddenly slowly quietly afterwards nowadays");

    /// <summary>What somebody does with an object.</summary>
    public static readonly string[] Deals = Words("finds buys sells hides makes takes wants sees breaks mends lifts drops cleans steals loses draws borrows returns");

    /// <summary>What somebody says to another.</summary>
    public static readonly string[] Tells = Words("tells asks warns reminds teaches informs");

    /// <summary>How an object comes to another.</summary>
    public static readonly string[] Gives = Words("gives brings shows sends offers lends");

    /// <summary>How somebody goes.</summary>
    public static readonly string[] Walks = Words("walks goes travels hurries rides marches wanders drifts");

    /// <summary>What somebody has, and how it moves.</summary>
    public static readonly (string Name, string Moves)[] Animals =
    [
        .. Words("dog wolf horse deer fox hare").Select(a => (a, "runs")),
        .. Words("owl crow eagle swan bat hawk").Select(a => (a, "flies")),
        .. Words("fish otter duck seal whale carp").Select(a => (a, "swims")),
        .. Words("cat monkey squirrel goat lizard bear").Select(a => (a, "climbs")),
        .. Words("snail snake crab turtle beetle spider").Select(a => (a, "crawls")),
    ];

    private static readonly string[] Small = Words("the lives in with a of is from about to eats home and end keeps .");

    /// <summary>All of them, each once.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Small, .. Names, .. Places, .. Jobs, .. Colours, .. Foods, .. Objects, .. Qualities, .. Weathers, .. Times, .. Deals, .. Tells, .. Gives, .. Walks,
        .. Animals.Select(a => a.Name), .. Animals.Select(a => a.Moves).Distinct(),
    ];

    private static string[] Words(string all) => all.Split(' ');
}
