namespace AuraMemory.Topology.Search;

/// <summary>The best hits so far, nearest first, at most k; ties by id, so that the answer does not depend on the order of measuring.</summary>
internal sealed class HitList
{
    private (double Distance, ulong Id, int Slot, uint Stamp)[] _hits = new (double, ulong, int, uint)[16];
    private int _most;

    /// <summary>Hits held.</summary>
    public int Count { get; private set; }

    /// <summary>Distance above which nothing is taken any more; infinite while there are fewer than k.</summary>
    public double Worst => Count < _most ? double.PositiveInfinity : _hits[Count - 1].Distance;

    /// <summary>Forgets all; holds at most so many from now on.</summary>
    public void Reset(int most)
    {
        Count = 0;
        _most = most;
    }

    /// <summary>Takes a hit in, and lets the worst go when there are too many. O(k).</summary>
    public void Add(double distance, ulong id, int slot, uint stamp)
    {
        int at = Count;
        while (at > 0 && (distance, id).CompareTo((_hits[at - 1].Distance, _hits[at - 1].Id)) < 0)
        {
            at--;
        }

        if (at >= _most)
        {
            return;
        }

        if (Count == _hits.Length)
        {
            Array.Resize(ref _hits, Count * 2);
        }

        Count = Math.Min(Count + 1, _most);
        Array.Copy(_hits, at, _hits, at + 1, Count - at - 1);
        _hits[at] = (distance, id, slot, stamp);
    }

    /// <summary>Where a hit was found.</summary>
    public (ulong Id, int Slot, uint Stamp) Place(int i) => (_hits[i].Id, _hits[i].Slot, _hits[i].Stamp);

    /// <summary>True when an id is among the hits.</summary>
    public bool Contains(ulong id)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_hits[i].Id == id)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes a hit out.</summary>
    public void RemoveAt(int i)
    {
        Count--;
        Array.Copy(_hits, i + 1, _hits, i, Count - i);
    }

    /// <summary>The hits for the caller.</summary>
    public ShapeHit[] ToList()
    {
        var list = new ShapeHit[Count];
        for (int i = 0; i < Count; i++)
        {
            list[i] = new ShapeHit(_hits[i].Id, _hits[i].Distance);
        }

        return list;
    }
}
