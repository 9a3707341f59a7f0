using AuraMemory.Engine.Objects;

namespace AuraMemory.Server.Shapes;

/// <content>Searches.</content>
/// <remarks>
/// The index is asked for a few more than k. Each hit is held against the store: the object must be there, in the version whose shape was
/// compared. What is not is forgotten (deleted, expired) or looked after (stored again), and the index is asked again for more, at
/// most a few times; so no answer names an object that was gone when it was made. A filter is evaluated during the search, candidate
/// by candidate, on what the store says without counting an access; what cannot be read does not pass.
/// </remarks>
internal sealed partial class ShapeService
{
    private const int MostRounds = 5;

    private readonly int _searchPlaces = Math.Max(4, 2 * Environment.ProcessorCount);
    private readonly SemaphoreSlim _searches;
    private long _searchCount;
    private long _exactCount;

    /// <inheritdoc/>
    public async ValueTask<ShapeMatches> SearchAsync(ShapeQuery query, CancellationToken cancellation = default)
    {
        await _loaded.Task.WaitAsync(cancellation).ConfigureAwait(false);
        await _searches.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            return Search(query, cancellation);
        }
        finally
        {
            _searches.Release();
        }
    }

    private ShapeMatches Search(ShapeQuery query, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _searchCount);
        long size = _keeper.Index.Count;
        if (_keeper.Index.Find(PartitionKey.Of(query.Analysis)) is not { } partition)
        {
            return new ShapeMatches([], ShapeMode.Exact, true, 0, 0, size);
        }

        float[] signature = _keeper.Signature(query.Analysis.Barcode);
        var similarity = Similarity.Of(query.Analysis.Barcode, signature, query.Metric, query.Order);
        double bound = similarity.Bound(query.MinSimilarity);
        using var buffer = new ObjectBuffer();
        Func<long, bool>? filter = query.Filter.IsNone ? null : id => Passes(id, query.Filter, buffer);
        var items = new List<ShapeMatch>(query.K);
        int asked = query.K + Math.Min(query.K, 8);
        long exact = 0;
        long bounds = 0;
        for (int round = 0; ; round++)
        {
            PartitionAnswer answer = partition.Search(
                new PartitionQuery(signature, query.Analysis.Barcode, asked, query.Metric, query.Order, query.Mode, filter), cancellation);
            exact += answer.ExactEvaluations;
            bounds += answer.BoundEvaluations;
            items.Clear();
            bool readable = true;
            int passed = 0;
            foreach ((long id, double distance) in answer.Hits)
            {
                passed++;
                if (items.Count == query.K || distance > bound)
                {
                    break;
                }

                if (Verified(id, distance, similarity, ref readable) is { } match)
                {
                    items.Add(match);
                }
            }

            // Enough, or all there are, or beyond what is similar enough.
            bool ended = items.Count == query.K || answer.Hits.Count < asked || passed < answer.Hits.Count;
            if (ended || round == MostRounds - 1)
            {
                Interlocked.Add(ref _exactCount, exact);
                return new ShapeMatches(items, answer.Mode, answer.CertifiedExact && readable && ended, exact, bounds, size);
            }

            asked = (int)Math.Min((long)asked * 4, partition.Count + (long)query.K);
        }
    }

    /// <summary>The match, if the object is there in the version that was compared.</summary>
    private ShapeMatch? Verified(long version, double distance, Similarity similarity, ref bool readable)
    {
        if (_keeper.Directory.KeyOf(version, out _) is not { } key)
        {
            return null; // just replaced, or not yet kept to the end
        }

        ReadStatus status = _store.Describe(key, out ObjectHeader header, out _, out TierId tier);
        if (status == ReadStatus.Found && header.Version == version)
        {
            return new ShapeMatch(key, version, tier, distance, similarity.Score(distance));
        }

        if (status == ReadStatus.NotFound)
        {
            _keeper.Forget(key, version);
        }
        else if (status == ReadStatus.Found)
        {
            _workers.TryPost(key);
        }
        else
        {
            readable = false;
        }

        return null;
    }

    private bool Passes(long version, ShapeFilter filter, ObjectBuffer buffer)
    {
        if (_keeper.Directory.KeyOf(version, out ShapeEntry entry) is not { } key
            || (filter.AgeSeconds is { } age && !age.Contains((double)_clock.NowSeconds - entry.StoredSeconds)))
        {
            return false;
        }

        if (filter.Tiers.Count > 0 || filter.Size is not null)
        {
            if (_store.Describe(key, out ObjectHeader header, out int bytes, out TierId tier) != ReadStatus.Found
                || header.Version != version
                || (filter.Tiers.Count > 0 && !Contains(filter.Tiers, tier))
                || (filter.Size is { } size && !size.Contains(bytes)))
            {
                return false;
            }
        }

        return filter.Metadata.Count == 0
            || (_store.Peek(key, buffer) == ReadStatus.Found
                && buffer.Header.Version == version
                && MetadataMatch.Passes(buffer.Metadata, filter.Metadata));
    }

    private static bool Contains(IReadOnlyList<TierId> tiers, TierId tier)
    {
        for (int i = 0; i < tiers.Count; i++)
        {
            if (tiers[i] == tier)
            {
                return true;
            }
        }

        return false;
    }
}
