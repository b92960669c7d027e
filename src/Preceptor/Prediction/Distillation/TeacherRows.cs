using System.Runtime.InteropServices;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;
using TorchSharp;

namespace Preceptor.Prediction.Distillation;

/// <summary>A teacher's logits on the training rows [N × C], gathered by row: an offered teacher's, or those of one trained here.</summary>
internal sealed class TeacherRows(float[] logits, int classes)
{
    /// <summary>All rows' logits [N × C].</summary>
    public float[] Logits => logits;

    /// <summary>The teacher a method is to learn from.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="run">The run; a teacher trained here is a stage of its own.</param>
    /// <param name="name">Which offered teacher; null for the only one.</param>
    /// <param name="model">The network of a teacher trained here on the same labels, if none is offered; null for the student's, four times as wide.</param>
    /// <exception cref="RequestException">No teacher has that name, or several are offered and none is named.</exception>
    public static TeacherRows Of(PredictionProblem problem, Run run, string? name, ModelOptions? model)
    {
        if (Offered(problem, name) is { } offered) return new(offered.Train, problem.Classes.Count);
        var larger = problem with { Model = model ?? FourTimesAsWide(problem.Model) };
        using var trained = run.Stage("teacher", larger.Describe(), () => new Plain.Supervised(new()).Fit(larger, run), stream: "teacher");
        return new(trained.Classifier.Logits(problem.Train), problem.Classes.Count);
    }

    /// <summary>The offered teacher of a name, or the only one; null if none is offered.</summary>
    /// <exception cref="RequestException">No teacher has that name, several are offered and none is named, or examples are mixed.</exception>
    public static TeacherLogits? Offered(PredictionProblem problem, string? name)
    {
        problem.Training.RequireUnmixed("a teacher's answers belong to single examples");
        var offered = problem.Supervision.OfType<TeacherLogits>().ToArray();
        if (name is not null)
            return offered.FirstOrDefault(t => t.Name == name) ?? throw new RequestException(
                $"method.teacher: the problem offers no teacher '{name}'{Spelling.Hint(name, offered.Select(t => t.Name))}; it offers {(offered.Length == 0 ? "none" : string.Join(", ", offered.Select(t => t.Name)))}");
        if (offered.Length > 1) throw new RequestException($"method.teacher: the problem offers several teachers; name one of {string.Join(", ", offered.Select(t => t.Name))}");
        return offered.FirstOrDefault();
    }

    /// <summary>The logits of some rows [B, C].</summary>
    public torch.Tensor Gather(ReadOnlySpan<int> rows)
    {
        var tensor = torch.empty(rows.Length, classes);
        var room = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        for (var i = 0; i < rows.Length; i++) logits.AsSpan(rows[i] * classes, classes).CopyTo(room[(i * classes)..]);
        return tensor;
    }

    private static ModelOptions FourTimesAsWide(ModelOptions model) =>
        model with { Hidden = [.. model.Hidden.Select(h => 4 * h)], Width = 4 * model.Width, Embedding = 4 * model.Embedding };
}
