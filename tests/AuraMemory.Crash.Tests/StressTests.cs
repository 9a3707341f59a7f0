using AuraMemory.Crash.Workload;

namespace AuraMemory.Crash.Tests;

/// <summary>Everything at once in 64 MiB of managed heap: nothing read wrong, and no end by a signal.</summary>
public class StressTests(ITestOutputHelper output)
{
    private const long HeapBytes = 64L << 20;

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Readers_writers_and_movers_under_a_small_heap_read_no_wrong_byte_and_the_store_closes(int setting)
    {
        using var folder = new DataFolder();
        using WorkloadProcess process = WorkloadProcess.Start(HeapBytes, ["stress", folder.Path, "5", "1", $"{setting}"]);
        Assert.StartsWith("OPEN", await process.LineAsync(), StringComparison.Ordinal);
        string last = "";
        while (await process.LineAsync() is { } line)
        {
            output.WriteLine(line);
            Assert.False(line.StartsWith("WRONG", StringComparison.Ordinal), line);
            last = line;
        }

        string[] words = last.Split(' ');
        Assert.True(words[0] == "DONE", last);
        Assert.True(long.Parse(words[1]) > 100 && long.Parse(words[3]) > 10, $"Too little was done: {last}");
        Assert.Equal(("0", "well"), (words[5], words[^1]));
        Assert.Equal(0, await process.ExitCodeAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(64 << 10)]
    [InlineData(-1)]
    public void A_single_wrong_byte_is_noticed(int at)
    {
        (int key, int number, int bytes) = (7, 0, 0);
        while (bytes < 100_000)
        {
            bytes = StressValue.Bytes(key, ++number, 4 << 20);
        }

        byte[] value = new byte[bytes];
        StressValue.Write(key, number, value);
        Assert.Equal(number, StressValue.Number(key, value));
        Assert.Equal(-1, StressValue.Number(key + 1, value));
        Assert.True(IsRight());
        value[at < 0 ? bytes + at : at] ^= 1;
        Assert.False(IsRight());

        bool IsRight()
        {
            const int chunk = 64 << 10;
            byte[] scratch = new byte[chunk];
            bool right = true;
            for (int from = 0; from < bytes; from += chunk)
            {
                right &= StressValue.Matches(key, number, bytes, from, value.AsSpan(from, Math.Min(chunk, bytes - from)), scratch);
            }

            return right;
        }
    }
}
