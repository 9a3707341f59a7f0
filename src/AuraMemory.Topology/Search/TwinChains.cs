namespace AuraMemory.Topology.Search;

/// <summary>Entries of equal cuts: one of them, the head, is in the graph of diagrams, the others form a chain behind it.</summary>
/// <remarks>
/// <para>Linked each by itself, a crowd of equals larger than a walk is broad fills all that the walk keeps: it can neither pass through nor leave. Behind a head the
/// crowd costs a walk one evaluation, and its members nothing to link.</para>
/// <para>A chain is changed under the lock of the index. Readers follow it without one: they may come into another chain or miss a member that is moved meanwhile,
/// and stop after <see cref="MostFollowed"/> steps whatever they meet. What they find is measured by its own record, so a wrong step costs time or a hit of an approximate
/// search, never a wrong answer; exact searches do not look at chains.</para>
/// <para>A head is a slot that is behind none. One that dies leaves the chain to a living member (<see cref="TryTakeHeir"/>), which is linked into the graph while it is
/// still met through the dead head, and only then is the head taken out.</para>
/// </remarks>
internal sealed class TwinChains(EntryStore entries)
{
    /// <summary>Members of one chain that a reader looks at.</summary>
    public const int MostFollowed = 4096;

    /// <summary>True when a slot is behind another.</summary>
    public bool IsBehind(int slot) => Volatile.Read(ref entries.Before(slot)) != 0;

    /// <summary>The slot behind this one; -1 = none.</summary>
    public int Behind(int slot) => Volatile.Read(ref entries.Next(slot)) - 1;

    /// <summary>Puts a slot right behind a head. Under the lock.</summary>
    /// <returns>False when the one is no linked head of equal cuts that is alive, or the other has a chain of its own.</returns>
    public bool TryAdd(int head, int slot)
    {
        if (head == slot || entries.State(head) != SlotState.Linked || !entries.IsAlive(head) || entries.Before(head) != 0
            || entries.Next(slot) != 0 || entries.Before(slot) != 0 || !entries.HasEqualCuts(head, slot))
        {
            return false;
        }

        PutBehind(head, slot);
        return true;
    }

    /// <summary>Takes a slot that is behind another out of its chain. Under the lock.</summary>
    public void Remove(int slot)
    {
        int before = entries.Before(slot);
        int next = entries.Next(slot);
        Volatile.Write(ref entries.Next(before - 1), next);
        if (next != 0)
        {
            entries.Before(next - 1) = before;
        }

        entries.Next(slot) = 0;
        Volatile.Write(ref entries.Before(slot), 0);
    }

    /// <summary>
    /// Makes a living member head of the rest of a dead head's chain, in the state Linking, for the caller to link. The dead head still leads to it until
    /// <see cref="Leave"/>. Under the lock.
    /// </summary>
    /// <param name="heir">The new head; -1 = nobody is alive behind it.</param>
    /// <returns>False when those alive are all about to be settled by who has linked them: to be tried again.</returns>
    public bool TryTakeHeir(int head, out int heir)
    {
        heir = -1;
        bool waits = false;
        for (int slot = Behind(head); slot >= 0 && heir < 0;)
        {
            int next = Behind(slot);
            if (!entries.IsAlive(slot))
            {
                // Its own turn to be taken out comes; it needs no chain for that.
                Remove(slot);
            }
            else if (entries.State(slot) == SlotState.Linked)
            {
                heir = slot;
            }
            else
            {
                waits = true;
            }

            slot = next;
        }

        if (heir >= 0)
        {
            Remove(heir);
            PutBehind(head, heir);
            Volatile.Write(ref entries.Before(heir), 0);
            entries.State(heir) = SlotState.Linking;
        }

        return heir >= 0 || !waits;
    }

    /// <summary>Lets a dead head, whose heir is in the graph, lead nowhere. Under the lock.</summary>
    public void Leave(int head) => Volatile.Write(ref entries.Next(head), 0);

    private void PutBehind(int head, int slot)
    {
        int next = entries.Next(head);
        entries.Next(slot) = next;
        Volatile.Write(ref entries.Before(slot), head + 1);
        if (next != 0)
        {
            entries.Before(next - 1) = slot + 1;
        }

        Volatile.Write(ref entries.Next(head), slot + 1);
    }
}
