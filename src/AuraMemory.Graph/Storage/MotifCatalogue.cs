using System.Runtime.InteropServices;

namespace AuraMemory.Graph.Storage;

/// <summary>How often small patterns occur: the statistics a planner estimates from. Kept up to date with every change of a relationship.</summary>
/// <remarks>
/// <para>After the idea of a catalogue of small subgraphs: A. Mhedhbi, S. Salihoglu, Optimizing Subgraph Queries by Combining Binary and Worst-Case Optimal Joins, PVLDB 12(11), 2019.</para>
/// <para>Every change is seen with the graph as it is without the relationship: before one is added, after one was removed. Both then change
/// the counts by the same amounts, with opposite signs, so what is kept equals what would be counted anew. A change costs O(degrees of both ends).</para>
/// <para>Patterns of four nodes and more are not counted but drawn: <see cref="ClosingSamples"/>.</para>
/// <para>The writer changes it under the graph's lock; readers and the writer exclude each other by <c>_sync</c>.</para>
/// </remarks>
internal sealed class MotifCatalogue : IGraphStatistics
{
    private readonly Lock _sync = new();
    private readonly PropertyGraph _graph;
    private readonly MotifTables _tables;
    private readonly Func<int, int[]> _labelsOf;
    private readonly AdjacencyTable _outgoing;
    private readonly AdjacencyTable _incoming;
    private readonly Dictionary<(int Label, int Key), (long Nodes, double Distinct)> _distinct = [];
    private readonly ClosingSamples _closing = new();
    private readonly List<long> _near = [];
    private readonly List<long> _far = [];

    /// <summary>Takes over counts that are right for the graph as it is.</summary>
    public MotifCatalogue(PropertyGraph graph, MotifTables tables, AdjacencyTable outgoing, AdjacencyTable incoming, Func<int, int[]> labelsOf)
    {
        _graph = graph;
        _tables = tables;
        _outgoing = outgoing;
        _incoming = incoming;
        _labelsOf = labelsOf;
    }

    /// <summary>The counts, for tests.</summary>
    public MotifTables Tables => _tables;

    /// <summary>Estimated bytes.</summary>
    public long Bytes => _tables.Bytes + _closing.Bytes;

    /// <inheritdoc/>
    public double Relationships(int sourceLabel, int type, int targetLabel)
    {
        lock (_sync)
        {
            double sum = 0;
            foreach (int each in TypesOf(type))
            {
                sum += _tables.Relationships.GetValueOrDefault((sourceLabel, each, targetLabel));
            }

            return sum;
        }
    }

    /// <inheritdoc/>
    public double Wedges(int centreLabel, int type1, Direction direction1, int type2, Direction direction2)
    {
        lock (_sync)
        {
            double sum = 0;
            foreach (int end1 in EndsOf(type1, direction1))
            {
                foreach (int end2 in EndsOf(type2, direction2))
                {
                    sum += _tables.Wedges.GetValueOrDefault((centreLabel, Math.Min(end1, end2), Math.Max(end1, end2)));
                }
            }

            return sum;
        }
    }

    /// <inheritdoc/>
    public double ClosingRate(int type1, int type2, int closingType)
    {
        lock (_sync)
        {
            if (type1 < 0 && type2 < 0 && closingType < 0)
            {
                return _tables.AllSimpleWedges == 0 ? 0 : Math.Min(1, 3.0 * _tables.AllTriangles / _tables.AllSimpleWedges);
            }

            double wedges = 0, closed = 0;
            foreach (int a in TypesOf(type1))
            {
                foreach (int b in TypesOf(type2))
                {
                    wedges += _tables.SimpleWedges.GetValueOrDefault((Math.Min(a, b), Math.Max(a, b)));
                    foreach (int c in TypesOf(closingType))
                    {
                        // Any of the triangle's edges of that type may be the closing one.
                        int ways = 1 + (a == c ? 1 : 0) + (b == c ? 1 : 0);
                        closed += ways * (double)_tables.Triangles.GetValueOrDefault(MotifTables.Sorted(a, b, c));
                    }
                }
            }

            return wedges == 0 ? 0 : Math.Min(1, closed / wedges);
        }
    }

    /// <inheritdoc/>
    public ClosingSample? Closing(IReadOnlyList<PatternArc> pattern, PatternArc closing, ref int draws) =>
        _closing.Of((GraphSnapshot)_graph.Snapshot(), pattern, closing, ref draws);

    /// <summary>Degrees of nodes with a label (-1 = any) at relationships of a type.</summary>
    public DegreeMoments Degrees(int label, int type, Direction direction)
    {
        lock (_sync)
        {
            return _tables.Moments(label, (2 * type) + (direction == Direction.Incoming ? 1 : 0));
        }
    }

    /// <inheritdoc/>
    public double DistinctValues(int label, int key)
    {
        var view = (GraphSnapshot)_graph.Snapshot();
        long nodes = view.CountNodes(label);
        int indexed = view.IndexedValues(label, key);
        if (indexed > 0)
        {
            return indexed;
        }

        lock (_sync)
        {
            if (_distinct.TryGetValue((label, key), out (long Nodes, double Distinct) known) && Math.Abs(known.Nodes - nodes) <= known.Nodes / 5)
            {
                return known.Distinct;
            }
        }

        double distinct = DistinctEstimate.Of(view, label, key);
        lock (_sync)
        {
            _distinct[(label, key)] = (nodes, distinct);
        }

        return distinct;
    }

    /// <summary>A relationship is about to be added.</summary>
    public void Adding(int source, int target, int type)
    {
        lock (_sync)
        {
            Edge(source, target, type, 1);
        }
    }

    /// <summary>A relationship was removed.</summary>
    public void Removed(int source, int target, int type)
    {
        lock (_sync)
        {
            Edge(source, target, type, -1);
        }
    }

    /// <summary>A node is about to get other labels.</summary>
    public void Relabelling(int node, int[] before, int[] after)
    {
        lock (_sync)
        {
            Loops(node, before, -1);
            Loops(node, after, 1);
            foreach (int label in before)
            {
                if (!after.AsSpan().Contains(label))
                {
                    Label(node, label, -1);
                }
            }

            foreach (int label in after)
            {
                if (!before.AsSpan().Contains(label))
                {
                    Label(node, label, 1);
                }
            }
        }
    }

    private int[] TypesOf(int type) => type >= 0 ? [type] : [.. Enumerable.Range(0, _graph.Types.Count)];

    private List<int> EndsOf(int type, Direction direction)
    {
        var ends = new List<int>();
        foreach (int each in TypesOf(type))
        {
            if (direction != Direction.Incoming)
            {
                ends.Add(2 * each);
            }

            if (direction != Direction.Outgoing)
            {
                ends.Add((2 * each) + 1);
            }
        }

        return ends;
    }

    private int DegreeAt(int node, int end) => ((end & 1) == 0 ? _outgoing : _incoming).Degree(node, end >> 1);

    private void Edge(int source, int target, int type, int sign)
    {
        int[] sourceLabels = [-1, .. _labelsOf(source)];
        int[] targetLabels = source == target ? sourceLabels : [-1, .. _labelsOf(target)];
        foreach (int s in sourceLabels)
        {
            foreach (int t in targetLabels)
            {
                MotifTables.Add(_tables.Relationships, (s, type, t), sign);
            }
        }

        End(source, sourceLabels, 2 * type, sign, -1);
        End(target, targetLabels, (2 * type) + 1, sign, source == target ? 2 * type : -1);
        if (source != target)
        {
            SimpleEdge(source, target, type, sign);
        }
    }

    // extra: an end at the node that already counts the relationship, though its row does not show it (a loop's other end).
    private void End(int node, int[] labels, int end, int sign, int extra)
    {
        int ends = 2 * _graph.Types.Count;
        int own = DegreeAt(node, end);
        for (int other = 0; other < ends; other++)
        {
            long degree = DegreeAt(node, other) + (other == extra ? 1 : 0);
            long change = other == end ? (2 * degree) + 1 : degree;
            foreach (int label in labels)
            {
                _tables.AddWedges(label, end, other, sign * change);
            }
        }

        foreach (int label in labels)
        {
            _tables.AddDegree(label, end, own, -sign);
            _tables.AddDegree(label, end, own + 1, sign);
        }
    }

    private void SimpleEdge(int source, int target, int type, int sign)
    {
        SimpleRows.Gather(_outgoing, _incoming, source, _near);
        SimpleRows.Gather(_outgoing, _incoming, target, _far);
        ReadOnlySpan<long> near = CollectionsMarshal.AsSpan(_near);
        ReadOnlySpan<long> far = CollectionsMarshal.AsSpan(_far);
        ReadOnlySpan<long> between = SimpleRows.Of(near, target);
        bool joined = !between.IsEmpty;
        foreach (long each in between)
        {
            if (SimpleRows.Type(each) == type)
            {
                return;
            }
        }

        int distinct = WedgesAt(near, target, type, sign) + WedgesAt(far, source, type, sign);
        int common = 0;
        for (int i = 0, j = 0; i < near.Length && j < far.Length;)
        {
            int a = SimpleRows.Other(near[i]), b = SimpleRows.Other(far[j]);
            if (a < b)
            {
                i++;
            }
            else if (b < a)
            {
                j++;
            }
            else
            {
                common++;
                ReadOnlySpan<long> first = SimpleRows.Run(near, i), second = SimpleRows.Run(far, j);
                foreach (long one in first)
                {
                    foreach (long two in second)
                    {
                        _tables.AddTriangles(type, SimpleRows.Type(one), SimpleRows.Type(two), sign);
                    }
                }

                i += first.Length;
                j += second.Length;
            }
        }

        if (!joined)
        {
            _tables.AllSimpleWedges += sign * distinct;
            _tables.AllTriangles += sign * common;
        }
    }

    private int WedgesAt(ReadOnlySpan<long> row, int except, int type, int sign)
    {
        int distinct = 0, last = -1;
        foreach (long each in row)
        {
            int other = SimpleRows.Other(each);
            if (other != except)
            {
                _tables.AddSimpleWedges(type, SimpleRows.Type(each), sign);
                distinct += other != last ? 1 : 0;
                last = other;
            }
        }

        return distinct;
    }

    private void Loops(int node, int[] labels, int sign)
    {
        for (int type = 0; type < _graph.Types.Count; type++)
        {
            long loops = 0;
            foreach (int other in _outgoing.Row(node, type).Others)
            {
                loops += other == node ? 1 : 0;
            }

            foreach (int s in (int[])[-1, .. labels])
            {
                foreach (int t in (int[])[-1, .. labels])
                {
                    MotifTables.Add(_tables.Relationships, (s, type, t), sign * loops);
                }
            }
        }
    }

    private void Label(int node, int label, int sign)
    {
        int ends = 2 * _graph.Types.Count;
        for (int end = 0; end < ends; end++)
        {
            int degree = DegreeAt(node, end);
            _tables.AddDegree(label, end, degree, sign);
            for (int other = end; other < ends && degree > 0; other++)
            {
                _tables.AddWedges(label, end, other, sign * (long)degree * DegreeAt(node, other));
            }

            foreach (int far in ((end & 1) == 0 ? _outgoing : _incoming).Row(node, end >> 1).Others)
            {
                if (far == node)
                {
                    continue;
                }

                foreach (int farLabel in (int[])[-1, .. _labelsOf(far)])
                {
                    MotifTables.Add(_tables.Relationships, (end & 1) == 0 ? (label, end >> 1, farLabel) : (farLabel, end >> 1, label), sign);
                }
            }
        }
    }
}
