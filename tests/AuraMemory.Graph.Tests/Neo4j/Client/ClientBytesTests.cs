using AuraMemory.Graph.Neo4j.Client;
using AuraMemory.Graph.Values.Temporal;

namespace AuraMemory.Graph.Tests.Neo4j.Client;

/// <summary>What the client sends, byte by byte, as derived by hand from the description of the protocol.</summary>
public class ClientBytesTests
{
    private const string Greeting = "6060B017" + "00040405" + "00020404" + "00000000" + "00000000";
    private const string Success = "0003B170A0" + "0000";

    // {server: "Neo4j/x"}
    private const string Welcome = "0012B170A1" + "86736572766572" + "874E656F346A2F78" + "0000";

    // {user_agent: "t/1", bolt_agent: {product: "t/1"}}
    private const string Hello54 = "002AB101A2" + "8A757365725F6167656E74" + "83742F31" + "8A626F6C745F6167656E74" + "A1" + "8770726F64756374" + "83742F31" + "0000";

    // {scheme: "basic", principal: "u", credentials: "p"}
    private const string Basic = "86736368656D65" + "856261736963" + "897072696E636970616C" + "8175" + "8B63726564656E7469616C73" + "8170";
    private const string Logon = "002AB16AA3" + Basic + "0000";

    // {user_agent: "t/1", and the credentials}; the second with patch_bolt: ["utc"]
    private const string Hello50 = "0039B101A4" + "8A757365725F6167656E74" + "83742F31" + Basic + "0000";
    private const string Hello44 = "0049B101A5" + "8A757365725F6167656E74" + "83742F31" + "8A70617463685F626F6C74" + "9183757463" + Basic + "0000";
    private const string Run = "000DB310" + "8852455455524E2031" + "A0" + "A0" + "0000";
    private const string Pull1000 = "0008B13FA1" + "816E" + "C903E8" + "0000";
    private const string Commit = "0002B012" + "0000";
    private const string Reset = "0002B00F" + "0000";
    private const string Goodbye = "0002B002" + "0000";

    [Fact]
    public async Task A_transaction_of_version_5_4()
    {
        // BEGIN {tx_timeout: 1500, mode: "r", db: "d"}; fields ["x"], qid 0; the row [1]; {type: "r"}; {bookmark: "b"}
        const string Begin = "001DB111A3" + "8A74785F74696D656F7574" + "C905DC" + "846D6F6465" + "8172" + "826462" + "8164" + "0000";
        const string Fields = "0012B170A2" + "866669656C6473" + "918178" + "83716964" + "00" + "0000";
        const string Row = "0004B17191" + "01" + "0000";
        const string End = "000AB170A1" + "8474797065" + "8172" + "0000";
        const string Committed = "000EB170A1" + "88626F6F6B6D61726B" + "8162" + "0000";
        await ConverseAsync(
            [(Greeting, "00000405"), (Hello54 + Logon, Welcome + Success), (Begin + Run + Pull1000, Success + Fields + Row + End), (Commit, Committed)],
            settings => settings with { Database = "d" },
            async driver => Assert.Equal(1L, await OneAsync(driver, timeout: TimeSpan.FromMilliseconds(1500))));
    }

    [Fact]
    public async Task Rows_are_asked_for_until_there_are_no_more()
    {
        // {n: 2}, {n: 2, qid: 0}, {n: -1, qid: 0}; {has_more: true}
        const string Begin = "0003B111A0" + "0000";
        const string Pull2 = "0006B13FA1" + "816E" + "02" + "0000";
        const string PullMore = "000BB13FA2" + "816E" + "02" + "83716964" + "00" + "0000";
        const string Discard = "000BB12FA2" + "816E" + "FF" + "83716964" + "00" + "0000";
        const string Fields = "0012B170A2" + "866669656C6473" + "918178" + "83716964" + "00" + "0000";
        const string Rows = "0004B17191" + "01" + "0000" + "0004B17191" + "02" + "0000";
        const string HasMore = "000DB170A1" + "886861735F6D6F7265" + "C3" + "0000";
        await ConverseAsync(
            [
                (Greeting, "00000405"), (Hello54 + Logon, Welcome + Success), (Begin + Run + Pull2, Success + Fields + Rows + HasMore),
                (PullMore, Rows + HasMore), (Discard, Success), (Commit, Success),
            ],
            settings => settings with { FetchSize = 2 },
            driver => driver.WriteAsync(
                async (transaction, cancellation) =>
                {
                    Neo4jCursor cursor = await transaction.RunAsync("RETURN 1", new Dictionary<string, object?>(), cancellation);
                    for (long i = 0; i < 3; i++)
                    {
                        Assert.Equal([1 + (i % 2)], await cursor.NextAsync(cancellation));
                    }

                    await cursor.ConsumeAsync();
                    Assert.Null(await cursor.NextAsync(cancellation));
                    return 0;
                },
                null, CancellationToken.None));
    }

    [Fact]
    public async Task A_failure_is_followed_by_a_reset()
    {
        // {code: "c", message: "m"}
        const string Begin = "000AB111A1" + "846D6F6465" + "8172" + "0000";
        const string Failure = "0014B17FA2" + "84636F6465" + "8163" + "876D657373616765" + "816D" + "0000";
        const string Ignored = "0002B07E" + "0000";
        await ConverseAsync(
            [(Greeting, "00000405"), (Hello54 + Logon, Welcome + Success), (Begin + Run + Pull1000, Success + Failure + Ignored), (Reset, Success)],
            settings => settings,
            async driver =>
            {
                Neo4jException e = await Assert.ThrowsAsync<Neo4jException>(() => OneAsync(driver));
                Assert.Equal(("c", "m"), (e.Code, e.Message));
            });
    }

    [Theory]
    [InlineData("00000005", Hello50)]
    [InlineData("00000404", Hello44)]
    [InlineData("00000304", Hello44)]
    [InlineData("00000204", Hello50)]
    public async Task Older_versions_have_the_credentials_in_their_greeting(string version, string hello) =>
        await ConverseAsync([(Greeting, version), (hello, Welcome), (Reset, Success)], settings => settings, driver => driver.VerifyAsync(CancellationToken.None));

    [Theory]
    [InlineData("00000105")]
    [InlineData("00000205")]
    public async Task Nobody_logs_on_without_a_name(string version)
    {
        const string Hello = "0012B101A1" + "8A757365725F6167656E74" + "83742F31" + "0000";
        const string LogonNone = "000FB16AA1" + "86736368656D65" + "846E6F6E65" + "0000";
        await ConverseAsync(
            [(Greeting, version), (Hello + LogonNone, Welcome + Success), (Reset, Success)],
            settings => settings with { User = null, Password = null }, driver => driver.VerifyAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData("00000404", true, "49", "C934EE")]
    [InlineData("00000404", false, "46", "C942FE")]
    [InlineData("00000204", false, "46", "C942FE")]
    public async Task Instants_of_version_4_are_in_utc_only_where_both_sides_agreed(string version, bool agreed, string tag, string seconds)
    {
        // 1970-01-01T04:45:50+01:00 is second 13550 in UTC and 17150 on its clock. RUN with {t: it}.
        const string Patched = "0022B170A2" + "86736572766572" + "874E656F346A2F78" + "8A70617463685F626F6C74" + "9183757463" + "0000";
        const string Begin = "000AB111A1" + "846D6F6465" + "8172" + "0000";
        string run = "0018B310" + "8852455455524E2031" + "A1" + "8174" + "B3" + tag + seconds + "00" + "C90E10" + "A0" + "0000";
        await ConverseAsync(
            [(Greeting, version), (version == "00000204" ? Hello50 : Hello44, agreed ? Patched : Welcome), (Begin + run + Pull1000, Success + Success + Success), (Commit, Success)],
            settings => settings,
            async driver => Assert.Null(await OneAsync(driver, ("t", DateTimeValue.FromInstant(13550, 0, TemporalZone.OfOffset(3600))))));
    }

    private static async Task<object?> OneAsync(Neo4jDriver driver, (string Name, object? Value)? parameter = null, TimeSpan? timeout = null) =>
        await driver.ReadAsync(
            async (transaction, cancellation) =>
            {
                Dictionary<string, object?> parameters = parameter is { } p ? new() { [p.Name] = p.Value } : [];
                Neo4jCursor cursor = await transaction.RunAsync("RETURN 1", parameters, cancellation);
                object?[]? row = await cursor.NextAsync(cancellation);
                return row?[0];
            },
            timeout, CancellationToken.None);

    // Each step: bytes that must come, and what they are answered with. At the end comes the farewell.
    private static async Task ConverseAsync(
        (string Expected, string Answer)[] steps, Func<Neo4jSettings, Neo4jSettings> with, Func<Neo4jDriver, Task> act)
    {
        var heard = new List<string>();
        await using var server = new ScriptedServer(async connection =>
        {
            foreach ((string expected, string answer) in steps.Append((Goodbye, "")))
            {
                byte[] bytes = new byte[expected.Length / 2];
                await connection.Stream.ReadExactlyAsync(bytes);
                heard.Add(Convert.ToHexString(bytes));
                await connection.Stream.WriteAsync(Convert.FromHexString(answer));
            }

            Assert.Equal(0, await connection.Stream.ReadAsync(new byte[1]));
        });
        await using (var driver = new Neo4jDriver(
            with(server.Settings() with { UserAgent = "t/1", User = "u", Password = "p", RetryTime = TimeSpan.Zero }), TimeProvider.System, seed: 1))
        {
            await act(driver);
        }

        await server.EndAsync();
        Assert.Equal([.. steps.Select(s => s.Expected), Goodbye], heard);
    }
}
