using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Preceptor.Data;
using TorchSharp;

namespace Preceptor.Cli.Commands;

/// <summary><c>preceptor doctor</c>: whether this machine can train, and how fast.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Check that this machine can train, and how fast");
        command.SetAction(_ =>
        {
            Console.Out.WriteLine($"system       {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors");
            Console.Out.WriteLine($".NET         {RuntimeInformation.FrameworkDescription}");
            Console.Out.WriteLine($"data folder  {string.Join(", ", DataFolder.Names().DefaultIfEmpty("no known data sets; PRECEPTOR_DATA names a folder of them"))}");
            try
            {
                var watch = Stopwatch.StartNew();
                torch.set_num_threads(1);
                using var a = torch.rand(512, 512);
                using (a.mm(a)) { }
                var first = watch.Elapsed.TotalMilliseconds;
                watch.Restart();
                const int times = 20;
                for (var i = 0; i < times; i++) using (a.mm(a)) { }
                Console.Out.WriteLine($"libtorch     {typeof(torch).Assembly.GetName().Version!.ToString(3)} (TorchSharp), first tensor after {first:0} ms, {2.0 * 512 * 512 * 512 * times / watch.Elapsed.TotalSeconds / 1e9:0} GFLOP/s on one thread");
                Console.Out.WriteLine("ready to train");
                return ExitCode.Done;
            }
            catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or NotSupportedException)
            {
                var system = OperatingSystem.IsWindows() ? "win-x64" : OperatingSystem.IsMacOS() ? "osx-arm64" : "linux-x64";
                return Terminal.Fail(ExitCode.Failed, $"libtorch does not load: {e.GetBaseException().Message}; a project needs the package libtorch-cpu-{system}");
            }
        });
        return command;
    }
}
