using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Training;
using static TorchSharp.torch;

namespace Preceptor.Control;

/// <summary>
/// Some scenes as a network reads them: goal, history and the objects that are seen, one after the other, with padding behind, so that a causal network never sees it. Buffers are managed and used again; tensors belong to the caller's
/// scope.
/// </summary>
public sealed class SceneBatch : IBatch
{
    /// <summary>The parts of a sequence: goal, history, objects.</summary>
    internal const int Parts = 3;

    private readonly SceneForm form;
    private readonly SceneTokens tokens;
    private readonly int goalRoom, historyRoom, nameRoom;
    private readonly int[] rows, lengths, parts;
    private readonly long[] goal, history, names, order, places, verbs, slots;
    private readonly float[] nameWeights, flags, numbers, real, shares, seen;

    /// <summary>An empty batch.</summary>
    /// <param name="form">What scenes look like.</param>
    /// <param name="tokens">Their words as tokens.</param>
    /// <param name="count">Scenes, B.</param>
    public SceneBatch(SceneForm form, SceneTokens tokens, int count)
    {
        ArgumentNullException.ThrowIfNull(form);
        ArgumentNullException.ThrowIfNull(tokens);
        (this.form, this.tokens, Count) = (form, tokens, count);
        (goalRoom, historyRoom, nameRoom) = (form.GoalWords * tokens.Most, form.HistoryWords * tokens.Most, form.NameWords * tokens.Most);
        Longest = goalRoom + historyRoom + form.Slots;
        (rows, lengths, parts, verbs, slots) = (new int[count], new int[count], new int[count * Parts], new long[count], new long[count]);
        (goal, history, names, nameWeights) = (new long[count * goalRoom], new long[count * historyRoom], new long[count * form.Slots * nameRoom], new float[count * form.Slots * nameRoom]);
        (flags, numbers, seen, places) = (new float[count * form.Slots * form.Flags], new float[count * form.Slots * form.Numbers], new float[count * form.Slots], new long[count * form.Slots]);
        (order, real, shares) = (new long[count * Longest], new float[count * Longest], new float[count * Parts * Longest]);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<int> Rows => rows;

    /// <inheritdoc/>
    public bool IsSpare { get; internal init; }

    /// <summary>The longest that a sequence can be.</summary>
    internal int Longest { get; }

    /// <summary>Places of each sequence, T: those of the longest among them, or more.</summary>
    internal int Width { get; private set; }

    /// <summary>Tokens of goals [B, G] and of histories [B, H], from the left.</summary>
    internal (Tensor Goal, Tensor History) Words() => (InputBuffer.Tensor<long>(goal, int64, Count, goalRoom), InputBuffer.Tensor<long>(history, int64, Count, historyRoom));

    /// <summary>Tokens of the objects' names [B, V, N], and what each counts in its name's mean [B, V, N, 1].</summary>
    internal (Tensor Tokens, Tensor Weights) Names() => (InputBuffer.Tensor<long>(names, int64, Count, form.Slots, nameRoom), InputBuffer.Tensor<float>(nameWeights, float32, Count, form.Slots, nameRoom, 1));

    /// <summary>The objects' states [B, V, F] and where they are [B, V, P].</summary>
    internal (Tensor Flags, Tensor Numbers) States() => (InputBuffer.Tensor<float>(flags, float32, Count, form.Slots, form.Flags), InputBuffer.Tensor<float>(numbers, float32, Count, form.Slots, form.Numbers));

    /// <summary>Which vector stands at each place [B · T], among those of goal, history and slots of all rows.</summary>
    internal Tensor Order() => InputBuffer.Tensor<long>(Cut(order), int64, Count * Width);

    /// <summary>1 at places that are no padding [B, T].</summary>
    internal Tensor Real() => InputBuffer.Tensor<float>(Cut(real), float32, Count, Width);

    /// <summary>What each place counts in the mean of its part [B, 3, T].</summary>
    internal Tensor Shares()
    {
        var cut = new float[Count * Parts * Width];
        for (var i = 0; i < Count * Parts; i++) shares.AsSpan(i * Longest, Width).CopyTo(cut.AsSpan(i * Width));
        return InputBuffer.Tensor<float>(cut, float32, Count, Parts, Width);
    }

    /// <summary>The place of each slot [B · V], among those of all rows; any for what is not seen.</summary>
    internal Tensor Places() => InputBuffer.Tensor<long>([.. places.Select((place, i) => i / form.Slots * Width + place)], int64, Count * form.Slots);

    /// <summary>1 for slots that are seen [B, V].</summary>
    internal Tensor Seen() => InputBuffer.Tensor<float>(seen, float32, Count, form.Slots);

    /// <summary>The verbs and slots that were chosen [B].</summary>
    internal (Tensor Verbs, Tensor Slots) Chosen() => (InputBuffer.Tensor<long>(verbs, int64, Count), InputBuffer.Tensor<long>(slots, int64, Count));

    /// <summary>Reads a scene.</summary>
    /// <param name="row">Which of the batch.</param>
    /// <param name="observation">The scene [S].</param>
    public void Set(int row, ReadOnlySpan<float> observation)
    {
        var goals = goal.AsSpan(row * goalRoom, goalRoom);
        var histories = history.AsSpan(row * historyRoom, historyRoom);
        var slotCount = form.Slots;
        goals.Clear();
        histories.Clear();
        var goalCount = tokens.Write(observation[(form.Size - form.GoalWords)..], goals);
        var historyCount = tokens.Write(observation.Slice(slotCount * form.SlotSize, form.HistoryWords), histories);
        var (at, first) = (0, row * Longest);
        for (var i = 0; i < goalCount; i++) order[first + at++] = first + i;
        for (var i = 0; i < historyCount; i++) order[first + at++] = first + goalRoom + i;
        for (var slot = 0; slot < slotCount; slot++)
        {
            var place = row * slotCount + slot;
            var thing = form.Slot(observation, slot);
            var name = names.AsSpan(place * nameRoom, nameRoom);
            var weights = nameWeights.AsSpan(place * nameRoom, nameRoom);
            name.Clear();
            weights.Clear();
            var letters = tokens.Write(thing[..form.NameWords], name);
            weights[..letters].Fill(1f / Math.Max(1, letters));
            thing.Slice(form.NameWords, form.Flags).CopyTo(flags.AsSpan(place * form.Flags));
            thing.Slice(form.NameWords + form.Flags, form.Numbers).CopyTo(numbers.AsSpan(place * form.Numbers));
            (seen[place], places[place]) = (letters > 0 ? 1 : 0, letters > 0 ? at : 0);
            if (letters > 0) order[first + at++] = first + goalRoom + historyRoom + slot;
        }
        lengths[row] = at;
        (parts[row * Parts], parts[row * Parts + 1], parts[row * Parts + 2]) = (goalCount, historyCount, at - goalCount - historyCount);
    }

    /// <summary>Notes what was done there.</summary>
    /// <param name="row">Which of the batch.</param>
    /// <param name="place">Its number in the log.</param>
    /// <param name="action">A verb and a slot.</param>
    internal void Choose(int row, int place, ReadOnlySpan<float> action) => (rows[row], verbs[row], slots[row]) = (place, (long)action[0], (long)action[1]);

    /// <summary>Pads all scenes to one length.</summary>
    /// <param name="width">The length; 0 for that of the longest.</param>
    public void Pad(int width = 0)
    {
        Width = width > 0 ? width : Math.Max(1, lengths.Max());
        for (var row = 0; row < Count; row++)
        {
            var first = row * Longest;
            real.AsSpan(first, Longest).Clear();
            real.AsSpan(first, lengths[row]).Fill(1);
            order.AsSpan(first + lengths[row], Longest - lengths[row]).Fill(first);
            for (var (part, at) = (0, 0); part < Parts; at += parts[row * Parts + part++])
            {
                var share = shares.AsSpan((row * Parts + part) * Longest, Longest);
                share.Clear();
                share.Slice(at, parts[row * Parts + part]).Fill(1f / Math.Max(1, parts[row * Parts + part]));
            }
        }
    }

    // Buffers have room for the longest sequence of all.
    private T[] Cut<T>(T[] buffer)
    {
        var cut = new T[Count * Width];
        for (var row = 0; row < Count; row++) buffer.AsSpan(row * Longest, Width).CopyTo(cut.AsSpan(row * Width));
        return cut;
    }
}

/// <summary>Batches of scenes and of what was done there, in an order of each epoch's own, those of like length together.</summary>
/// <param name="run">The run.</param>
/// <param name="log">The episodes.</param>
/// <param name="form">What scenes look like.</param>
/// <param name="tokens">Their words as tokens.</param>
/// <param name="size">Scenes a batch.</param>
internal sealed class SceneBatches(Run run, EpisodeLog log, SceneForm form, SceneTokens tokens, int size) : IBatches<SceneBatch>
{
    private readonly int[] placeOf = log.Places(), lengths = [.. log.Places().Select(place => LengthOf(form, tokens, log.Seen(place)))];
    private readonly int size = Math.Min(size, log.Steps);

    public int PerEpoch => Examples / size;

    public int Examples => log.Steps;

    public IEnumerable<SceneBatch> Epoch(int epoch, int first)
    {
        // Those left over are the last batch, and come in others in the next epoch.
        var (order, batches) = SequenceOrder.Draw(run, epoch, lengths, Examples, size);
        var share = run.Ranks.ShareOfBatch(size);
        var batch = new SceneBatch(form, tokens, share.Count) { IsSpare = share.IsSpare };
        for (var number = first; number < PerEpoch; number++)
        {
            for (var row = 0; row < share.Count; row++)
            {
                var action = order[batches[number] * size + share.First + row];
                batch.Set(row, log.Seen(placeOf[action]));
                batch.Choose(row, action, log.Actions.AsSpan(action * log.Action, log.Action));
            }
            batch.Pad();
            yield return batch;
        }
    }

    private static int LengthOf(SceneForm form, SceneTokens tokens, ReadOnlySpan<float> observation)
    {
        var length = 0;
        foreach (var word in observation[(form.Slots * form.SlotSize)..])
            if (word > 0) length += tokens.OfWords[(int)word - 1].Length;
        for (var slot = 0; slot < form.Slots; slot++) length += form.Slot(observation, slot)[0] > 0 ? 1 : 0;
        return length;
    }
}
