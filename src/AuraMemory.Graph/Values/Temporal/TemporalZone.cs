using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>A clock: an offset from UTC, or a zone of the IANA database with its rules. Immutable; one object per named zone.</summary>
public sealed class TemporalZone
{
    /// <summary>Greatest distance from UTC in seconds: 18 hours.</summary>
    public const int MostOffset = 18 * 3_600;

    private static readonly string[] Prefixes = ["UTC", "GMT", "UT"];
    private static readonly ConcurrentDictionary<string, TemporalZone> Named = new(StringComparer.OrdinalIgnoreCase);
    private readonly TimeZoneRules? _rules;
    private readonly int _offset;

    private TemporalZone(string? id, int offset, TimeZoneRules? rules)
    {
        Id = id;
        _offset = offset;
        _rules = rules;
    }

    /// <summary>The clock of UTC as an offset of zero.</summary>
    public static TemporalZone Utc { get; } = new(null, 0, null);

    /// <summary>Name of the zone as the database writes it; null for an offset.</summary>
    public string? Id { get; }

    /// <summary>Whether its offset never changes.</summary>
    public bool IsFixed => _rules is null;

    /// <summary>A clock so many seconds ahead of UTC.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="MostOffset"/> from UTC.</exception>
    public static TemporalZone OfOffset(int seconds)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Abs(seconds), MostOffset);
        return seconds == 0 ? Utc : new TemporalZone(null, seconds, null);
    }

    /// <summary>A zone by its name in the IANA database, without regard to case, blanks read as underscores; or an offset like <c>+01:00</c> or <c>Z</c>, also from a name of UTC: <c>GMT+01:00</c>.</summary>
    /// <returns>False when there is no such zone on this system.</returns>
    public static bool TryFind(string name, [MaybeNullWhen(false)] out TemporalZone zone)
    {
        if (TemporalParser.TryOffset(name, allowBasic: false, out int offset))
        {
            zone = OfOffset(offset);
            return true;
        }

        string id = name.Replace(' ', '_');
        if (Named.TryGetValue(id, out zone))
        {
            return true;
        }

        if (IsFromUtc(id, out string? prefix, out offset))
        {
            zone = new TemporalZone(offset == 0 ? prefix : prefix + TemporalText.Offset(offset), offset, null);
            return true;
        }

        if (TimeZoneSource.TryLoad(id, out string? written, out TimeZoneRules? rules))
        {
            zone = Named.GetOrAdd(written, new TemporalZone(written, 0, rules));
            return true;
        }

        return false;
    }

    private static bool IsFromUtc(string id, [NotNullWhen(true)] out string? prefix, out int offset)
    {
        offset = 0;
        prefix = Array.Find(Prefixes, p => id.StartsWith(p, StringComparison.OrdinalIgnoreCase) && (id.Length > p.Length ? id[p.Length] is '+' or '-' : p == "UT"));
        return prefix is not null && (id.Length == prefix.Length || TemporalParser.TryOffset(id[prefix.Length..], allowBasic: false, out offset));
    }

    /// <summary>Seconds that the clock is ahead of UTC at an instant.</summary>
    public int OffsetAt(long epochSecond) => _rules?.OffsetAt(epochSecond) ?? _offset;

    /// <summary>Seconds that the clock is ahead of UTC when it shows a time: the first of two where it shows it twice, the one before
    /// the clock is put forward where it never shows it.</summary>
    /// <param name="localSecond">What it shows, as seconds since 1970-01-01T00:00 of the same clock.</param>
    public int OffsetOfLocal(long localSecond)
    {
        if (_rules is null)
        {
            return _offset;
        }

        // No offset is as much as a day, so these two are surely before and after; and no zone changes twice within the time between.
        int before = _rules.OffsetAt(localSecond - Calendar.SecondsPerDay);
        int after = _rules.OffsetAt(localSecond + Calendar.SecondsPerDay);
        bool shownAfterwards = before != after
            && _rules.OffsetAt(localSecond - before) != before
            && _rules.OffsetAt(localSecond - after) == after;
        return shownAfterwards ? after : before;
    }

    /// <inheritdoc/>
    public override string ToString() => Id ?? TemporalText.Offset(_offset);
}
