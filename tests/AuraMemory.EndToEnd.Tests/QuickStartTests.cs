using System.Text.RegularExpressions;

namespace AuraMemory.EndToEnd.Tests;

/// <summary>The first things a user does, exactly as the documents say, with only the address passed.</summary>
public partial class QuickStartTests(RunningService service) : IClassFixture<RunningService>
{
    [Fact]
    public async Task The_shell_quick_start_works()
    {
        Needs("bash", "curl");
        await using ChildProcess run = await RunAsync("bash", "samples/quickstart/quickstart.sh", service.Url);
        Assert.Contains("activities: 40 stored", run.Output);
        Assert.Contains("digits: 899 stored", run.Output);
        Assert.Contains("\"to_tier\":\"cxl_hot\"", run.Output);
        Assert.Contains("\"similarity_score\":1,\"distance\":0", run.Output);
        Assert.Contains("\"hit_ratio\":", run.Output);
    }

    [Fact]
    public async Task The_python_quick_start_works()
    {
        Needs("python3");
        await using ChildProcess run = await RunAsync("python3", "samples/quickstart/quickstart.py", service.Url);
        Assert.Contains("digits.ndjson: 899 stored, 0 failed", run.Output);
        Assert.Contains("-> cxl_hot", run.Output);
        Assert.Contains("like activity:act-a09-0: activity:act-a09-0 (a09), similarity 1.000", run.Output);
        Assert.Contains("Hit ratio: ", run.Output);
    }

    [Fact]
    public async Task The_dotnet_quick_start_works()
    {
        await using ChildProcess run = await RunAsync(
            ChildProcess.Dotnet, "run", "-c", ChildProcess.Configuration, "--project", "samples/quickstart", "--", service.Url);
        Assert.Contains("digits.ndjson: 899 stored, 0 failed", run.Output);
        Assert.Contains("-> cxl_hot", run.Output);
        Assert.Contains("like activity:act-a09-0: activity:act-a09-0, similarity 1.000", run.Output);
        Assert.Contains("Cost per GB: $", run.Output);
    }

    [Fact]
    public async Task The_embedded_sample_works()
    {
        await using ChildProcess run = await RunAsync(
            ChildProcess.Dotnet, "run", "-c", ChildProcess.Configuration, "--project", "samples/embedded");
        Assert.Contains("{\"hello\":\"world\"}", run.Output);
        Assert.StartsWith("Found in ", run.Output);
    }

    [Theory]
    [InlineData("test_memory_service.py", "Stored in tier: ", "Latency: ", "Found ", " similar patterns")]
    [InlineData("shape_based_retrieval.py", "window_1: similarity 1.000, distance 0, in cxl_hot", "window_2: similarity 0.")]
    [InlineData("performance_monitoring.py", "Hit Ratio: ", "Effective Bandwidth: ", "Cost per GB: $")]
    [InlineData("graph_relationships.py", "sensor_121: {'name': 'sensor_121'}", " relationships walked")]
    [InlineData("tier_management.py", "critical_data: ", "-> cxl_hot", "Prefetched: data_1, data_2, data_3")]
    public async Task The_missions_own_examples_work(string script, params string[] prints)
    {
        Needs("python3");
        await using ChildProcess run = await RunAsync("python3", "samples/mission/" + script, service.Url);
        Assert.All(prints, p => Assert.Contains(p, run.Output));
    }

    /// <summary>
    /// Blocks marked <c>bash</c> are commands against a running service (others are not). Those of one file are one script, as
    /// a reader would type them. Every curl must be answered 2xx, or with the status a comment behind the command announces.
    /// </summary>
    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/api.md")]
    public async Task Every_documented_command_works_as_written(string file)
    {
        Needs("bash", "curl");
        string text = await File.ReadAllTextAsync(Path.Combine(ChildProcess.Root, file));
        string commands = string.Concat(BashBlock().Matches(text).Select(m => m.Groups[1].Value));
        Assert.Contains("localhost:8001", commands);
        commands = AnnouncedStatus().Replace(commands, "EXPECT=$2; $1").Replace("localhost:8001", new Uri(service.Url).Authority, StringComparison.Ordinal);
        const string Checked = """
            set -eu
            EXPECT=2
            CALLS=0
            curl() {
                answer=$(command curl -sS "$@" -w '\n%{http_code}')
                status=${answer##*$'\n'}
                printf '%s\n' "$answer"
                case "$status" in
                    $EXPECT*) ;;
                    *) echo "UNEXPECTED $status instead of $EXPECT: $*"; exit 1 ;;
                esac
                EXPECT=2
                CALLS=$((CALLS + 1))
            }

            """;
        await using ChildProcess run = await RunAsync("bash", "-c", Checked + commands + "\necho \"CALLS=$CALLS\"");
        int calls = int.Parse(run.Output[(run.Output.LastIndexOf("CALLS=", StringComparison.Ordinal) + 6)..].Trim());
        Assert.True(calls >= 3, run.Output);
    }

    [GeneratedRegex("^```bash\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex BashBlock();

    [GeneratedRegex(@"^((?:curl|post|get) .*?) +# ([345]\d\d)\b.*$", RegexOptions.Multiline)]
    private static partial Regex AnnouncedStatus();

    private static void Needs(params string[] programs)
    {
        foreach (string program in programs)
        {
            Assert.SkipUnless(ChildProcess.Exists(program), $"{program} is not installed; the quick start needs it.");
        }
    }

    private static async Task<ChildProcess> RunAsync(string program, params string[] arguments)
    {
        ChildProcess run = await ChildProcess.RunAsync(program, arguments);
        int code = await run.ExitAsync();
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments.Take(2))} ended with {code}\n{run.Everything}");
        return run;
    }
}
