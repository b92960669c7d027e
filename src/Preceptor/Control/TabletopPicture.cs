using Preceptor.Data;

namespace Preceptor.Control;

/// <summary>Pictures of a tabletop from above: discs are red, green and blue, rings and bars in their colours say where a goal has them, the gripper is black when it is closed.</summary>
public static class TabletopPicture
{
    /// <summary>Pixels of a side.</summary>
    public const int Side = 64;

    private const float Disc = 0.055f, Gripper = 0.03f, Button = 0.035f, Line = 0.022f;

    private static readonly (byte Red, byte Green, byte Blue)[] discs = [(214, 69, 65), (38, 166, 91), (52, 110, 190)];

    /// <summary>Draws a state.</summary>
    /// <param name="state">The state [12].</param>
    /// <param name="goal">A state that is asked for [12]; empty for none.</param>
    public static RowImage Of(ReadOnlySpan<float> state, ReadOnlySpan<float> goal)
    {
        var pixels = new byte[3 * Side * Side];
        for (var y = 0; y < Side; y++)
            for (var x = 0; x < Side; x++)
            {
                // The back row, with drawer and buttons, is at the top.
                var (red, green, blue) = Colour(state, goal, (x + 0.5f) / Side, 1 - (y + 0.5f) / Side);
                var at = y * Side + x;
                (pixels[at], pixels[Side * Side + at], pixels[2 * Side * Side + at]) = (red, green, blue);
            }
        return new(3, Side, Side, pixels);
    }

    private static (byte, byte, byte) Colour(ReadOnlySpan<float> state, ReadOnlySpan<float> goal, float x, float y)
    {
        float Away((float X, float Y) from) => MathF.Sqrt((x - from.X) * (x - from.X) + (y - from.Y) * (y - from.Y));
        if (Away((state[0], state[1])) is var gripper && gripper < Gripper) return state[2] > 0.5f ? ((byte)0, (byte)0, (byte)0) : gripper < Gripper / 2 ? ((byte)255, (byte)255, (byte)255) : ((byte)90, (byte)90, (byte)90);
        for (var thing = TabletopThing.FirstDisc; thing <= TabletopThing.ThirdDisc; thing++)
        {
            if (Away(Tabletop.Place(state, thing)) < Disc) return discs[(int)thing];
            if (goal.Length > 0 && Math.Abs(Away(Tabletop.Place(goal, thing)) - Disc) < Line / 2) return discs[(int)thing];
        }
        if (Away(Tabletop.Place(state, TabletopThing.Drawer)) < Button) return (150, 90, 40);
        if (goal.Length > 0 && Math.Abs(Away(Tabletop.Place(goal, TabletopThing.Drawer)) - Button) < Line / 2) return (150, 90, 40);
        foreach (var button in new[] { TabletopThing.FirstButton, TabletopThing.SecondButton })
        {
            var (away, number) = (Away(Tabletop.Place(state, button)), 6 + (int)button);
            if (away < Button) return state[number] > 0.5f ? ((byte)245, (byte)190, (byte)30) : ((byte)170, (byte)170, (byte)150);
            if (goal.Length > 0 && Math.Abs(away - Button) < Line) return goal[number] > 0.5f ? ((byte)245, (byte)190, (byte)30) : ((byte)170, (byte)170, (byte)150);
        }
        return Away((0.5f, 0.5f)) < Tabletop.Obstacle ? ((byte)200, (byte)200, (byte)205) : ((byte)248, (byte)246, (byte)240);
    }
}
