using System.Text;
using AuraMemory.Cli.Transfer;

namespace AuraMemory.Cli.Tests;

public sealed class TransferTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task An_export_is_what_an_import_reads_with_metadata_and_relationships()
    {
        string file = _line.Write(
            "a.ndjson",
            """{"key":"a","data":{"x":1.50,"é":"ü"},"metadata":{"label":1},"relationships":[{"key":"b","type":"NEXT","weight":1}]}""",
            """{"key":"b","data":null}""");
        Assert.Equal(0, await _line.RunAsync("import", file));
        string copy = _line.PathOf("b.ndjson");
        Assert.Equal(0, await _line.RunAsync("export", copy, "--batch", "1"));
        Assert.Equal(File.ReadAllText(file).Replace("é", "\\u00E9", StringComparison.Ordinal).Replace("ü", "\\u00FC", StringComparison.Ordinal), File.ReadAllText(copy));
        Assert.False(File.Exists(copy + ".part"));
    }

    [Fact]
    public async Task A_resumed_export_cuts_the_torn_line_and_reads_only_what_is_missing()
    {
        for (int i = 0; i < 9; i++)
        {
            await _line.RunAsync("put", $"k{i}", "--data", $"{i}");
        }

        string file = _line.PathOf("e.ndjson");
        File.WriteAllText(file + ".part", "{\"key\":\"k0\",\"data\":0}\n{\"key\":\"k1\",\"data\":1}\n{\"key\":\"k2\",\"da");
        _line.Service.Requests.Clear();
        Assert.Equal(0, await _line.RunAsync("export", file, "--resume", "--batch", "4"));
        Assert.Equal([.. Enumerable.Range(0, 9).Select(i => $"{{\"key\":\"k{i}\",\"data\":{i}}}")], File.ReadAllLines(file));
        Assert.Equal(7, _line.Service.Requests.Count(r => r == "POST /api/v1/retrieve"));
    }

    [Fact]
    public async Task Line_offsets_and_numbers_hold_whatever_the_line_ends_and_lengths()
    {
        string text = "\uFEFFone\r\n\n" + new string('x', 300_000) + "\nlast";
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var reader = new LineReader(new MemoryStream(bytes), 0, 0, longestLine: 200_000);
        var lines = new List<InputLine>();
        await foreach (InputLine line in reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            lines.Add(line);
        }

        Assert.Equal([1L, 2, 3, 4], lines.Select(l => l.Number));
        Assert.Equal([false, false, true, false], lines.Select(l => l.TooLong));
        Assert.Equal("one", Encoding.UTF8.GetString(lines[0].Text.Span));
        Assert.Equal("last", Encoding.UTF8.GetString(lines[3].Text.Span));
        Assert.Equal(bytes.Length, lines[3].End);
        Assert.Equal(bytes.Length - 4, lines[2].End);
    }

    [Fact]
    public void The_acknowledged_prefix_moves_over_closed_lines_only()
    {
        var prefix = new AcknowledgedPrefix(new InputPosition(100, 10));
        prefix.Open(11, 110);
        prefix.Open(12, 120);
        prefix.Open(13, 130);
        prefix.Close(12, LineState.Stored);
        Assert.Equal(new InputPosition(100, 10), prefix.Position);
        prefix.Close(11, LineState.Rejected);
        Assert.Equal(new InputPosition(120, 12, 1, 1), prefix.Position);
        Assert.Equal(1, prefix.Pending);
    }
}
