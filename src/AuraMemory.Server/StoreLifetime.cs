using AuraMemory.Engine;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AuraMemory.Server;

/// <summary>Opens the store after the doors are open, and closes it after they are shut.</summary>
/// <remarks>
/// A store that cannot be opened ends the service: a process that stays and answers 503 forever would look alive to whatever
/// restarts it, and hide the reason from whoever started it.
/// Order at the end: <c>StoppingAsync</c> turns readiness off, Kestrel drains the requests under way, <c>StoppedAsync</c>
/// ends the shapes, then flushes and disposes the store; all within the host's shutdown timeout.
/// </remarks>
internal sealed partial class StoreLifetime(
    ServerContext server, StoreOptions options,
    Func<StoreOptions, CancellationToken, ValueTask<IObjectStore>> open, IServer listener,
    IHostApplicationLifetime lifetime, ILogger log) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _opening = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (string warning in server.Warnings)
        {
            LogNote(log, warning);
        }

        _opening = Task.Run(OpenAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        server.Gate.Drain();
        return _stop.CancelAsync();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        await server.Graph.DisposeAsync();
        await server.Shapes.DisposeAsync();
        if (server.Gate.Store is { } store)
        {
            await store.FlushAsync(cancellationToken);
            await store.DisposeAsync();
        }
    }

    public void Dispose() => _stop.Dispose();

    private async Task OpenAsync()
    {
        try
        {
            IObjectStore store = await open(options, _stop.Token);
            server.Gate.Opened(store);
            StartBanner.Print(listener.Features.Get<IServerAddressesFeature>()?.Addresses ?? [], store, options);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            server.Gate.GaveUp("The service is shutting down.");
        }
        catch (Exception e)
        {
            if (e is not (HomeOpenException or ArgumentException or IOException or UnauthorizedAccessException))
            {
                LogFailure(log, e, options.DataFolder);
            }

            server.Gate.Failed(e is HomeOpenException or ArgumentException
                ? e.Message
                : $"The store in '{options.DataFolder}' could not be opened: {e.Message}");
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Note}")]
    private static partial void LogNote(ILogger log, string note);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The store in {Folder} could not be opened")]
    private static partial void LogFailure(ILogger log, Exception e, string folder);
}

/// <summary>What the console shows once the service is ready.</summary>
internal static class StartBanner
{
    public static void Print(ICollection<string> addresses, IObjectStore store, StoreOptions options)
    {
        var text = new System.Text.StringBuilder();
        text.AppendLine("AURA Memory Tiers").AppendLine();
        foreach (TierReport tier in store.Report().Tiers)
        {
            string label = tier.Backend.Hardware ? "hardware" : "emulated";
            text.AppendLine(
                System.Globalization.CultureInfo.InvariantCulture,
                $"  {tier.Tier.Name(),-12} {tier.Backend.Name,-14} {Size(tier.Usage.CapacityBytes),10}  {label}");
        }

        foreach (ComponentHealth component in store.Report().Components)
        {
            if (!component.Healthy)
            {
                text.AppendLine().AppendLine($"  {component.Name}: {component.Detail}");
            }
        }

        string url = Reachable(addresses.FirstOrDefault() ?? "");
        text.AppendLine().AppendLine($"Data:      {options.DataFolder}").AppendLine($"Listening: {string.Join(" ", addresses)}   docs: {url}/api/docs").AppendLine()
            .AppendLine("Try:")
            .AppendLine($"  curl {url}/api/v1/store -d '{{\"key\":\"hello\",\"data\":{{\"values\":[1,2,3]}}}}'")
            .AppendLine($"  curl {url}/api/v1/retrieve -d '{{\"key\":\"hello\"}}'")
            .AppendLine($"  curl {url}/api/v1/tiers");
        Console.Out.WriteLine(text.ToString());
    }

    /// <summary>An address to type: what listens everywhere is reached here as localhost.</summary>
    internal static string Reachable(string address)
    {
        foreach (string everywhere in (ReadOnlySpan<string>)["://0.0.0.0", "://[::]", "://*", "://+"])
        {
            int at = address.IndexOf(everywhere, StringComparison.Ordinal);
            if (at > 0)
            {
                return string.Concat(address.AsSpan(0, at), "://localhost", address.AsSpan(at + everywhere.Length));
            }
        }

        return address;
    }

    private static string Size(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double size = bytes;
        int unit = 0;
        while (size >= 1024 && unit < units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{size:0.#} {units[unit]}");
    }
}
