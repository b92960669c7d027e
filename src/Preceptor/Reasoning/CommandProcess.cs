using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Preceptor.Foundation;

namespace Preceptor.Reasoning;

/// <summary>A program that is asked a line and answers a line. Its input ends with this process, so that it ends as well.</summary>
internal sealed class CommandProcess : IDisposable
{
    private const int LongestLine = 1_000_000;

    /// <summary>How much longer the first answer may take, since a program has to start.</summary>
    public static readonly TimeSpan StartUp = TimeSpan.FromSeconds(10);

    private readonly Process process;
    private readonly Task<string?> complaint;
    private bool hasAnswered;

    /// <summary>Starts it.</summary>
    /// <param name="command">The program and its arguments, which no shell reads.</param>
    /// <exception cref="WorkException">It cannot be started.</exception>
    public CommandProcess(IReadOnlyList<string> command)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo(command[0]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardInputEncoding = utf8, StandardOutputEncoding = utf8, StandardErrorEncoding = utf8 };
        foreach (var argument in command.Skip(1)) start.ArgumentList.Add(argument);
        try
        {
            process = Process.Start(start)!;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            throw new WorkException($"{command[0]} cannot be started: {e.Message}", e);
        }
        // What it complains of is read as it comes, or a full pipe would stop it.
        var errors = process.StandardError;
        complaint = Task.Run(() =>
        {
            string? last = null;
            while (errors.ReadLine() is { } line)
                if (!string.IsNullOrWhiteSpace(line)) last = line.Trim();
            return last;
        });
    }

    /// <summary>Asks a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="limit">How long the answer may take.</param>
    /// <returns>The line that it answers.</returns>
    /// <exception cref="TimeoutException">It takes too long.</exception>
    /// <exception cref="WorkException">It ended, or its line is too long.</exception>
    public string Ask(string line, TimeSpan limit)
    {
        var most = hasAnswered ? limit : limit + StartUp;
        // Writing may wait as well, for a program that does not read.
        var answer = Task.Run(() =>
        {
            process.StandardInput.WriteLine(line);
            process.StandardInput.Flush();
            return ReadLine();
        });
        try
        {
            if (!answer.Wait(most)) throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"no answer within {most.TotalSeconds:0.###} s"));
        }
        catch (AggregateException e) when (e.InnerException is IOException or InvalidOperationException)
        {
            throw Ended();
        }
        catch (AggregateException e) when (e.InnerException is WorkException inner)
        {
            throw inner;
        }
        hasAnswered = true;
        return answer.Result;
    }

    /// <summary>Ends it and what it started.</summary>
    public void Dispose()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // it has ended already
        }
        process.Dispose();
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        while (process.StandardOutput.Read() is var next && next != '\n')
        {
            if (next < 0) throw Ended();
            if (line.Length >= LongestLine) throw new WorkException(string.Create(CultureInfo.InvariantCulture, $"an answer of more than {LongestLine} characters without a line's end"));
            line.Append((char)next);
        }
        return line.ToString().TrimEnd('\r');
    }

    private WorkException Ended()
    {
        var code = process.WaitForExit(TimeSpan.FromSeconds(1)) ? string.Create(CultureInfo.InvariantCulture, $" with code {process.ExitCode}") : "";
        return new($"it ended{code} without an answer{(complaint.Wait(TimeSpan.FromSeconds(1)) && complaint.Result is { } last ? $": {last}" : "")}");
    }
}
