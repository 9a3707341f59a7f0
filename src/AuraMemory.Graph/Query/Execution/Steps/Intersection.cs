using AuraMemory.Graph.Storage;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>Takes the common neighbours of two nodes.</summary>
internal interface IMatchTaker
{
    /// <summary>Takes one.</summary>
    /// <param name="node">A neighbour of both.</param>
    /// <param name="first">The relationship to it from the first node.</param>
    /// <param name="second">The one from the second.</param>
    /// <returns>Whether more are wanted.</returns>
    bool Take(int node, int first, int second);
}

/// <summary>The common neighbours of two nodes, from their ordered rows: the shorter row is walked, in the longer one the walk gallops, so the cost is near that of the shorter.</summary>
internal sealed class Intersection
{
    private readonly QueryRun _run;

    /// <summary>Of two walks to the same node, each of one type and one direction or both.</summary>
    public Intersection(QueryRun run, EdgeWalk first, EdgeWalk second)
    {
        _run = run;
        First = new TypeChoice(run, first.Types, first.Direction);
        Second = new TypeChoice(run, second.Types, second.Direction);
        MustDiffer = first.Relationship >= 0 && Array.IndexOf(second.Unlike, first.Relationship) >= 0;
    }

    /// <summary>Relationships of the first walk.</summary>
    public TypeChoice First { get; }

    /// <summary>Relationships of the second.</summary>
    public TypeChoice Second { get; }

    /// <summary>Steps along the shorter rows so far.</summary>
    public long Work { get; private set; }

    /// <summary>Whether a type is not in the graph, so that nothing can be found.</summary>
    public bool IsEmpty => First.Types.Length == 0 || Second.Types.Length == 0;

    /// <summary>Whether one relationship may not be walked by both.</summary>
    public bool MustDiffer { get; }

    /// <summary>Gives each neighbour of both, as often as there are pairs of relationships to it.</summary>
    /// <returns>Whether the taker wanted more to the end.</returns>
    public bool Visit<T>(int one, int two, ref T taker)
        where T : struct, IMatchTaker =>
        (!First.Outgoing || Both(one, Direction.Outgoing, two, ref taker)) && (!First.Incoming || Both(one, Direction.Incoming, two, ref taker));

    /// <summary>First place, from a start on, whose number is not below the sought one.</summary>
    private static int Gallop(ReadOnlySpan<int> others, int start, int sought)
    {
        int step = 1;
        int low = start;
        while (low + step < others.Length && others[low + step] < sought)
        {
            low += step;
            step <<= 1;
        }

        return FirstNotBelow(others, low, Math.Min(low + step, others.Length), sought);
    }

    /// <summary>First place between two, or the second of them, whose number is not below the sought one; by binary search.</summary>
    internal static int FirstNotBelow(ReadOnlySpan<int> others, int low, int high, int sought)
    {
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = others[middle] < sought ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private bool Both<T>(int one, Direction direction, int two, ref T taker)
        where T : struct, IMatchTaker =>
        (!Second.Outgoing || Rows(one, direction, two, Direction.Outgoing, ref taker)) && (!Second.Incoming || Rows(one, direction, two, Direction.Incoming, ref taker));

    private bool Rows<T>(int one, Direction oneWay, int two, Direction twoWay, ref T taker)
        where T : struct, IMatchTaker
    {
        Adjacency a = _run.Graph.Neighbours(one, oneWay, First.Types[0]);
        Adjacency b = _run.Graph.Neighbours(two, twoWay, Second.Types[0]);
        int fewer = Math.Min(a.Count, b.Count);
        Work += fewer;
        _run.Context.RelationshipsTraversed += fewer;

        // A loop stands in both rows of its node; walked in either direction it is met once.
        int loopOfFirst = First.Direction == Direction.Both && oneWay == Direction.Incoming ? one : -1;
        int loopOfSecond = Second.Direction == Direction.Both && twoWay == Direction.Incoming ? two : -1;
        return a.Count <= b.Count ? Meet(a, b, false, loopOfFirst, loopOfSecond, ref taker) : Meet(b, a, true, loopOfFirst, loopOfSecond, ref taker);
    }

    private bool Meet<T>(Adjacency few, Adjacency many, bool swapped, int loopOfFirst, int loopOfSecond, ref T taker)
        where T : struct, IMatchTaker
    {
        ReadOnlySpan<int> fewOthers = few.Others;
        ReadOnlySpan<int> manyOthers = many.Others;
        int at = 0;
        for (int i = 0; i < fewOthers.Length; i++)
        {
            _run.Context.Tick();
            int node = fewOthers[i];
            if (node == loopOfFirst || node == loopOfSecond)
            {
                continue;
            }

            at = Gallop(manyOthers, at, node);
            for (int j = at; j < manyOthers.Length && manyOthers[j] == node; j++)
            {
                _run.Context.Tick();
                (int r1, int r2) = swapped ? (many.Relationships[j], few.Relationships[i]) : (few.Relationships[i], many.Relationships[j]);
                if (!(MustDiffer && r1 == r2) && !taker.Take(node, r1, r2))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
