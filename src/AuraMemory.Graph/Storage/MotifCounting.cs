using System.Runtime.InteropServices;

namespace AuraMemory.Graph.Storage;

/// <summary>Counts the entries of a <see cref="MotifCatalogue"/> anew from a snapshot.</summary>
/// <remarks>
/// Triangles: edges of the simple graph point to the end of higher degree, and rows are intersected through marks, O(m * sqrt(m)); with their types taken as sets, so that
/// the inner loop counts triples of sets, and only the result is spelt out in types. Beyond a number of relationships, wedges are drawn instead.
/// </remarks>
internal sealed class MotifCounting
{
    private const int Draws = 20_000;
    private readonly GraphSnapshot _view;
    private readonly MotifTables _tables = new();
    private readonly Dictionary<string, int> _setNumbers = new(StringComparer.Ordinal);
    private readonly List<int[]> _sets = [];
    private int[] _starts = [];
    private int[] _others = [];
    private int[] _pairSets = [];

    private MotifCounting(GraphSnapshot view) => _view = view;

    /// <summary>Counts.</summary>
    /// <param name="view">The graph.</param>
    /// <param name="exactUpTo">Relationships up to which triangles are counted rather than estimated.</param>
    public static MotifTables Count(GraphSnapshot view, long exactUpTo)
    {
        var counting = new MotifCounting(view);
        counting.CountStars();
        counting.BuildSimple();
        if (view.RelationshipCount <= exactUpTo)
        {
            counting.CountTriangles();
        }
        else
        {
            counting.DrawTriangles();
        }

        return counting._tables;
    }

    private void CountStars()
    {
        int ends = 2 * _view.Types.Count;
        var degrees = new int[ends];
        var labels = new List<int>();
        for (int node = 0; node < _view.NodeNumbers; node++)
        {
            if (!_view.HasNode(node))
            {
                continue;
            }

            labels.Clear();
            labels.Add(-1);
            labels.AddRange(_view.LabelsOf(node));
            for (int end = 0; end < ends; end++)
            {
                degrees[end] = _view.Degree(node, (end & 1) == 0 ? Direction.Outgoing : Direction.Incoming, end >> 1);
            }

            foreach (int label in labels)
            {
                for (int end = 0; end < ends; end++)
                {
                    for (int other = end; other < ends && degrees[end] > 0; other++)
                    {
                        _tables.AddWedges(label, end, other, (long)degrees[end] * degrees[other]);
                    }

                    _tables.AddDegree(label, end, degrees[end], 1);
                }
            }

            for (int type = 0; type < ends / 2; type++)
            {
                foreach (int target in degrees[2 * type] == 0 ? [] : _view.Neighbours(node, Direction.Outgoing, type).Others)
                {
                    foreach (int label in labels)
                    {
                        MotifTables.Add(_tables.Relationships, (label, type, -1), 1);
                        foreach (int targetLabel in _view.LabelsOf(target))
                        {
                            MotifTables.Add(_tables.Relationships, (label, type, targetLabel), 1);
                        }
                    }
                }
            }
        }
    }

    private void BuildSimple()
    {
        _starts = new int[_view.NodeNumbers + 1];
        var others = new List<int>();
        var sets = new List<int>();
        var row = new List<long>();
        var types = new List<int>();
        int single = -1, singleSet = -1;
        var byType = new long[_view.Types.Count];
        for (int node = 0; node < _view.NodeNumbers; node++)
        {
            SimpleRows.Gather(_view, node, row);
            ReadOnlySpan<long> pairs = CollectionsMarshal.AsSpan(row);
            for (int i = 0; i < pairs.Length;)
            {
                ReadOnlySpan<long> run = SimpleRows.Run(pairs, i);
                types.Clear();
                foreach (long pair in run)
                {
                    types.Add(SimpleRows.Type(pair));
                    byType[SimpleRows.Type(pair)]++;
                }

                if (run.Length > 1 || types[0] != single)
                {
                    single = run.Length == 1 ? types[0] : -1;
                    singleSet = SetNumber(types);
                    Parallel(types);
                }

                others.Add(SimpleRows.Other(pairs[i]));
                sets.Add(singleSet);
                i += run.Length;
            }

            _starts[node + 1] = others.Count;
            long degree = _starts[node + 1] - _starts[node];
            _tables.AllSimpleWedges += degree * (degree - 1) / 2;
            PairsAt(byType);
        }

        _others = [.. others];
        _pairSets = [.. sets];
    }

    // Products of degrees count pairs that end at the same neighbour, where two types join the same nodes: they are no wedges.
    private void Parallel(List<int> types)
    {
        for (int i = 0; i < types.Count; i++)
        {
            for (int j = i + 1; j < types.Count; j++)
            {
                _tables.AddSimpleWedges(types[i], types[j], -1);
            }
        }
    }

    private void PairsAt(long[] byType)
    {
        for (int a = 0; a < byType.Length; a++)
        {
            if (byType[a] == 0)
            {
                continue;
            }

            _tables.AddSimpleWedges(a, a, byType[a] * (byType[a] - 1) / 2);
            for (int b = a + 1; b < byType.Length; b++)
            {
                _tables.AddSimpleWedges(a, b, byType[a] * byType[b]);
            }
        }

        byType.AsSpan().Clear();
    }

    private int SetNumber(List<int> types)
    {
        string name = string.Join(',', types);
        if (!_setNumbers.TryGetValue(name, out int number))
        {
            number = _sets.Count;
            _sets.Add([.. types]);
            _setNumbers[name] = number;
        }

        return number;
    }

    private int Degree(int node) => _starts[node + 1] - _starts[node];

    private bool Points(int from, int to) => Degree(from) < Degree(to) || (Degree(from) == Degree(to) && from < to);

    private void CountTriangles()
    {
        int count = _starts.Length - 1;
        var starts = new int[count + 1];
        var others = new int[_others.Length / 2];
        var sets = new int[_others.Length / 2];
        int at = 0;
        for (int node = 0; node < count; node++)
        {
            for (int e = _starts[node]; e < _starts[node + 1]; e++)
            {
                if (Points(node, _others[e]))
                {
                    others[at] = _others[e];
                    sets[at++] = _pairSets[e];
                }
            }

            starts[node + 1] = at;
        }

        var marks = new int[count];
        var found = new Dictionary<(int, int, int), long>();
        (int, int, int) last = (-1, -1, -1);
        long run = 0;
        for (int u = 0; u < count; u++)
        {
            for (int e = starts[u]; e < starts[u + 1]; e++)
            {
                marks[others[e]] = sets[e] + 1;
            }

            for (int e = starts[u]; e < starts[u + 1]; e++)
            {
                int v = others[e];
                for (int f = starts[v]; f < starts[v + 1]; f++)
                {
                    int third = marks[others[f]];
                    if (third == 0)
                    {
                        continue;
                    }

                    (int, int, int) key = (sets[e], sets[f], third - 1);
                    if (key != last)
                    {
                        MotifTables.Add(found, last, run);
                        (last, run) = (key, 0);
                    }

                    run++;
                }
            }

            for (int e = starts[u]; e < starts[u + 1]; e++)
            {
                marks[others[e]] = 0;
            }
        }

        MotifTables.Add(found, last, run);
        foreach (((int a, int b, int c), long times) in found)
        {
            _tables.AllTriangles += times;
            Spell(a, b, c, times);
        }
    }

    private void Spell(int setA, int setB, int setC, long times)
    {
        foreach (int a in _sets[setA])
        {
            foreach (int b in _sets[setB])
            {
                foreach (int c in _sets[setC])
                {
                    _tables.AddTriangles(a, b, c, times);
                }
            }
        }
    }

    private void DrawTriangles()
    {
        int count = _starts.Length - 1;
        var below = new double[count];
        double sum = 0;
        for (int node = 0; node < count; node++)
        {
            below[node] = sum += (double)Degree(node) * (Degree(node) - 1) / 2;
        }

        if (sum == 0)
        {
            return;
        }

        var random = new Random(count);
        var found = new Dictionary<(int, int, int), long>();
        for (int draw = 0; draw < Draws; draw++)
        {
            int centre = Array.BinarySearch(below, random.NextDouble() * sum);
            centre = centre < 0 ? ~centre : centre + 1;
            int degree = Degree(centre);
            int i = random.Next(degree);
            int j = random.Next(degree - 1);
            j += j >= i ? 1 : 0;
            int a = _others[_starts[centre] + i], b = _others[_starts[centre] + j];
            int third = Array.BinarySearch(_others, _starts[a], Degree(a), b);
            if (third >= 0)
            {
                MotifTables.Add(found, (_pairSets[_starts[centre] + i], _pairSets[_starts[centre] + j], _pairSets[third]), 1);
            }
        }

        // A triangle is met at each of its three wedges.
        foreach (((int a, int b, int c), long times) in found)
        {
            long triangles = (long)Math.Round(times * sum / (3.0 * Draws));
            _tables.AllTriangles += triangles;
            Spell(a, b, c, triangles);
        }
    }
}
