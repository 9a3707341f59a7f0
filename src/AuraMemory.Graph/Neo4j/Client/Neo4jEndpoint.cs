using System.Globalization;

namespace AuraMemory.Graph.Neo4j.Client;

/// <summary>Host and port of a server.</summary>
/// <param name="Host">Name or number; an IPv6 number without brackets.</param>
/// <param name="Port">1 to 65 535.</param>
public readonly record struct Neo4jEndpoint(string Host, int Port)
{
    /// <summary>Reads <c>HOST</c>, <c>HOST:PORT</c> or <c>[IPV6]:PORT</c>.</summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong.</exception>
    public static Neo4jEndpoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int hostEnd = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        (string host, string port) = hostEnd < 0 ? (text, "") : (text[..hostEnd], text[hostEnd..]);
        host = host.StartsWith('[') ? host.Trim('[', ']') : host;
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            throw new FormatException($"'{text}' has no host: HOST:PORT is expected, with brackets around an IPv6 number.");
        }

        if (port.Length == 0)
        {
            return new Neo4jEndpoint(host, Neo4jAddress.DefaultPort);
        }

        bool isPort = int.TryParse(port.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= 65_535;
        return port[0] == ':' && isPort ? new Neo4jEndpoint(host, number) : throw new FormatException($"'{text}' has no port between 1 and 65535 behind its colon.");
    }

    /// <inheritdoc/>
    public override string ToString() =>
        (Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host) + ":" + Port.ToString(CultureInfo.InvariantCulture);
}
