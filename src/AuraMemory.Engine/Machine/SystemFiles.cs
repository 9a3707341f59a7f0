using System.Globalization;

namespace AuraMemory.Engine.Machine;

/// <summary>Reads small files of /proc and /sys, any of which may be missing, forbidden or in an unknown form.</summary>
internal static class SystemFiles
{
    /// <summary>The trimmed text, or null.</summary>
    public static string? Text(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The lines; none when the file cannot be read.</summary>
    public static string[] Lines(string path) => Text(path)?.Split('\n') ?? [];

    /// <summary>A whole number, or null.</summary>
    public static long? Number(string path) =>
        long.TryParse(Text(path), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>Paths in a folder whose names match; none when the folder cannot be read.</summary>
    public static string[] Entries(string folder, string pattern)
    {
        try
        {
            string[] found = Directory.GetFileSystemEntries(folder, pattern);
            Array.Sort(found, StringComparer.Ordinal);
            return found;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The number in a line such as <c>MemTotal:  123 kB</c>, in bytes; null when <paramref name="name"/> is not there.</summary>
    public static long? Kilobytes(IEnumerable<string> lines, string name)
    {
        foreach (string line in lines)
        {
            int at = line.IndexOf(name + ":", StringComparison.Ordinal);
            if (at >= 0)
            {
                ReadOnlySpan<char> rest = line.AsSpan(at + name.Length + 1).Trim();
                int space = rest.IndexOf(' ');
                return long.TryParse(space < 0 ? rest : rest[..space], NumberStyles.None, CultureInfo.InvariantCulture, out long value)
                    && value <= long.MaxValue / 1024
                    ? value * 1024
                    : null;
            }
        }

        return null;
    }
}
