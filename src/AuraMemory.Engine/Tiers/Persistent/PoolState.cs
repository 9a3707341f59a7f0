using System.Buffers.Binary;
using System.IO.Hashing;

namespace AuraMemory.Engine.Tiers.Persistent;

/// <summary>What the pool knows about its own durability; two checksummed slots written in turn, so one is always whole.</summary>
/// <param name="Sequence">Grows with each write; the valid slot with the greater one counts.</param>
/// <param name="SyncedNumber">Changes up to this number are reflected on the medium.</param>
/// <param name="Clean">The pool was closed after everything was flushed.</param>
/// <param name="Failed">A flush failed: what the medium holds is unknown.</param>
internal readonly record struct PoolState(long Sequence, long SyncedNumber, bool Clean, bool Failed)
{
    /// <summary>Bytes of a slot that are used.</summary>
    public const int Bytes = 64;

    private const int CheckedBytes = 24;

    /// <summary>Where this state is written.</summary>
    public long Offset => OffsetOf(Sequence);

    /// <summary>Picks the newer of the valid slots.</summary>
    /// <param name="pages">Both state pages.</param>
    /// <param name="seed">The file's seed.</param>
    /// <param name="state">The newer state.</param>
    /// <returns>False when neither slot is valid.</returns>
    public static bool TryRead(ReadOnlySpan<byte> pages, long seed, out PoolState state)
    {
        bool first = TryDecode(pages, seed, out PoolState a);
        bool second = TryDecode(pages[PoolLayout.PageBytes..], seed, out PoolState b);
        state = first && (!second || a.Sequence > b.Sequence) ? a : b;
        if (!(first && second))
        {
            // The damaged slot may have been the newer one and have said "open".
            state = state with { Clean = false };
        }

        return first || second;
    }

    /// <summary>Encodes the state.</summary>
    public void Encode(Span<byte> to, long seed)
    {
        to.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(to, Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], SyncedNumber);
        to[16] = (byte)((Clean ? 1 : 0) | (Failed ? 2 : 0));
        BinaryPrimitives.WriteUInt64LittleEndian(to[CheckedBytes..], XxHash3.HashToUInt64(to[..CheckedBytes], ~seed));
    }

    private static long OffsetOf(long sequence) => PoolLayout.StateOffset + (sequence % 2 * PoolLayout.PageBytes);

    private static bool TryDecode(ReadOnlySpan<byte> from, long seed, out PoolState state)
    {
        state = new PoolState(
            BinaryPrimitives.ReadInt64LittleEndian(from),
            BinaryPrimitives.ReadInt64LittleEndian(from[8..]),
            (from[16] & 1) != 0,
            (from[16] & 2) != 0);
        return BinaryPrimitives.ReadUInt64LittleEndian(from[CheckedBytes..]) == XxHash3.HashToUInt64(from[..CheckedBytes], ~seed);
    }
}
