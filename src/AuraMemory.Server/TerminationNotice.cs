namespace AuraMemory.Server;

/// <summary>Leaves in good order when the platform says that the machine is about to be taken away.</summary>
/// <remarks>
/// Platforms that rent spare capacity announce its end in different ways; what they have in common is that a node agent can
/// create a file. Once it is there the service stops as on SIGTERM: readiness off, requests drained, everything durable.
/// </remarks>
internal sealed partial class TerminationNotice(string path, TimeProvider time, IHostApplicationLifetime lifetime, ILogger log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (!File.Exists(path))
            {
                await timer.WaitForNextTickAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }

        LogNotice(log, path);
        lifetime.StopApplication();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Termination notice {Path}: making everything durable, then leaving")]
    private static partial void LogNotice(ILogger log, string path);
}
