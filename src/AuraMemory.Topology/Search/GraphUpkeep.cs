namespace AuraMemory.Topology.Search;

/// <summary>Takes entries into the graphs of an index and out of them.</summary>
/// <remarks>
/// The graph of diagrams is built by W1 and walked by the metric asked for: near in one is near in the others (bottleneck &lt;= W2 &lt;= W1).
/// While linking, a walk goes by the relaxed bound, and what it has kept is ordered by the distance. An entry whose cuts are equal to those of one
/// that is met goes behind that one instead.
/// </remarks>
internal static unsafe class GraphUpkeep
{
    /// <summary>Links a slot into the graphs.</summary>
    public static void Link(ShapeIndex index, int slot, SearchScratch scratch)
    {
        EntryStore entries = index.Entries;
        if (index.Vectors is { } vectors)
        {
            Span<float> signature = stackalloc float[entries.Length];
            entries.ReadSignature(slot, signature);
            fixed (float* query = scratch.Query)
            {
                VectorKernel.Prepare(signature, query);
                var space = new VectorSpace(entries.Upper, query, entries.Width);
                vectors.Link(slot, space, space, new AliveSlots(entries), default(Nobody), index.Options.BuildBreadth, index.Published, scratch);
            }
        }

        if (index.Diagrams is not null && LinkDiagram(index, slot, new EqualSlots(entries, slot), scratch) is >= 0 and int head && !index.TryChain(head, slot))
        {
            LinkHeir(index, slot, scratch);
        }
    }

    /// <summary>Links a slot into the graph of diagrams even if one of equal cuts is there.</summary>
    public static void LinkHeir(ShapeIndex index, int slot, SearchScratch scratch) => LinkDiagram(index, slot, default(Nobody), scratch);

    /// <summary>Takes a slot whose entry is gone out of the graphs.</summary>
    public static void TakeOut(ShapeIndex index, int slot, SearchScratch scratch)
    {
        EntryStore entries = index.Entries;
        if (index.Vectors is { } vectors)
        {
            vectors.Unlink(slot, new VectorSpace(entries.Upper, null, entries.Width), new AliveSlots(entries), scratch);
            vectors.ReplaceEntry(slot, index.Published, new LinkedSlots(entries));
        }

        if (index.Diagrams is { } diagrams)
        {
            diagrams.Unlink(slot, Diagrams(entries, slot, relaxed: false), new HeadSlots(index), scratch);
            diagrams.ReplaceEntry(slot, index.Published, new LinkedHeads(index));
        }
    }

    private static int LinkDiagram<TEqual>(ShapeIndex index, int slot, TEqual equal, SearchScratch scratch)
        where TEqual : struct, ISlotFilter
    {
        EntryStore entries = index.Entries;
        scratch.ForgetLearned();
        return index.Diagrams!.Link(
            slot, Diagrams(entries, slot, relaxed: true), Diagrams(entries, slot, relaxed: false, scratch.Learned), new HeadSlots(index), equal, index.Options.BuildBreadth, index.Published, scratch);
    }

    private static DiagramSpace Diagrams(EntryStore entries, int slot, bool relaxed, float* learned = null) =>
        new(entries.Cuts, (float*)entries.Cuts[slot], entries.Dimensions, ShapeMetric.Wasserstein1, relaxed, learned: learned);

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

    /// <summary>Slots that are in the graph of diagrams themselves and lead to an entry.</summary>
    internal readonly struct LinkedHeads(ShapeIndex index) : ISlotFilter
    {
        public bool Passes(int slot) =>
            new HeadSlots(index).Passes(slot) && index.Entries.State(slot) == SlotState.Linked && !index.Twins.IsBehind(slot);
    }

    /// <summary>Slots that hold an entry or lead to others: a dead head does until its heir is linked.</summary>
    private readonly struct HeadSlots(ShapeIndex index) : ISlotFilter
    {
        public bool Passes(int slot) => index.Entries.IsAlive(slot) || index.Twins.Behind(slot) >= 0;
    }

    private readonly struct EqualSlots(EntryStore entries, int slot) : ISlotFilter
    {
        public bool Passes(int other) => entries.IsAlive(other) && entries.HasEqualCuts(slot, other);
    }

    private readonly struct Nobody : ISlotFilter
    {
        public bool Passes(int slot) => false;
    }
}
