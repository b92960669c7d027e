using System.Runtime.InteropServices;
using Preceptor.Foundation;
using Preceptor.Models;
using Preceptor.Supervision;
using TorchSharp;

namespace Preceptor.Prediction.Distillation;

/// <summary>How a teacher that is trained here answers during the student's training.</summary>
public enum TeacherSignal
{
    /// <summary>All its logits are kept.</summary>
    Exact,

    /// <summary>Each row's largest logits and the weight of the rest are kept (<see cref="TeacherCache"/>).</summary>
    Compressed,

    /// <summary>It is asked anew at every step.</summary>
    Live,
}

/// <summary>A teacher's logits on the training rows [N × C], as each batch shows them: an offered teacher's, or those of one trained here.</summary>
internal sealed class TeacherRows : IDisposable
{
    private readonly Func<PredictionBatch, torch.Tensor, double, torch.Tensor> answer;
    private readonly Lazy<float[]> logits;
    private readonly IDisposable[] owned;

    private TeacherRows(Func<float[]> logits, Func<PredictionBatch, torch.Tensor, double, torch.Tensor> answer, params IDisposable[] owned) =>
        (this.logits, this.answer, this.owned) = (new(logits), answer, owned);

    /// <summary>A teacher whose logits are at hand.</summary>
    /// <param name="logits">[N × C].</param>
    /// <param name="classes">C.</param>
    public TeacherRows(float[] logits, int classes) : this(() => logits, (batch, _, _) => Gather(logits, batch.Rows, classes)) { }

    /// <summary>All rows' logits [N × C], of the rows as they are: computed when first asked for.</summary>
    public float[] Logits => logits.Value;

    /// <summary>The teacher a method is to learn from.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="run">The run; a teacher trained here is a stage of its own.</param>
    /// <param name="name">Which offered teacher; null for the only one.</param>
    /// <param name="model">The network of a teacher trained here on the same labels, if none is offered; null for the student's, four times as wide.</param>
    /// <param name="signal">How a teacher trained here answers; null: exactly, or live where every epoch shows new images.</param>
    /// <param name="kept">How many logits of a row a compressed teacher keeps.</param>
    /// <exception cref="RequestException">No teacher has that name, or several are offered and none is named; or images change in every epoch and the answers were to be kept.</exception>
    public static TeacherRows Of(PredictionProblem problem, Run run, string? name, ModelOptions? model, TeacherSignal? signal = null, int kept = TeacherCache.DefaultKept)
    {
        problem.Training.RequireUnmixed("a teacher's answers belong to single examples");
        if (Offered(problem, name) is { } offered) return new(offered.Train, problem.Classes.Count);
        var changes = problem.Training.Augment.Length > 0;
        signal ??= changes && problem.Training.Views == 0 ? TeacherSignal.Live : TeacherSignal.Exact;
        if (changes && problem.Training.Views == 0 && signal != TeacherSignal.Live)
            throw new RequestException($"method.signal: {Options.Key($"{signal}")} keeps the teacher's answers, and training.augment shows it new images in every epoch; set training.views, such as to 8, or method.signal to live");

        var larger = problem with { Model = model ?? FourTimesAsWide(problem.Model) };
        var trained = run.Stage("teacher", larger.Describe(), () => new Plain.Supervised(new()).Fit(larger, run), stream: "teacher");
        var network = (NetworkClassifier)trained.Classifier;
        float[] Original() => network.Logits(problem.Train);
        if (signal == TeacherSignal.Live)
            return new(Original, (batch, _, _) =>
            {
                using var noGradient = torch.no_grad();
                network.Network.eval();
                return network.Network.forward(batch.Inputs);
            }, trained);

        var variation = changes ? PredictionVariation.Of(problem, run) : null;
        float[] View(int view) => variation is null ? Original() : network.Logits(problem.Train, (inputs, rows) => variation.Show(inputs, rows, view));
        var views = changes ? problem.Training.Views : 1;
        var classes = problem.Classes.Count;
        if (signal == TeacherSignal.Exact)
        {
            float[][] ofViews = [.. Enumerable.Range(0, views).Select(View)];
            return new(changes ? Original : () => ofViews[0], (batch, _, _) => Gather(ofViews[batch.View], batch.Rows, classes), trained);
        }
        var inputs = larger.Describe();
        inputs["student-training"] = Options.Resolve(problem.Training);
        inputs["kept"] = kept;
        var cache = run.Stage("teacher-answers", inputs, () => TeacherCache.Build(problem.Train.Count, classes, kept, views, View));
        return new(Original, (batch, student, temperature) => cache.Gather(batch.Rows, batch.View, temperature, student), trained, cache);
    }

    /// <summary>The offered teacher of a name, or the only one; null if none is offered.</summary>
    /// <exception cref="RequestException">No teacher has that name, or several are offered and none is named.</exception>
    public static TeacherLogits? Offered(PredictionProblem problem, string? name)
    {
        var offered = problem.Supervision.OfType<TeacherLogits>().ToArray();
        if (name is not null)
            return offered.FirstOrDefault(t => t.Name == name) ?? throw new RequestException(
                $"method.teacher: the problem offers no teacher '{name}'{Spelling.Hint(name, offered.Select(t => t.Name))}; it offers {(offered.Length == 0 ? "none" : string.Join(", ", offered.Select(t => t.Name)))}");
        if (offered.Length > 1) throw new RequestException($"method.teacher: the problem offers several teachers; name one of {string.Join(", ", offered.Select(t => t.Name))}");
        return offered.FirstOrDefault();
    }

    /// <summary>Logits [B, C] of a batch's rows.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="student">The student's logits [B, C], by which a compressed teacher's rest is shared; no gradient passes.</param>
    /// <param name="temperature">The temperature at which the answer will be read; a compressed teacher's rest depends on it.</param>
    public torch.Tensor Answer(PredictionBatch batch, torch.Tensor student, double temperature = 1) => answer(batch, student, temperature);

    /// <summary>Logits of some rows as they are [B, C].</summary>
    public static torch.Tensor Gather(float[] logits, ReadOnlySpan<int> rows, int classes)
    {
        var tensor = torch.empty(rows.Length, classes);
        var room = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        for (var i = 0; i < rows.Length; i++) logits.AsSpan(rows[i] * classes, classes).CopyTo(room[(i * classes)..]);
        return tensor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in owned) part.Dispose();
    }

    private static ModelOptions FourTimesAsWide(ModelOptions model) =>
        model with { Hidden = [.. model.Hidden.Select(h => 4 * h)], Width = 4 * model.Width, Embedding = 4 * model.Embedding };
}
