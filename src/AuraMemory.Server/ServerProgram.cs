using System.Security.Cryptography;
using AuraMemory.Engine;
using AuraMemory.Server.Http;

namespace AuraMemory.Server;

/// <summary>The service from its command line to its exit code; the same for the server's own program and <c>aura-memory serve</c>.</summary>
public static class ServerProgram
{
    /// <summary>The service could not be started, or could not open its store.</summary>
    private const int Failed = 1;

    /// <summary>Serves until a signal or <paramref name="cancellation"/> ends it.</summary>
    /// <param name="args">Command line, as for <see cref="ServerHost.Build"/>.</param>
    /// <param name="cancellation">Ends the service as a signal does.</param>
    /// <returns>
    /// 0 after an orderly end; 1, with the reason in a sentence on standard error, when a setting is wrong, an address cannot be
    /// listened on, or the store cannot be opened.
    /// </returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellation = default)
    {
        try
        {
            IHost? service = null;
            service = ServerHost.Build(args, async (options, stop) =>
            {
                MemoryStore store = await MemoryStore.OpenAsync(options, stop).ConfigureAwait(false);
                MemoryStore.LimitManagedHeap(store.Plan);
                service!.Services.GetRequiredService<ServerContext>().FitTo(store.Plan.ManagedHeapBytes);
                return store;
            });
            StoreGate gate = service.Services.GetRequiredService<ServerContext>().Gate;
            await service.RunAsync(cancellation).ConfigureAwait(false);
            if (gate.OpenFailure is not { } reason)
            {
                return 0;
            }

            await Console.Error.WriteLineAsync(reason).ConfigureAwait(false);
        }
        catch (SettingsException e)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidOperationException or CryptographicException && IsHttps(args))
        {
            await Console.Error.WriteLineAsync(
                $"{e.Message.Split('\n')[0]} Name a certificate and its key in PEM files with ASPNETCORE_Kestrel__Certificates__Default__Path and __KeyPath.")
                .ConfigureAwait(false);
        }
        catch (IOException e)
        {
            // What Kestrel throws when it cannot listen; the addresses are in its message.
            await Console.Error.WriteLineAsync(
                $"{e.Message} Stop what listens there, or choose another address with --urls.").ConfigureAwait(false);
        }

        return Failed;
    }

    private static bool IsHttps(string[] args) => Array.Exists(args, a => a.Contains("https://", StringComparison.OrdinalIgnoreCase));
}
