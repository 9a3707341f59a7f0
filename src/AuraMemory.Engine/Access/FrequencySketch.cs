using System.Numerics;

namespace AuraMemory.Engine.Access;

/// <summary>Decayed access counts of all keys in bounded memory.</summary>
/// <remarks>
/// <para>A count-min sketch (Cormode and Muthukrishnan, J. Algorithms 2005) with conservative update and periodic halving, as
/// in TinyLFU (Einziger, Friedman and Manes, ACM TOS 2017). Each key owns four 8-bit counters inside one 64-byte block, so an
/// update touches one cache line. The estimate is never below the true decayed count (up to saturation at 255) and exceeds it
/// only when all four counters are shared.</para>
/// <para>After ten additions per counter all counters are halved: a count is worth half after each such period, so what
/// was hot yesterday does not stay hot. Used by one thread at a time.</para>
/// </remarks>
internal sealed class FrequencySketch
{
    private const int BlockBytes = 64;
    private const int AdditionsPerCounter = 10;

    private readonly byte[] _counters;
    private readonly int _blockMask;
    private long _additions;

    /// <param name="bytes">Memory to use, rounded down to a power of two; at least 4096.</param>
    public FrequencySketch(long bytes)
    {
        long size = (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(bytes, 4096, 1 << 30) / 2 + 1);
        _counters = new byte[size];
        _blockMask = (int)(size / BlockBytes) - 1;
    }

    /// <summary>Bytes held.</summary>
    public long MemoryBytes => _counters.Length;

    /// <summary>Times all counters were halved.</summary>
    public long Halvings { get; private set; }

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
        return _counters.AsSpan((int)(hash & (uint)_blockMask) * BlockBytes, BlockBytes);
    }
}
