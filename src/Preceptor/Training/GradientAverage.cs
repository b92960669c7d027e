using Preceptor.Foundation;
using TorchSharp;
using TorchSharp.Modules;

namespace Preceptor.Training;

/// <summary>What all ranks together made of a step.</summary>
/// <param name="Loss">The mean loss of the whole batch.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Stop">Whether a rank was told to stop.</param>
internal readonly record struct StepTogether(double Loss, int Rows, bool Stop);

/// <summary>
/// Averages the gradients of ranks that have each a part of a batch, weighed by the terms of their losses, so that the sum is the gradient of the whole batch's mean loss; running statistics of batch norm likewise.
/// Gradients travel in buckets after the backward pass: nothing tells when a parameter's gradient is whole, short of a function of our own around every layer of every network.
/// </summary>
internal sealed class GradientAverage
{
    /// <summary>Bytes of a bucket.</summary>
    internal const int BucketBytes = 4 << 20;

    private const int Sums = 4; // terms, loss times terms, rows, wishes to stop

    private readonly Ranks ranks;
    private readonly IReadOnlyList<Parameter> parameters;
    private readonly IReadOnlyList<torch.Tensor> statistics;
    private readonly BucketPiece[][] buckets;
    private readonly float[] bucket;

    /// <summary>Averages what a module learns.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="module">The module; parameters that do not learn are left alone.</param>
    /// <exception cref="RequestException">Its numbers are not 32-bit ones in the processor's memory.</exception>
    public GradientAverage(Ranks ranks, torch.nn.Module module)
    {
        this.ranks = ranks;
        parameters = [.. module.parameters().Where(p => p.requires_grad)];
        statistics = [.. module.named_buffers().Where(b => b.name.EndsWith("running_mean", StringComparison.Ordinal) || b.name.EndsWith("running_var", StringComparison.Ordinal)).Select(b => b.buffer)];
        if (!parameters.All(TensorSpans.IsFloats)) throw new RequestException("several ranks train 32-bit networks in the processor's memory; this one is of another type or lies elsewhere");
        int[] sizes = [.. parameters.Concat(statistics).Select(t => (int)t.NumberOfElements)];
        var header = Sums + parameters.Count;
        buckets = GradientBuckets.Of(sizes, header, BucketBytes / sizeof(float));
        bucket = new float[Math.Max(header, Math.Min(header + sizes.Sum(s => (long)s), BucketBytes / sizeof(float)))];
    }

    /// <summary>Seconds in which gradients were packed, summed and unpacked, the waiting for slower ranks included.</summary>
    public double Seconds { get; private set; }

    /// <summary>Gives all ranks the first one's parameters and buffers.</summary>
    public void Align(torch.nn.Module module)
    {
        foreach (var tensor in module.parameters().Concat<torch.Tensor>(module.buffers()))
        {
            if (tensor.device_type != DeviceType.CPU || !tensor.is_contiguous()) throw new RequestException("several ranks train networks in the processor's memory");
            ranks.Broadcast(tensor.bytes);
        }
    }

    /// <summary>Puts the average of all ranks' gradients in the place of this one's.</summary>
    /// <param name="loss">This rank's mean loss.</param>
    /// <param name="batch">Its part of the batch.</param>
    /// <param name="stop">Whether it was told to stop.</param>
    public StepTogether Average(double loss, IBatch batch, bool stop)
    {
        var start = TimeProvider.System.GetTimestamp();
        var terms = batch.IsSpare ? 0 : batch.Terms;
        torch.Tensor?[] gradients = [.. parameters.Select(p => p.grad)];
        float total = 0;
        StepTogether together = default;
        for (var i = 0; i < buckets.Length; i++)
        {
            var pieces = buckets[i];
            var used = pieces.Length > 0 ? pieces[^1].At + pieces[^1].Count : Sums + parameters.Count;
            if (i == 0)
            {
                (bucket[0], bucket[1], bucket[2], bucket[3]) = (terms, terms > 0 ? (float)(loss * terms) : 0, terms > 0 ? batch.Count : 0, stop ? 1 : 0);
                for (var p = 0; p < parameters.Count; p++) bucket[Sums + p] = gradients[p] is null ? 0 : 1;
            }
            foreach (var piece in pieces) Pack(piece, gradients, terms);
            ranks.Sum(bucket.AsSpan(0, used));
            if (i == 0)
            {
                total = bucket[0];
                together = new(bucket[1] / total, (int)bucket[2], bucket[3] > 0);
                // A rank whose rows did not lead to a parameter takes part in the step of those whose rows did.
                for (var p = 0; p < parameters.Count; p++)
                    if (bucket[Sums + p] > 0) gradients[p] ??= parameters[p].grad = torch.zeros_like(parameters[p]);
            }
            foreach (var piece in pieces) Unpack(piece, gradients, total);
        }
        foreach (var gradient in gradients) gradient?.Dispose();
        Seconds += TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        return together;
    }

    private void Pack(BucketPiece piece, torch.Tensor?[] gradients, int terms)
    {
        var into = bucket.AsSpan(piece.At, piece.Count);
        // What does not count may be anything, and is left out rather than multiplied by 0.
        if (terms == 0 || Values(piece, gradients) is not { } values)
        {
            into.Clear();
            return;
        }
        using var dense = values.is_contiguous() ? null : values.contiguous();
        TensorSpans.Floats(dense ?? values).Slice(piece.From, piece.Count).CopyTo(into);
        TensorSpans.Scale(into, terms);
    }

    private void Unpack(BucketPiece piece, torch.Tensor?[] gradients, float total)
    {
        if (Values(piece, gradients) is not { } values) return;
        if (!values.is_contiguous())
        {
            using var dense = values.contiguous();
            parameters[piece.Tensor].grad = dense;
            gradients[piece.Tensor] = parameters[piece.Tensor].grad;
            values.Dispose();
            values = gradients[piece.Tensor]!;
        }
        var into = TensorSpans.Floats(values).Slice(piece.From, piece.Count);
        bucket.AsSpan(piece.At, piece.Count).CopyTo(into);
        TensorSpans.Divide(into, total);
    }

    private torch.Tensor? Values(BucketPiece piece, torch.Tensor?[] gradients) => piece.Tensor < parameters.Count ? gradients[piece.Tensor] : statistics[piece.Tensor - parameters.Count];
}
