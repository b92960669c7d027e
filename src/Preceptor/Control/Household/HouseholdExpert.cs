namespace Preceptor.Control.Household;

/// <summary>
/// Does what is asked for by what it has seen in an episode alone. It knows where it saw things and which doors stand open, and looks for others where, by what is usual, one is likeliest for each action that it takes to look there;
/// ways are found by breadth-first search over where it stands and which doors are open.
/// </summary>
public sealed class HouseholdExpert
{
    private const int Spots = HouseholdNames.Rooms + HouseholdNames.Receptacles, Doors = 3, Nowhere = 1000;
    private const byte Unknown = House.None;

    private static readonly SceneForm Form = HouseholdNames.Form;

    private readonly byte[] rooms = new byte[HouseholdNames.Receptacles], kinds = new byte[HouseholdNames.Things], places = new byte[HouseholdNames.Things];
    private readonly bool[] isOpen = new bool[HouseholdNames.Receptacles], isSearched = new bool[HouseholdNames.Receptacles], isVisited = new bool[HouseholdNames.Rooms];
    private readonly int[] steps = new int[Spots << Doors], first = new int[Spots << Doors], queue = new int[Spots << Doors];
    private int room, near, held;

    /// <summary>Forgets what it has seen: another episode begins.</summary>
    public void Begin()
    {
        Array.Fill(rooms, Unknown);
        Array.Fill(kinds, Unknown);
        Array.Fill(places, Unknown);
        Array.Clear(isOpen);
        Array.Clear(isSearched);
        Array.Clear(isVisited);
    }

    /// <summary>The next action; where nothing was done yet, the first of an episode.</summary>
    /// <param name="observation">What is seen.</param>
    /// <param name="action">Receives a verb and a slot.</param>
    public void Act(ReadOnlySpan<float> observation, Span<float> action)
    {
        if (observation[Form.Size - Form.GoalWords - 1] == 0) Begin();
        Look(observation);
        Search();
        var goal = HouseholdGoal.Read(observation[(Form.Size - Form.GoalWords)..]);
        var (verb, slot) = held >= 0 ? Bring(Target(goal, kinds[held])) : Fetch(goal);
        (action[0], action[1]) = ((float)verb, slot);
    }

    private void Look(ReadOnlySpan<float> observation)
    {
        (near, held) = (-1, -1);
        for (var slot = 0; slot < HouseholdNames.Slots; slot++)
        {
            var seen = Form.Slot(observation, slot);
            if (slot < HouseholdNames.FirstReceptacle)
            {
                if (seen[1] == 1) room = slot;
            }
            else if (seen[0] == 0) continue;
            else if (slot < HouseholdNames.FirstThing)
            {
                var receptacle = slot - HouseholdNames.FirstReceptacle;
                rooms[receptacle] = (byte)room;
                isOpen[receptacle] = !HouseholdNames.HasDoor(receptacle) || seen[3] == 1;
                isSearched[receptacle] |= isOpen[receptacle];
                if (seen[2] == 1) near = receptacle;
            }
            else
            {
                var thing = slot - HouseholdNames.FirstThing;
                kinds[thing] = (byte)(seen[0] - HouseholdNames.FirstKindWord);
                if (seen[5] == 1) (held, places[thing]) = (thing, Unknown);
                else
                    for (byte place = 0; place < HouseholdNames.Receptacles; place++)
                        if (seen[6 + place] == 1) places[thing] = place;
            }
        }
        isVisited[room] = true;
    }

    private int Known(int kind, int receptacle)
    {
        var count = 0;
        for (var thing = 0; thing < HouseholdNames.Things; thing++)
            if (kinds[thing] == kind && places[thing] == receptacle) count++;
        return count;
    }

    private bool IsWanted(HouseholdPredicate predicate) => predicate.Count > 0 && Known(predicate.Kind, predicate.Receptacle) < predicate.Count;

    /// <summary>Where a thing of a kind is wanted; −1 for nowhere.</summary>
    private int Target(HouseholdGoal goal, int kind) =>
        IsWanted(goal.First) && goal.First.Kind == kind ? goal.First.Receptacle : IsWanted(goal.Second) && goal.Second.Kind == kind ? goal.Second.Receptacle : -1;

    private (HouseholdVerb, int) Bring(int target)
    {
        if (target >= 0 && rooms[target] == Unknown) return Explore(receptacle => receptacle == target ? 1 : 0);
        if (target < 0)
        {
            // What one holds is in the way: down with it, wherever is nearest. A room without receptacles has none; then look for one.
            for (var other = 0; other < HouseholdNames.Receptacles; other++)
                if (rooms[other] != Unknown && (target < 0 || Cost(other) < Cost(target))) target = other;
            if (target < 0) return Explore(_ => 1);
        }
        return near == target && isOpen[target] ? (HouseholdVerb.Put, HouseholdNames.FirstReceptacle + target) : Towards(target, -1);
    }

    private (HouseholdVerb, int) Fetch(HouseholdGoal goal)
    {
        var nearest = -1;
        for (var thing = 0; thing < HouseholdNames.Things; thing++)
        {
            if (places[thing] == Unknown || Target(goal, kinds[thing]) is var target && (target < 0 || target == places[thing])) continue;
            if (nearest < 0 || Cost(places[thing]) < Cost(places[nearest])) nearest = thing;
        }
        if (nearest < 0) return Explore(receptacle => Belief(goal.First, receptacle) + Belief(goal.Second, receptacle));
        return near == places[nearest] && isOpen[places[nearest]] ? (HouseholdVerb.Grab, HouseholdNames.FirstThing + nearest) : Towards(places[nearest], nearest);
    }

    private double Belief(HouseholdPredicate predicate, int receptacle) => IsWanted(predicate) ? HouseholdNames.UsualPlaces(predicate.Kind)[receptacle] : 0;

    /// <summary>Looks where the most is to be hoped for an action: behind a door that was seen, or into a room.</summary>
    private (HouseholdVerb, int) Explore(Func<int, double> hope)
    {
        const double least = 1e-3; // what is unusual is still possible
        var (best, bestRoom, bestWorth) = (-1, room, 0.0);
        for (var receptacle = 0; receptacle < HouseholdNames.Receptacles; receptacle++)
        {
            if (rooms[receptacle] == Unknown || isSearched[receptacle]) continue;
            var worth = (hope(receptacle) + least) / (Cost(receptacle) + 1);
            if (worth > bestWorth) (best, bestWorth) = (receptacle, worth);
        }
        for (var other = 0; other < HouseholdNames.Rooms; other++)
        {
            if (isVisited[other]) continue;
            var sum = least;
            for (var receptacle = 0; receptacle < HouseholdNames.Receptacles; receptacle++)
            {
                if (rooms[receptacle] != Unknown) continue;
                var left = 0.0;
                for (var where = 0; where < HouseholdNames.Rooms; where++)
                    if (!isVisited[where]) left += HouseholdNames.UsualRooms(receptacle)[where] + least;
                sum += hope(receptacle) * (HouseholdNames.UsualRooms(receptacle)[other] + least) / left;
            }
            if (sum / 2 > bestWorth) (best, bestRoom, bestWorth) = (-1, other, sum / 2);
        }
        return best >= 0 ? Towards(best, -1) : (HouseholdVerb.Walk, bestRoom);
    }

    /// <summary>The first action on the way to stand at an open receptacle; what stands there is walked to by the name of a thing where that is what one goes for.</summary>
    private (HouseholdVerb, int) Towards(int receptacle, int thing)
    {
        var (verb, slot) = ((HouseholdVerb)(first[Best(receptacle)] >> 8), first[Best(receptacle)] & 255);
        return thing >= 0 && verb == HouseholdVerb.Walk && slot == HouseholdNames.FirstReceptacle + receptacle && isOpen[receptacle] ? (verb, HouseholdNames.FirstThing + thing) : (verb, slot);
    }

    private int Cost(int receptacle) => steps[Best(receptacle)];

    private int Best(int receptacle)
    {
        var (best, spot) = (-1, HouseholdNames.Rooms + receptacle);
        for (var doors = 0; doors < 1 << Doors; doors++)
            if ((!HouseholdNames.HasDoor(receptacle) || (doors >> receptacle & 1) == 1) && (best < 0 || steps[(spot << Doors) + doors] < steps[best])) best = (spot << Doors) + doors;
        return best;
    }

    /// <summary>Breadth first from where it stands: how many actions to each spot with each set of open doors, and the first of them.</summary>
    private void Search()
    {
        Array.Fill(steps, Nowhere);
        var open = 0;
        for (var door = 0; door < Doors; door++) open |= isOpen[door] ? 1 << door : 0;
        var (head, tail, start) = (0, 0, ((near < 0 ? room : HouseholdNames.Rooms + near) << Doors) + open);
        (steps[start], queue[tail++]) = (0, start);
        while (head < tail)
        {
            var from = queue[head++];
            var (spot, doors) = (from >> Doors, from & ((1 << Doors) - 1));
            var here = spot < HouseholdNames.Rooms ? spot : rooms[spot - HouseholdNames.Rooms];
            for (var other = 0; other < HouseholdNames.Rooms; other++)
                if (other != here) Visit((other << Doors) + doors, HouseholdVerb.Walk, other);
            for (var receptacle = 0; receptacle < HouseholdNames.Receptacles; receptacle++)
            {
                var there = HouseholdNames.Rooms + receptacle;
                if (rooms[receptacle] == here && there != spot) Visit((there << Doors) + doors, HouseholdVerb.Walk, HouseholdNames.FirstReceptacle + receptacle);
                if (there == spot && receptacle < Doors && (doors >> receptacle & 1) == 0) Visit(from | 1 << receptacle, HouseholdVerb.Open, HouseholdNames.FirstReceptacle + receptacle);
            }

            void Visit(int to, HouseholdVerb verb, int slot)
            {
                if (steps[to] < Nowhere) return;
                (steps[to], first[to]) = (steps[from] + 1, from == start ? (int)verb << 8 | slot : first[from]);
                queue[tail++] = to;
            }
        }
    }
}
