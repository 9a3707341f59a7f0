using System.Globalization;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Crash.Workload;

/// <summary>One sequential client with keys of its own, so that what it was told is a total order for each of them.</summary>
/// <remarks>
/// Keys <c>d…</c> are only stored durably and carry relationships among each other; keys <c>m…</c> are stored at every durability.
/// The client knows the state of each key it has met and checks every answer against it.
/// </remarks>
internal sealed class MixedLoad(MemoryStore store, Journal journal, int worker, long firstId, int seed)
{
    private const int DurableKeys = 150;
    private const int MixedKeys = 60;
    private const long Absent = 0;

    private readonly Random _random = new(seed);
    private readonly Dictionary<string, (long Id, long Version)> _known = [];
    private readonly ObjectBuffer _buffer = new();
    private long _nextId = firstId;

    /// <summary>Runs operations one after another.</summary>
    public async Task RunAsync(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            int dice = _random.Next(100);
            await (dice switch
            {
                < 25 => StoreAsync(Durable(), Level(), WriteCondition.None, relate: _random.Next(3) == 0),
                < 33 => StoreAsync(Mixed(), Level(), WriteCondition.None, relate: false),
                < 50 => StoreAsync(Mixed(), DurabilityLevel.Volatile, WriteCondition.None, relate: false),
                < 60 => DeleteAsync(_random.Next(4) == 0 ? Mixed() : Durable()),
                < 68 => StoreIfAsync(Durable()),
                < 73 => StoreManyAsync(),
                < 90 => MigrateAsync(_random.Next(3) == 0 ? Mixed() : Durable()),
                _ => ReadAsync(_random.Next(3) == 0 ? Mixed() : Durable()),
            }).ConfigureAwait(false);
        }
    }

    private async Task StoreAsync(string key, DurabilityLevel level, WriteCondition condition, bool relate)
    {
        (long id, long version) = Know(key);
        StoreCommand command = Command(key, level, relate, out long newId) with { Condition = condition };
        Begin(command, key, newId, level);
        StoreOutcome outcome = await store.StoreAsync(command).ConfigureAwait(false);
        journal.Line($"END store {key} {newId} {outcome.Status} {outcome.Version}");
        WriteStatus expected = condition.Holds(version) ? WriteStatus.Done : WriteStatus.ConditionFailed;
        Check(outcome.Status == expected, key, $"store ended {outcome.Status}, not {expected}, over id {id} version {version}");
        if (outcome.Status == WriteStatus.Done)
        {
            Check(outcome.Created == (id == Absent), key, $"created is {outcome.Created} over id {id}");
            Check(outcome.Version > version, key, $"version {outcome.Version} after {version}");
            _known[key] = (newId, outcome.Version);
        }
    }

    private Task StoreIfAsync(string key)
    {
        (_, long version) = Know(key);
        WriteCondition condition = _random.Next(4) switch
        {
            0 => WriteCondition.IfAbsent,
            1 => WriteCondition.IfPresent,
            2 => WriteCondition.IfVersion(version == 0 ? 1 : version),
            _ => WriteCondition.IfNotVersion(version),
        };
        return StoreAsync(key, Level(), condition, relate: false);
    }

    private async Task StoreManyAsync()
    {
        var commands = new List<StoreCommand>();
        var keys = new List<(string Key, long Id)>();
        DurabilityLevel level = Level();
        for (int i = _random.Next(2, 7); i > 0; i--)
        {
            string key = Durable();
            if (keys.Exists(k => k.Key == key))
            {
                continue;
            }

            commands.Add(Command(key, level, relate: false, out long id));
            keys.Add((key, id));
            Begin(commands[^1], key, id, level);
        }

        StoreOutcome[] outcomes = await store.StoreManyAsync(commands, 3).ConfigureAwait(false);
        for (int i = 0; i < outcomes.Length; i++)
        {
            journal.Line($"END store {keys[i].Key} {keys[i].Id} {outcomes[i].Status} {outcomes[i].Version}");
            Check(outcomes[i].Status == WriteStatus.Done, keys[i].Key, $"store ended {outcomes[i].Status}");
            _known[keys[i].Key] = (keys[i].Id, outcomes[i].Version);
        }
    }

    private async Task DeleteAsync(string key)
    {
        (long id, long version) = Know(key);
        long newId = _nextId++;
        journal.Line($"BEGIN delete {key} {newId} Process");
        DeleteOutcome outcome = await store.DeleteAsync(ObjectKey.Parse(key)).ConfigureAwait(false);
        journal.Line($"END delete {key} {newId} {outcome.Status} {outcome.Version}");
        WriteStatus expected = id == Absent ? WriteStatus.NotFound : WriteStatus.Done;
        Check(outcome.Status == expected, key, $"delete ended {outcome.Status}, not {expected}, over id {id} version {version}");
        _known[key] = (Absent, 0);
    }

    private async Task MigrateAsync(string key)
    {
        (long id, _) = Know(key);

        // The archive and the pool are where moves are durable: they come up more often.
        TierId target = _random.Next(3) switch
        {
            0 => TierId.HddArchive,
            1 => TierId.PmemWarm,
            _ => (TierId)_random.Next(TierIds.Count),
        };
        MigrationOutcome outcome = await store.MigrateAsync(ObjectKey.Parse(key), target, _random.Next(2) == 0).ConfigureAwait(false);
        Check(
            id == Absent ? outcome.Status == MigrationStatus.NotFound : outcome.Status is not (MigrationStatus.NotFound or MigrationStatus.DeviceFailed),
            key, $"migration to {target} ended {outcome.Status} over id {id}: {outcome.Reason}");
        await ReadAsync(key).ConfigureAwait(false);
    }

    private Task ReadAsync(string key)
    {
        (long id, long version) = Know(key);
        (long readId, long readVersion) = Read(key);
        Check((id, version) == (readId, readVersion), key, $"read id {readId} version {readVersion}, not id {id} version {version}");
        return Task.CompletedTask;
    }

    private (long Id, long Version) Know(string key)
    {
        if (!_known.TryGetValue(key, out (long, long) state))
        {
            _known[key] = state = Read(key);
        }

        return state;
    }

    private (long Id, long Version) Read(string key)
    {
        ReadStatus status = store.Read(ObjectKey.Parse(key), _buffer);
        if (status != ReadStatus.Found)
        {
            Check(status == ReadStatus.NotFound, key, $"read ended {status}");
            return (Absent, 0);
        }

        byte[] data = new byte[_buffer.DataBytes];
        bool copied = _buffer.TryCopyData(0, data);
        long version = _buffer.Header.Version;
        _buffer.Release();
        bool right = SelfCheckingValue.TryGetId(key, data, out long id);
        Check(copied && right, key, $"what was read is no value of this key (copied {copied}, id {id})");
        return (id, version);
    }

    private StoreCommand Command(string key, DurabilityLevel level, bool relate, out long id)
    {
        id = _nextId++;
        List<Relationship> relationships = [];
        for (int i = relate ? _random.Next(1, 3) : 0; i > 0; i--)
        {
            relationships.Add(new Relationship(Durable(), $"T{_random.Next(2)}_{i}", _random.Next(1, 100)));
        }

        return new StoreCommand
        {
            Key = ObjectKey.Parse(key),
            Data = SelfCheckingValue.Make(key, id),
            Durability = level,
            Relationships = relationships,
        };
    }

    private void Begin(StoreCommand command, string key, long id, DurabilityLevel level)
    {
        IEnumerable<string> related = command.Relationships.Select(
            r => string.Create(CultureInfo.InvariantCulture, $"{r.Type}>{r.Target}={r.Weight}"));
        journal.Line($"BEGIN store {key} {id} {level} {string.Join(',', related)}");
    }

    private void Check(bool holds, string key, FormattableString what)
    {
        if (!holds)
        {
            journal.Line($"WRONG {key}: {what.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    private string Durable() => string.Create(CultureInfo.InvariantCulture, $"d{worker}.{_random.Next(DurableKeys)}");

    private string Mixed() => string.Create(CultureInfo.InvariantCulture, $"m{worker}.{_random.Next(MixedKeys)}");

    private DurabilityLevel Level() => _random.Next(4) == 0 ? DurabilityLevel.Fsync : DurabilityLevel.Process;
}
