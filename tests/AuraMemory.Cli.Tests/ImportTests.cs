using System.Text.Json.Nodes;
using AuraMemory.Cli.Transfer;

namespace AuraMemory.Cli.Tests;

public sealed class ImportTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task Every_line_is_stored_and_the_checkpoint_is_gone_at_the_end()
    {
        string file = _line.Write("a.ndjson", [.. Enumerable.Range(0, 250).Select(Line)]);
        Assert.Equal(0, await _line.RunAsync("import", file, "--batch", "10", "--concurrency", "3"));
        Assert.Equal(250, _line.Service.Objects.Count);
        Assert.Contains("250 stored, 0 rejected", _line.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(file + ".aura-import"));
        Assert.False(File.Exists(file + ".rejects.ndjson"));
    }

    [Fact]
    public async Task Bad_lines_are_rejected_with_their_numbers_and_the_good_ones_stored()
    {
        string file = _line.Write(
            "a.ndjson", Line(1), "{\"key\":\"x\"", "", "{\"key\":\"y\",\"data\":1,\"colour\":2}", "{\"key\":\"a/b\",\"data\":1}",
            "{\"key\":\"z\"}", "{\"key\":\"z\",\"key\":\"z\",\"data\":1}", "[1]", "{\"key\":\"q\",\"data\":1} 2", Line(2));
        Assert.Equal(1, await _line.RunAsync("import", file));
        Assert.Equal(["k1", "k2"], _line.Service.Objects.Keys);
        long[] numbers = [.. File.ReadLines(file + ".rejects.ndjson").Select(l => (long)JsonNode.Parse(l)!["line"]!)];
        Assert.Equal([2, 4, 5, 6, 7, 8, 9], numbers);
        Assert.Contains("colour", File.ReadLines(file + ".rejects.ndjson").ElementAt(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_moment_of_expiry_becomes_the_time_that_is_left_and_what_has_expired_is_left_out()
    {
        string later = DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        string file = _line.Write(
            "a.ndjson", $"{{\"expires_at\" : \"{later}\",\"key\":\"a\",\"data\":1}}", $"{{\"key\":\"b\",\"data\":[ 1 ],\"expires_at\":\"{later}\"}}",
            "{\"key\":\"c\",\"data\":1,\"expires_at\":\"2001-01-01T00:00:00Z\"}", "{\"key\":\"d\",\"data\":1,\"expires_at\":\"soon\"}",
            $"{{\"key\":\"e\",\"data\":1,\"ttl_seconds\":5,\"expires_at\":\"{later}\"}}");
        Assert.Equal(1, await _line.RunAsync("import", file));
        Assert.Equal(["a", "b"], _line.Service.Objects.Keys);
        Assert.All(_line.Service.Objects.Values, o => Assert.InRange((double)o["ttl_seconds"]!, 3590, 3600));
        Assert.Contains("1 had expired", _line.Notes, StringComparison.Ordinal);
        long[] rejected = [.. File.ReadLines(file + ".rejects.ndjson").Select(l => (long)JsonNode.Parse(l)!["line"]!)];
        Assert.Equal([4, 5], rejected);
    }

    [Fact]
    public async Task A_request_refused_as_a_whole_is_halved_until_the_guilty_line_stands_alone()
    {
        _line.Service.Intercept = (request, body) => request.RequestUri!.AbsolutePath == "/api/v1/bulk/store" && body.Contains("k37\"", StringComparison.Ordinal)
            ? FakeService.Problem(400, "items[37] is bad")
            : null;
        string file = _line.Write("a.ndjson", [.. Enumerable.Range(0, 100).Select(Line)]);
        Assert.Equal(1, await _line.RunAsync("import", file, "--concurrency", "1"));
        Assert.Equal(99, _line.Service.Objects.Count);
        string reject = Assert.Single(File.ReadAllLines(file + ".rejects.ndjson"));
        Assert.Equal(38, (long)JsonNode.Parse(reject)!["line"]!);
    }

    [Fact]
    public async Task An_unreachable_service_leaves_a_checkpoint_from_which_resume_goes_on()
    {
        string file = _line.Write("a.ndjson", [.. Enumerable.Range(0, 100).Select(Line)]);
        int requests = 0;
        _line.Service.Intercept = (_, _) => ++requests > 4 ? throw new HttpRequestException(HttpRequestError.ConnectionError, "connection refused") : null;
        Assert.Equal(4, await _line.RunAsync("import", file, "--batch", "10", "--concurrency", "1"));
        Assert.Contains("cannot be reached", _line.Notes, StringComparison.Ordinal);
        Assert.Contains("--resume", _line.Notes, StringComparison.Ordinal);
        Assert.Equal(40, ImportCheckpoint.Load(file)!.Lines);

        _line.Service.Intercept = null;
        _line.Service.StoredKeysInOrder.Clear();
        Assert.Equal(0, await _line.RunAsync("import", file, "--resume"));
        Assert.Equal(100, _line.Service.Objects.Count);
        Assert.Equal(60, _line.Service.StoredKeysInOrder.Count);
        Assert.Contains("100 stored", _line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupt_leaves_a_checkpoint_that_never_claims_more_than_is_stored()
    {
        string file = _line.Write("a.ndjson", [.. Enumerable.Range(0, 200).Select(Line)]);
        using var interrupt = new CancellationTokenSource();
        int requests = 0;
        _line.Service.AfterBulkStore = () =>
        {
            if (++requests == 5)
            {
                interrupt.Cancel();
            }
        };
        Assert.Equal(130, await _line.RunAsync(interrupt.Token, "import", file, "--batch", "10", "--concurrency", "3"));
        long lines = ImportCheckpoint.Load(file)!.Lines;
        for (int i = 0; i < lines; i++)
        {
            Assert.True(_line.Service.Objects.ContainsKey($"k{i}"));
        }

        _line.Service.AfterBulkStore = null;
        Assert.Equal(0, await _line.RunAsync("import", file, "--resume"));
        Assert.Equal(200, _line.Service.Objects.Count);
        Assert.Contains("200 stored", _line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_file_is_not_resumed()
    {
        string file = _line.Write("a.ndjson", [.. Enumerable.Range(0, 20).Select(Line)]);
        int requests = 0;
        _line.Service.Intercept = (_, _) => ++requests > 1 ? FakeService.Problem(507, "full") : null;
        Assert.Equal(1, await _line.RunAsync("import", file, "--batch", "10", "--concurrency", "1"));
        Assert.Contains("free space", _line.Notes, StringComparison.Ordinal);
        _line.Write("a.ndjson", [.. Enumerable.Range(5, 20).Select(Line)]);
        _line.Service.Intercept = null;
        Assert.Equal(1, await _line.RunAsync("import", file, "--resume"));
        Assert.Contains("not the file", _line.Notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_item_that_fails_for_want_of_space_stops_the_run_and_is_not_rejected()
    {
        string file = _line.Write("a.ndjson", Line(1), Line(2), Line(3));
        _line.Service.ItemFault = item => (string)item["key"]! == "k2" ? new JsonObject { ["status"] = 507, ["detail"] = "Nothing was stored." } : null;
        Assert.Equal(1, await _line.RunAsync("import", file, "--concurrency", "1"));
        Assert.False(File.Exists(file + ".rejects.ndjson"));
        Assert.Equal(1, ImportCheckpoint.Load(file)!.Lines);
    }

    [Fact]
    public async Task Lines_with_the_same_key_are_stored_in_file_order()
    {
        string file = _line.Write("a.ndjson", [.. Enumerable.Range(0, 300).Select(i => $"{{\"key\":\"k{i % 7}\",\"data\":{i}}}")]);
        Assert.Equal(0, await _line.RunAsync("import", file, "--batch", "5", "--concurrency", "4"));
        for (int i = 293; i < 300; i++)
        {
            Assert.Equal(i, (int)_line.Service.Objects[$"k{i % 7}"]["data"]!);
        }
    }

    [Fact]
    public async Task Standard_input_is_read_and_cannot_be_resumed()
    {
        _line.Input = Line(1) + "\r\n" + Line(2);
        Assert.Equal(0, await _line.RunAsync("import", "-", "--json"));
        Assert.Equal(2, (int)JsonNode.Parse(_line.Output)!["stored"]!);
        Assert.Equal(2, await _line.RunAsync("import", "-", "--resume"));
    }

    private static string Line(int i) => $"{{\"key\":\"k{i}\",\"data\":{{\"n\":{i}}},\"metadata\":{{\"label\":\"l\"}}}}";
}
