using AuraMemory.Engine.Access;
using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;
using AuraMemory.Engine.Tiers.Memory;
using AuraMemory.Engine.Tiers.Persistent;

namespace AuraMemory.Conformance.Tests;

/// <summary>A backend with what stands behind it, and what the suite must know of the medium.</summary>
internal abstract class TierBed : IDisposable
{
    /// <summary>The backend under test; decorators replace it.</summary>
    public ITierBackend Backend { get; set; } = null!;

    /// <summary>Throws at a chosen point inside the medium's own protocol.</summary>
    public StageFaults Stages { get; } = new();

    /// <summary>Points of this medium's protocol at which a placement can fail.</summary>
    public virtual IReadOnlyList<StagePoint> PlacePoints => [];

    /// <summary>True for copies: room is made by evicting. False for a home, which refuses.</summary>
    public virtual bool Evicts => true;

    /// <summary>
    /// True when a reader may find nothing while a version is being replaced: copies may be evicted at any time, and a home's
    /// new version is on the SSD path for a moment before it is in the archive.
    /// </summary>
    public virtual bool MayMissMeanwhile => Evicts;

    /// <summary>Rounds of the longer tests: fewer where every operation is synced to a disk.</summary>
    public virtual int Rounds => 2000;

    /// <summary>Bytes of the budget that an object takes.</summary>
    public abstract long Charged(in ObjectImage image);

    public virtual void Dispose() => Backend.Dispose();
}

/// <summary>A ladder of five small memory tiers, seen as one of them.</summary>
internal sealed class MemoryBed : TierBed
{
    private static readonly long[] Capacities = [32 << 10, 64 << 10, 256 << 10, 1 << 20, 8 << 20];

    public MemoryBed(TierId tier)
    {
        var clock = new StoreClock(TimeProvider.System);
        var arenas = new Arena[TierIds.MemoryCount];
        for (int i = 0; i < arenas.Length; i++)
        {
            arenas[i] = new Arena(
                (TierId)i, MemoryRegion.Reserve(Capacities[i], new RegionPlacement.Anonymous(HugePages: false)), Capacities[i]);
        }

        Ladder = new MemoryLadder(
            new ObjectCatalog(4 << 20, seed: 42), arenas, new AccessLanes(), clock,
            new LeaseTable(clock, most: 64, TimeSpan.FromSeconds(30)));
        Ladder.Connect(null, static _ => true, demotionThresholdSeconds: 100);
        Ladder.Rank([TierId.L1Cache, TierId.L2Cache, TierId.L3Cache, TierId.CxlHot, TierId.Dram]);
        Backend = new MemoryTierBackend(Ladder, tier);
    }

    public MemoryLadder Ladder { get; }

    public override long Charged(in ObjectImage image) => RecordLayout.TotalBytes(
        image.Key.Length, image.Header.ExpiresAtMs != 0, image.Metadata.Length, image.Data.Length);

    public override void Dispose()
    {
        base.Dispose();
        Ladder.Dispose();
    }
}

/// <summary>A persistent pool in a temporary folder.</summary>
internal sealed class PoolTierBed : TierBed
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aura-conformance-").FullName;

    public PoolTierBed() => Backend = PersistentPool.Open(
        new PersistentPoolOptions
        {
            Folder = _folder,
            CapacityBytes = 4 << 20,
            StoreId = new Guid("0d5f2f6e-5f0e-4b0c-9d8a-3f0a8c1d2e3f"),
            HashSeed = 0x5EED,
            StagePoints = Stages,
        },
        new StoreClock(TimeProvider.System));

    public override IReadOnlyList<StagePoint> PlacePoints => [StagePoint.PoolRecordWritten, StagePoint.PoolRecordPublished];

    public override long Charged(in ObjectImage image) => PoolWord.Allocated(
        PoolWord.SizeCode(PoolRecord.HeaderBytes + image.Key.Length + image.Metadata.Length + image.Data.Length));

    public override void Dispose()
    {
        base.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A home in a temporary folder, seen as one of its two paths.</summary>
internal sealed class HomeBed : TierBed
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aura-conformance-").FullName;
    private readonly Home _home;
    private readonly TierId _tier;

    public HomeBed(TierId tier)
    {
        _tier = tier;
        _home = Home.Open(
            new HomeOptions
            {
                SsdPath = Path.Combine(_folder, "ssd"),
                ArchivePath = Path.Combine(_folder, "archive"),
                SsdCapacityBytes = 1 << 20,
                ArchiveCapacityBytes = 1 << 20,
                BlockCacheBytes = 8 << 20,
                WriteBufferBytes = 4 << 20,
                StagePoints = Stages,
            },
            new StoreClock(TimeProvider.System));
        Backend = tier == TierId.NvmeCold ? _home.Ssd : _home.Archive;
    }

    public override IReadOnlyList<StagePoint> PlacePoints => _tier == TierId.HddArchive
        ? [StagePoint.MoveTargetWritten, StagePoint.MoveTargetSynced, StagePoint.MoveSourceRemoved]
        : [];

    public override bool Evicts => false;

    public override bool MayMissMeanwhile => _tier == TierId.HddArchive;

    public override int Rounds => _tier == TierId.HddArchive ? 150 : 800;

    public override long Charged(in ObjectImage image) => image.Key.Length + Envelope.Size(image);

    public override void Dispose()
    {
        base.Dispose();
        _home.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Fails the medium at one point of its protocol.</summary>
internal sealed class StageFaults : IStagePoints
{
    public StagePoint? At { get; set; }

    public void Reached(StagePoint point)
    {
        if (At == point)
        {
            throw new IOException($"Staged failure at {point}.");
        }
    }
}
