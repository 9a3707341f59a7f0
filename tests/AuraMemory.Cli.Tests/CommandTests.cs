using System.Net;
using System.Text.Json.Nodes;

namespace AuraMemory.Cli.Tests;

public sealed class CommandTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task What_is_put_is_got_byte_for_byte()
    {
        Assert.Equal(0, await _line.RunAsync("put", "k", "--data", "{\"a\":1.500,\"b\":\"x\"}", "--related", "other"));
        Assert.Equal("other", (string)_line.Service.Objects["k"]["relationships"]![0]!["key"]!);
        Assert.Equal(0, await _line.RunAsync("get", "k"));
        Assert.Equal("{\"a\":1.500,\"b\":\"x\"}\n", _line.Output);
        Assert.Equal(0, await _line.RunAsync("rm", "k"));
        Assert.Equal(3, await _line.RunAsync("rm", "k"));
        Assert.Equal(3, await _line.RunAsync("get", "k"));
        Assert.Contains("There is no object k", _line.Notes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("put", "k")]
    [InlineData("put", "k", "--data", "{oops")]
    [InlineData("ls", "--limit", "-1")]
    [InlineData("nonsense")]
    [InlineData("get")]
    [InlineData("get", "k", "--url", "ftp://x")]
    [InlineData("import", "x", "--concurrency", "0")]
    public async Task A_command_line_that_makes_no_sense_ends_with_2(params string[] arguments)
    {
        Assert.Equal(2, await _line.RunAsync(arguments));
        Assert.Empty(_line.Service.Requests);
    }

    [Fact]
    public async Task An_unreachable_service_ends_with_4_and_says_how_to_start_it()
    {
        _line.Service.Intercept = (_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, "connection refused");
        Assert.Equal(4, await _line.RunAsync("stats"));
        Assert.Contains("aura-memory serve", _line.Notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_problem_document_becomes_sentences_with_the_correlation()
    {
        _line.Service.Intercept = (_, _) => FakeService.Problem(401, "Send a valid key");
        Assert.Equal(1, await _line.RunAsync("tiers"));
        Assert.Contains("Send a valid key.", _line.Notes, StringComparison.Ordinal);
        Assert.Contains("--api-key", _line.Notes, StringComparison.Ordinal);
        Assert.Contains("c-1", _line.Notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_and_key_come_from_the_environment_unless_the_command_line_says_otherwise()
    {
        var seen = new List<(string, string)>();
        _line.Service.Intercept = (request, _) =>
        {
            seen.Add((request.RequestUri!.Authority, string.Join(",", request.Headers.GetValues("X-API-Key"))));
            return null;
        };
        _line.Set("AURA_MEMORY_URL", "http://one:1");
        _line.Set("AURA_MEMORY_API_KEY", "secret");
        await _line.RunAsync("tiers");
        await _line.RunAsync("tiers", "--url", "http://two:2", "--api-key", "other");
        Assert.Equal([("one:1", "secret"), ("two:2", "other")], seen);
    }

    [Fact]
    public async Task Busy_answers_are_waited_for_as_long_as_the_service_asks()
    {
        int calls = 0;
        _line.Service.Intercept = (_, _) =>
        {
            if (++calls > 2)
            {
                return null;
            }

            HttpResponseMessage busy = FakeService.Problem(503, "busy");
            busy.Headers.RetryAfter = new System.Net.Http.Headers.RetryConditionHeaderValue(TimeSpan.Zero);
            return busy;
        };
        Assert.Equal(0, await _line.RunAsync("tiers"));
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task A_connection_that_breaks_midway_is_tried_again_and_a_refused_one_is_not()
    {
        int calls = 0;
        _line.Service.Intercept = (_, _) => ++calls == 1 ? throw new HttpRequestException(HttpRequestError.ResponseEnded, "ended") : null;
        Assert.Equal(0, await _line.RunAsync("tiers"));
        Assert.Equal(2, calls);
        _line.Service.Requests.Clear();
        _line.Service.Intercept = (_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, "connection refused");
        Assert.Equal(4, await _line.RunAsync("tiers"));
        Assert.Single(_line.Service.Requests);
    }

    [Fact]
    public async Task A_pause_longer_than_the_bound_is_not_waited_for()
    {
        _line.Service.Intercept = (_, _) =>
        {
            HttpResponseMessage busy = FakeService.Problem((int)HttpStatusCode.ServiceUnavailable, "busy");
            busy.Headers.RetryAfter = new System.Net.Http.Headers.RetryConditionHeaderValue(TimeSpan.FromHours(1));
            return busy;
        };
        Assert.Equal(1, await _line.RunAsync("tiers"));
        Assert.Single(_line.Service.Requests);
    }

    [Fact]
    public async Task Tiers_shows_nominal_beside_measured_and_says_what_is_emulated()
    {
        Assert.Equal(0, await _line.RunAsync("tiers"));
        Assert.Contains("shared-memory (emulated)", _line.Text, StringComparison.Ordinal);
        Assert.Contains("arena (hardware)", _line.Text, StringComparison.Ordinal);
        Assert.Contains("87.5 ns", _line.Text, StringComparison.Ordinal);
        Assert.Contains("#####.....", _line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ls_goes_through_all_pages_and_stops_at_the_limit()
    {
        for (int i = 0; i < 25; i++)
        {
            await _line.RunAsync("put", $"k{i:00}", "--data", "1", "--quiet");
        }

        Assert.Equal(0, await _line.RunAsync("ls", "k0", "--limit", "0"));
        Assert.Equal(10, _line.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(0, await _line.RunAsync("ls", "--limit", "7", "--json"));
        string[] lines = _line.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(7, lines.Length);
        Assert.Equal("k06", (string)JsonNode.Parse(lines[6])!["key"]!);
        Assert.Contains("There are more", _line.Notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_names_emulated_tiers_and_agrees_on_the_version()
    {
        Assert.Equal(0, await _line.RunAsync("doctor"));
        Assert.Contains("Emulated: cxl_hot (shared-memory)", _line.Text, StringComparison.Ordinal);
        Assert.Contains("version: Both are 0.1.0", _line.Text, StringComparison.Ordinal);
        _line.Service.Intercept = (_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, "connection refused");
        Assert.Equal(4, await _line.RunAsync("doctor", "--json"));
        Assert.Equal("PROBLEM", (string)JsonNode.Parse(_line.Output)!["findings"]![0]!["severity"]!);
    }

    [Fact]
    public async Task Serve_hands_everything_to_the_server()
    {
        Assert.Equal(0, await _line.RunAsync("serve", "--urls", "http://localhost:9", "--data", "folder", "--memory_limit_bytes=5"));
        Assert.Equal(["--urls", "http://localhost:9", "--data", "folder", "--memory_limit_bytes=5"], _line.Served!);
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("import")]
    [InlineData("export")]
    [InlineData("get")]
    [InlineData("put")]
    [InlineData("rm")]
    [InlineData("ls")]
    [InlineData("tiers")]
    [InlineData("stats")]
    [InlineData("bench")]
    [InlineData("doctor")]
    public async Task Every_command_teaches_by_an_example(string command)
    {
        Assert.Equal(0, await _line.RunAsync(command, "--help"));
        Assert.Contains($"Example: aura-memory {command}", _line.Text, StringComparison.Ordinal);
    }
}
