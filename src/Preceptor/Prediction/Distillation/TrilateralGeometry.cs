using Preceptor.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Preceptor.Prediction.Distillation;

/// <summary>What the weighing network may see of the geometry.</summary>
public enum GeometryParts
{
    /// <summary>Everything.</summary>
    All,

    /// <summary>Everything but the teacher's class means and their edges: nothing about other examples.</summary>
    WithoutClassMeans,

    /// <summary>Everything but the edge from student to teacher.</summary>
    WithoutStudentTeacher,
}

/// <summary>
/// The points student S, teacher P, label G and teacher's class mean T̄, and the squared differences between them, element by
/// element: what an example's weight between teacher and label is decided by.
/// </summary>
internal static class TrilateralGeometry
{
    /// <summary>How many numbers describe an example of C classes.</summary>
    public static int Size(GeometryParts parts, int classes) => classes * parts switch { GeometryParts.All => 9, GeometryParts.WithoutClassMeans => 6, _ => 8 };

    /// <summary>[S, P, G, T̄, (T̄−S)², (G−S)², (P−S)², (P−G)², (T̄−G)²] without the parts left out; no gradient passes.</summary>
    /// <param name="student">Logits [B, C].</param>
    /// <param name="teacher">Logits [B, C].</param>
    /// <param name="labels">G [B, C].</param>
    /// <param name="classMeans">T̄ of each class [C, C].</param>
    /// <param name="parts">What is described.</param>
    public static Tensor Describe(Tensor student, Tensor teacher, Tensor labels, Tensor classMeans, GeometryParts parts = GeometryParts.All)
    {
        using var noGradient = no_grad();
        var (s, p) = (nn.functional.softmax(student, 1), nn.functional.softmax(teacher, 1));
        var mean = labels.mm(classMeans);
        var edge = (Tensor a, Tensor b) => (a - b).square();
        return parts switch
        {
            GeometryParts.WithoutClassMeans => cat([s, p, labels, edge(labels, s), edge(p, s), edge(p, labels)], 1),
            GeometryParts.WithoutStudentTeacher => cat([s, p, labels, mean, edge(mean, s), edge(labels, s), edge(p, labels), edge(mean, labels)], 1),
            _ => cat([s, p, labels, mean, edge(mean, s), edge(labels, s), edge(p, s), edge(p, labels), edge(mean, labels)], 1),
        };
    }

    /// <summary>T̄_c: the mean of the teacher's distribution over the examples of class c [C, C]; uniform where there is none.</summary>
    /// <param name="teacher">Logits [N, C].</param>
    /// <param name="labels">[N, C].</param>
    public static Tensor ClassMeans(Tensor teacher, Tensor labels)
    {
        var counts = labels.sum(0, keepdim: true).t();
        var means = labels.t().mm(nn.functional.softmax(teacher, 1)) / counts.clamp_min(1);
        return where(counts > 0, means, full_like(means, 1.0 / means.shape[1]));
    }
}

/// <summary>The network that turns an example's geometry into its weight α in (0, 1): 32 and 16 hidden units with leaky rectifiers.</summary>
internal sealed class GeometryWeight : nn.Module<Tensor, Tensor>
{
    private readonly Linear fc1, fc2, fc3;

    /// <summary>Creates it with torch's present generator; at first α is close to ½ for every example, since a saturated weight learns nothing.</summary>
    public GeometryWeight(int size) : base(nameof(GeometryWeight))
    {
        (fc1, fc2, fc3) = (nn.Linear(size, 32), nn.Linear(32, 16), nn.Linear(16, 1));
        using (no_grad())
        {
            using Scalar small = 0.01;
            fc3.weight.mul_(small);
            fc3.bias!.zero_();
        }
        RegisterComponents();
    }

    /// <summary>α [B] of descriptions [B, size].</summary>
    public override Tensor forward(Tensor geometry) =>
        fc3.forward(nn.functional.leaky_relu(fc2.forward(nn.functional.leaky_relu(fc1.forward(geometry), 0.01)), 0.01)).sigmoid().squeeze(1);
}

/// <summary>A weight of its own for every training row, α = ½ at first.</summary>
internal sealed class RowWeights : nn.Module<Tensor, Tensor>
{
    private readonly Parameter logits;

    /// <summary>Creates the weights of N rows.</summary>
    public RowWeights(int rows) : base(nameof(RowWeights))
    {
        logits = new Parameter(zeros(rows));
        RegisterComponents();
    }

    /// <summary>α [B] of rows [B], 64-bit.</summary>
    public override Tensor forward(Tensor ids) => logits.index_select(0, ids).sigmoid();
}

/// <summary>Example weights between two losses that are learned so that the network does well on validation rows after a step with them.</summary>
internal sealed class LearnedWeights(AuxiliaryTraining<nn.Module<Tensor, Tensor>> weights, double rate) : IDisposable
{
    private BilevelStep? step;

    /// <summary>
    /// Learns from one step of the network, then weighs: the step's hypergradient dV/dα, held fixed, times α is the loss whose
    /// gradient moves the weights.
    /// </summary>
    /// <param name="network">The network in training.</param>
    /// <param name="inputs">What the weights are computed from.</param>
    /// <param name="losses">a [B] and b [B] at the present weights, with their graph, which is kept.</param>
    /// <param name="again">a − b [B], computed anew.</param>
    /// <param name="validationLoss">V, computed anew.</param>
    /// <returns>α [B], without a gradient.</returns>
    public Tensor Learn(nn.Module network, Tensor inputs, (Tensor A, Tensor B) losses, Func<Tensor> again, Func<Tensor> validationLoss)
    {
        step ??= new BilevelStep(network);
        var alpha = weights.Module.forward(inputs);
        var present = Mixture.Of(losses.A, losses.B, alpha.detach());
        weights.Step((step.WeightGradients(present, rate, validationLoss, again) * alpha).sum());
        return Weigh(inputs);
    }

    /// <summary>α [B], without learning and without a gradient.</summary>
    public Tensor Weigh(Tensor inputs)
    {
        using var noGradient = no_grad();
        return weights.Module.forward(inputs);
    }

    /// <inheritdoc/>
    public void Dispose() => weights.Dispose();
}

/// <summary>Two losses an example, mixed.</summary>
internal static class Mixture
{
    /// <summary>The mean over the batch of α a + (1 − α) b.</summary>
    public static Tensor Of(Tensor a, Tensor b, Tensor alpha) => (alpha * a + (1 - alpha) * b).mean();
}
