namespace AuraMemory.Topology.Search;

/// <summary>Takes entries into the graphs of an index and out of them.</summary>
/// <remarks>
/// The graph of diagrams is built by W1 and walked by the metric asked for: near in one is near in the others (bottleneck &lt;= W2 &lt;= W1).
/// While linking, a walk goes by the relaxed bound, and what it has kept is ordered by the distance.
/// </remarks>
internal static unsafe class GraphUpkeep
{
    /// <summary>Links a slot into the graphs.</summary>
    public static void Link(ShapeIndex index, int slot, SearchScratch scratch)
    {
        EntryStore entries = index.Entries;
        int breadth = index.Options.BuildBreadth;
        int published = index.Published;
        var usable = new AliveSlots(entries);
        if (index.Vectors is { } vectors)
        {
            Span<float> signature = stackalloc float[entries.Length];
            entries.ReadSignature(slot, signature);
            fixed (float* query = scratch.Query)
            {
                VectorKernel.Prepare(signature, query);
                var space = new VectorSpace(entries.Upper, query, entries.Width);
                vectors.Link(slot, space, space, usable, breadth, published, scratch);
            }
        }

        index.Diagrams?.Link(slot, Diagrams(entries, slot, relaxed: true), Diagrams(entries, slot, relaxed: false), usable, breadth, published, scratch);
    }

    /// <summary>Takes a slot whose entry is gone out of the graphs.</summary>
    public static void TakeOut(ShapeIndex index, int slot, SearchScratch scratch)
    {
        EntryStore entries = index.Entries;
        var usable = new AliveSlots(entries);
        if (index.Vectors is { } vectors)
        {
            vectors.Unlink(slot, new VectorSpace(entries.Upper, null, entries.Width), usable, scratch);
            vectors.ReplaceEntry(slot, index.Published, new LinkedSlots(entries));
        }

        if (index.Diagrams is { } diagrams)
        {
            diagrams.Unlink(slot, Diagrams(entries, slot, relaxed: false), usable, scratch);
            diagrams.ReplaceEntry(slot, index.Published, new LinkedSlots(entries));
        }
    }

    private static DiagramSpace Diagrams(EntryStore entries, int slot, bool relaxed) =>
        new(entries.Cuts, (float*)entries.Cuts[slot], entries.Dimensions, ShapeMetric.Wasserstein1, relaxed);

    /// <summary>Slots that hold an entry.</summary>
    internal readonly struct AliveSlots(EntryStore entries) : ISlotFilter
    {
        public bool Passes(int slot) => entries.IsAlive(slot);
    }

    /// <summary>Slots that hold an entry that is in the graphs.</summary>
    internal readonly struct LinkedSlots(EntryStore entries) : ISlotFilter
    {
        public bool Passes(int slot) => entries.IsAlive(slot) && entries.State(slot) == SlotState.Linked;
    }
}
