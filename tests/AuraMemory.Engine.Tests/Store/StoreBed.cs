using System.Text;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Store;

/// <summary>A store with tiny tiers, a clock that stands still and no worker: what moves, a test has moved.</summary>
internal sealed class StoreBed : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private StoreBed(StoreOptions? options) => Options = options ?? Tiny();

    public ManualTime Time { get; } = new();

    public StageHook Stages { get; } = new();

    public StoreOptions Options { get; }

    public MemoryStore Store { get; private set; } = null!;

    public ObjectBuffer Buffer { get; } = new();

    public long NowMs => Store.Parts.Clock.NowMs;

    /// <summary>Budgets that a few dozen objects overrun.</summary>
    public static StoreOptions Tiny() => new()
    {
        DataFolder = "replaced",
        MemoryLimitBytes = 192 << 20,
        CalibrateAtStart = false,
        MaxRelationships = 4,
        Tiers = new Dictionary<TierId, TierSetting>
        {
            [TierId.L1Cache] = new() { CapacityBytes = 32 << 10 },
            [TierId.L2Cache] = new() { CapacityBytes = 64 << 10 },
            [TierId.L3Cache] = new() { CapacityBytes = 256 << 10 },
            [TierId.CxlHot] = new() { CapacityBytes = 1 << 20 },
            [TierId.Dram] = new() { CapacityBytes = 8 << 20 },
            [TierId.PmemWarm] = new() { CapacityBytes = 4 << 20 },
            [TierId.NvmeCold] = new() { CapacityBytes = 256 << 20 },
            [TierId.HddArchive] = new() { CapacityBytes = 256 << 20 },
        },
    };

    public static async Task<StoreBed> OpenAsync(StoreOptions? options = null, bool worker = false)
    {
        var bed = new StoreBed(options);
        await bed.StartAsync(worker);
        return bed;
    }

    public static byte[] Bytes(long seed, int length)
    {
        var bytes = new byte[length];
        new Random((int)seed).NextBytes(bytes);
        return bytes;
    }

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        await StartAsync(worker: false);
    }

    public void Advance(TimeSpan by)
    {
        Time.Advance(by);
        Store.Parts.Memory.Tick();
    }

    public StoreOutcome Put(
        string key, byte[] data, DurabilityLevel durability = DurabilityLevel.Process, TimeSpan? life = null,
        WriteCondition condition = default, TierId? tier = null, Relationship[]? relationships = null) =>
        Done(Store.StoreAsync(new StoreCommand
        {
            Key = Encoding.ASCII.GetBytes(key),
            Data = data,
            Durability = durability,
            TimeToLive = life,
            Condition = condition,
            PreferredTier = tier,
            Relationships = relationships ?? [],
        }));

    public DeleteOutcome Delete(string key, WriteCondition condition = default) =>
        Done(Store.DeleteAsync(Encoding.ASCII.GetBytes(key), condition));

    public MigrationOutcome Migrate(string key, TierId target, bool force = true) =>
        Done(Store.MigrateAsync(Encoding.ASCII.GetBytes(key), target, force));

    /// <summary>The data of a key, or null; a lease is copied out.</summary>
    public byte[]? Get(string key)
    {
        ReadStatus status = Store.Read(Encoding.ASCII.GetBytes(key), Buffer);
        Assert.True(status is ReadStatus.Found or ReadStatus.NotFound, status.ToString());
        if (status == ReadStatus.NotFound)
        {
            return null;
        }

        var data = new byte[Buffer.DataBytes];
        Assert.True(Buffer.TryCopyData(0, data));
        Buffer.Release();
        return data;
    }

    public TierId? Tier(string key) =>
        Store.Describe(Encoding.ASCII.GetBytes(key), out _, out _, out TierId tier) == ReadStatus.Found ? tier : null;

    public List<RelationshipView> Related(string key, RelationshipDirection direction = RelationshipDirection.Outgoing)
    {
        var views = new List<RelationshipView>();
        Assert.Equal(ReadStatus.Found, Store.Relationships(Encoding.ASCII.GetBytes(key), direction, 1000, views));
        return views;
    }

    public async ValueTask DisposeAsync()
    {
        Buffer.Dispose();
        await Store.DisposeAsync();
        _folder.Dispose();
    }

    private static T Done<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private async Task StartAsync(bool worker)
    {
        Store = await MemoryStore.OpenAsync(Options with { DataFolder = _folder.Path, TimeProvider = Time, StagePoints = Stages });
        if (!worker)
        {
            Store.Mover.Dispose();
        }
    }
}

/// <summary>Calls a test's code at the named points of the store's protocols.</summary>
internal sealed class StageHook : IStagePoints
{
    public Action<StagePoint>? At { get; set; }

    public void Reached(StagePoint point) => At?.Invoke(point);

    /// <summary>Runs code the first time a point is reached, on the thread that reached it.</summary>
    public void Once(StagePoint wanted, Action action) => At = point =>
    {
        if (point == wanted)
        {
            At = null;
            action();
        }
    };
}
