using System.Globalization;
using System.Text.RegularExpressions;

namespace AuraMemory.Architecture.Tests;

/// <summary>A row of the tables of <c>docs/configuration.md</c>.</summary>
/// <param name="Name">Name of the setting, in small letters; <c>TIER</c> stands for each tier it applies to.</param>
/// <param name="Range">What the document says is allowed.</param>
/// <param name="Default">What it says it is.</param>
internal sealed partial record SettingsRow(string Name, string Range, string Default)
{
    /// <summary>Least and most, when the range is one of numbers.</summary>
    public (decimal Least, decimal Most)? Bounds
    {
        get
        {
            string[] ends = Range.Split(" to ");
            return ends.Length == 2 && Number(ends[0]) is { } least && Number(ends[1]) is { } most ? (least, most) : null;
        }
    }

    /// <summary>The default as a number, when it is one.</summary>
    public decimal? DefaultNumber => Number(Default);

    /// <summary>All rows of the document.</summary>
    public static IReadOnlyList<SettingsRow> ReadAll()
    {
        var rows = new List<SettingsRow>();
        int range = 0;
        int usual = 0;
        foreach (string line in Repository.Read("docs/configuration.md").Split('\n'))
        {
            string[] cells = [.. line.Trim('|', ' ').Split('|').Select(c => c.Trim())];
            if (cells[0] == "setting")
            {
                range = Array.IndexOf(cells, "range");
                usual = Array.IndexOf(cells, "default");
            }
            else if (line.StartsWith("| `", StringComparison.Ordinal))
            {
                foreach (Match name in SettingName().Matches(cells[0]))
                {
                    rows.Add(new SettingsRow(name.Groups[1].Value.ToLowerInvariant().Replace(":tier:", ":TIER:", StringComparison.Ordinal), cells[range], cells[usual].Trim('`')));
                }
            }
        }

        return rows;
    }

    private static decimal? Number(string text)
    {
        string compact = text.Replace(" ", "", StringComparison.Ordinal);
        if (Power().Match(compact) is { Success: true } power)
        {
            return (decimal)System.Numerics.BigInteger.Pow(
                int.Parse(power.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(power.Groups[2].Value, CultureInfo.InvariantCulture));
        }

        Match match = Quantity().Match(compact);
        if (!match.Success)
        {
            return null;
        }

        decimal unit = match.Groups[2].Value switch { "KiB" => 1 << 10, "MiB" => 1 << 20, "GiB" => 1 << 30, _ => 1 };
        return decimal.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * unit;
    }

    // A name in brackets is another way to say the one before it.
    [GeneratedRegex(@"(?<!\()`([A-Za-z0-9_:]+)`")]
    private static partial Regex SettingName();

    [GeneratedRegex(@"^(\d+)\^(\d+)$")]
    private static partial Regex Power();

    [GeneratedRegex(@"^([0-9.]+)(KiB|MiB|GiB)?$")]
    private static partial Regex Quantity();
}
