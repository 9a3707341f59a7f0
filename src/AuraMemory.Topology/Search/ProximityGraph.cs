using System.Numerics;

namespace AuraMemory.Topology.Search;

/// <summary>Which slots a walk may answer.</summary>
internal interface ISlotFilter
{
    /// <summary>True when the slot may be answered.</summary>
    bool Passes(int slot);
}

/// <summary>A hierarchical navigable small-world graph (Malkov and Yashunin 2018) over slots, for any distance.</summary>
/// <remarks>
/// <para><b>Layout.</b> A row of the ground level is 128 bytes: the number of neighbours and up to 31 slots. Rows of the upper levels
/// (up to 16 neighbours) are kept for the one slot in sixteen that has any; a slot's level is a hash of its number and the seed, so it is
/// the same whenever the slot is used again.</para>
/// <para><b>Readers</b> take no lock. A row is changed in place by whole 4-byte stores under the row's stripe lock, so a reader may see a
/// mixture of its old and new neighbours, each of which is a slot that was covered when it was written; slots at or above the
/// caller's published count are passed over, because their rows may not be visible yet. A slot that is free or used anew is at worst a
/// detour: whether an answer is right is decided by its stamp, not here.</para>
/// <para><b>Linkers</b> may be several. Each (1) finds neighbours on all levels without changing anything, (2) writes its own rows,
/// (3) adds itself to the rows of its neighbours from the ground up, each under its stripe lock, (4) becomes the entry if it is the
/// highest, under the entry lock. No thread holds two stripe locks.</para>
/// </remarks>
internal sealed unsafe partial class ProximityGraph : IDisposable
{
    /// <summary>Neighbours on the ground level.</summary>
    public const int GroundDegree = 31;

    /// <summary>Neighbours on an upper level, and those a new slot chooses.</summary>
    public const int UpperDegree = 16;

    /// <summary>Levels above the ground at most.</summary>
    public const int HighestLevel = 5;

    /// <summary>Room for any row.</summary>
    public const int WidestRow = 32;

    private const int Stripes = 1024;

    /// <summary>Slots by which a level is entered from the one above it.</summary>
    private const int Starts = 32;

    /// <summary>Breadth of the short exact walk while linking.</summary>
    private const int SharpBreadth = 48;

    /// <summary>Nearest members that are compared for being equal.</summary>
    private const int EqualsLookedFor = 16;

    /// <summary>Links of a new slot that lead out of its neighbourhood, at most.</summary>
    private const int WaysOut = 4;

    private const int UpperRow = UpperDegree + 1;

    private readonly RowPlane _ground;
    private readonly RowPlane _upperIndex;
    private readonly RowPlane _upper;
    private readonly int[] _locks = new int[Stripes];
    private readonly Lock _entryLock = new();
    private readonly ulong _seed;
    private int _upperRows;
    private long _entry = -1;

    public ProximityGraph(ulong seed, MemoryBudget budget)
    {
        _seed = seed;
        _ground = new RowPlane((GroundDegree + 1) * sizeof(int), budget);
        _upperIndex = new RowPlane(sizeof(int), budget);
        _upper = new RowPlane(UpperRow * sizeof(int), budget);
    }

    /// <summary>Level of the entry and its slot, packed; -1 = nothing is linked.</summary>
    public long Entry
    {
        get => Volatile.Read(ref _entry);
        set => Volatile.Write(ref _entry, value);
    }

    /// <summary>Slots that have rows.</summary>
    public int Slots { get; private set; }

    /// <summary>Makes rows for a slot that is about to be used for the first time; slots come in order. False = no room.</summary>
    public bool TryCover(int slot)
    {
        int level = LevelOf(slot);
        if (!_ground.TryCover(slot + 1) || !_upperIndex.TryCover(slot + 1) || !_upper.TryCover(_upperRows + level))
        {
            return false;
        }

        *(int*)_upperIndex[slot] = _upperRows;
        _upperRows += level;
        Slots = slot + 1;
        return true;
    }

    /// <summary>Highest level of a slot: geometric with ratio 1/16.</summary>
    public int LevelOf(int slot)
    {
        ulong x = _seed + ((ulong)(uint)slot * 0xD1342543DE82EF95);
        x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93;
        x ^= x >> 32;
        return Math.Min(HighestLevel, BitOperations.TrailingZeroCount(x | (1UL << 60)) / 4);
    }

    /// <summary>Row of a slot on a level: the count, then the neighbours.</summary>
    public int* Row(int slot, int level) =>
        level == 0 ? (int*)_ground[slot] : (int*)_upper[*(int*)_upperIndex[slot] + level - 1];

    /// <summary>Most neighbours of a row.</summary>
    public static int DegreeOf(int level) => level == 0 ? GroundDegree : UpperDegree;

    /// <summary>Links a slot, whose record is written, into the graph.</summary>
    /// <param name="space">What walks go by.</param>
    /// <param name="sharp">What neighbours are chosen by; where the first is relaxed, a short walk by this one ends the search for them.</param>
    /// <param name="usable">Slots that may become neighbours.</param>
    /// <param name="equal">Slots beside which this one needs no place of its own.</param>
    /// <returns>Such a slot, where one was met among the nearest: nothing is linked then; else -1.</returns>
    public int Link<TSpace, TFilter, TEqual>(
        int slot, TSpace space, TSpace sharp, TFilter usable, TEqual equal, int breadth, int published, SearchScratch scratch)
        where TSpace : struct, IGraphSpace
        where TFilter : struct, ISlotFilter
        where TEqual : struct, ISlotFilter
    {
        int level = LevelOf(slot);
        long entry = Entry;
        if (entry < 0)
        {
            lock (_entryLock)
            {
                if (_entry < 0)
                {
                    Entry = Pack(level, slot);
                    return -1;
                }
            }

            entry = Entry;
        }

        int top = (int)(entry >> 32);
        Span<int> chosen = stackalloc int[(HighestLevel + 1) * UpperDegree];
        Span<int> counts = stackalloc int[HighestLevel + 1];
        Descend((int)entry, top, level, space, published, scratch);
        for (int l = Math.Min(level, top); l >= 0; l--)
        {
            Walk(l, breadth, space, usable, published, int.MaxValue, scratch);
            if (scratch.Nearest.Count == 0)
            {
                // All that was met is about to be taken out; a slot without links would never be found again.
                Walk(l, breadth, space, default(Everything), published, int.MaxValue, scratch);
            }

            Drain(scratch);
            if (l == 0 && EqualAmong(scratch.Sorted.AsSpan(0, Math.Min(EqualsLookedFor, scratch.SortedCount)), equal) is >= 0 and int same && same != slot)
            {
                return same;
            }

            if (space.IsRelaxed)
            {
                // Bounds lead to the neighbourhood; who is near there the distances themselves tell.
                scratch.StartFromSorted(breadth);
                Evaluate(sharp, scratch);
                Walk(l, SharpBreadth, sharp, usable, published, int.MaxValue, scratch);
                Drain(scratch);
            }

            Span<ulong> found = scratch.Sorted.AsSpan(0, scratch.SortedCount);
            SortFor(slot, found);
            int diverse = ChooseDiverse(found, 0, UpperDegree, slot, sharp, scratch);
            if (l == 0 && diverse < UpperDegree)
            {
                // On the levels above they would take the places by which a crowd holds together there.
                diverse = ChooseDiverse(Above(slot, sharp, usable, scratch), diverse, Math.Min(UpperDegree, diverse + WaysOut), slot, sharp, scratch);
            }

            counts[l] = FillUp(found, diverse, UpperDegree, slot, scratch);
            for (int i = 0; i < counts[l]; i++)
            {
                chosen[(l * UpperDegree) + i] = SlotHeap.SlotOf(scratch.Chosen[i]);
            }

            scratch.NoteAbove(Starts);
            scratch.StartFromSorted(breadth);
        }

        for (int l = 0; l <= Math.Min(level, top); l++)
        {
            Lock(slot);
            Write(Row(slot, l), chosen.Slice(l * UpperDegree, counts[l]));
            Unlock(slot);
        }

        for (int l = 0; l <= Math.Min(level, top); l++)
        {
            foreach (int neighbour in chosen.Slice(l * UpperDegree, counts[l]))
            {
                AddTo(neighbour, slot, l, sharp, scratch);
            }
        }

        if (level > top)
        {
            lock (_entryLock)
            {
                Entry = level > (int)(_entry >> 32) ? Pack(level, slot) : _entry;
            }
        }

        return -1;
    }

    /// <summary>The slots nearest the query, into <see cref="SearchScratch.Sorted"/>.</summary>
    /// <param name="most">Slots met after which the walk ends.</param>
    /// <returns>False when the walk was ended by <paramref name="most"/>.</returns>
    public bool Search<TSpace, TFilter>(
        TSpace space, TFilter filter, int breadth, int published, int most, SearchScratch scratch)
        where TSpace : struct, IGraphSpace
        where TFilter : struct, ISlotFilter
    {
        scratch.SortedCount = 0;
        long entry = Entry;
        if (entry < 0 || (int)entry >= published)
        {
            return true;
        }

        Descend((int)entry, (int)(entry >> 32), 0, space, published, scratch);
        bool whole = Walk(0, breadth, space, filter, published, most, scratch);
        Drain(scratch);
        return whole;
    }

    /// <summary>As <see cref="Search"/>, but on the ground level only, from what another search has left in <see cref="SearchScratch.Sorted"/>.</summary>
    public bool SearchOn<TSpace, TFilter>(TSpace space, TFilter filter, int breadth, int published, int most, SearchScratch scratch)
        where TSpace : struct, IGraphSpace
        where TFilter : struct, ISlotFilter
    {
        scratch.StartFromSorted(Starts);
        Evaluate(space, scratch);
        bool whole = Walk(0, breadth, space, filter, published, most, scratch);
        Drain(scratch);
        return whole;
    }

    /// <summary>Takes a slot out: its neighbours that link to it choose anew among their own and its neighbours.</summary>
    public void Unlink<TSpace, TFilter>(int slot, TSpace space, TFilter usable, SearchScratch scratch)
        where TSpace : struct, IGraphSpace
        where TFilter : struct, ISlotFilter
    {
        Span<int> old = stackalloc int[WidestRow];
        for (int level = LevelOf(slot); level >= 0; level--)
        {
            Lock(slot);
            int count = Copy(Row(slot, level), old);
            Volatile.Write(ref *Row(slot, level), 0);
            Unlock(slot);
            foreach (int neighbour in old[..count])
            {
                Bypass(neighbour, slot, level, old[..count], space, usable, scratch);
            }
        }
    }

    /// <summary>Where the entry is a slot that was taken out, the highest of the linked slots takes its place. O(slots) then.</summary>
    public void ReplaceEntry<TFilter>(int gone, int published, TFilter linked)
        where TFilter : struct, ISlotFilter
    {
        lock (_entryLock)
        {
            if ((int)_entry != gone)
            {
                return;
            }

            long best = -1;
            for (int slot = 0; slot < published; slot++)
            {
                if (linked.Passes(slot) && (best < 0 || LevelOf(slot) > (int)(best >> 32)))
                {
                    best = Pack(LevelOf(slot), slot);
                }
            }

            Entry = best;
        }
    }

    /// <summary>Number and neighbours of a row, as they are now.</summary>
    public static int Copy(int* row, Span<int> into)
    {
        int count = Math.Clamp(Volatile.Read(ref *row), 0, into.Length);
        for (int i = 0; i < count; i++)
        {
            into[i] = row[i + 1];
        }

        return count;
    }

    /// <summary>Level and slot of an entry, packed.</summary>
    public static long Pack(int level, int slot) => ((long)level << 32) | (uint)slot;

    public void Dispose()
    {
        _ground.Dispose();
        _upperIndex.Dispose();
        _upper.Dispose();
    }

    /// <summary>
    /// Leaves in <see cref="SearchScratch.Starts"/> where to begin on level <paramref name="to"/>: several slots, found by walks of that breadth on all levels
    /// above. Crowds of near twins are linked to little else, on the middle levels too; a single start would end in one of the wrong ones and stay there.
    /// </summary>
    private void Descend<TSpace>(int at, int from, int to, TSpace space, int published, SearchScratch scratch)
        where TSpace : struct, IGraphSpace
    {
        scratch.ForgetAbove();
        scratch.StartFrom(SlotHeap.Pack(space.FromQuery(at, float.PositiveInfinity), at));
        scratch.Evaluations++;
        for (int level = from; level > to; level--)
        {
            Walk(level, Starts, space, default(Everything), published, int.MaxValue, scratch);
            Drain(scratch);
            scratch.NoteAbove(Starts);
            scratch.StartFromSorted(Starts);
        }
    }

    /// <summary>Keeps the nearest of those met on a level, from <see cref="SearchScratch.Starts"/> on; false when it was ended by <paramref name="most"/>.</summary>
    private bool Walk<TSpace, TFilter>(
        int level, int breadth, TSpace space, TFilter filter, int published, int most, SearchScratch scratch)
        where TSpace : struct, IGraphSpace
        where TFilter : struct, ISlotFilter
    {
        scratch.Candidates.Clear();
        scratch.Nearest.Clear();
        scratch.Visited.Clear();
        scratch.ForgetDisplaced();
        foreach (ulong start in scratch.Starts)
        {
            scratch.Visited.Add(SlotHeap.SlotOf(start));
            scratch.Candidates.Push(start);
            if (filter.Passes(SlotHeap.SlotOf(start)))
            {
                scratch.Nearest.Push(start);
                if (scratch.Nearest.Count > breadth)
                {
                    scratch.Nearest.Pop();
                }
            }
        }

        int[] row = scratch.Row;
        while (scratch.Candidates.Count > 0)
        {
            ulong next = scratch.Candidates.Pop();
            if (scratch.Nearest.Count >= breadth && SlotHeap.DistanceOf(next) > scratch.Nearest.TopDistance)
            {
                break;
            }

            if (scratch.Visited.Count > most)
            {
                return false;
            }

            int count = Copy(Row(SlotHeap.SlotOf(next), level), row);
            if (scratch.Candidates.Count > 0)
            {
                LoadRow(scratch.Candidates.Top, level);
            }

            int fresh = 0;
            for (int i = 0; i < count; i++)
            {
                int slot = row[i];
                if ((uint)slot < (uint)published && scratch.Visited.Add(slot))
                {
                    space.Prefetch(slot);
                    row[fresh++] = slot;
                }
            }

            scratch.Evaluations += fresh;
            for (int i = 0; i < fresh; i++)
            {
                float limit = scratch.Nearest.Count < breadth ? float.PositiveInfinity : scratch.Nearest.TopDistance;
                float distance = space.FromQuery(row[i], limit);
                if (!(distance < limit))
                {
                    continue;
                }

                ulong member = SlotHeap.Pack(distance, row[i]);
                scratch.Candidates.Push(member);
                if (scratch.Candidates.Top == member)
                {
                    LoadRow(member, level);
                }

                if (filter.Passes(row[i]))
                {
                    scratch.Nearest.Push(member);
                    if (scratch.Nearest.Count > breadth)
                    {
                        scratch.NoteDisplaced(scratch.Nearest.Pop());
                    }
                }
            }
        }

        return true;
    }

    private static void Evaluate<TSpace>(TSpace space, SearchScratch scratch)
        where TSpace : struct, IGraphSpace
    {
        foreach (ref ulong start in scratch.Starts)
        {
            int slot = SlotHeap.SlotOf(start);
            start = SlotHeap.Pack(space.FromQuery(slot, float.PositiveInfinity), slot);
            scratch.Evaluations++;
        }
    }

    /// <summary>Empties the heap of the nearest into the sorted list.</summary>
    private static void Drain(SearchScratch scratch)
    {
        int count = scratch.Nearest.Count;
        if (scratch.Sorted.Length < count)
        {
            scratch.Sorted = new ulong[count];
        }

        scratch.SortedCount = count;
        while (count > 0)
        {
            scratch.Sorted[--count] = scratch.Nearest.Pop();
        }
    }
}
