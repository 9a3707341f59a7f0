namespace AuraMemory.Engine.Machine;

/// <summary>The memory limit the control groups of this process set (Linux, versions 1 and 2, also both at once).</summary>
/// <remarks>
/// A limit anywhere on the way to the root binds, so every level is read and the least counts. Inside a container the path
/// in <c>/proc/self/cgroup</c> may be the host's and not exist below the mount; the levels that do exist, the mount's own
/// root among them, are then the ones that bind.
/// </remarks>
internal static class CgroupMemory
{
    /// <summary>Above this, version 1 means "no limit" (it rounds 2^63 - 1 down to a page).</summary>
    private const long NoLimit = long.MaxValue >> 1;

    public static long? Limit(string root)
    {
        string mount = Path.Combine(root, "sys", "fs", "cgroup");
        long? least = null;
        foreach (string line in SystemFiles.Lines(Path.Combine(root, "proc", "self", "cgroup")))
        {
            string[] fields = line.Split(':', 3);
            if (fields.Length < 3)
            {
                continue;
            }

            if (fields[1].Length == 0)
            {
                least = Least(least, Walk(mount, fields[2], "memory.max"));
                least = Least(least, Walk(Path.Combine(mount, "unified"), fields[2], "memory.max"));
            }
            else if (fields[1].Split(',').Contains("memory"))
            {
                least = Least(least, Walk(Path.Combine(mount, "memory"), fields[2], "memory.limit_in_bytes"));
            }
        }

        return least;
    }

    private static long? Walk(string mount, string path, string file)
    {
        long? least = null;
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);

        // A path that leads out of this namespace ("/../x") says nothing about what is below the mount.
        int depth = parts.Contains("..") ? 0 : parts.Length;
        for (; depth >= 0; depth--)
        {
            string folder = Path.Combine([mount, .. parts[..depth]]);
            least = Least(least, SystemFiles.Number(Path.Combine(folder, file)));
        }

        return least;
    }

    private static long? Least(long? a, long? b)
    {
        long least = Math.Min(a ?? long.MaxValue, b ?? long.MaxValue);
        return least is > 0 and < NoLimit ? least : null;
    }
}
