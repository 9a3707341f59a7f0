namespace AuraMemory.Topology.Filtrations;

/// <summary>What is done to a barcode after it was computed: ending it at a value, and keeping its longest bars.</summary>
internal static class BarcodeCut
{
    /// <summary>The barcode of the filtration ended at a value: classes alive there are essential, those born later are not there. O(bars log bars).</summary>
    public static Barcode EndedAt(Barcode barcode, double end)
    {
        var diagrams = new Diagram[barcode.Dimensions];
        for (int d = 0; d < diagrams.Length; d++)
        {
            var bars = new List<Bar>();
            foreach (Bar bar in barcode[d].Bars)
            {
                if (bar.Birth <= end)
                {
                    bars.Add(bar.Death > end ? bar with { Death = double.PositiveInfinity } : bar);
                }
            }

            diagrams[d] = new Diagram(bars.ToArray());
        }

        return new Barcode(diagrams);
    }

    /// <summary>Keeps the longest finite bars of every dimension, and all essential ones.</summary>
    /// <param name="barcode">The barcode.</param>
    /// <param name="most">Most finite bars of a dimension.</param>
    /// <param name="longest">Longest bar dropped; 0 = none.</param>
    /// <param name="halves">Sum of the half-persistences dropped.</param>
    public static Barcode Longest(Barcode barcode, int most, out double longest, out double halves)
    {
        longest = 0;
        halves = 0;
        bool fits = true;
        var diagrams = new Diagram[barcode.Dimensions];
        for (int d = 0; d < diagrams.Length; d++)
        {
            diagrams[d] = barcode[d];
            ReadOnlySpan<Bar> finite = barcode[d].Finite;
            if (finite.Length <= most)
            {
                continue;
            }

            fits = false;
            longest = Math.Max(longest, finite[most].Persistence);
            foreach (Bar bar in finite[most..])
            {
                halves += bar.Persistence / 2;
            }

            diagrams[d] = new Diagram([.. finite[..most], .. barcode[d].Essential]);
        }

        return fits ? barcode : new Barcode(diagrams);
    }
}
