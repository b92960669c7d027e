namespace Preceptor.Catalogue.Experiments;

/// <summary>Ghugare et al. 2024: cloning does not reach goals that no episode reached from there, more data and a wider network do not change that, and goals exchanged at places that episodes share do.</summary>
internal static class TemporalStitchingExperiment
{
    public static Experiment Create()
    {
        string[] maze = ["problem.name=stitching-maze", "problem.size=small"], grid = ["training.rate=0.001", "training.rate=0.003"];
        var parts = new Conditions("stitching-maze", maze, grid);
        var all = new Conditions("stitching-maze, episodes between any two cells", [.. maze, "problem.pairs=all"], grid);
        Arm Stitching(Conditions conditions, params string[] settings) => new(conditions, "temporal-stitching", settings);
        Arm Cloning(Conditions conditions, params string[] settings) => new(conditions, "behaviour-cloning", settings);
        var nothing = new NullControl("where episodes join any two cells, nothing is left to stitch", Stitching(all), Cloning(all));
        const string more = "neither ten times the data nor larger models close the gap (section 5, figures)", headline = "temporal goal augmentation improves success on unseen pairs in most mazes (abstract; section 5)";
        return new("temporal-stitching", ControlKind.Seen,
        [
            new("stitched goals reach what no episode reached from there", Stitching(parts), Cloning(parts), ControlKind.Unseen, 0.1, headline, nothing),
            new("stitched goals reach more than cloning four times the episodes", Stitching(parts), Cloning(parts, "problem.episodes=2400"), ControlKind.Unseen, 0.1, more, nothing),
            new("goals stitched at near places reach more than at random ones", Stitching(parts), Stitching(parts, "method.clusters=1"), ControlKind.Unseen, 0.1, "the waypoint must be near the goal that is exchanged (algorithm 1)", nothing),
            new("stitched goals reach more than cloning with a network four times as wide", Stitching(parts), Cloning(parts, "model.width=1024"), ControlKind.Unseen, 0.1, more, nothing) { Tier = Tier.All },
            new("stitched goals reach more where one stitch is enough", Stitching(parts), Cloning(parts), ControlKind.One, 0.1, headline, nothing) { Tier = Tier.All },
            new("stitched goals reach more where it takes more", Stitching(parts), Cloning(parts), ControlKind.More, 0.1, headline, nothing) { Tier = Tier.All },
            new("near goals keep what was demonstrated, random ones lose some", Stitching(parts), Stitching(parts, "method.clusters=1"), ControlKind.Seen, 0.02, "the waypoint must be near the goal that is exchanged (algorithm 1)", nothing) { Tier = Tier.All },
        ])
        {
            Remark = "A U of corridors in which a straight line is wrong; 600 episodes of a noisy controller. Tuned by success on pairs that episodes join.",
        };
    }
}
