using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>What was begun before SIGTERM is answered after it, and readiness is off before the door closes.</summary>
public sealed class ShutdownTests : IDisposable
{
    private const int Items = 4000;

    private readonly string _folder = Directory.CreateTempSubdirectory("aura-e2e-").FullName;

    public ShutdownTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Requests_whose_bodies_cross_the_signal_end_with_their_answers()
    {
        string items = string.Join(",", Enumerable.Range(0, Items).Select(i => $"{{\"key\":\"bulk:{i}\",\"data\":{TierPairTests.Document(500, i)}}}"));
        byte[] bulk = Encoding.UTF8.GetBytes($"{{\"items\":[{items}]}}");
        byte[] single = Encoding.UTF8.GetBytes("{\"key\":\"slow\",\"data\":{\"n\":1},\"durability\":\"fsync\"}");
        await using (var service = new RunningService(_folder))
        {
            await service.InitializeAsync();
            using Connection many = await Connection.PostAsync(service, "bulk/store", bulk, send: bulk.Length - 1);
            using Connection one = await Connection.PostAsync(service, "store", single, send: 10);
            using Connection probe = await Connection.OpenAsync(service);
            await probe.SendAsync("GET /health/ready HTTP/1.1\r\nHost: localhost\r\n"u8.ToArray());
            while (await service.MetricAsync("aura_request_body_bytes_in_flight") < bulk.Length + single.Length)
            {
                Assert.False(service.Process.HasExited, service.Process.Everything);
            }

            service.Process.SendTerminate();
            while (await IsListeningAsync(service))
            {
                Assert.False(service.Process.HasExited, service.Process.Everything);
            }

            await probe.SendAsync("\r\n"u8.ToArray());
            Assert.Equal(503, (await probe.AnswerAsync()).Status);
            Assert.False(service.Process.HasExited, "It left with requests in flight.");
            await many.SendAsync(bulk[^1..]);
            await one.SendAsync(single[10..]);
            (int status, string body) = await many.AnswerAsync();
            Assert.True(status == 200, $"{status} {body}");
            Assert.Contains($"\"stored\":{Items},\"failed\":0", body);
            (status, body) = await one.AnswerAsync();
            Assert.True(status == 200, $"{status} {body}");
            Assert.True(await service.Process.ExitAsync() == 0, service.Process.Everything);
        }

        await using var again = new RunningService(_folder);
        await again.InitializeAsync();
        Assert.Equal(Items + 1, (await again.GetOkAsync("/api/v1/objects?limit=10000")).GetProperty("objects").GetArrayLength());
        Assert.Equal("{\"n\":1}", await again.Client.GetStringAsync("/api/v1/objects/slow"));
        for (int i = 0; i < Items; i += 250)
        {
            Assert.Equal(TierPairTests.Document(500, i), await again.Client.GetStringAsync($"/api/v1/objects/bulk:{i}"));
        }
    }

    [Fact]
    public async Task A_bulk_answer_that_is_being_read_slowly_is_sent_to_its_end()
    {
        const int Large = 24;
        const int Bytes = 1 << 20;
        await using var service = new RunningService(_folder);
        await service.InitializeAsync();
        for (int i = 0; i < Large; i++)
        {
            await service.PostOkAsync("/store", $"{{\"key\":\"large:{i}\",\"data\":{TierPairTests.Document(Bytes, i)}}}");
        }

        string keys = string.Join(",", Enumerable.Range(0, Large).Select(i => $"\"large:{i}\""));
        byte[] request = Encoding.UTF8.GetBytes($"{{\"keys\":[{keys}]}}");
        using Connection slow = await Connection.PostAsync(service, "bulk/retrieve", request, request.Length);
        await slow.BeginAnswerAsync();
        service.Process.SendTerminate();
        while (await IsListeningAsync(service))
        {
            Assert.False(service.Process.HasExited, service.Process.Everything);
        }

        (int status, string body) = await slow.AnswerAsync();
        Assert.Equal(200, status);
        using JsonDocument parsed = JsonDocument.Parse(body);
        Assert.Equal(Large, parsed.RootElement.GetProperty("found").GetInt32());
        Assert.Equal(
            TierPairTests.Document(Bytes, Large - 1), parsed.RootElement.GetProperty("items")[Large - 1].GetProperty("data").GetRawText());
        Assert.Equal(0, await service.Process.ExitAsync());
    }

    private static async Task<bool> IsListeningAsync(RunningService service)
    {
        try
        {
            using Connection another = await Connection.OpenAsync(service);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A connection written and read byte by byte, so that the test says when each part of a request goes out.</summary>
    private sealed class Connection : IDisposable
    {
        private readonly TcpClient _socket = new() { ReceiveBufferSize = 16 << 10 };
        private readonly List<byte> _received = [];

        public static async Task<Connection> OpenAsync(RunningService service)
        {
            var connection = new Connection();
            try
            {
                var address = new Uri(service.Url);
                await connection._socket.ConnectAsync(address.Host, address.Port);
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }

        /// <summary>Sends the head of a request and the first <paramref name="send"/> bytes of its body.</summary>
        public static async Task<Connection> PostAsync(RunningService service, string path, byte[] body, int send)
        {
            Connection connection = await OpenAsync(service);
            await connection.SendAsync(Encoding.ASCII.GetBytes(
                $"POST /api/v1/{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"));
            await connection.SendAsync(body[..send]);
            return connection;
        }

        public async Task SendAsync(byte[] bytes) => await _socket.GetStream().WriteAsync(bytes);

        /// <summary>Waits for the first bytes of the answer and takes no more.</summary>
        public async Task BeginAnswerAsync()
        {
            byte[] first = new byte[64];
            int count = await _socket.GetStream().ReadAsync(first);
            Assert.True(count > 0, "The connection ended without an answer.");
            _received.AddRange(first[..count]);
        }

        /// <summary>Reads to the end of the connection, which a service that is leaving closes behind its answer.</summary>
        public async Task<(int Status, string Body)> AnswerAsync()
        {
            var rest = new MemoryStream();
            await _socket.GetStream().CopyToAsync(rest).WaitAsync(TimeSpan.FromSeconds(60));
            _received.AddRange(rest.ToArray());
            string all = Encoding.UTF8.GetString([.. _received]);
            int end = all.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            Assert.True(end > 0, $"No whole answer: '{all[..Math.Min(all.Length, 200)]}'");
            string body = all[(end + 4)..];
            bool chunked = all[..end].Contains("chunked", StringComparison.OrdinalIgnoreCase);
            return (int.Parse(all.AsSpan(9, 3), CultureInfo.InvariantCulture), chunked ? Unchunk(body) : body);
        }

        public void Dispose() => _socket.Dispose();

        /// <summary>Joins the chunks; what it is given is ASCII, so characters count as bytes.</summary>
        private static string Unchunk(string body)
        {
            var text = new StringBuilder(body.Length);
            int at = 0;
            while (true)
            {
                int line = body.IndexOf("\r\n", at, StringComparison.Ordinal);
                Assert.True(line >= 0, "The answer was cut off.");
                int length = int.Parse(body.AsSpan(at, line - at), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                if (length == 0)
                {
                    return text.ToString();
                }

                text.Append(body, line + 2, length);
                at = line + 2 + length + 2;
            }
        }
    }
}
