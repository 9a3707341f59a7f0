using System.Globalization;
using System.Numerics;

namespace AuraMemory.Engine;

/// <summary>Kinds of values, and the nearest name for a misspelt one.</summary>
public static partial class StoreSettings
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ];

    /// <summary>Reads a byte count: <c>512MiB</c>, <c>4GB</c>, <c>1.5 GiB</c> or a plain number.</summary>
    public static bool TryParseBytes(string? text, out long bytes)
    {
        bytes = 0;
        ReadOnlySpan<char> number = text.AsSpan().Trim();
        long unitBytes = 1;
        foreach ((string unit, long size) in Units)
        {
            if (number.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                number = number[..^unit.Length].TrimEnd();
                unitBytes = size;
                break;
            }
        }

        // Decimal, so that a count of bytes near 2^60 is not rounded as a double would be.
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(number, Style, CultureInfo.InvariantCulture, out decimal value)
            || Math.Abs(value) > long.MaxValue / unitBytes
            || value * unitBytes != decimal.Truncate(value * unitBytes))
        {
            return false;
        }

        bytes = (long)(value * unitBytes);
        return true;
    }

    private static StoreSetting Flag(string name, Func<StoreOptions, bool> get, Func<StoreOptions, bool, StoreOptions> set) =>
        new(name, "true or false", o => get(o) ? "true" : "false", _ => true,
            (o, text) => bool.TryParse(text, out bool value) ? set(o, value) : null);

    private static StoreSetting Whole(
        string name, long least, long most, Func<StoreOptions, long?> get, Func<StoreOptions, long, StoreOptions> set) =>
        new(name, $"a whole number from {Number(least)} to {Number(most)}", o => Number(get(o)), o => IsWithin(get(o), least, most),
            (o, text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
                && FitsWhereKept(value, most) ? set(o, value) : null);

    private static StoreSetting Bytes(
        string name, long least, long most, Func<StoreOptions, long?> get, Func<StoreOptions, long, StoreOptions> set) =>
        new(name, $"a number of bytes from {Number(least)} to {Number(most)} (units such as 512MiB and 4GB are understood)",
            o => Number(get(o)), o => IsWithin(get(o), least, most),
            (o, text) => TryParseBytes(text, out long value) && FitsWhereKept(value, most) ? set(o, value) : null);

    private static StoreSetting Real(
        string name, double least, double most, Func<StoreOptions, double?> get, Func<StoreOptions, double, StoreOptions> set) =>
        new(name, $"a number from {Number(least)} to {Number(most)}", o => Number(get(o)), o => IsWithin(get(o), least, most),
            (o, text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? set(o, value) : null);

    private static StoreSetting Text(
        string name, string expectation, Func<StoreOptions, string?> get, Func<StoreOptions, string, StoreOptions> set) =>
        new(name, expectation, get, o => get(o) is not { } value || IsPath(value), set);

    // NaN compares as false with everything, so the test must be this way round.
    private static bool IsWithin<T>(T? value, T least, T most)
        where T : struct, INumber<T> => value is not { } v || (v >= least && v <= most);

    // Settings up to int.MaxValue are kept in an int: a larger number must be refused before it is cut off.
    private static bool FitsWhereKept(long value, long most) => most > int.MaxValue || value is >= int.MinValue and <= int.MaxValue;

    private static bool IsPath(string? path) => !string.IsNullOrWhiteSpace(path) && !path.Contains('\0');

    private static string? Number<T>(T? value)
        where T : struct, IFormattable => value?.ToString(null, CultureInfo.InvariantCulture);

    private static string Number<T>(T value)
        where T : struct, IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>The candidate with the least edit distance, when that is small against the name's length.</summary>
    private static string? Nearest(string name, IEnumerable<string> candidates)
    {
        string? best = null;
        int bestDistance = Math.Max(2, name.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            int distance = EditDistance(name.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>Insertions, deletions and replacements between two texts (Wagner and Fischer, JACM 1974). O(n m).</summary>
    private static int EditDistance(string from, string to)
    {
        int[] row = new int[to.Length + 1];
        for (int j = 0; j <= to.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replace = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[to.Length];
    }
}
