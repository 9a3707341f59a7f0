using AuraMemory.Topology.Distances;

namespace AuraMemory.Topology.Search;

/// <summary>One search of an index at a time, with the room it needs; used again for later searches.</summary>
/// <remarks>
/// <para>Every candidate is bounded from below before it is measured. Candidates are measured by rising bound until the bound exceeds
/// the distance of the k-th hit: no method that knows only these bounds measures fewer (Seidl and Kriegel 1998). Over all entries the
/// result is exact; over those a graph walk has met it is approximate.</para>
/// <para>An exact search begins with an approximate one, whose k-th distance lets most entries go after the cheap bound. The bound of a
/// Euclidean distance comes from the rounded rows: with |x - x'| &lt;= 2^-9 |x| and |x| &lt;= |q| + d, d &gt;= (|q - x'| - 2^-9 |q|) / (1 + 2^-9).</para>
/// </remarks>
internal sealed unsafe partial class ShapeSearch
{
    private const int Samples = 256;
    private const int FewestPassing = 12;
    private const int VisitsPerCandidate = 64;
    private const int GuideBreadth = 32;
    private const float DecisiveShare = 0.25f;
    private const float NearBreadth = 1.75f;
    private const float DisplacedShare = 1.1f;
    private const double Rounding = 1.0 / 512;

    private readonly ShapeIndex _index;
    private readonly EntryStore _entries;
    private readonly SearchScratch _scratch = new();
    private readonly float[] _cuts = new float[(Barcode.HighestDimension + 1) * DiagramKernel.CutFloats];
    private readonly HitList _hits = new();
    private SlotHeap _byBound = new(largestFirst: false);
    private SlotHeap _ranks = new(largestFirst: true);
    private VisitedSlots _measured = new();
    private Bar[] _bars = new Bar[64];
    private int[] _waiting = new int[64];
    private ShapeQuery _query = new();
    private CancellationToken _cancellation;
    private double _norm;
    private int _published;
    private bool _withDisplaced;
    private int _exact;
    private int _bounds;

    public ShapeSearch(ShapeIndex index)
    {
        _index = index;
        _entries = index.Entries;
        _scratch.Query = new float[_entries.Width];
    }

    /// <summary>Bytes it holds.</summary>
    public long Bytes => _scratch.Bytes + _byBound.Bytes + _ranks.Bytes + _measured.Bytes + (_bars.Length * (long)sizeof(Bar)) + ((_waiting.Length + _cuts.Length) * (long)sizeof(int));

    /// <summary>Bytes of it that were counted.</summary>
    public long Counted { get; set; }

    /// <summary>Answers a query that was checked.</summary>
    public ShapeSearchResult Run(ShapeQuery query, CancellationToken cancellation)
    {
        _query = query;
        _cancellation = cancellation;
        _exact = _bounds = 0;
        _hits.Reset(query.K);
        _measured.Clear();
        Prepare();
        // Before the graphs are read: an entry that is linked from now on is in this copy.
        int waiting = _index.CopyWaiting(ref _waiting);
        _published = _index.Published;
        bool exact = query.Mode == SearchMode.Exact || _published <= _index.Options.AlwaysExactUpTo;
        fixed (float* cuts = _cuts)
        fixed (float* signature = _scratch.Query)
        {
            if (_published > _index.Options.AlwaysExactUpTo && !IsNarrow())
            {
                exact |= !Walk(cuts, signature, waiting);
            }
            else
            {
                exact = true;
            }

            if (exact)
            {
                Scan(cuts, signature);
            }
        }

        Confirm();
        ShapeSearchResult result = new()
        {
            Hits = _hits.ToList(),
            Mode = exact ? SearchMode.Exact : SearchMode.Approximate,
            CertifiedExact = exact,
            ExactEvaluations = _exact,
            BoundEvaluations = _bounds,
        };
        _query = new ShapeQuery();
        return result;
    }

    private void Prepare()
    {
        if (_query.Metric == ShapeMetric.Euclidean)
        {
            double sum = 0;
            foreach (float x in _query.Signature.Span)
            {
                sum += (double)x * x;
            }

            _norm = Math.Sqrt(sum);
        }

        fixed (float* cuts = _cuts)
        fixed (float* signature = _scratch.Query)
        {
            if (_query.Metric == ShapeMetric.Euclidean)
            {
                VectorKernel.Prepare(_query.Signature.Span, signature);
                return;
            }

            for (int d = 0; d < _entries.Dimensions; d++)
            {
                if (HasDimension(d))
                {
                    DiagramKernel.Cut(_query.Barcode![d].Finite, cuts + (d * DiagramKernel.CutFloats));
                }
                else
                {
                    DiagramKernel.CutNothing(cuts + (d * DiagramKernel.CutFloats));
                }
            }
        }
    }

    /// <summary>True when so few of a sample pass the filter that a walk would meet too few of them.</summary>
    private bool IsNarrow()
    {
        if (_query.Filter is null)
        {
            return false;
        }

        int passing = 0;
        int stride = Math.Max(1, _published / Samples);
        for (int slot = 0; slot < _published; slot += stride)
        {
            passing += Passes(slot) ? 1 : 0;
        }

        return passing < FewestPassing;
    }

    /// <summary>Measures what a walk through the graph meets, and what is not in the graph yet; false when that is too little.</summary>
    private bool Walk(float* cuts, float* signature, int waiting)
    {
        int breadth = Math.Max(_query.K, _query.Breadth > 0 ? _query.Breadth : _index.Options.SearchBreadth);
        int most = (int)Math.Min(int.MaxValue, (long)breadth * VisitsPerCandidate);
        var filter = new Answerable(this, _query.Metric != ShapeMetric.Euclidean);
        _scratch.Evaluations = 0;
        _scratch.ForgetLearned();
        _withDisplaced = false;
        bool whole = _query.Metric == ShapeMetric.Euclidean
            ? _index.Vectors!.Search(new VectorSpace(_entries.Upper, signature, _entries.Width), filter, breadth, _published, most, _scratch)
            : WalkDiagrams(cuts, filter, breadth, most);
        _bounds += _scratch.Evaluations;
        _byBound.Clear();
        _ranks.Clear();
        OfferRanks(_scratch.Sorted.AsSpan(0, _scratch.SortedCount), float.PositiveInfinity, cuts, signature);
        if (_withDisplaced && _scratch.SortedCount > 0)
        {
            OfferRanks(_scratch.Displaced, SlotHeap.DistanceOf(_scratch.Sorted[_scratch.SortedCount - 1]) * DisplacedShare, cuts, signature);
        }

        for (int i = 0; i < waiting; i++)
        {
            if ((i & 1023) == 0)
            {
                _cancellation.ThrowIfCancellationRequested();
            }

            if (Passes(_waiting[i]))
            {
                OfferRank(_waiting[i], cuts, signature, withTwins: false);
            }
        }

        MeasureByRank();
        return whole && _hits.Count >= Math.Min(_query.K, _published);
    }

    /// <summary>Bounds every entry that passes and is not measured yet, and measures those that the bound does not rule out.</summary>
    private void Scan(float* cuts, float* signature)
    {
        _byBound.Clear();
        for (int slot = 0; slot < _published; slot++)
        {
            if ((slot & 1023) == 0)
            {
                _cancellation.ThrowIfCancellationRequested();
            }

            if (_entries.IsAlive(slot) && (_query.Filter is null || Passes(slot)))
            {
                Offer(slot, cuts, signature);
            }
        }

        MeasureByBound(cuts, signature);
    }

    /// <summary>
    /// The graph is that of W1. A walk by W1 looks at the longest bars of each shape only, which ranks coarser but costs less than half, and keeps more for it, at the
    /// end also what was driven out of the nearest by little; where the k nearest are so near that the bars left out decide, a walk by all bars goes on from there. By W2 it would lose too much: two bars that change places at the
    /// cut count with their squares. The bottleneck distance sees but one pair of bars, gets lost in the graph, and starts where a short walk by W1 ends.
    /// </summary>
    private bool WalkDiagrams(float* cuts, Answerable filter, int breadth, int most)
    {
        ProximityGraph graph = _index.Diagrams!;
        var space = new DiagramSpace(_entries.Cuts, cuts, _entries.Dimensions, _query.Metric, learned: _scratch.Learned);
        if (_query.Metric == ShapeMetric.Bottleneck)
        {
            var guide = new DiagramSpace(_entries.Cuts, cuts, _entries.Dimensions, ShapeMetric.Wasserstein1, learned: _scratch.Learned);
            return graph.Search(guide, filter, Math.Min(breadth, GuideBreadth), _published, most, _scratch)
                && _scratch.SortedCount > 0
                && graph.SearchOn(space, filter, breadth, _published, most, _scratch);
        }

        float beyond = DiagramKernel.BeyondNear(cuts, _entries.Dimensions);
        if (beyond == 0 || _query.Metric != ShapeMetric.Wasserstein1)
        {
            return graph.Search(space, filter, breadth, _published, most, _scratch);
        }

        var near = new DiagramSpace(_entries.Cuts, cuts, _entries.Dimensions, _query.Metric, near: true, learned: _scratch.Learned);
        if (!graph.Search(near, filter, (int)(breadth * NearBreadth), _published, most, _scratch))
        {
            return false;
        }

        _withDisplaced = _scratch.SortedCount < _query.K || InDistance(SlotHeap.DistanceOf(_scratch.Sorted[_query.K - 1])) > beyond * DecisiveShare;
        return _withDisplaced || graph.SearchOn(space, filter, breadth, _published, most, _scratch);
    }

    private void Offer(int slot, float* cuts, float* signature)
    {
        double bound = Bound(slot, cuts, signature, 0);
        if (bound <= _hits.Worst)
        {
            _byBound.Push(SlotHeap.Pack(Below(bound), slot));
        }
    }

    private void MeasureByBound(float* cuts, float* signature)
    {
        while (_byBound.Count > 0 && _byBound.TopDistance <= _hits.Worst)
        {
            _cancellation.ThrowIfCancellationRequested();
            int slot = SlotHeap.SlotOf(_byBound.Pop());
            if (_query.Metric != ShapeMetric.Euclidean && Bound(slot, cuts, signature, _hits.Worst) > _hits.Worst)
            {
                continue;
            }

            if (_measured.Add(slot))
            {
                Measure(slot);
            }
        }
    }

    private double Bound(int slot, float* cuts, float* signature, double limit)
    {
        _bounds++;
        if (_query.Metric == ShapeMetric.Euclidean)
        {
            double rounded = Math.Sqrt(VectorKernel.FromQuery(signature, (ushort*)_entries.Upper[slot], _entries.Width));
            double bound = ((rounded * (1 - 1e-5)) - (Rounding * _norm) - 1e-30) / (1 + Rounding);
            // A sum of squares that overflowed says nothing but "far".
            return double.IsInfinity(rounded) ? 0 : Math.Max(0, bound);
        }

        double lower = DiagramKernel.LowerBound(cuts, (float*)_entries.Cuts[slot], _entries.Dimensions, _query.Metric, limit);
        return double.IsNaN(lower) ? 0 : lower;
    }

    private void Measure(int slot)
    {
        uint stamp = _entries.Stamp(slot);
        if ((stamp & 1) == 0)
        {
            return;
        }

        ulong id = _entries.Id(slot);
        double distance = Distance(slot, stamp, _hits.Worst);
        if (distance <= _hits.Worst && !double.IsPositiveInfinity(distance) && _entries.Stamp(slot) == stamp)
        {
            _hits.Add(distance, id, slot, stamp);
        }
    }

    /// <summary>Exact distance; infinite when the slot has changed, no dimension is common, or it is proven above a bound.</summary>
    private double Distance(int slot, uint stamp, double bound)
    {
        _exact++;
        if (_query.Metric == ShapeMetric.Euclidean)
        {
            return _entries.Distance(_query.Signature.Span, slot);
        }

        Span<int> counts = stackalloc int[Barcode.HighestDimension + 1];
        if (!_entries.TryCopyBars(slot, stamp, ref _bars, counts))
        {
            return double.PositiveInfinity;
        }

        bool common = false;
        double total = 0;
        int start = 0;
        for (int d = 0; d < _entries.Dimensions; start += Math.Max(0, counts[d]), d++)
        {
            if (counts[d] < 0 || !HasDimension(d))
            {
                continue;
            }

            common = true;
            ReadOnlySpan<Bar> theirs = _bars.AsSpan(start, counts[d]);
            ReadOnlySpan<Bar> ours = _query.Barcode![d].Finite;
            total = _query.Metric switch
            {
                ShapeMetric.Wasserstein1 => total + Wasserstein.Distance(ours, theirs, 1, GroundNorm.Infinity, Above(bound - total), _cancellation),
                ShapeMetric.Wasserstein2 => Together(total, Wasserstein.Distance(
                    ours, theirs, 2, GroundNorm.Infinity, Above(Math.Sqrt(Math.Max(0, (bound * bound) - (total * total)))), _cancellation)),
                _ => Math.Max(total, Bottleneck.Distance(ours, theirs, bound, _cancellation)),
            };
            if (total > bound)
            {
                return double.PositiveInfinity;
            }
        }

        return common ? total : double.PositiveInfinity;
    }

    /// <summary>Takes out hits that are gone, and measures anew those that were replaced while the search ran.</summary>
    private void Confirm()
    {
        Span<ulong> replaced = stackalloc ulong[16];
        int count = 0;
        for (int i = _hits.Count - 1; i >= 0; i--)
        {
            (ulong id, int slot, uint stamp) = _hits.Place(i);
            if (_entries.Stamp(slot) != stamp)
            {
                _hits.RemoveAt(i);
                if (count < replaced.Length)
                {
                    replaced[count++] = id;
                }
            }
        }

        foreach (ulong id in replaced[..count])
        {
            int slot = _index.SlotOf(id);
            if (slot >= 0 && !_hits.Contains(id))
            {
                Measure(slot);
            }
        }
    }

    private bool HasDimension(int dimension) => dimension < _query.Barcode!.Dimensions;

    private bool Passes(int slot) => _entries.IsAlive(slot) && (_query.Filter is null || _query.Filter(_entries.Id(slot)));

    /// <summary>A float not above a bound.</summary>
    private static float Below(double bound) => bound <= 0 ? 0 : Math.Max(0, MathF.BitDecrement((float)Math.Min(bound, float.MaxValue)));

    /// <summary>The remaining bound, raised by more than the rounding of a difference of sums, so that ties are not lost to it.</summary>
    private static double Above(double bound) => double.IsPositiveInfinity(bound) ? bound : (Math.Max(0, bound) * (1 + 1e-12)) + double.Epsilon;

    private static double Together(double first, double second) => first == 0 ? second : Math.Sqrt((first * first) + (second * second));

    private bool AnyBehindPasses(int slot)
    {
        for (int followed = 0; followed < TwinChains.MostFollowed && (slot = _index.Twins.Behind(slot)) >= 0; followed++)
        {
            if (Passes(slot))
            {
                return true;
            }
        }

        return false;
    }

    private readonly struct Answerable(ShapeSearch search, bool withTwins) : ISlotFilter
    {
        public bool Passes(int slot) => search.Passes(slot) || (withTwins && search.AnyBehindPasses(slot));
    }
}
