using Preceptor.Foundation;

namespace Preceptor.Control;

/// <summary>A maze of square cells, each 1 wide: # is a wall, everything else is free. The place (x, y) lies in the cell of column ⌊x⌋ and row ⌊y⌋.</summary>
public sealed class Maze
{
    private readonly string[] rows;

    /// <param name="rows">The cells, a text a row, equally long and with walls around.</param>
    /// <exception cref="RequestException">They are not.</exception>
    public Maze(params IReadOnlyList<string> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count < 3 || rows.Any(r => r.Length != rows[0].Length || r.Length < 3)) throw new RequestException("a maze has at least 3 rows of at least 3 cells, all equally long");
        if (rows[0].Any(c => c != '#') || rows[^1].Any(c => c != '#') || rows.Any(r => r[0] != '#' || r[^1] != '#')) throw new RequestException("a maze has walls, #, all around");
        this.rows = [.. rows];
        Free = [.. Enumerable.Range(0, Height * Width).Where(cell => !IsWall(cell / Width, cell % Width))];
        if (Free.Count == 0) throw new RequestException("a maze has at least one free cell");
    }

    /// <summary>A U of three corridors: top, right and bottom, the smallest maze in which the straight way to a goal is wrong.</summary>
    public static Maze U { get; } = new("#####", "#   #", "### #", "#   #", "#####");

    /// <summary>Rows.</summary>
    public int Height => rows.Length;

    /// <summary>Columns.</summary>
    public int Width => rows[0].Length;

    /// <summary>The free cells, row × width + column, in order.</summary>
    public IReadOnlyList<int> Free { get; }

    /// <summary>Whether a cell is a wall.</summary>
    public bool IsWall(int row, int column) => rows[row][column] == '#';

    /// <summary>The cell of a place.</summary>
    public int Cell(float x, float y) => (int)y * Width + (int)x;

    /// <summary>The middle of a cell.</summary>
    public (float X, float Y) Middle(int cell) => (cell % Width + 0.5f, cell / Width + 0.5f);

    /// <summary>From each cell the next one on a shortest way to a goal, by breadth-first search; −1 for walls and cells without a way, the goal for itself.</summary>
    public int[] NextCells(int goal)
    {
        var next = Enumerable.Repeat(-1, Height * Width).ToArray();
        if (!Free.Contains(goal)) throw new ArgumentOutOfRangeException(nameof(goal), goal, "expected a free cell");
        next[goal] = goal;
        var reached = new Queue<int>([goal]);
        while (reached.TryDequeue(out var cell))
            foreach (var neighbour in new[] { cell - Width, cell - 1, cell + 1, cell + Width }.Where(n => next[n] < 0 && !IsWall(n / Width, n % Width)))
            {
                next[neighbour] = cell;
                reached.Enqueue(neighbour);
            }
        return next;
    }
}
