using System.Numerics;

namespace AuraMemory.Engine.Access;

/// <summary>Decayed access counts of all keys in bounded memory.</summary>
/// <remarks>
/// <para>A count-min sketch (Cormode and Muthukrishnan, J. Algorithms 2005) with conservative update and periodic halving, as
/// in TinyLFU (Einziger, Friedman and Manes, ACM TOS 2017). Each key owns four 8-bit counters inside one 64-byte block, so an
/// update touches one cache line. The estimate is never below the true decayed count (up to saturation at 255) and exceeds it
/// only when all four counters are shared.</para>
/// <para>After ten additions per counter all counters are halved: a count is worth half after each such period, so what
/// was hot yesterday does not stay hot. Changed by one thread at a time; others may ask for estimates.</para>
/// </remarks>
internal sealed class FrequencySketch
{
    private const int BlockBytes = 64;
    private const int AdditionsPerCounter = 10;

    private byte[] _counters;
    private long _additions;

    /// <param name="bytes">Memory to use, rounded down to a power of two; at least 4096.</param>
    public FrequencySketch(long bytes)
    {
        long size = (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(bytes, 4096, 1 << 30) / 2 + 1);
        _counters = new byte[size];
    }

    /// <summary>Bytes held.</summary>
    public long MemoryBytes => _counters.Length;

    /// <summary>Times all counters were halved.</summary>
    public long Halvings { get; private set; }

    /// <summary>
    /// Doubles the counters until there are three for every four entries. Both halves start from the old counts, so no estimate
    /// falls. O(size) when it grows.
    /// </summary>
    /// <param name="entries">Keys worth remembering.</param>
    /// <param name="mostBytes">Memory that is not exceeded.</param>
    public void Grow(long entries, long mostBytes)
    {
        while (_counters.Length < entries / 4 * 3 && _counters.Length * 2L <= Math.Min(mostBytes, 1 << 30))
        {
            byte[] old = _counters;
            var doubled = new byte[old.Length * 2];
            old.CopyTo(doubled, 0);
            old.CopyTo(doubled, old.Length);
            _additions *= 2;
            Volatile.Write(ref _counters, doubled);
        }
    }

    /// <summary>Counts an access and returns the new estimate. O(1).</summary>
    public int Add(ulong hash)
    {
        Span<byte> block = Block(hash, out ulong bits);
        int least = Least(block, bits);
        if (least < byte.MaxValue)
        {
            for (int row = 0; row < 4; row++)
            {
                ref byte counter = ref block[Slot(row, bits)];
                if (counter == least)
                {
                    counter++;
                }
            }

            least++;
        }

        if (++_additions >= (long)_counters.Length / 4 * AdditionsPerCounter)
        {
            Halve();
        }

        return least;
    }

    /// <summary>The decayed count of a key, 0 to 255. O(1).</summary>
    public int Estimate(ulong hash) => Least(Block(hash, out ulong bits), bits);

    /// <summary>Halves all counts. O(size).</summary>
    public void Halve()
    {
        Span<ulong> words = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(_counters.AsSpan());
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = (words[i] >> 1) & 0x7F7F7F7F7F7F7F7F;
        }

        _additions /= 2;
        Halvings++;
    }

    private static int Slot(int row, ulong bits) => (row * 16) + (int)((bits >> (row * 4)) & 15);

    private static int Least(ReadOnlySpan<byte> block, ulong bits) => Math.Min(
        Math.Min(block[Slot(0, bits)], block[Slot(1, bits)]),
        Math.Min(block[Slot(2, bits)], block[Slot(3, bits)]));

    private Span<byte> Block(ulong hash, out ulong bits)
    {
        bits = hash >> 40;
        byte[] counters = Volatile.Read(ref _counters);
        int block = (int)(hash & (uint)((counters.Length / BlockBytes) - 1));
        return counters.AsSpan(block * BlockBytes, BlockBytes);
    }
}
