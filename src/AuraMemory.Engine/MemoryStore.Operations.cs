using AuraMemory.Engine.Access;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Writing;

namespace AuraMemory.Engine;

/// <summary>The operations on objects.</summary>
public sealed partial class MemoryStore
{
    /// <inheritdoc/>
    public ValueTask<StoreOutcome> StoreAsync(StoreCommand command, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        long start = Nanoseconds.Now;
        if (Refused(command) is { } refused)
        {
            return new ValueTask<StoreOutcome>(
                new StoreOutcome(refused, default, 0, false, command.Data.Length, 0, Nanoseconds.Since(start), null));
        }

        AccessLane lane = _parts.Lanes.Begin();
        try
        {
            return IsMemoryOnly(command) && TryStoreVolatile(command, start, out StoreOutcome outcome)
                ? new ValueTask<StoreOutcome>(outcome)
                : StoreInHomeAsync(command, start);
        }
        finally
        {
            lane.End();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StoreOutcome[]> StoreManyAsync(
        IReadOnlyList<StoreCommand> commands, int batchSize = 100, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(commands);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        _parts.Lanes.BeginAwaited();
        try
        {
            return await StoreBatchesAsync(commands, batchSize, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _parts.Lanes.EndAwaited();
        }
    }

    private async ValueTask<StoreOutcome[]> StoreBatchesAsync(
        IReadOnlyList<StoreCommand> commands, int batchSize, CancellationToken cancellation)
    {
        var outcomes = new StoreOutcome[commands.Count];
        var operations = new WriteOperation[Math.Min(batchSize, commands.Count)];
        var indexes = new int[operations.Length];
        for (int first = 0; first < commands.Count; first += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Nanoseconds.Now;
            int count = 0;
            for (int i = first; i < Math.Min(first + batchSize, commands.Count); i++)
            {
                StoreCommand command = commands[i];
                if (Refused(command) is { } refused)
                {
                    outcomes[i] = new StoreOutcome(refused, default, 0, false, command.Data.Length, 0, 0, null);
                }
                else if (!(IsMemoryOnly(command) && TryStoreVolatile(command, start, out outcomes[i])))
                {
                    if (command.Relationships.Count > 0)
                    {
                        await _expiredTargets.SettleAsync(command.Relationships).ConfigureAwait(false);
                    }

                    indexes[count] = i;
                    operations[count++] = Operation(command);
                }
            }

            if (count > 0)
            {
                await _parts.Committer.SubmitAsync(operations.AsMemory(0, count)).ConfigureAwait(false);
                for (int i = 0; i < count; i++)
                {
                    outcomes[indexes[i]] = Outcome(operations[i], commands[indexes[i]], start);
                }
            }
        }

        return outcomes;
    }

    /// <inheritdoc/>
    public async ValueTask<DeleteOutcome> DeleteAsync(
        ReadOnlyMemory<byte> key, WriteCondition condition = default, DurabilityLevel? durability = null,
        CancellationToken cancellation = default)
    {
        long start = Nanoseconds.Now;
        _parts.Lanes.BeginAwaited();
        try
        {
            return await DeleteInHomeAsync(key, condition, durability ?? _parts.Options.Durability, start).ConfigureAwait(false);
        }
        finally
        {
            _parts.Lanes.EndAwaited();
        }
    }

    private async ValueTask<DeleteOutcome> DeleteInHomeAsync(
        ReadOnlyMemory<byte> key, WriteCondition condition, DurabilityLevel durability, long start)
    {
        var operation = new WriteOperation(WriteKind.Delete, key.ToArray(), _parts.Memory.Catalog.Hash(key.Span))
        {
            Condition = condition,
            Durability = durability,
        };
        await _parts.Committer.SubmitAsync(new[] { operation }).ConfigureAwait(false);
        AccessLane lane = _parts.Lanes.Current;
        if (operation.Status == WriteStatus.Done)
        {
            lane.CountHit((int)TierId.NvmeCold, StoreOperation.Delete, 0);
            lane.CountTime((int)TierId.NvmeCold, StoreOperation.Delete, Nanoseconds.Since(start), 0);
        }
        else
        {
            lane.CountMiss(AccessLane.Nowhere, StoreOperation.Delete);
        }

        return new DeleteOutcome(
            operation.Status, operation.Status == WriteStatus.Done ? operation.PresentVersion : operation.Version);
    }

    /// <inheritdoc/>
    public ReadStatus Read(ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        ArgumentNullException.ThrowIfNull(into);
        AccessLane lane = _parts.Lanes.Begin();
        try
        {
            return _reader.Read(key, into);
        }
        finally
        {
            lane.End();
        }
    }

    /// <inheritdoc/>
    public bool TryReadFast(ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        ArgumentNullException.ThrowIfNull(into);
        AccessLane lane = _parts.Lanes.Begin();
        try
        {
            return _reader.TryReadFast(key, into);
        }
        finally
        {
            lane.End();
        }
    }

    /// <inheritdoc/>
    public ReadStatus Peek(ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        ArgumentNullException.ThrowIfNull(into);
        AccessLane lane = _parts.Lanes.Begin();
        try
        {
            return _reader.Peek(key, into);
        }
        finally
        {
            lane.End();
        }
    }

    /// <inheritdoc/>
    public int ReadMany(ReadBatch batch, int first = 0, long maxBytes = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(batch);
        AccessLane lane = _parts.Lanes.Begin();
        try
        {
            return _batches.Read(batch, first, maxBytes);
        }
        finally
        {
            lane.End();
        }
    }

    /// <inheritdoc/>
    public ReadStatus Describe(ReadOnlySpan<byte> key, out ObjectHeader header, out int dataBytes, out TierId tier)
    {
        AccessLane lane = _parts.Lanes.Begin();
        try
        {
            ReadStatus status = _migrator.Locate(_parts.Memory.Catalog.Hash(key), key, out Movement.Place place);
            header = place.Header;
            dataBytes = place.DataBytes;
            tier = place.Tier;
            return status;
        }
        finally
        {
            lane.End();
        }
    }

    /// <inheritdoc/>
    public ReadStatus Times(ReadOnlySpan<byte> key, out uint createdSeconds, out uint storedSeconds)
    {
        ReadStatus status = _parts.Home.Stat(key, out HomeStat stat);
        (createdSeconds, storedSeconds) = stat.Exists ? (stat.Header.CreatedSeconds, stat.Header.StoredSeconds) : (0, 0);
        return status;
    }

    /// <inheritdoc/>
    public long AccessCount(ReadOnlySpan<byte> key)
    {
        AccessLane lane = _parts.Lanes.Begin();
        try
        {
            ulong hash = _parts.Memory.Catalog.Hash(key);
            return _parts.Memory.TryDescribe(hash, key, out Tiers.Memory.MemoryEntry entry) ? entry.AccessCount : _parts.Sketch.Estimate(hash);
        }
        finally
        {
            lane.End();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<MigrationOutcome> MigrateAsync(
        ReadOnlyMemory<byte> key, TierId target, bool force = false, string? reason = null, CancellationToken cancellation = default)
    {
        _parts.Lanes.BeginAwaited();
        try
        {
            return await _migrator.MoveAsync(key, target, force, prefetch: false).ConfigureAwait(false);
        }
        finally
        {
            _parts.Lanes.EndAwaited();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<PrefetchOutcome> PrefetchAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> keys, TierId target, bool recursive = false, int maxDepth = 1,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _parts.Lanes.BeginAwaited();
        try
        {
            return await _prefetcher.FetchAsync(keys, target, recursive, maxDepth, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _parts.Lanes.EndAwaited();
        }
    }

    /// <inheritdoc/>
    public void PrefetchRelated(ReadOnlySpan<byte> key, List<string> queued)
    {
        ArgumentNullException.ThrowIfNull(queued);
        AccessLane lane = _parts.Lanes.Begin();
        try
        {
            _prefetcher.QueueRelated(key, queued);
        }
        finally
        {
            lane.End();
        }
    }

    /// <inheritdoc/>
    public ListingPage List(string prefix, TierId? tier, string? after, int limit, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        AccessLane lane = _parts.Lanes.Begin();
        try
        {
            return ListHome(prefix, tier, after, limit, cancellation);
        }
        finally
        {
            lane.End();
        }
    }

    private ListingPage ListHome(string prefix, TierId? tier, string? after, int limit, CancellationToken cancellation)
    {
        const int Page = 512;
        byte[] start = System.Text.Encoding.ASCII.GetBytes(prefix);
        byte[] cursor = after is null ? [] : System.Text.Encoding.ASCII.GetBytes(after);
        var found = new List<ObjectListing>();
        var page = new List<HomeListing>();
        long now = _parts.Clock.NowMs;
        _mover.WriteBackIfChanged(); // the home's keys are listed: volatile objects have to be among them
        while (found.Count < limit)
        {
            cancellation.ThrowIfCancellationRequested();
            page.Clear();
            try
            {
                _parts.Home.List(start, cursor, Page, page);
            }
            catch (IOException)
            {
                return new ListingPage([], null, ReadStatus.DeviceFailed);
            }

            foreach (HomeListing entry in page)
            {
                cursor = entry.Key;
                if (entry.Key[0] == ObjectKey.InternalPrefix || entry.Header.IsExpired(now))
                {
                    continue;
                }

                ReadStatus located = _migrator.Locate(
                    _parts.Memory.Catalog.Hash(entry.Key), entry.Key, out Movement.Place place);
                if (located != ReadStatus.Found || (tier is { } only && place.Tier != only))
                {
                    continue;
                }

                found.Add(new ObjectListing(ObjectKey.ToText(entry.Key), place.DataBytes, place.Tier, place.Version));
                if (found.Count == limit)
                {
                    return new ListingPage(found, found[^1].Key);
                }
            }

            if (page.Count < Page)
            {
                return new ListingPage(found, null);
            }
        }

        return new ListingPage(found, found.Count == 0 ? null : found[^1].Key);
    }

    /// <inheritdoc/>
    public StoreReport Report()
    {
        AccessLane lane = _parts.Lanes.Begin();
        try
        {
            return _reporter.Read();
        }
        finally
        {
            lane.End();
        }
    }

    /// <inheritdoc/>
    public void RequestCalibration() => _calibrator.Request();

    /// <inheritdoc/>
    public async ValueTask FlushAsync(CancellationToken cancellation = default) =>
        await Task.Run(
            () =>
            {
                AccessLane lane = _parts.Lanes.Begin();
                try
                {
                    if (_mover.WriteBackAll())
                    {
                        _parts.Home.Flush();
                    }
                }
                finally
                {
                    lane.End();
                }
            },
            cancellation).ConfigureAwait(false);

    private WriteStatus? Refused(StoreCommand command)
    {
        if (command.Data.Length > _parts.Options.MaxObjectBytes || command.Metadata.Length > _parts.Options.MaxMetadataBytes
            || command.ShapeOptions.Length > StoreCommand.MaxShapeOptionsBytes)
        {
            return WriteStatus.TooLarge;
        }

        _parts.LargeReads.Met(command.Data.Length);
        return command.Relationships.Count > _parts.Options.MaxRelationships ? WriteStatus.TooManyRelationships : null;
    }

    private async ValueTask<StoreOutcome> StoreInHomeAsync(StoreCommand command, long start)
    {
        _parts.Lanes.BeginAwaited();
        try
        {
            if (command.Relationships.Count > 0)
            {
                await _expiredTargets.SettleAsync(command.Relationships).ConfigureAwait(false);
            }

            var operation = Operation(command);
            await _parts.Committer.SubmitAsync(new[] { operation }).ConfigureAwait(false);
            return Outcome(operation, command, start);
        }
        finally
        {
            _parts.Lanes.EndAwaited();
        }
    }

    private WriteOperation Operation(StoreCommand command) =>
        new(WriteKind.Store, command.Key, _parts.Memory.Catalog.Hash(command.Key.Span))
        {
            Command = command,
            Condition = command.Condition,
            Durability = command.Durability ?? _parts.Options.Durability,
        };

    private StoreOutcome Outcome(WriteOperation operation, StoreCommand command, long start)
    {
        long ns = Nanoseconds.Since(start);
        AccessLane lane = _parts.Lanes.Current;
        if (operation.Status == WriteStatus.Done)
        {
            lane.CountHit((int)operation.Tier, StoreOperation.Store, command.Data.Length);
            lane.CountTime((int)operation.Tier, StoreOperation.Store, ns, command.Data.Length);
        }
        else
        {
            lane.CountMiss(AccessLane.Nowhere, StoreOperation.Store);
        }

        return new StoreOutcome(
            operation.Status, operation.Tier, operation.Version, operation.Created, command.Data.Length,
            operation.RelationshipsStored, ns, operation.PlacementReason);
    }
}
