using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>Finds the rules of a named zone: in the system's tz database, or where there is none (Windows), among the zones the platform knows.</summary>
/// <remarks>The folder is named by the environment variable <c>TZDIR</c>, as for the C library, or is one of the usual ones.</remarks>
internal static class TimeZoneSource
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");

    private static readonly string? Folder = FindFolder();

    /// <summary>Rules of a zone.</summary>
    /// <param name="id">Name, in any case.</param>
    /// <param name="written">The name as the database writes it.</param>
    /// <param name="rules">Its rules.</param>
    internal static bool TryLoad(string id, [MaybeNullWhen(false)] out string written, [MaybeNullWhen(false)] out TimeZoneRules rules)
    {
        written = null;
        rules = null;
        if (id.Length is 0 or > 64 || !char.IsAsciiLetter(id[0]) || id.AsSpan().ContainsAnyExcept(NameCharacters) || id.Contains("//", StringComparison.Ordinal))
        {
            return false;
        }

        if (Folder is null)
        {
            return TryPlatform(id, out written, out rules);
        }

        if (IsNoZone(id) || !TryWrittenForm(id, out written))
        {
            return false;
        }

        string data = MergedZones.TargetOf(written);
        string path = Path.Combine(Folder, data);
        return TimeZoneRules.TryRead(File.ReadAllBytes(File.Exists(path) ? path : Path.Combine(Folder, written)), out rules);
    }

    /// <summary>Files of the database that are no zones of the world: copies, zones with leap seconds, abbreviations.</summary>
    private static bool IsNoZone(string id) =>
        id.StartsWith("posix/", StringComparison.OrdinalIgnoreCase)
        || id.StartsWith("right/", StringComparison.OrdinalIgnoreCase)
        || id.ToUpperInvariant() is "LOCALTIME" or "POSIXRULES" or "FACTORY" or "EST" or "MST" or "HST" or "ROC";

    private static bool TryPlatform(string id, [MaybeNullWhen(false)] out string written, [MaybeNullWhen(false)] out TimeZoneRules rules)
    {
        bool found = TimeZoneInfo.TryFindSystemTimeZoneById(id, out TimeZoneInfo? zone);
        written = found ? zone!.Id : null;
        rules = found ? TimeZoneRules.From(zone!) : null;
        return found;
    }

    /// <summary>Walks the folders of the database comparing names without regard to case: file systems differ in that.</summary>
    private static bool TryWrittenForm(string id, [MaybeNullWhen(false)] out string written)
    {
        written = null;
        string folder = Folder!;
        string[] parts = id.Split('/');
        for (int i = 0; i < parts.Length; i++)
        {
            string? match = null;
            foreach (string entry in i == parts.Length - 1 ? Directory.EnumerateFiles(folder) : Directory.EnumerateDirectories(folder))
            {
                if (Path.GetFileName(entry.AsSpan()).Equals(parts[i], StringComparison.OrdinalIgnoreCase))
                {
                    match = Path.GetFileName(entry);
                    break;
                }
            }

            if (match is null)
            {
                return false;
            }

            parts[i] = match;
            folder = Path.Combine(folder, match);
        }

        written = string.Join('/', parts);
        return true;
    }

    private static string? FindFolder()
    {
        foreach (string? folder in (string?[])[Environment.GetEnvironmentVariable("TZDIR"), "/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/var/db/timezone/zoneinfo"])
        {
            if (!string.IsNullOrEmpty(folder) && File.Exists(Path.Combine(folder, "Europe", "London")))
            {
                return folder;
            }
        }

        return null;
    }
}
