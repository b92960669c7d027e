using System.Runtime.InteropServices;
using Preceptor.Cli;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

void Stop(PosixSignalContext context)
{
    if (stop.IsCancellationRequested) return; // a second signal ends the process at once
    context.Cancel = true;
    stop.Cancel();
    RankJob.Told();
}

return Application.Run(args, stop.Token);
