namespace Preceptor.Control.Household;

/// <summary>What can be done in a household.</summary>
public enum HouseholdVerb
{
    /// <summary>Goes to a room, to a receptacle of the room one is in, or to a thing that is seen.</summary>
    Walk,

    /// <summary>Opens a closed receptacle that one stands at.</summary>
    Open,

    /// <summary>Closes an open one.</summary>
    Close,

    /// <summary>Takes a thing that is seen where one stands; one at a time.</summary>
    Grab,

    /// <summary>Puts what one holds into or on a receptacle that one stands at and that is not closed.</summary>
    Put,
}

/// <summary>The rooms, receptacles and things of households, where they usually are, and their words.</summary>
public static class HouseholdNames
{
    /// <summary>How many there are in a house.</summary>
    public const int Rooms = 4, Receptacles = 6, Things = 12;

    /// <summary>Where the slots of each begin, and how many there are.</summary>
    public const int FirstReceptacle = Rooms, FirstThing = Rooms + Receptacles, Slots = FirstThing + Things;

    /// <summary>Kinds of things; a house has some of them, some twice.</summary>
    public const int Kinds = 12;

    /// <summary>The last actions that an observation tells.</summary>
    public const int Remembered = 10;

    private static readonly string[] rooms = ["kitchen", "bedroom", "bathroom", "lounge"];
    private static readonly string[] receptacles = ["fridge", "cabinet", "box", "table", "shelf", "sofa"];
    private static readonly string[] kinds = ["milk", "apple", "bread", "plate", "cup", "fork", "book", "pen", "toy", "towel", "soap", "phone"];

    private static readonly double[][] usualRooms =
    [
        [0.9, 0, 0, 0.1], // fridge
        [0.5, 0.1, 0.4, 0], // cabinet
        [0, 0.8, 0.1, 0.1], // box
        [0.6, 0, 0, 0.4], // table
        [0, 0.5, 0.2, 0.3], // shelf
        [0, 0.1, 0, 0.9], // sofa
    ];

    private static readonly double[][] usualPlaces =
    [
        [0.8, 0.05, 0, 0.15, 0, 0], // milk
        [0.5, 0.05, 0.05, 0.35, 0.05, 0], // apple
        [0.2, 0.4, 0.1, 0.3, 0, 0], // bread
        [0, 0.7, 0, 0.25, 0.05, 0], // plate
        [0, 0.55, 0, 0.3, 0.1, 0.05], // cup
        [0, 0.65, 0.1, 0.25, 0, 0], // fork
        [0, 0, 0.1, 0.1, 0.65, 0.15], // book
        [0, 0.05, 0.45, 0.2, 0.25, 0.05], // pen
        [0, 0, 0.7, 0.05, 0.1, 0.15], // toy
        [0, 0.55, 0.05, 0, 0.3, 0.1], // towel
        [0, 0.6, 0.1, 0, 0.3, 0], // soap
        [0, 0, 0.05, 0.3, 0.2, 0.45], // phone
    ];

    /// <summary>How observations of households read.</summary>
    public static SceneForm Form { get; } = new(
        [.. rooms, .. receptacles, .. kinds, "walk", "open", "close", "grab", "put", "one", "two", "inside", "on", "the", "and"],
        [.. Enum.GetNames<HouseholdVerb>().Select(v => v.ToLowerInvariant())], Slots, NameWords: 1, Flags: 5, Numbers: Receptacles, HistoryWords: 2 * Remembered, GoalWords: 13);

    /// <summary>A room's name.</summary>
    public static string Room(int room) => rooms[room];

    /// <summary>A receptacle's name.</summary>
    public static string Receptacle(int receptacle) => receptacles[receptacle];

    /// <summary>The name of a kind of thing.</summary>
    public static string Kind(int kind) => kinds[kind];

    /// <summary>Whether a receptacle can be opened and closed; of the others one sees at once what is on them.</summary>
    public static bool HasDoor(int receptacle) => receptacle < 3;

    /// <summary>inside or on.</summary>
    public static string Relation(int receptacle) => HasDoor(receptacle) ? "inside" : "on";

    /// <summary>How often a receptacle is in each room [4].</summary>
    public static ReadOnlySpan<double> UsualRooms(int receptacle) => usualRooms[receptacle];

    /// <summary>How often a thing of a kind is in or on each receptacle [6].</summary>
    public static ReadOnlySpan<double> UsualPlaces(int kind) => usualPlaces[kind];

    // Words are numbered from 1, in the order of Form.Words.
    internal const int FirstReceptacleWord = 1 + Rooms, FirstKindWord = FirstReceptacleWord + Receptacles, FirstVerbWord = FirstKindWord + Kinds;

    internal const int PutWord = FirstVerbWord + 4, OneWord = PutWord + 1, InsideWord = OneWord + 2, OnWord = InsideWord + 1, TheWord = OnWord + 1, AndWord = TheWord + 1;
}
