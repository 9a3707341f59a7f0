using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AuraMemory.Bench.Processes;

/// <summary>One HTTP/1.1 connection that sends prepared requests and reads whole answers, one after the other.</summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _answer = new byte[64 * 1024];

    public HttpConnection(int port)
    {
        try
        {
            _socket.Connect(IPAddress.Loopback, port);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Body of the last answer.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    public static byte[] Get(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    public static byte[] Post(string path, ReadOnlySpan<byte> json) =>
        [.. Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n"), .. json];

    /// <summary>Sends and waits; returns the status.</summary>
    public int Send(ReadOnlySpan<byte> request)
    {
        while (!request.IsEmpty)
        {
            request = request[_socket.Send(request)..];
        }

        int have = 0;
        while (true)
        {
            if (have == _answer.Length)
            {
                Array.Resize(ref _answer, have * 2);
            }

            int came = _socket.Receive(_answer.AsSpan(have));
            if (came == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            have += came;
            if (TryParse(_answer.AsSpan(0, have), out int status, out int bodyAt, out int bodyBytes))
            {
                Body = _answer.AsMemory(bodyAt, bodyBytes);
                return status;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool TryParse(ReadOnlySpan<byte> answer, out int status, out int bodyAt, out int bodyBytes)
    {
        status = 0;
        bodyBytes = 0;
        bodyAt = answer.IndexOf("\r\n\r\n"u8) + 4;
        if (bodyAt < 4)
        {
            return false;
        }

        ReadOnlySpan<byte> head = answer[..bodyAt];
        Utf8Parser.TryParse(head[9..], out status, out _);
        int length = head.IndexOf("Content-Length: "u8);
        if (length >= 0)
        {
            Utf8Parser.TryParse(head[(length + 16)..], out bodyBytes, out _);
            return answer.Length >= bodyAt + bodyBytes;
        }

        // Chunked: the framing is left in the body, of which only the length counts here.
        bodyBytes = answer.Length - bodyAt;
        return answer.EndsWith("0\r\n\r\n"u8);
    }
}
