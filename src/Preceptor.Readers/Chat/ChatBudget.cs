namespace Preceptor.Readers.Chat;

/// <summary>
/// What calls may cost: before each the most that it can come to is set aside, and one that does not fit any more is not made. Questions are
/// counted before they are sent by three bytes a token, or by what the server made of earlier ones where that was more.
/// </summary>
/// <param name="inputPrice">Price of a million tokens of questions.</param>
/// <param name="outputPrice">Price of a million tokens of answers.</param>
/// <param name="maxCost">The most that all answers of the ledger may cost; null for no bound.</param>
/// <param name="tokens">The most tokens that they may have; null for no bound.</param>
public sealed class ChatBudget(double inputPrice, double outputPrice, double? maxCost, long? tokens)
{
    private const int BytesPerToken = 3, Overhead = 16;
    private readonly Lock turn = new();
    private double factor = 1;
    private long input, output; // paid and set aside

    /// <summary>What the calls so far cost, with what is set aside.</summary>
    public double Cost
    {
        get
        {
            lock (turn) return Price(input, output);
        }
    }

    /// <summary>The price of tokens.</summary>
    public double Price(long input, long output) => (input * inputPrice + output * outputPrice) / 1e6;

    /// <summary>How many tokens a text has at most, as far as can be told.</summary>
    public static long Estimate(int bytes) => (bytes + BytesPerToken - 1) / BytesPerToken + Overhead;

    /// <summary>Counts what was paid before.</summary>
    public void AddPaid(long paidInput, long paidOutput)
    {
        lock (turn) (input, output) = (input + paidInput, output + paidOutput);
    }

    /// <summary>Sets the cost of a call aside.</summary>
    /// <param name="estimate">The estimate of the question.</param>
    /// <param name="mostOutput">The most tokens of the answer.</param>
    /// <returns>What was set aside; null if the call would exceed the budget.</returns>
    public (long Input, long Output)? Reserve(long estimate, long mostOutput)
    {
        lock (turn)
        {
            var question = (long)Math.Ceiling(estimate * factor);
            if (Price(input + question, output + mostOutput) > maxCost || input + question + output + mostOutput > tokens) return null;
            (input, output) = (input + question, output + mostOutput);
            return (question, mostOutput);
        }
    }

    /// <summary>Replaces what was set aside by what a call came to.</summary>
    public void Settle((long Input, long Output) reserved, long estimate, long paidInput, long paidOutput)
    {
        lock (turn)
        {
            (input, output) = (input - reserved.Input + paidInput, output - reserved.Output + paidOutput);
            if (paidInput > 0) factor = Math.Max(factor, (double)paidInput / estimate);
        }
    }
}
