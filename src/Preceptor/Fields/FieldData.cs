using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Preceptor.Data;
using Preceptor.Foundation;

namespace Preceptor.Fields;

/// <summary>The equations that a specification can name.</summary>
public enum EquationName
{
    /// <summary>Burgers' equation on a ring.</summary>
    Burgers,

    /// <summary>Diffusion with sorption.</summary>
    DiffusionSorption,
}

/// <summary>The keys of a fields problem: an equation, where it is to hold, and the initial states, drawn or from a file.</summary>
public sealed record FieldData : IProblemData
{
    /// <summary>The name of the kind.</summary>
    public const string KindName = "fields";

    string IProblemData.Name => Options.Key(Equation.ToString());

    /// <summary>The kind.</summary>
    [Description("The kind of problem"), AllowedValues(KindName)]
    public string Kind { get; set; } = KindName;

    /// <summary>The equation.</summary>
    [Description("The equation: burgers, u_t + u u_x = ν u_xx on a ring; diffusion-sorption, u_t = D / R(u) u_xx between two ends. One of your own: FieldEquation in C#")]
    public EquationName Equation { get; set; }

    /// <summary>ν.</summary>
    [Description("Viscosity ν of burgers")]
    [Range(1e-4, 10)]
    public double Viscosity { get; set; } = 0.02;

    /// <summary>X.</summary>
    [Description("Points in space; a ring has as many inner ones, else the two ends are among them")]
    [Range(8, 4096)]
    public int? Points { get; set; }

    /// <summary>T.</summary>
    [Description("Steps in time")]
    [Range(2, 4096)]
    public int Steps { get; set; } = 20;

    /// <summary>The extent of time.</summary>
    [Description("The extent of time; left out: 0.5 for burgers, 1 (500 s) for diffusion-sorption")]
    [Range(1e-6, 1e6)]
    public double? Duration { get; set; }

    /// <summary>The weight of the conditions.</summary>
    [Description("How much the mean square of the conditions (initial state, ends) counts beside that of the equation")]
    [Range(1e-6, 1e6)]
    public double ConditionWeight { get; set; } = 10;

    /// <summary>The initial states.</summary>
    [Description("A file of initial states, a row each, whose columns are the values at the points in order, evenly spaced from the first to the last; left out: they are drawn")]
    public string? Initial { get; set; }

    /// <summary>How many are drawn.</summary>
    [Description("How many initial states are drawn to train on; a quarter as many, at most 64, to validate, and as many to test")]
    [Range(4, 1_000_000)]
    public int States { get; set; } = 256;

    /// <summary>The equation with its parameters.</summary>
    public FieldEquation ToEquation() => Equation == EquationName.Burgers ? new BurgersEquation(Viscosity) : new DiffusionSorptionEquation();

    /// <summary>The equation of a description, as <see cref="FieldEquation.Describe"/> writes it.</summary>
    internal static FieldEquation Read(string description)
    {
        var json = JsonNode.Parse(description)!;
        return json["equation"]!.GetValue<string>() switch
        {
            "burgers" => new BurgersEquation(json["viscosity"]!.GetValue<double>()),
            "diffusion-sorption" => new DiffusionSorptionEquation(),
            var other => throw new RequestException($"field.json: there is no equation '{other}'; one of your own is loaded in C#"),
        };
    }

    /// <summary>Draws or reads the initial states, and divides them.</summary>
    /// <param name="settings">The settings these options were bound from, for messages that point at a line; null where there are none.</param>
    /// <param name="read">Reads a file; null where none is named.</param>
    /// <param name="seed">Decides what is drawn, or how a file's rows are divided.</param>
    public (EquationResidual Residual, double[] Train, double[] Validation, double[] Test) Draw(MapSetting? settings, ReadTable? read, ulong seed)
    {
        var equation = ToEquation();
        var points = Points ?? (equation.IsPeriodic ? 64 : 66);
        var grid = new FieldGrid(points, Steps, 1, Duration ?? (equation.IsPeriodic ? 0.5 : 1), equation.IsPeriodic);
        var held = Math.Clamp(States / 4, 2, 64);
        double[] Take(double[] all, int first, int count) => all[(first * points)..((first + count) * points)];
        double[] states;
        var train = States;
        if (Initial is { } file)
        {
            states = FieldStates.Read(read!(file, [], [], BadImages.Fail).Rows, settings?.Find("initial"), points, grid.IsPeriodic);
            FieldStates.Shuffle(states, points, RandomStream.Of(seed, "field-division"));
            var rows = states.Length / points;
            if (rows < 8) throw (settings?.Find("initial") ?? new ScalarSetting(file, "problem.initial", file)).Wrong($"{file} has {rows} initial states, expected at least 8, to train, validate and test");
            held = Math.Clamp(rows / 5, 2, 64);
            train = rows - 2 * held;
        }
        else
        {
            states = FieldStates.Draw(equation, grid, train + 2 * held, RandomStream.Of(seed, "field-states"));
        }
        return (new(equation, grid, ConditionWeight), Take(states, 0, train), Take(states, train, held), Take(states, train + held, held));
    }
}
