using System.Diagnostics;
using System.Globalization;
using Preceptor.Data;
using Preceptor.Foundation;
using Preceptor.Measurement;
using Preceptor.Measurement.BuiltIn;
using Preceptor.Readers;

namespace Preceptor.Bench;

/// <summary>How long ratings of items take: item response theory on a matrix, Glicko-2 on a long log read from its file.</summary>
internal static class Ratings
{
    /// <summary>Times all models on 500 solvers × 2,000 items with 20 % missing, and Glicko-2 on a CSV of attempts.</summary>
    /// <param name="games">How many attempts the CSV has.</param>
    public static void Run(int games)
    {
        foreach (var model in Enum.GetValues<ItemModel>())
        {
            var responses = QuizProblem.Draw(new() { Size = ProblemSize.Full, Model = model }, 0).Require<Responses>();
            var (watch, before) = (Stopwatch.StartNew(), Busy);
            var fitted = ItemResponseFit.Fit(responses, model, new());
            ItemResponseFit.StandardErrors(responses, fitted, new());
            Write($"irt {model}: 500 × 2,000, {responses.Count:#,0} answers: {watch.Elapsed.TotalSeconds:0.0} s ({Busy - before:0.0} s of processors)");
        }
        var path = Path.Combine(Path.GetTempPath(), $"preceptor-ratings-{Environment.ProcessId}.csv");
        try
        {
            WriteLog(path, games);
            var (watch, before) = (Stopwatch.StartNew(), Busy);
            var data = new MeasurementData { Responses = path };
            var responses = data.Read(new MapSetting("bench", "problem", []), (file, text, numbers, _) => (TableReader.Read(file, new DelimitedOptions { Text = text.ToHashSet(), Numbers = numbers.ToHashSet(), AllowAbsent = true }), null)).Require<Responses>();
            var (read, readBusy) = (watch.Elapsed.TotalSeconds, Busy - before);
            Glicko2.Of(responses, new());
            Write($"glicko: {responses.Count:#,0} attempts of {responses.Solvers.Length:#,0} solvers at {responses.Items.Length:#,0} items, {new FileInfo(path).Length >> 20} MB of CSV: read {read:0.0} s ({readBusy:0.0} of processors), rated {watch.Elapsed.TotalSeconds - read:0.0} s ({Busy - before - readBusy:0.0}), {watch.Elapsed.TotalSeconds:0.0} s in all, {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB at most");
        }
        finally
        {
            File.Delete(path);
        }
    }

    // Other work on the machine makes waiting longer, but not this.
    private static double Busy => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;

    private static void WriteLog(string path, int games)
    {
        const int solvers = 100_000, items = 20_000;
        var random = RandomStream.Of(0, "log");
        double[] ability = [.. Enumerable.Range(0, solvers).Select(_ => random.NextGaussian())], difficulty = [.. Enumerable.Range(0, items).Select(_ => random.NextGaussian())];
        using var writer = new StreamWriter(path);
        writer.WriteLine("solver,item,correct");
        for (var n = 0; n < games; n++)
        {
            var (s, i) = (random.Next(solvers), random.Next(items));
            writer.WriteLine($"player{s},puzzle{i},{(random.NextDouble() < ItemResponseModel.Probability(ability[s], difficulty[i]) ? 1 : 0)}");
        }
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
