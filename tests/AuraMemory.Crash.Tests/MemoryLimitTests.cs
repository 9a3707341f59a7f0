using System.Globalization;

namespace AuraMemory.Crash.Tests;

/// <summary>One limit for everything, watched from outside by what the system says of the process.</summary>
public class MemoryLimitTests(ITestOutputHelper output)
{
    private const long LimitBytes = 256L << 20;

    [Fact]
    public async Task A_process_that_stores_far_more_than_its_limit_stays_within_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        using var folder = new DataFolder();
        using WorkloadProcess process = WorkloadProcess.Start("limit", folder.Path, LimitBytes.ToString(CultureInfo.InvariantCulture), "20");
        Assert.StartsWith("OPEN", await process.LineAsync(), StringComparison.Ordinal);
        Task<string?> done = process.LineAsync();
        long peak = 0;
        string at = "";
        while (!done.IsCompleted)
        {
            await Task.WhenAny(done, Task.Delay(20));
            (long resident, string text) = Resident(process.Id);
            (peak, at) = resident > peak ? (resident, text) : (peak, at);
        }

        string line = await done ?? "the process ended";
        output.WriteLine($"peak {peak >> 20} MiB of {LimitBytes >> 20} ({at}); {line}");
        string[] words = line.Split(' ');
        Assert.True(words[0] == "DONE", line);
        Assert.Equal("0", words[4]); // nothing was read wrong
        Assert.True(peak <= LimitBytes, $"peak {peak} of {LimitBytes}: {at}; {line}");
        process.Release();
        Assert.Equal(0, await process.ExitCodeAsync());
    }

    /// <summary>Anonymous and shared memory; pages of files are the system's to drop.</summary>
    private static (long Bytes, string Text) Resident(int id)
    {
        long sum = 0;
        string text = "";
        try
        {
            foreach (string line in File.ReadLines($"/proc/{id}/status"))
            {
                if (line.StartsWith("RssAnon:", StringComparison.Ordinal) || line.StartsWith("RssShmem:", StringComparison.Ordinal))
                {
                    sum += long.Parse(line.Split(':', StringSplitOptions.TrimEntries)[1].Split(' ')[0], CultureInfo.InvariantCulture) * 1024;
                    text += line.Replace('\t', ' ') + " ";
                }
            }
        }
        catch (IOException)
        {
            // It has just ended.
        }

        return (sum, text);
    }
}
