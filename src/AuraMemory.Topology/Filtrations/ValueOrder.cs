using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AuraMemory.Topology.Filtrations;

/// <summary>The order in which cells enter a filtration: rising values, equal values by label.</summary>
internal static class ValueOrder
{
    private const int DigitBits = 11;
    private const int Digits = 1 << DigitBits;
    private const int Passes = (64 + DigitBits - 1) / DigitBits;
    private const int SmallestForRadix = 512;

    /// <summary>Puts labels in the order of rising values, equal values by label. O(n): least significant digit radix sort, digits that all values share are skipped.</summary>
    /// <param name="values">Finite numbers.</param>
    /// <param name="sign">1, or -1 for the order of the negated values.</param>
    /// <param name="order">The label of each value, rising; sorted in place.</param>
    public static void Sort(ReadOnlySpan<double> values, double sign, int[] order)
    {
        int count = values.Length;
        ulong[] keys = ArrayPool<ulong>.Shared.Rent(count);
        for (int i = 0; i < count; i++)
        {
            keys[i] = Key(sign * values[i]);
        }

        if (count < SmallestForRadix)
        {
            SortSmall(keys.AsSpan(0, count), order);
        }
        else
        {
            SortByDigits(keys, order);
        }

        ArrayPool<ulong>.Shared.Return(keys);
    }

    /// <summary>Maps a double to an integer of the same order; both zeros to one.</summary>
    private static ulong Key(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value + 0.0);
        return (long)bits < 0 ? ~bits : bits | 0x8000_0000_0000_0000;
    }

    private static void SortSmall(Span<ulong> keys, Span<int> order)
    {
        keys.Sort(order);

        // The library's sort is not stable; within equal values the order is by label.
        for (int start = 0; start < keys.Length;)
        {
            int end = start + 1;
            while (end < keys.Length && keys[end] == keys[start])
            {
                end++;
            }

            order[start..end].Sort();
            start = end;
        }
    }

    private static void SortByDigits(ulong[] keys, int[] order)
    {
        int count = order.Length;
        ulong[] keysAside = ArrayPool<ulong>.Shared.Rent(count);
        int[] orderAside = ArrayPool<int>.Shared.Rent(count);
        int[] histograms = ArrayPool<int>.Shared.Rent(Passes * Digits);
        Array.Clear(histograms, 0, Passes * Digits);
        for (int i = 0; i < count; i++)
        {
            ulong key = keys[i];
            for (int pass = 0; pass < Passes; pass++)
            {
                histograms[(pass * Digits) + (int)(key & (Digits - 1))]++;
                key >>= DigitBits;
            }
        }

        ulong[] fromKeys = keys;
        ulong[] toKeys = keysAside;
        int[] from = order;
        int[] to = orderAside;
        for (int pass = 0; pass < Passes; pass++)
        {
            int shift = pass * DigitBits;
            Span<int> offsets = histograms.AsSpan(pass * Digits, Digits);
            if (offsets[(int)((keys[0] >> shift) & (Digits - 1))] == count)
            {
                continue;
            }

            int sum = 0;
            for (int digit = 0; digit < Digits; digit++)
            {
                int here = offsets[digit];
                offsets[digit] = sum;
                sum += here;
            }

            ref int first = ref MemoryMarshal.GetReference(offsets);
            for (int i = 0; i < count; i++)
            {
                ulong key = fromKeys[i];
                int place = Unsafe.Add(ref first, (int)((key >> shift) & (Digits - 1)))++;
                toKeys[place] = key;
                to[place] = from[i];
            }

            (fromKeys, toKeys) = (toKeys, fromKeys);
            (from, to) = (to, from);
        }

        if (!ReferenceEquals(from, order))
        {
            Array.Copy(from, order, count);
        }

        ArrayPool<ulong>.Shared.Return(keysAside);
        ArrayPool<int>.Shared.Return(orderAside);
        ArrayPool<int>.Shared.Return(histograms);
    }
}
