using System.Runtime.CompilerServices;

namespace AuraMemory.Topology.Search;

/// <content>The rows of neighbours: who is chosen, how rows are written, and how they are mended around a slot that leaves.</content>
internal sealed unsafe partial class ProximityGraph
{
    /// <summary>A full row is cut down by one part in so many: choosing is dear, and adding to a row with room is not.</summary>
    private const int SpareRoom = 4;

    /// <summary>
    /// Neighbours that point in different directions: a candidate is taken when it is nearer to the slot than to all taken before it
    /// (algorithm 4 of the paper); of equals only one, or a crowd of them would link to nobody else.
    /// </summary>
    /// <returns>Members of <see cref="SearchScratch.Chosen"/>, the <paramref name="count"/> before included.</returns>
    private static int ChooseDiverse<TSpace>(
        ReadOnlySpan<ulong> sorted, int count, int most, int self, TSpace space, SearchScratch scratch)
        where TSpace : struct, IGraphSpace
    {
        ulong[] chosen = scratch.Chosen;
        foreach (ulong member in sorted)
        {
            int slot = SlotHeap.SlotOf(member);
            if (slot == self)
            {
                continue;
            }

            bool apart = true;
            float distance = SlotHeap.DistanceOf(member);
            for (int i = 0; i < count && apart; i++)
            {
                scratch.Evaluations++;
                apart = space.Between(slot, SlotHeap.SlotOf(chosen[i])) > distance;
            }

            if (apart)
            {
                chosen[count++] = member;
                if (count == most)
                {
                    break;
                }
            }
        }

        return count;
    }

    /// <summary>
    /// Gives what room is left to the nearest of the others, without which members of a crowd would be linked to by nobody.
    /// </summary>
    private static int FillUp(ReadOnlySpan<ulong> sorted, int diverse, int most, int self, SearchScratch scratch)
    {
        ulong[] chosen = scratch.Chosen;
        int count = diverse;
        for (int i = 0; i < sorted.Length && count < most; i++)
        {
            if (SlotHeap.SlotOf(sorted[i]) != self && !chosen.AsSpan(0, diverse).Contains(sorted[i]))
            {
                chosen[count++] = sorted[i];
            }
        }

        return count;
    }

    /// <summary>
    /// What was met on the levels above and is not among the found ones, by distance: candidates of all scales. All that a walk on one level keeps can
    /// be of the slot's own crowd; without links that lead out of it a search that has come into the wrong crowd stays there.
    /// </summary>
    private static ReadOnlySpan<ulong> Above<TSpace, TFilter>(int slot, TSpace space, TFilter usable, SearchScratch scratch)
        where TSpace : struct, IGraphSpace
        where TFilter : struct, ISlotFilter
    {
        scratch.Visited.Clear();
        foreach (ulong member in scratch.Sorted.AsSpan(0, scratch.SortedCount))
        {
            scratch.Visited.Add(SlotHeap.SlotOf(member));
        }

        Span<ulong> others = scratch.TakeAbove();
        int count = 0;
        foreach (ulong member in others)
        {
            int other = SlotHeap.SlotOf(member);
            if (other != slot && scratch.Visited.Add(other) && usable.Passes(other))
            {
                others[count++] = SlotHeap.Pack(space.FromQuery(other, float.PositiveInfinity), other);
                scratch.Evaluations++;
            }
        }

        SortFor(slot, others[..count]);
        return others[..count];
    }

    private static int EqualAmong<TEqual>(ReadOnlySpan<ulong> members, TEqual equal)
        where TEqual : struct, ISlotFilter
    {
        foreach (ulong member in members)
        {
            if (equal.Passes(SlotHeap.SlotOf(member)))
            {
                return SlotHeap.SlotOf(member);
            }
        }

        return -1;
    }

    /// <summary>
    /// Sorts by distance, equals in an order that is the owner's own: were it the same for all, the members of a large crowd of
    /// equals would all link to the same few, and the others would be linked to by nobody.
    /// </summary>
    private static void SortFor(int owner, Span<ulong> members)
    {
        uint turn = (uint)owner * 2654435769u;
        foreach (ref ulong member in members)
        {
            member ^= turn;
        }

        members.Sort();
        foreach (ref ulong member in members)
        {
            member ^= turn;
        }
    }

    private static void Write(int* row, ReadOnlySpan<int> slots)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            row[i + 1] = slots[i];
        }

        Volatile.Write(ref *row, slots.Length);
    }

    private void AddTo<TSpace>(int owner, int slot, int level, TSpace space, SearchScratch scratch)
        where TSpace : struct, IGraphSpace
    {
        int* row = Row(owner, level);
        int most = DegreeOf(level);
        Lock(owner);
        int count = *row;
        for (int i = 1; i <= count; i++)
        {
            if (row[i] == slot)
            {
                Unlock(owner);
                return;
            }
        }

        if (count < most)
        {
            row[count + 1] = slot;
            Volatile.Write(ref *row, count + 1);
            Unlock(owner);
            return;
        }

        ulong[] overflow = scratch.Overflow;
        for (int i = 0; i < count; i++)
        {
            overflow[i] = SlotHeap.Pack(space.Between(owner, row[i + 1]), row[i + 1]);
        }

        overflow[count] = SlotHeap.Pack(space.Between(owner, slot), slot);
        scratch.Evaluations += count + 1;
        Rewrite(row, overflow.AsSpan(0, count + 1), most - (most / SpareRoom), owner, space, scratch);
        Unlock(owner);
    }

    private void Bypass<TSpace, TFilter>(
        int owner, int gone, int level, ReadOnlySpan<int> instead, TSpace space, TFilter usable, SearchScratch scratch)
        where TSpace : struct, IGraphSpace
        where TFilter : struct, ISlotFilter
    {
        Span<int> now = stackalloc int[WidestRow];
        int* row = LevelOf(owner) >= level ? Row(owner, level) : null;
        if (row == null)
        {
            return;
        }

        Lock(owner);
        int count = Copy(row, now);
        if (now[..count].Contains(gone))
        {
            int found = 0;
            ulong[] overflow = scratch.Overflow;
            foreach (int slot in now[..count])
            {
                if (slot != gone && usable.Passes(slot))
                {
                    overflow[found++] = SlotHeap.Pack(space.Between(owner, slot), slot);
                }
            }

            foreach (int slot in instead)
            {
                if (slot != gone && slot != owner && usable.Passes(slot) && !now[..count].Contains(slot))
                {
                    overflow[found++] = SlotHeap.Pack(space.Between(owner, slot), slot);
                }
            }

            Rewrite(row, overflow.AsSpan(0, found), DegreeOf(level), owner, space, scratch);
        }

        Unlock(owner);
    }

    private static void Rewrite<TSpace>(
        int* row, Span<ulong> members, int most, int owner, TSpace space, SearchScratch scratch)
        where TSpace : struct, IGraphSpace
    {
        SortFor(owner, members);
        Span<int> slots = stackalloc int[WidestRow];
        int count = FillUp(members, ChooseDiverse(members, 0, most, owner, space, scratch), most, owner, scratch);
        for (int i = 0; i < count; i++)
        {
            slots[i] = SlotHeap.SlotOf(scratch.Chosen[i]);
        }

        Write(row, slots[..count]);
    }

    private void Lock(int slot)
    {
        ref int stripe = ref _locks[slot & (Stripes - 1)];
        if (Interlocked.CompareExchange(ref stripe, 1, 0) != 0)
        {
            var spin = default(SpinWait);
            do
            {
                spin.SpinOnce();
            }
            while (Interlocked.CompareExchange(ref stripe, 1, 0) != 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Unlock(int slot) => Volatile.Write(ref _locks[slot & (Stripes - 1)], 0);

    /// <summary>Starts to load the row that is likely to be read next.</summary>
    private void LoadRow(ulong member, int level)
    {
        if (level == 0)
        {
            IGraphSpace.Load(_ground[SlotHeap.SlotOf(member)], (GroundDegree + 1) * sizeof(int));
        }
    }

    private readonly struct Everything : ISlotFilter
    {
        public bool Passes(int slot) => true;
    }
}
