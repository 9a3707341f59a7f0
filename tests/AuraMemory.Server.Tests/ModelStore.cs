using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;

namespace AuraMemory.Server.Tests;

/// <summary>The plainest store that keeps the contract: a sorted dictionary under a lock. Faults are staged by its fields.</summary>
internal sealed class ModelStore(StoreOptions options) : IObjectStore
{
    private readonly SortedDictionary<string, Entry> _objects = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private long _version;

    public ReadStatus? NextRead { get; set; }

    public WriteStatus? NextWrite { get; set; }

    /// <summary>When set, reads hand out leases that fail after so many bytes.</summary>
    public int? LeaseUpTo { get; set; }

    public bool ThrowOnRead { get; set; }

    public bool Flushed { get; private set; }

    public int Count => _objects.Count;

    public StoreOptions Options => options;

    public ValueTask<StoreOutcome> StoreAsync(StoreCommand command, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            if (NextWrite is { } status)
            {
                NextWrite = null;
                return new(new StoreOutcome(status, default, 0, false, 0, 0, 0, null));
            }

            string key = ObjectKey.ToText(command.Key.Span);
            bool there = _objects.TryGetValue(key, out Entry? old);
            if (!command.Condition.Holds(there ? old!.Version : 0))
            {
                return new(new StoreOutcome(WriteStatus.ConditionFailed, default, there ? old!.Version : 0, false, 0, 0, 0, null));
            }

            var entry = new Entry
            {
                Version = ++_version,
                Data = command.Data.ToArray(),
                Metadata = command.Metadata.ToArray(),
                Related = [.. command.Relationships],
                Tier = command.PreferredTier ?? TierId.Dram,
                Command = command with
                {
                    Key = command.Key.ToArray(),
                    Data = command.Data.ToArray(),
                    Metadata = command.Metadata.ToArray(),
                    ShapeOptions = command.ShapeOptions.ToArray(),
                },
            };
            _objects[key] = entry;
            return new(new StoreOutcome(WriteStatus.Done, entry.Tier, entry.Version, !there, entry.Data.Length, entry.Related.Count, 100, null));
        }
    }

    public StoreCommand? CommandOf(string key) => _objects.TryGetValue(key, out Entry? entry) ? entry.Command : null;

    public async ValueTask<StoreOutcome[]> StoreManyAsync(
        IReadOnlyList<StoreCommand> commands, int batchSize = 100, CancellationToken cancellation = default)
    {
        var outcomes = new StoreOutcome[commands.Count];
        for (int i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = await StoreAsync(commands[i], cancellation);
        }

        return outcomes;
    }

    public ValueTask<DeleteOutcome> DeleteAsync(
        ReadOnlyMemory<byte> key, WriteCondition condition = default, DurabilityLevel? durability = null, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            string name = ObjectKey.ToText(key.Span);
            long version = _objects.TryGetValue(name, out Entry? entry) ? entry.Version : 0;
            if (!condition.Holds(version))
            {
                return new(new DeleteOutcome(WriteStatus.ConditionFailed, version));
            }

            if (!_objects.Remove(name))
            {
                return new(new DeleteOutcome(WriteStatus.NotFound, 0));
            }

            foreach (Entry other in _objects.Values)
            {
                other.Related.RemoveAll(r => r.Target == name);
            }

            return new(new DeleteOutcome(WriteStatus.Done, version));
        }
    }

    public ReadStatus Read(ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        if (ThrowOnRead)
        {
            throw new InvalidOperationException("secret of the implementation");
        }

        lock (_lock)
        {
            if (NextRead is { } status)
            {
                NextRead = null;
                return status;
            }

            if (!_objects.TryGetValue(ObjectKey.ToText(key), out Entry? entry))
            {
                return ReadStatus.NotFound;
            }

            if (LeaseUpTo is { } limit)
            {
                into.SetLease(entry.Header, entry.Command.Section.Span, new ModelLease(entry.Data, limit));
            }
            else
            {
                into.Set(new ObjectImage(key, entry.Header, entry.Command.Section.Span, entry.Data));
            }

            into.Tier = entry.Tier;
            into.AccessCount = ++entry.Accesses;
            into.LastAccessSeconds = 1_700_000_000;
            into.LatencyNs = 50;
            return ReadStatus.Found;
        }
    }

    public ReadStatus Peek(ReadOnlySpan<byte> key, ObjectBuffer into)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue(ObjectKey.ToText(key), out Entry? entry))
            {
                return ReadStatus.NotFound;
            }

            into.Set(new ObjectImage(key, entry.Header, entry.Command.Section.Span, entry.Data));
            into.Tier = entry.Tier;
            return ReadStatus.Found;
        }
    }

    public bool TryReadFast(ReadOnlySpan<byte> key, ObjectBuffer into) => Read(key, into) == ReadStatus.Found;

    public int ReadMany(ReadBatch batch, int first = 0, long maxBytes = long.MaxValue)
    {
        using var buffer = new ObjectBuffer();
        batch.Begin();
        for (int i = first; i < batch.Count; i++)
        {
            if (batch.Bytes >= maxBytes)
            {
                return i;
            }

            ReadStatus status = Read(batch.Key(i), buffer);
            ref ReadBatch.Slot slot = ref batch.At(i);
            slot.Status = status;
            if (status == ReadStatus.Found)
            {
                Span<byte> room = batch.Room(buffer.Metadata.Length + buffer.DataBytes, out slot.At);
                buffer.Metadata.CopyTo(room);
                buffer.TryCopyData(0, room.Slice(buffer.Metadata.Length, buffer.DataBytes));
                slot.Header = buffer.Header;
                slot.MetadataBytes = buffer.Metadata.Length;
                slot.DataBytes = buffer.DataBytes;
                slot.Tier = buffer.Tier;
                slot.AccessCount = buffer.AccessCount;
                batch.Advance(slot.MetadataBytes + slot.DataBytes);
            }
        }

        return batch.Count;
    }

    public ReadStatus Describe(ReadOnlySpan<byte> key, out ObjectHeader header, out int dataBytes, out TierId tier)
    {
        bool there = _objects.TryGetValue(ObjectKey.ToText(key), out Entry? entry);
        (header, dataBytes, tier) = there ? (entry!.Header, entry.Data.Length, entry.Tier) : (default, 0, default);
        return there ? ReadStatus.Found : ReadStatus.NotFound;
    }

    public ReadStatus Times(ReadOnlySpan<byte> key, out uint createdSeconds, out uint storedSeconds)
    {
        bool there = _objects.TryGetValue(ObjectKey.ToText(key), out Entry? entry);
        (createdSeconds, storedSeconds) = there ? (entry!.Header.CreatedSeconds, entry.Header.StoredSeconds) : (0, 0);
        return there ? ReadStatus.Found : ReadStatus.NotFound;
    }

    public ReadStatus ListRelationships(ref byte[]? after, int limit, List<RelationshipView> into)
    {
        lock (_lock)
        {
            string from = after is null ? "" : System.Text.Encoding.UTF8.GetString(after);
            var rest = _objects.SelectMany(o => o.Value.Related.Select(r => new RelationshipView(o.Key, r.Type, r.Target, r.Weight, r.Properties)))
                .OrderBy(Identity, StringComparer.Ordinal).Where(r => string.CompareOrdinal(Identity(r), from) > 0).ToList();
            into.AddRange(rest.Take(limit));
            after = rest.Count >= limit ? System.Text.Encoding.UTF8.GetBytes(Identity(rest[limit - 1])) : null;
            return ReadStatus.Found;
        }

        static string Identity(RelationshipView r) => $"{r.Source}\0{r.Type}\0{r.Target}";
    }

    public ValueTask<RelateOutcome> RelateAsync(
        ReadOnlyMemory<byte> source, IReadOnlyList<Relationship> relationships, DurabilityLevel? durability = null,
        CancellationToken cancellation = default) => Change(source, relationships, asserted: true);

    public ValueTask<RelateOutcome> UnrelateAsync(
        ReadOnlyMemory<byte> source, IReadOnlyList<Relationship> relationships, DurabilityLevel? durability = null,
        CancellationToken cancellation = default) => Change(source, relationships, asserted: false);

    private ValueTask<RelateOutcome> Change(ReadOnlyMemory<byte> source, IReadOnlyList<Relationship> relationships, bool asserted)
    {
        lock (_lock)
        {
            if (NextWrite is { } status)
            {
                NextWrite = null;
                return new(new RelateOutcome(status, 0));
            }

            if (!_objects.TryGetValue(ObjectKey.ToText(source.Span), out Entry? entry))
            {
                return new(new RelateOutcome(WriteStatus.NotFound, 0));
            }

            int removed = entry.Related.RemoveAll(r => relationships.Any(m => m.Type == r.Type && m.Target == r.Target));
            entry.Related.AddRange(asserted ? relationships : []);
            return new(new RelateOutcome(WriteStatus.Done, asserted ? relationships.Count : removed));
        }
    }

    public long AccessCount(ReadOnlySpan<byte> key) => 0;

    public ReadStatus Relationships(ReadOnlySpan<byte> key, RelationshipDirection direction, int limit, List<RelationshipView> into)
    {
        string name = ObjectKey.ToText(key);
        foreach ((string source, Entry entry) in _objects)
        {
            into.AddRange(entry.Related
                .Where(r => direction == RelationshipDirection.Outgoing ? source == name : r.Target == name)
                .Select(r => new RelationshipView(source, r.Type, r.Target, r.Weight, r.Properties)));
        }

        return ReadStatus.Found;
    }

    public ValueTask<MigrationOutcome> MigrateAsync(
        ReadOnlyMemory<byte> key, TierId target, bool force = false, string? reason = null, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue(ObjectKey.ToText(key.Span), out Entry? entry))
            {
                return new(new MigrationOutcome(MigrationStatus.NotFound, default, default, 0, 0, null));
            }

            TierId from = entry.Tier;
            if (target == TierId.L1Cache)
            {
                return new(new MigrationOutcome(MigrationStatus.Refused, from, from, entry.Data.Length, 10, "too small"));
            }

            entry.Tier = target;
            return new(new MigrationOutcome(
                from == target ? MigrationStatus.AlreadyThere : MigrationStatus.Migrated, from, target, entry.Data.Length, 1500, null));
        }
    }

    public ValueTask<PrefetchOutcome> PrefetchAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> keys, TierId target, bool recursive = false, int maxDepth = 1, CancellationToken cancellation = default)
    {
        string[] found = [.. keys.Select(k => ObjectKey.ToText(k.Span)).Where(_objects.ContainsKey)];
        return new(new PrefetchOutcome(found, 0, keys.Count, found.Sum(k => (long)_objects[k].Data.Length), 2000));
    }

    public void PrefetchRelated(ReadOnlySpan<byte> key, List<string> queued) =>
        queued.AddRange(_objects[ObjectKey.ToText(key)].Related.Select(r => r.Target).Where(_objects.ContainsKey));

    public ListingPage List(string prefix, TierId? tier, string? after, int limit, CancellationToken cancellation = default)
    {
        ObjectListing[] all = [.. _objects
            .Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal) && (after is null || string.CompareOrdinal(o.Key, after) > 0)
                && (tier is null || o.Value.Tier == tier))
            .Take(limit + 1).Select(o => new ObjectListing(o.Key, o.Value.Data.Length, o.Value.Tier, o.Value.Version))];
        return all.Length > limit ? new ListingPage(all[..limit], all[limit - 1].Key) : new ListingPage(all, null);
    }

    public StoreReport Report()
    {
        TierReport[] tiers = [.. TierIds.All.ToArray().Select(t => new TierReport(
            t, new TierFigures(10, 1e9), 10, t == TierId.Dram ? new TierFigures(80, 9e9) : null, null,
            new BackendDescription("arena", false, false, 8, "a \"model\""), new TierUsage(1000, 10, 1), 1000, 100, 0, true, null))];
        OperationReport[] operations = [.. TierIds.All.ToArray().Select(t => new OperationReport(
            t, StoreOperation.Retrieve, 3, 0, 30, new LatencyHistogram([.. Enumerable.Repeat(1L, LatencyHistogram.BoundsNs.Count + 1)], 500)))];
        return new StoreReport(
            tiers, operations, _objects.Count, 10, 0.5, 100, 1e9, 5, 1, 2, new PrefetchReport(4, 3, 2, 1), 1000, 100, _version, false,
            [new ComponentHealth("home", true, "fine")]);
    }

    public void RequestCalibration()
    {
    }

    public ValueTask FlushAsync(CancellationToken cancellation = default)
    {
        Flushed = true;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Entry
    {
        public required long Version { get; init; }

        public required byte[] Data { get; init; }

        public required byte[] Metadata { get; init; }

        public required List<Relationship> Related { get; init; }

        public required StoreCommand Command { get; init; }

        public TierId Tier { get; set; }

        public long Accesses { get; set; }

        public ObjectHeader Header => new(
            Version, 1, 1, (long)(Command.TimeToLive?.TotalMilliseconds ?? 0),
            Command.Flags | (Related.Count > 0 ? ObjectFlags.HasRelationships : ObjectFlags.None));
    }

    private sealed class ModelLease(byte[] data, int upTo) : ReadLease
    {
        public override int Bytes => data.Length;

        public override bool TryCopy(int offset, Span<byte> destination)
        {
            if (offset + destination.Length > upTo)
            {
                return false;
            }

            data.AsSpan(offset, destination.Length).CopyTo(destination);
            return true;
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
