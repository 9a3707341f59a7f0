using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using AuraMemory.Graph.Neo4j.PackStream;
using AuraMemory.Graph.Neo4j.Protocol;

namespace AuraMemory.Graph.Neo4j.Client.Connections;

/// <summary>Opens connections: TCP, TLS, the choice of a version, credentials.</summary>
internal sealed class BoltDialer(Neo4jSettings settings, TimeProvider time)
{
    // Bolt 5.4 to 5.0, 4.4 to 4.2: understood by every server from 4.2 on.
    private static readonly byte[] Greeting = [0x60, 0x60, 0xB0, 0x17, 0, 4, 4, 5, 0, 2, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Opens a connection.</summary>
    /// <exception cref="Neo4jException">The server refuses the credentials.</exception>
    /// <exception cref="Neo4jUnavailableException">It cannot be opened.</exception>
    public async Task<BoltConnection> OpenAsync(Neo4jEndpoint endpoint, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(settings.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            await socket.ConnectAsync(endpoint.Host, endpoint.Port, either.Token).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (settings.Address.Encryption != Neo4jEncryption.None)
            {
                var encrypted = new SslStream(stream);
                stream = encrypted;
                await encrypted.AuthenticateAsClientAsync(BoltTls.Options(settings, endpoint.Host), either.Token).ConfigureAwait(false);
            }

            var channel = new BoltChannel(stream, settings.LongestMessage, time);
            channel.Version = await AgreeAsync(channel, endpoint, either.Token).ConfigureAwait(false);
            string agent = await IntroduceAsync(channel, endpoint, either.Token).ConfigureAwait(false);
            return new BoltConnection(socket, stream, channel, new Neo4jServer(agent, channel.Version, endpoint), time);
        }
        catch (Exception e)
        {
            await CloseAsync(socket, stream).ConfigureAwait(false);
            if (Explain(e, endpoint, isTooLate: patience.IsCancellationRequested && !cancellation.IsCancellationRequested) is { } explained)
            {
                throw explained;
            }

            throw;
        }
    }

    private static async Task<BoltVersion> AgreeAsync(BoltChannel channel, Neo4jEndpoint endpoint, CancellationToken cancellation)
    {
        await channel.WriteRawAsync(Greeting, cancellation).ConfigureAwait(false);
        byte[] answer = new byte[4];
        if (!await channel.ReadRawAsync(answer, cancellation).ConfigureAwait(false))
        {
            throw new EndOfStreamException("It closed the connection at the greeting; it may want TLS (bolt+s:// or bolt+ssc://).");
        }

        return answer switch
        {
            [0, 0, <= 4, 5] or [0, 0, >= 2 and <= 4, 4] => new BoltVersion(answer[3], answer[2]),
            [0, 0, 0, 0] => throw Wrong($"{endpoint} speaks none of Bolt 5.4 to 5.0 and 4.4 to 4.2; Neo4j does from version 4.2 on."),
            [(byte)'H', (byte)'T', (byte)'T', (byte)'P'] => throw Wrong($"{endpoint} is a port of HTTP. Bolt has one of its own, {Neo4jAddress.DefaultPort} by default."),
            [0x15, 3, ..] => throw Wrong($"{endpoint} wants TLS: bolt+s:// or bolt+ssc://."),
            _ => throw Wrong($"{endpoint} does not speak Bolt; it answered {Convert.ToHexString(answer)}."),
        };
    }

    private async Task<string> IntroduceAsync(BoltChannel channel, Neo4jEndpoint endpoint, CancellationToken cancellation)
    {
        var hello = new Dictionary<string, object?>(StringComparer.Ordinal) { ["user_agent"] = settings.UserAgent };
        if (channel.Version is { Major: 5, Minor: >= 3 })
        {
            hello["bolt_agent"] = new Dictionary<string, object?> { ["product"] = settings.UserAgent };
        }

        if (settings.Address.IsRouted)
        {
            hello["routing"] = RoutingContext(settings.Address);
        }

        if (channel.Version is { Major: 4, Minor: >= 3 })
        {
            hello["patch_bolt"] = new List<object?> { "utc" };
        }

        if (channel.Version.HasLogon)
        {
            channel.Put(BoltTag.Hello, hello);
            channel.Put(BoltTag.Logon, Credentials([]));
        }
        else
        {
            channel.Put(BoltTag.Hello, Credentials(hello));
        }

        await channel.FlushAsync(cancellation).ConfigureAwait(false);
        Dictionary<string, object?> welcome = await SuccessAsync(channel, cancellation).ConfigureAwait(false);
        channel.IsUtcPatched = welcome.GetValueOrDefault("patch_bolt") is List<object?> patches && patches.Contains("utc");
        if (channel.Version.HasLogon)
        {
            await SuccessAsync(channel, cancellation).ConfigureAwait(false);
        }

        if (welcome.GetValueOrDefault("hints") is Dictionary<string, object?> hints
            && hints.GetValueOrDefault("connection.recv_timeout_seconds") is long seconds and > 0 and < int.MaxValue / 1000)
        {
            channel.LongestSilence = TimeSpan.FromSeconds(seconds);
        }

        return welcome.GetValueOrDefault("server") as string ?? throw Wrong($"{endpoint} does not say what it is.");
    }

    /// <summary>What a server is told that shall name others: the address by which it is known here, and what the address says besides.</summary>
    public static Dictionary<string, object?> RoutingContext(Neo4jAddress address)
    {
        var context = new Dictionary<string, object?>(StringComparer.Ordinal) { ["address"] = address.Endpoint.ToString() };
        foreach ((string name, string value) in address.RoutingContext)
        {
            context[name] = value;
        }

        return context;
    }

    private Dictionary<string, object?> Credentials(Dictionary<string, object?> into)
    {
        into["scheme"] = settings.User is null ? "none" : "basic";
        if (settings.User is not null)
        {
            into["principal"] = settings.User;
            into["credentials"] = settings.Password ?? "";
        }

        return into;
    }

    private static async Task<Dictionary<string, object?>> SuccessAsync(BoltChannel channel, CancellationToken cancellation) =>
        await channel.ReadAsync(cancellation).ConfigureAwait(false) switch
        {
            { Tag: BoltTag.Success, Fields: [Dictionary<string, object?> meta] } => meta,
            { Tag: BoltTag.Failure, Fields: [Dictionary<string, object?> meta] } =>
                throw new Neo4jException(meta.GetValueOrDefault("code") as string ?? "", meta.GetValueOrDefault("message") as string ?? ""),
            null => throw new EndOfStreamException("It closed the connection."),
            { Tag: var tag } => throw new PackStreamException($"A message 0x{tag:X2} cannot come now."),
        };

    private static Neo4jUnavailableException Wrong(string message) => new(Neo4jUnavailability.Protocol, message);

    private Neo4jUnavailableException? Explain(Exception e, Neo4jEndpoint endpoint, bool isTooLate) => e switch
    {
        OperationCanceledException when isTooLate =>
            new(Neo4jUnavailability.Unreachable, $"{endpoint} did not answer within {settings.ConnectTimeout.TotalSeconds} s.", e),
        AuthenticationException => new(Neo4jUnavailability.Certificate, $"TLS with {endpoint} failed. {e.Message}", e),
        PackStreamException => new(Neo4jUnavailability.Protocol, $"{endpoint} breaks the rules of Bolt. {e.Message}", e),
        IOException or SocketException => new(Neo4jUnavailability.Unreachable, $"No connection to {endpoint}. {e.Message}", e),
        _ => null,
    };

    private static async Task CloseAsync(Socket socket, Stream? stream)
    {
        try
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // TLS says farewell too, to a server that may be gone.
        }

        socket.Dispose();
    }
}
