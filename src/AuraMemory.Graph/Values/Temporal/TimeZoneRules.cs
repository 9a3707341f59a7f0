using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>When a zone's offset changes: the transitions of a compiled file of the tz database (RFC 9636), and its rule for the time after the last.</summary>
/// <remarks>.NET's own <see cref="TimeZoneInfo"/> rounds offsets to minutes and so has none of the local mean times before there were zones.</remarks>
internal sealed class TimeZoneRules
{
    private const int HeaderLength = 44;
    private readonly long[] _instants;
    private readonly int[] _offsets;
    private readonly int _first;
    private readonly RecurringChange? _afterwards;

    private TimeZoneRules(int first, long[] instants, int[] offsets, RecurringChange? afterwards)
    {
        _first = first;
        _instants = instants;
        _offsets = offsets;
        _afterwards = afterwards;
    }

    /// <summary>Seconds ahead of UTC at an instant. O(log transitions).</summary>
    internal int OffsetAt(long epochSecond)
    {
        int at = Array.BinarySearch(_instants, epochSecond);
        at = at >= 0 ? at : ~at - 1;
        if (at == _instants.Length - 1 && _afterwards is { } rule)
        {
            return rule.OffsetAt(epochSecond);
        }

        return at < 0 ? _first : _offsets[at];
    }

    /// <summary>Rules of a zone that the platform knows, rounded as it rounds them: where there is no tz database.</summary>
    internal static TimeZoneRules From(TimeZoneInfo zone) => new(
        0, [], [], new RecurringChange(epochSecond => (int)zone.GetUtcOffset(
            DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(epochSecond, -62_135_510_400, 253_402_214_400))).TotalSeconds));

    /// <summary>Reads a compiled file of version 1 or later.</summary>
    /// <returns>False when it is none.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> file, [MaybeNullWhen(false)] out TimeZoneRules rules)
    {
        rules = null;
        try
        {
            bool wide = IsHeader(file) && file[4] >= (byte)'2';
            if (!IsHeader(file))
            {
                return false;
            }

            if (wide)
            {
                // The first block repeats the transitions in 32 bits for old readers.
                file = file[(HeaderLength + BlockLength(file, 4))..];
            }

            int size = wide ? 8 : 4;
            int count = Count(file, 12);
            int types = Count(file, 16);
            ReadOnlySpan<byte> times = file[HeaderLength..];
            ReadOnlySpan<byte> kinds = times[(count * size)..];
            ReadOnlySpan<byte> records = kinds[count..];
            var instants = new long[count];
            var offsets = new int[count];
            for (int i = 0; i < count; i++)
            {
                instants[i] = wide ? BinaryPrimitives.ReadInt64BigEndian(times[(i * 8)..]) : BinaryPrimitives.ReadInt32BigEndian(times[(i * 4)..]);
                offsets[i] = BinaryPrimitives.ReadInt32BigEndian(records[(kinds[i] * 6)..]);
            }

            RecurringChange? afterwards = null;
            if (wide)
            {
                ReadOnlySpan<byte> footer = file[(HeaderLength + BlockLength(file, 8))..].Trim((byte)'\n');
                _ = RecurringChange.TryParse(Encoding.ASCII.GetString(footer), out afterwards);
            }

            rules = new TimeZoneRules(types == 0 ? 0 : BinaryPrimitives.ReadInt32BigEndian(records), instants, offsets, afterwards);
            return true;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return false;
        }
    }

    private static bool IsHeader(ReadOnlySpan<byte> file) => file.Length >= HeaderLength && file.StartsWith("TZif"u8);

    private static int BlockLength(ReadOnlySpan<byte> file, int timeSize) =>
        (Count(file, 12) * (timeSize + 1)) + (Count(file, 16) * 6) + Count(file, 20) + (Count(file, 8) * (timeSize + 4)) + Count(file, 4) + Count(file, 0);

    /// <summary>One of the six counts behind the 20 bytes of magic, version and reserve.</summary>
    private static int Count(ReadOnlySpan<byte> file, int at) => (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(file[(20 + at)..]), 1 << 20);
}
