using System.Globalization;

namespace AuraMemory.Bench.Processes;

/// <summary>Resident memory of a process as the kernel counts it, bytes.</summary>
internal readonly record struct ProcessMemory(long Resident, long Anonymous, long Shared)
{
    public static ProcessMemory Read(int? process = null)
    {
        long resident = 0;
        long anonymous = 0;
        long shared = 0;
        foreach (string line in File.ReadLines($"/proc/{process?.ToString(CultureInfo.InvariantCulture) ?? "self"}/status"))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
            {
                resident = Bytes(line);
            }
            else if (line.StartsWith("RssAnon:", StringComparison.Ordinal))
            {
                anonymous = Bytes(line);
            }
            else if (line.StartsWith("RssShmem:", StringComparison.Ordinal))
            {
                shared = Bytes(line);
            }
        }

        return new ProcessMemory(resident, anonymous, shared);
    }

    /// <summary>Reads the counters after everything the collector can give back was given back.</summary>
    public static ProcessMemory ReadCollected()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Read();
    }

    /// <summary>Largest resident memory of a process so far, since it started or since <see cref="ForgetPeak"/>.</summary>
    public static long Peak(int? process = null)
    {
        foreach (string line in File.ReadLines($"/proc/{process?.ToString(CultureInfo.InvariantCulture) ?? "self"}/status"))
        {
            if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
            {
                return Bytes(line);
            }
        }

        return 0;
    }

    /// <summary>Lets the kernel count this process's peak anew.</summary>
    public static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static long Bytes(string line) =>
        long.Parse(line.AsSpan(line.IndexOf(':') + 1).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture) << 10;
}
