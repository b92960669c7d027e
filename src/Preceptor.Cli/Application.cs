using System.CommandLine;
using System.CommandLine.Help;
using Preceptor.Baselines;
using Preceptor.Foundation;

namespace Preceptor.Cli;

/// <summary>Runs one command line and turns whatever goes wrong into one message and an exit code.</summary>
internal static class Application
{
    public static int Run(string[] arguments, CancellationToken stop)
    {
        PlainBaselines.Register();
        var parsed = CommandLine.Create(stop).Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction) return Terminal.Fail(ExitCode.WrongRequest, CommandLine.Explain(parsed));
        if (RankJob.Objection(parsed) is { } objection) return RankJob.Fail(ExitCode.WrongRequest, objection);
        try
        {
            return RankJob.Leave(parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }));
        }
        catch (RequestException e)
        {
            return RankJob.Fail(ExitCode.WrongRequest, e.Message);
        }
        catch (WorkException e)
        {
            return RankJob.Fail(ExitCode.Failed, e.Message);
        }
        catch (OperationCanceledException)
        {
            return RankJob.End(ExitCode.Interrupted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return RankJob.Fail(ExitCode.Failed, e.Message);
        }
        catch (Exception e) when (RankJob.Ranks.AreMany)
        {
            return RankJob.Fail(ExitCode.Failed, e.ToString()); // a fault of the program, of which the others would otherwise never learn
        }
    }
}
