namespace AuraMemory.Topology.Search;

/// <summary>Measuring what a walk has met, in the order of ranks.</summary>
internal sealed unsafe partial class ShapeSearch
{
    /// <summary>By how much a rank may exceed the distance.</summary>
    private const float RankMargin = 1.05f;

    /// <summary>How many members ahead a cut is loaded from memory.</summary>
    private const int LoadedAhead = 4;

    /// <summary>Offers those of some members of a walk that are not beyond a distance.</summary>
    private void OfferRanks(ReadOnlySpan<ulong> members, float most, float* cuts, float* signature)
    {
        for (int i = 0; i < members.Length; i++)
        {
            if (_query.Metric != ShapeMetric.Euclidean && i + LoadedAhead < members.Length)
            {
                IGraphSpace.Load(_entries.Cuts[SlotHeap.SlotOf(members[i + LoadedAhead])], _entries.Dimensions * DiagramKernel.CutBytes);
            }

            if (SlotHeap.DistanceOf(members[i]) <= most)
            {
                OfferRank(SlotHeap.SlotOf(members[i]), cuts, signature, withTwins: true);
            }
        }
    }

    /// <summary>
    /// Candidates of a walk are measured by rank, which is sharper than a bound; nothing is proven of them anyway. Twins behind a head have its rank; k of them are
    /// as many as can be answered.
    /// </summary>
    private void OfferRank(int slot, float* cuts, float* signature, bool withTwins)
    {
        if (_query.Metric == ShapeMetric.Euclidean)
        {
            Offer(slot, cuts, signature);
            return;
        }

        _bounds++;
        float worst = _ranks.Count < _query.K ? float.PositiveInfinity : _ranks.TopDistance * (RankMargin * RankMargin);
        float limit = _query.Metric == ShapeMetric.Wasserstein2 ? worst * worst : worst;
        float rank = DiagramKernel.Rank(cuts, (float*)_entries.Cuts[slot], _entries.Dimensions, _query.Metric, limit, learned: _scratch.Learned);
        if (rank > limit)
        {
            return;
        }

        rank = InDistance(rank);
        int offered = 0;
        int followed = 0;
        for (int twin = slot; twin >= 0 && offered < _query.K && followed < TwinChains.MostFollowed; twin = withTwins ? _index.Twins.Behind(twin) : -1)
        {
            followed++;
            if (Passes(twin))
            {
                offered++;
                _byBound.Push(SlotHeap.Pack(rank / RankMargin, twin));
                _ranks.Push(SlotHeap.Pack(rank, twin));
                if (_ranks.Count > _query.K)
                {
                    _ranks.Pop();
                }
            }
        }
    }

    private float InDistance(float rank) => _query.Metric == ShapeMetric.Wasserstein2 ? MathF.Sqrt(MathF.Max(0, rank)) : rank;

    private void MeasureByRank()
    {
        while (_byBound.Count > 0 && _byBound.TopDistance <= _hits.Worst)
        {
            _cancellation.ThrowIfCancellationRequested();
            int slot = SlotHeap.SlotOf(_byBound.Pop());
            if (_measured.Add(slot))
            {
                Measure(slot);
            }
        }
    }
}
