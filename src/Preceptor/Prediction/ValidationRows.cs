using Preceptor.Data;
using Preceptor.Foundation;
using static TorchSharp.torch;

namespace Preceptor.Prediction;

/// <summary>Random batches of the labelled validation rows, for methods that are steered by the validation loss within their steps.</summary>
internal sealed class ValidationRows
{
    private readonly PredictionProblem problem;
    private readonly int[] rows, labels;
    private readonly InputBuffer buffer = new();
    private readonly int[] drawn;
    private readonly float[] oneHot;

    /// <summary>The validation rows of a problem.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="size">Rows a batch at most.</param>
    /// <param name="method">The method's slug, for the message.</param>
    /// <exception cref="RequestException">No validation row has a label.</exception>
    public ValidationRows(PredictionProblem problem, int size, string method)
    {
        this.problem = problem;
        labels = problem.Labels.Validation;
        rows = [.. Enumerable.Range(0, labels.Length).Where(r => labels[r] >= 0)];
        if (rows.Length == 0) throw new RequestException($"{problem.Name}: {method} is steered by the loss on labelled validation rows, and the problem has none; set problem.validation to a share above 0");
        drawn = new int[Math.Min(size, rows.Length)];
        oneHot = new float[drawn.Length * problem.Classes.Count];
    }

    /// <summary>The next batch, drawn with torch's generator: inputs, and labels [B, C].</summary>
    public (Inputs Inputs, Tensor OneHot) Draw()
    {
        using var places = randint(0, rows.Length, drawn.Length, dtype: int64);
        var chosen = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(places.bytes);
        Array.Clear(oneHot);
        for (var i = 0; i < drawn.Length; i++)
        {
            drawn[i] = rows[chosen[i]];
            oneHot[i * problem.Classes.Count + labels[drawn[i]]] = 1;
        }
        problem.Validation.Gather(drawn, buffer);
        return (buffer.ToTensors(), InputBuffer.Tensor<float>(oneHot, float32, drawn.Length, problem.Classes.Count));
    }
}
