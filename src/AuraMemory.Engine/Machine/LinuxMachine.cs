using System.Globalization;

namespace AuraMemory.Engine.Machine;

/// <summary>Facts from /proc and /sys below a root, which tests replace by a staged tree.</summary>
internal static class LinuxMachine
{
    public static MachineFacts Probe(string root)
    {
        string system = Path.Combine(root, "sys", "devices", "system");
        List<CacheFact> caches = Caches(Path.Combine(system, "cpu", "cpu0", "cache"));
        CacheFact? last = caches.Find(c => c.Level == 3);
        return new MachineFacts
        {
            LogicalCores = Math.Max(1, SystemFiles.Entries(Path.Combine(system, "cpu"), "cpu?*").Count(IsNumbered)),
            PhysicalMemoryBytes = SystemFiles.Kilobytes(SystemFiles.Lines(Path.Combine(root, "proc", "meminfo")), "MemTotal"),
            CgroupLimitBytes = CgroupMemory.Limit(root),
            L1DataBytes = caches.Find(c => c.Level == 1)?.Bytes,
            L2Bytes = caches.Find(c => c.Level == 2)?.Bytes,
            L3Bytes = last?.Bytes,
            L3SharedBy = last?.SharedBy,
            Nodes = Nodes(Path.Combine(system, "node")),
            HasCxl = SystemFiles.Entries(Path.Combine(root, "sys", "bus", "cxl", "devices"), "*").Length > 0,
            DaxDevices = DaxDevices(root),
            BootId = Guid.TryParse(SystemFiles.Text(Path.Combine(root, "proc", "sys", "kernel", "random", "boot_id")), out Guid boot) ? boot : null,
        };
    }

    /// <summary>Number of processors in a list such as <c>0-3,8,10-11</c>.</summary>
    internal static int? CountOf(string? list)
    {
        if (string.IsNullOrEmpty(list))
        {
            return null;
        }

        int count = 0;
        foreach (string part in list.Split(','))
        {
            string[] ends = part.Split('-');
            if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                || last < first)
            {
                return null;
            }

            count += last - first + 1;
        }

        return count;
    }

    private static bool IsNumbered(string path) => char.IsAsciiDigit(Path.GetFileName(path)[^1]);

    private static List<CacheFact> Caches(string folder)
    {
        List<CacheFact> caches = [];
        foreach (string index in SystemFiles.Entries(folder, "index*"))
        {
            bool isData = SystemFiles.Text(Path.Combine(index, "type")) is "Data" or "Unified";
            long? level = SystemFiles.Number(Path.Combine(index, "level"));
            long? bytes = CacheBytes(SystemFiles.Text(Path.Combine(index, "size")));
            if (isData && level is >= 1 and <= 4 && bytes > 0)
            {
                int? sharedBy = CountOf(SystemFiles.Text(Path.Combine(index, "shared_cpu_list")));
                caches.Add(new CacheFact((int)level, bytes.Value, sharedBy));
            }
        }

        return caches;
    }

    private static long? CacheBytes(string? size)
    {
        if (string.IsNullOrEmpty(size))
        {
            return null;
        }

        int shift = size[^1] switch
        {
            'K' => 10,
            'M' => 20,
            _ => 0,
        };
        ReadOnlySpan<char> number = shift == 0 ? size : size.AsSpan(0, size.Length - 1);
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value <= 1L << 40
            ? value << shift
            : null;
    }

    private static List<NumaNodeFact> Nodes(string folder)
    {
        List<NumaNodeFact> nodes = [];
        foreach (string path in SystemFiles.Entries(folder, "node?*"))
        {
            string[] meminfo = SystemFiles.Lines(Path.Combine(path, "meminfo"));
            string? processors = SystemFiles.Text(Path.Combine(path, "cpulist"));
            if (int.TryParse(Path.GetFileName(path).AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && processors is not null
                && SystemFiles.Kilobytes(meminfo, "MemTotal") is { } bytes and > 0)
            {
                nodes.Add(new NumaNodeFact(
                    number,
                    processors.Length > 0,
                    bytes,
                    Math.Min(bytes, SystemFiles.Kilobytes(meminfo, "MemFree") ?? bytes),
                    SystemFiles.Number(Path.Combine(path, "access0", "initiators", "read_latency")) is { } ns and > 0 ? ns : null));
            }
        }

        nodes.Sort((a, b) => a.Node.CompareTo(b.Node));
        return nodes;
    }

    private static List<DaxDeviceFact> DaxDevices(string root)
    {
        List<DaxDeviceFact> devices = [];
        foreach (string path in SystemFiles.Entries(Path.Combine(root, "dev"), "dax*"))
        {
            string name = Path.GetFileName(path);
            if (SystemFiles.Number(Path.Combine(root, "sys", "bus", "dax", "devices", name, "size")) is { } bytes and > 0)
            {
                devices.Add(new DaxDeviceFact("/dev/" + name, bytes));
            }
        }

        return devices;
    }

    private sealed record CacheFact(int Level, long Bytes, int? SharedBy);
}
