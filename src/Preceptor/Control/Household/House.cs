using Preceptor.Foundation;

namespace Preceptor.Control.Household;

/// <summary>The state of a household, all of it, over memory that another owns: rooms are known, receptacles stand in rooms, things are in or on receptacles or held.</summary>
/// <param name="cells">The state [39].</param>
public readonly ref struct House(Span<byte> cells)
{
    /// <summary>Bytes of a state.</summary>
    public const int Cells = ThingPlaces + HouseholdNames.Things;

    /// <summary>None of them; of a thing's place: held.</summary>
    public const byte None = 255;

    private const int OpenFirst = 3, RoomFirst = OpenFirst + HouseholdNames.Receptacles, KindFirst = RoomFirst + HouseholdNames.Receptacles, ThingPlaces = KindFirst + HouseholdNames.Things;

    private readonly Span<byte> cells = cells;

    /// <summary>The room one is in.</summary>
    public ref byte Room => ref cells[0];

    /// <summary>The receptacle one stands at; <see cref="None"/> for none.</summary>
    public ref byte Near => ref cells[1];

    /// <summary>The thing one holds; <see cref="None"/> for none.</summary>
    public ref byte Held => ref cells[2];

    /// <summary>Whether what is in a receptacle can be seen: of those with doors 1 where it is open, of others 1.</summary>
    public Span<byte> Open => cells.Slice(OpenFirst, HouseholdNames.Receptacles);

    /// <summary>The room of each receptacle.</summary>
    public Span<byte> Rooms => cells.Slice(RoomFirst, HouseholdNames.Receptacles);

    /// <summary>The kind of each thing.</summary>
    public Span<byte> Kinds => cells.Slice(KindFirst, HouseholdNames.Things);

    /// <summary>The receptacle of each thing.</summary>
    public Span<byte> Places => cells.Slice(ThingPlaces, HouseholdNames.Things);

    /// <summary>Makes another house the same.</summary>
    public void CopyTo(House other) => cells.CopyTo(other.cells);

    /// <summary>Things of a kind in or on a receptacle.</summary>
    public int CountOf(int kind, int receptacle)
    {
        var count = 0;
        for (var thing = 0; thing < HouseholdNames.Things; thing++)
            if (Kinds[thing] == kind && Places[thing] == receptacle) count++;
        return count;
    }

    /// <summary>Whether one sees a slot: every room, the receptacles of the room one is in, and the things in or on those that are not closed.</summary>
    public bool IsSeen(int slot)
    {
        if (slot < HouseholdNames.FirstReceptacle) return true;
        if (slot < HouseholdNames.FirstThing) return Rooms[slot - HouseholdNames.FirstReceptacle] == Room;
        var place = Places[slot - HouseholdNames.FirstThing];
        return place == None || Rooms[place] == Room && Open[place] == 1;
    }

    /// <summary>Whether something can be done.</summary>
    /// <param name="verb">What.</param>
    /// <param name="slot">On what.</param>
    public bool IsPossible(HouseholdVerb verb, int slot)
    {
        if ((uint)slot >= HouseholdNames.Slots || !IsSeen(slot)) return false;
        if (slot < HouseholdNames.FirstReceptacle) return verb == HouseholdVerb.Walk && slot != Room;
        if (slot >= HouseholdNames.FirstThing)
        {
            var place = Places[slot - HouseholdNames.FirstThing];
            if (place == None) return false;
            return verb == HouseholdVerb.Walk ? Near != place : verb == HouseholdVerb.Grab && Near == place && Held == None;
        }
        var receptacle = slot - HouseholdNames.FirstReceptacle;
        return verb switch
        {
            HouseholdVerb.Walk => Near != receptacle,
            HouseholdVerb.Open => Near == receptacle && Open[receptacle] == 0,
            HouseholdVerb.Close => Near == receptacle && Open[receptacle] == 1 && HouseholdNames.HasDoor(receptacle),
            HouseholdVerb.Put => Near == receptacle && Open[receptacle] == 1 && Held != None,
            _ => false,
        };
    }

    /// <summary>Does something, if it can be done.</summary>
    /// <returns>Whether it could.</returns>
    public bool Do(HouseholdVerb verb, int slot)
    {
        if (!IsPossible(verb, slot)) return false;
        var (receptacle, thing) = ((byte)(slot - HouseholdNames.FirstReceptacle), (byte)(slot - HouseholdNames.FirstThing));
        switch (verb)
        {
            case HouseholdVerb.Walk when slot < HouseholdNames.FirstReceptacle:
                (Room, Near) = ((byte)slot, None);
                break;
            case HouseholdVerb.Walk:
                Near = slot < HouseholdNames.FirstThing ? receptacle : Places[thing];
                break;
            case HouseholdVerb.Open or HouseholdVerb.Close:
                Open[receptacle] = verb == HouseholdVerb.Open ? (byte)1 : (byte)0;
                break;
            case HouseholdVerb.Grab:
                (Held, Places[thing]) = (thing, None);
                break;
            default:
                (Places[Held], Held) = (receptacle, None);
                break;
        }
        return true;
    }

    /// <summary>Writes what is seen.</summary>
    /// <param name="observation">Receives the slots; what comes behind them is left.</param>
    public void See(Span<float> observation)
    {
        var size = HouseholdNames.Form.SlotSize;
        observation[..(HouseholdNames.Slots * size)].Clear();
        byte room = Room, near = Near, held = Held;
        Span<byte> open = Open, rooms = Rooms, places = Places;
        for (var slot = 0; slot < HouseholdNames.FirstReceptacle; slot++)
        {
            var seen = observation.Slice(slot * size, size);
            (seen[0], seen[1], seen[size - 1]) = (slot + 1, slot == room ? 1 : 0, slot == room ? 0 : 1 << (int)HouseholdVerb.Walk);
        }
        for (var receptacle = 0; receptacle < HouseholdNames.Receptacles; receptacle++)
        {
            if (rooms[receptacle] != room) continue;
            var seen = observation.Slice((HouseholdNames.FirstReceptacle + receptacle) * size, size);
            var (isNear, isOpen, hasDoor) = (near == receptacle, open[receptacle] == 1, HouseholdNames.HasDoor(receptacle));
            (seen[0], seen[2]) = (HouseholdNames.FirstReceptacleWord + receptacle, isNear ? 1 : 0);
            if (hasDoor) seen[isOpen ? 3 : 4] = 1;
            seen[size - 1] = !isNear ? 1 << (int)HouseholdVerb.Walk
                : !isOpen ? 1 << (int)HouseholdVerb.Open
                : (hasDoor ? 1 << (int)HouseholdVerb.Close : 0) | (held != None ? 1 << (int)HouseholdVerb.Put : 0);
        }
        for (var thing = 0; thing < HouseholdNames.Things; thing++)
        {
            var place = places[thing];
            if (place != None && (rooms[place] != room || open[place] == 0)) continue;
            var seen = observation.Slice((HouseholdNames.FirstThing + thing) * size, size);
            seen[0] = HouseholdNames.FirstKindWord + Kinds[thing];
            if (place == None) seen[5] = 1;
            else (seen[2], seen[6 + place], seen[size - 1]) = (near == place ? 1 : 0, 1, near != place ? 1 << (int)HouseholdVerb.Walk : held == None ? 1 << (int)HouseholdVerb.Grab : 0);
        }
    }

    /// <summary>Draws a house: eight kinds of things, four of them twice. One is in any room, holds nothing, and doors are closed.</summary>
    /// <param name="random">The draw.</param>
    /// <param name="isUsual">Whether receptacles and things are where they usually are; otherwise anywhere.</param>
    public void Draw(RandomStream random, bool isUsual)
    {
        ArgumentNullException.ThrowIfNull(random);
        (Room, Near, Held) = ((byte)random.Next(HouseholdNames.Rooms), None, None);
        for (var receptacle = 0; receptacle < HouseholdNames.Receptacles; receptacle++)
        {
            Open[receptacle] = HouseholdNames.HasDoor(receptacle) ? (byte)0 : (byte)1;
            Rooms[receptacle] = (byte)(isUsual ? random.NextIndex(HouseholdNames.UsualRooms(receptacle)) : random.Next(HouseholdNames.Rooms));
        }
        Span<byte> kinds = stackalloc byte[HouseholdNames.Kinds];
        for (var kind = 0; kind < kinds.Length; kind++)
        {
            // The inside-out Fisher–Yates: any order of the kinds alike.
            var other = random.Next(kind + 1);
            kinds[kind] = kinds[other];
            kinds[other] = (byte)kind;
        }
        for (var thing = 0; thing < HouseholdNames.Things; thing++)
        {
            Kinds[thing] = kinds[thing < 8 ? thing : thing - 8];
            Places[thing] = (byte)(isUsual ? random.NextIndex(HouseholdNames.UsualPlaces(Kinds[thing])) : random.Next(HouseholdNames.Receptacles));
        }
    }
}
