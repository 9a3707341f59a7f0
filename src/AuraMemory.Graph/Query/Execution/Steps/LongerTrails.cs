using AuraMemory.Graph.Storage;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>Trails between two nodes, no relationship twice, the shorter before the longer: for conditions that no shortest path fulfils.</summary>
/// <remarks>
/// <para>R. E. Korf, Depth-First Iterative-Deepening: An Optimal Admissible Tree Search, Artificial Intelligence 27(1), 1985 (IDA*): depth first up to a bound, where a
/// way is left as soon as what is walked and the least that is still to walk exceed the bound; the next bound is the least that exceeded it.
/// Still to walk is at least the distance to the end, from one breadth-first search.</para>
/// <para>Time is exponential in the length at worst, and ends with the query's limit; memory is that of the breadth-first search and of one trail.</para>
/// </remarks>
internal sealed class LongerTrails
{
    /// <summary>Up to this depth a relationship is looked for in the trail itself, beyond in a set.</summary>
    private const int Shallow = 24;
    private const int StepBytes = 32;
    private readonly QueryRun _run;
    private readonly ShortestWalk _shortest;
    private readonly TypeChoice _choice;
    private readonly SearchSide _distances;
    private readonly int _end;
    private readonly HashSet<int> _deep = [];
    private int[] _nodes = new int[16];
    private int[] _relationships = new int[16];
    private (int Part, int Next)[] _frames = new (int Part, int Next)[16];
    private long _charged;

    /// <summary>Prepares a search: distances to the end.</summary>
    /// <param name="run">The run.</param>
    /// <param name="shortest">What is walked.</param>
    /// <param name="choice">Relationships, seen from the beginning.</param>
    /// <param name="back">Relationships, seen from the end.</param>
    /// <param name="end">Where the trails end.</param>
    public LongerTrails(QueryRun run, ShortestWalk shortest, TypeChoice choice, TypeChoice back, int end)
    {
        (_run, _shortest, _choice, _end) = (run, shortest, choice, end);
        _distances = new SearchSide(run, back, shortest, end, all: false);
        while (_distances.Frontier.Count > 0 && _distances.Depth < shortest.Walk.Maximum)
        {
            _distances.Advance();
        }
    }

    /// <summary>Gives the trails of one length.</summary>
    /// <param name="start">Where they begin.</param>
    /// <param name="length">Relationships; 1 or more.</param>
    /// <param name="give">Takes nodes and relationships of a trail, and says whether a further one is wanted.</param>
    /// <returns>The next length that a trail could have; no trail has one in between.</returns>
    public long OfLength(int start, int length, Func<int[], int[], bool> give)
    {
        long next = long.MaxValue;
        int depth = 0;
        _deep.Clear();
        (_nodes[0], _frames[0]) = (start, default);
        while (depth >= 0)
        {
            if (!Step(depth, length, ref next, out int node, out int relationship))
            {
                depth--;
                if (depth >= Shallow)
                {
                    _deep.Remove(_relationships[depth]);
                }

                continue;
            }

            Grow(depth + 2);
            _relationships[depth] = relationship;
            if (depth >= Shallow)
            {
                _deep.Add(relationship);
            }

            _nodes[++depth] = node;
            _frames[depth] = default;
            if (depth == length && node == _end && !give(_nodes[..(depth + 1)], _relationships[..depth]))
            {
                break;
            }
        }

        return next;
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        _distances.Release();
        _run.Context.Charge(-_charged);
    }

    /// <summary>The next relationship from the trail's last node that keeps within the length.</summary>
    private bool Step(int depth, int length, ref long next, out int node, out int relationship)
    {
        ref (int Part, int Next) frame = ref _frames[depth];
        int ways = _choice.Direction == Direction.Both ? 2 : 1;
        for (; frame.Part < ways * _choice.Types.Length; frame = (frame.Part + 1, 0))
        {
            Direction direction = ways == 1 ? _choice.Direction : frame.Part % 2 == 0 ? Direction.Outgoing : Direction.Incoming;
            Adjacency row = _run.Graph.Neighbours(_nodes[depth], direction, _choice.Types[frame.Part / ways]);
            while (frame.Next < row.Count)
            {
                _run.Context.Tick();
                _run.Context.RelationshipsTraversed++;
                (node, relationship) = (row.Others[frame.Next], row.Relationships[frame.Next]);
                frame.Next++;
                int left = _distances.DepthOf(node);
                bool isLoopAgain = ways == 2 && direction == Direction.Incoming && node == _nodes[depth];
                if (left < 0 || isLoopAgain || InTrail(relationship, depth) || !_shortest.AdmitsRelationship(_run, relationship))
                {
                    continue;
                }

                long least = depth + 1L + left;
                if (least <= length)
                {
                    return true;
                }

                next = Math.Min(next, least);
            }
        }

        (node, relationship) = (-1, -1);
        return false;
    }

    private bool InTrail(int relationship, int depth) =>
        Array.IndexOf(_relationships, relationship, 0, Math.Min(depth, Shallow)) >= 0 || (depth > Shallow && _deep.Contains(relationship));

    private void Grow(int steps)
    {
        if (steps > _nodes.Length)
        {
            long bytes = (long)_nodes.Length * StepBytes;
            _run.Context.Charge(bytes);
            _charged += bytes;
            Array.Resize(ref _nodes, 2 * _nodes.Length);
            Array.Resize(ref _relationships, _nodes.Length);
            Array.Resize(ref _frames, _nodes.Length);
        }
    }
}
