namespace AuraMemory.Engine.Machine;

/// <summary>Free space of, use by, and kind of disk under a path.</summary>
internal static class DiskProbe
{
    /// <summary>Facts of the disk under <paramref name="path"/>; null when not even its free space can be known.</summary>
    /// <param name="path">File or folder; it need not exist yet.</param>
    /// <param name="root">Where /proc and /sys are.</param>
    public static DiskFact? Probe(string path, string root)
    {
        try
        {
            string existing = Path.GetFullPath(path);
            while (!Path.Exists(existing))
            {
                if (Path.GetDirectoryName(existing) is not { } parent)
                {
                    return null;
                }

                existing = parent;
            }

            return new DiskFact(path, new DriveInfo(existing).AvailableFreeSpace, UsedUnder(path), Rotational(existing, root));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Whether the block device mounted at the longest prefix of the path spins; null when it has no such device.</summary>
    internal static bool? Rotational(string path, string root)
    {
        string? device = null;
        int longest = -1;
        foreach (string line in SystemFiles.Lines(Path.Combine(root, "proc", "self", "mountinfo")))
        {
            string[] fields = line.Split(' ');
            if (fields.Length < 5)
            {
                continue;
            }

            // Equal lengths: the later mount hides the earlier one.
            string mount = fields[4].Replace("\\040", " ", StringComparison.Ordinal);
            if (mount.Length >= longest && IsBelow(path, mount))
            {
                (device, longest) = (fields[2], mount.Length);
            }
        }

        if (device is null)
        {
            return null;
        }

        string block = Path.Combine(root, "sys", "dev", "block", device);
        if (IsParavirtual(block))
        {
            return null; // the flag of such a disk is a default, and says nothing of what the host keeps it on
        }

        string? text = SystemFiles.Text(Path.Combine(block, "queue", "rotational")) ?? OfWholeDisk(block);
        return text switch
        {
            "1" => true,
            "0" => false,
            _ => null,
        };
    }

    private static bool IsParavirtual(string block)
    {
        string events = SystemFiles.Text(Path.Combine(block, "uevent")) ?? "";
        return events.Contains("DEVNAME=vd", StringComparison.Ordinal) || events.Contains("DEVNAME=xvd", StringComparison.Ordinal);
    }

    /// <summary>A partition has no queue of its own: the folder its link points into has.</summary>
    private static string? OfWholeDisk(string block)
    {
        try
        {
            string? partition = Directory.ResolveLinkTarget(block, returnFinalTarget: true)?.FullName;
            return Path.GetDirectoryName(partition) is { } disk ? SystemFiles.Text(Path.Combine(disk, "queue", "rotational")) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsBelow(string path, string mount) =>
        mount == "/" || (path.StartsWith(mount, StringComparison.Ordinal) && (path.Length == mount.Length || path[mount.Length] == '/'));

    private static long UsedUnder(string path)
    {
        if (File.Exists(path))
        {
            return new FileInfo(path).Length;
        }

        if (!Directory.Exists(path))
        {
            return 0;
        }

        long bytes = 0;
        EnumerationOptions every = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (FileInfo file in new DirectoryInfo(path).EnumerateFiles("*", every))
        {
            try
            {
                bytes += file.Length;
            }
            catch (IOException)
            {
                // Removed between listing and asking: it uses nothing any more.
            }
        }

        return bytes;
    }
}
