using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Preceptor.Foundation;
using Preceptor.Models;
using TorchSharp;
using TorchSharp.Modules;

namespace Preceptor.Training;

/// <summary>Where a training is.</summary>
/// <param name="Number">The epoch, from 1.</param>
/// <param name="Total">How many there will be.</param>
public sealed record Epoch(int Number, int Total)
{
    /// <summary>Whether nothing has been learned before it.</summary>
    public bool IsFirst => Number == 1;
}

/// <summary>The loss of one epoch's batches: called once an epoch, the inner function once a step, returning a scalar with its graph.</summary>
public delegate Func<TBatch, torch.Tensor> Objective<in TBatch>(Epoch epoch);

/// <summary>Validation scores after an epoch.</summary>
/// <param name="Accuracy">Accuracy, or what stands in its place where not one class a row is predicted; more is better.</param>
/// <param name="Loss">The mean loss a row.</param>
/// <param name="Metric">What <paramref name="Accuracy"/> is.</param>
public readonly record struct ValidationScores(double Accuracy, double Loss, string Metric = "accuracy");

/// <summary>
/// The training loop that every gradient method shares. It owns epochs, order, learning rate, clipping, moving averages,
/// early stopping, dispose scopes, progress, checkpoints and the guard against losses that are not numbers. Several ranks take each step together, on the average of their gradients.
/// </summary>
[Version(1)]
public static class TrainingLoop
{
    /// <summary>Trains a network in place.</summary>
    /// <param name="run">The run; its open stage keeps the network, the optimiser and the loop's position.</param>
    /// <param name="network">The network.</param>
    /// <param name="batches">The training batches.</param>
    /// <param name="options">How to train.</param>
    /// <param name="objective">The loss.</param>
    /// <param name="validate">Scores the network, which is in evaluation mode then; null without validation rows.</param>
    /// <param name="optimise">Makes an optimiser of the method's own for the parameters that learn; null for the options'.</param>
    /// <exception cref="WorkException">A loss was not a number.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled, after a checkpoint.</exception>
    public static TrainingSummary Fit<TBatch>(Run run, torch.nn.Module network, IBatches<TBatch> batches, TrainingOptions options, Objective<TBatch> objective, Func<ValidationScores>? validate, Func<IReadOnlyList<(string Name, Parameter Parameter)>, Optimiser>? optimise = null)
        where TBatch : IBatch
    {
        run.Uses(typeof(TrainingLoop));
        torch.set_num_threads(run.Threads);
        using var optimiser = run.Keep("optimiser", (optimise ?? (parameters => Optimiser.Create(options.ToOptimiser(), parameters)))([.. network.named_parameters().Where(p => p.parameter.requires_grad)]));
        run.Keep("network", new KeptModule(network));
        using var average = options.Average > 0 ? run.Keep("average", new MovingAverage(network, options.Average)) : null;
        var position = run.Keep("position", new LoopPosition());
        run.FinishRestoring();
        var ranks = run.Ranks.AreMany ? new GradientAverage(run.Ranks, network) : null;
        ranks?.Align(network);

        var steps = (long)options.Epochs * batches.PerEpoch;
        var clock = new LoopClock(run, steps, position);
        while (position.Epoch <= options.Epochs && !position.Stopped)
        {
            var epoch = new Epoch(position.Epoch, options.Epochs);
            network.train();
            var loss = objective(epoch);
            foreach (var batch in clock.Timed(batches.Epoch(epoch.Number, position.Batch)))
            {
                run.SafePoint();
                using var scope = torch.NewDisposeScope();
                // Each rank has rows of its own, and draws for them.
                torch.manual_seed(run.Ranks.IsFirst ? run.TorchSeed("dropout", position.Step) : run.TorchSeed("dropout", position.Step, run.Ranks.Number));
                var value = loss(batch);
                var number = value.item<float>();
                if (!float.IsFinite(number)) throw NotANumber(run, position, batch);
                optimiser.ZeroGrad();
                value.backward();
                var whole = ranks?.Average(number, batch, run.Cancellation.IsCancellationRequested) ?? new(number, batch.Count, false);
                if (options.Clip > 0) optimiser.ClipGradients(options.Clip);
                optimiser.Step(options.RateAt(position.Step, steps));
                average?.Update();
                position.Advance(whole.Loss, whole.Rows);
                clock.Tick(epoch, position);
                if (whole.Stop) run.StopTogether();
            }
            EndEpoch(run, network, average, options, position, validate);
        }
        average?.CopyTo(network);
        if (options.Patience > 0 && validate is not null) position.RestoreBest(network);
        network.eval();
        if (ranks is not null) run.Log.LogInformation("stage {Stage}: {Share:0.0 %} of {Seconds:0.0} s in averaging gradients over {Ranks} ranks", run.StagePath, ranks.Seconds / clock.Seconds, clock.Seconds, run.Ranks.Count);
        return position.ToSummary(options.Patience > 0 && validate is not null, clock.Seconds) with { WaitingSeconds = clock.WaitingSeconds };
    }

    private static void EndEpoch(Run run, torch.nn.Module network, MovingAverage? average, TrainingOptions options, LoopPosition position, Func<ValidationScores>? validate)
    {
        ValidationScores? scores = null;
        if (validate is not null)
        {
            using var scope = torch.NewDisposeScope();
            using var noGradient = torch.no_grad();
            network.eval();
            scores = average.While(network, validate);
            // Whether to stop must not hang on a last bit that differs between machines.
            if (run.Ranks.AreMany) scores = new(run.Ranks.Agree(scores.Value.Accuracy), run.Ranks.Agree(scores.Value.Loss), scores.Value.Metric);
        }
        var record = position.EndEpoch(scores, network, average, options.Patience);
        run.Record(new JsonObject
        {
            ["stage"] = run.StagePath,
            ["epoch"] = record.Epoch,
            ["loss"] = record.Loss,
            [$"validation-{scores?.Metric ?? "accuracy"}"] = record.ValidationAccuracy,
            ["validation-loss"] = record.ValidationLoss,
        });
    }

    private static WorkException NotANumber(Run run, LoopPosition position, IBatch batch)
    {
        var rows = batch.Rows.Length <= 12 ? string.Join(", ", batch.Rows.ToArray()) : string.Join(", ", batch.Rows[..12].ToArray()) + ", …";
        return new($"stage {run.StagePath}: the loss is not a number at step {position.Step} (epoch {position.Epoch}), training rows {rows}; "
            + "lower training.rate, or set training.clip; the last checkpoint is from before this step");
    }
}

/// <summary>Reports progress a few times a second and knows how long the loop has run.</summary>
internal sealed class LoopClock(Run run, long steps, LoopPosition start)
{
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly long firstStep = start.Step;
    private TimeSpan next = TimeSpan.FromSeconds(0.3);
    private long examples;

    public double Seconds => watch.Elapsed.TotalSeconds;

    /// <summary>Seconds in which the loop had nothing to do but to wait for its next batch.</summary>
    public double WaitingSeconds { get; private set; }

    /// <summary>The items, the time until each comes counted as waiting.</summary>
    public IEnumerable<TItem> Timed<TItem>(IEnumerable<TItem> items)
    {
        using var item = items.GetEnumerator();
        while (true)
        {
            var start = watch.Elapsed;
            var isThere = item.MoveNext();
            WaitingSeconds += (watch.Elapsed - start).TotalSeconds;
            if (!isThere) yield break;
            yield return item.Current;
        }
    }

    public void Tick(Epoch epoch, LoopPosition position)
    {
        examples += position.LastCount;
        if (run.Progress is null || watch.Elapsed < next) return;
        next = watch.Elapsed + TimeSpan.FromSeconds(0.3);
        var left = watch.Elapsed / (position.Step - firstStep) * (steps - position.Step);
        run.Progress.Report(new(run.StagePath, epoch.Number, epoch.Total, (double)position.Step / steps, position.MeanLoss, position.LastAccuracy, examples / watch.Elapsed.TotalSeconds, left) { Metric = position.LastMetric ?? "accuracy" });
    }
}
