using System.Text;
using System.Text.Json;
using Preceptor.Foundation;

namespace Preceptor.Readers.Chat;

/// <summary>What is kept of an answer that was paid for.</summary>
/// <param name="Key">What was asked, as a hash.</param>
/// <param name="Input">Tokens of the question.</param>
/// <param name="Output">Tokens of the answer.</param>
public abstract record PaidAnswer(string Key, long Input, long Output);

/// <summary>
/// The answers that were paid for, a line each, by the hash of what was asked: model, prompt and text. A line is written out when its answer arrives, so that
/// whoever is killed pays no answer twice. It holds neither what was asked nor keys.
/// </summary>
/// <typeparam name="TAnswer">What is kept of an answer.</typeparam>
public sealed class AnswerLedger<TAnswer> : IDisposable where TAnswer : PaidAnswer
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    private readonly Dictionary<string, TAnswer> answers = new(StringComparer.Ordinal);
    private readonly FileStream? file;
    private readonly Lock turn = new();

    /// <summary>Opens a ledger, which is made where there is none.</summary>
    /// <param name="path">The file; null keeps answers in memory alone.</param>
    /// <exception cref="RequestException">Another process writes it, or a line before the last is damaged.</exception>
    public AnswerLedger(string? path)
    {
        if (path is null) return;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new RequestException($"{path}: is in use by another process, or can't be written: {e.Message}", e);
        }
        try
        {
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            var whole = Array.LastIndexOf(bytes, (byte)'\n') + 1; // a process may have been killed while it wrote the last line
            var number = 0;
            foreach (var line in Encoding.UTF8.GetString(bytes, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                number++;
                Include(Read(line) ?? throw new RequestException($"{path} line {number}: is no answer; mend or remove the line"));
            }
            file.SetLength(whole);
            file.Position = whole;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>How many answers there are.</summary>
    public int Answers => answers.Count;

    /// <summary>Tokens of all questions.</summary>
    public long Input { get; private set; }

    /// <summary>Tokens of all answers.</summary>
    public long Output { get; private set; }

    /// <summary>The answer to what was asked before; null for none.</summary>
    public TAnswer? Find(string key)
    {
        lock (turn) return answers.GetValueOrDefault(key);
    }

    /// <summary>Adds an answer and writes it out.</summary>
    public void Add(TAnswer answer)
    {
        lock (turn)
        {
            Include(answer);
            file?.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(answer, Format) + "\n"));
            file?.Flush(flushToDisk: true);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file?.Dispose();

    private void Include(TAnswer answer)
    {
        answers[answer.Key] = answer;
        Input += answer.Input;
        Output += answer.Output;
    }

    private static TAnswer? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<TAnswer>(line, Format) is { Key: not null } answer ? answer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
