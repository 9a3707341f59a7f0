namespace AuraMemory.Topology.Rips;

/// <summary>Sorts edges by length: least significant digit first, stable, so that equal lengths stay in the order of their ends.</summary>
/// <remarks>
/// Lengths are not negative, so their bits as an integer are in the order of their values. Six digits of 11 bits; a digit that all
/// lengths share is passed over. O(m), 12 bytes an edge beside the input.
/// </remarks>
internal static unsafe class EdgeSort
{
    private const int DigitBits = 11;
    private const int Digits = 6;
    private const int Values = 1 << DigitBits;

    /// <summary>Sorts in place; the blocks may be exchanged.</summary>
    /// <param name="lengths">Bits of the lengths.</param>
    /// <param name="ends">Ends of the edges, moved along.</param>
    /// <param name="count">Number of edges.</param>
    /// <param name="cancellation">Ends the work between two digits.</param>
    public static void Sort(ref NativeBlock<ulong> lengths, ref NativeBlock<uint> ends, int count, CancellationToken cancellation = default)
    {
        using var histograms = new NativeBlock<int>(Digits * Values, zeroed: true);
        int* histogram = histograms.Pointer;
        for (int i = 0; i < count; i++)
        {
            ulong bits = lengths.Pointer[i];
            for (int d = 0; d < Digits; d++)
            {
                histogram[(d * Values) + (int)((bits >> (d * DigitBits)) & (Values - 1))]++;
            }
        }

        var otherLengths = new NativeBlock<ulong>(count);
        var otherEnds = new NativeBlock<uint>(count);
        for (int d = 0; d < Digits && count > 1; d++)
        {
            cancellation.ThrowIfCancellationRequested();
            int* places = histogram + (d * Values);
            int shift = d * DigitBits;
            if (places[(lengths.Pointer[0] >> shift) & (Values - 1)] == count)
            {
                continue;
            }

            int before = 0;
            for (int value = 0; value < Values; value++)
            {
                (places[value], before) = (before, before + places[value]);
            }

            ulong* fromLengths = lengths.Pointer;
            uint* fromEnds = ends.Pointer;
            for (int i = 0; i < count; i++)
            {
                ulong bits = fromLengths[i];
                int place = places[(bits >> shift) & (Values - 1)]++;
                otherLengths.Pointer[place] = bits;
                otherEnds.Pointer[place] = fromEnds[i];
            }

            (lengths, otherLengths) = (otherLengths, lengths);
            (ends, otherEnds) = (otherEnds, ends);
        }

        otherLengths.Dispose();
        otherEnds.Dispose();
    }
}
