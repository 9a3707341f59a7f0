using System.Text;
using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;
using AuraMemory.Engine.Tiers.Persistent;

namespace AuraMemory.Engine.Tests.Persistent;

/// <summary>A pool in a temporary folder, with the means to reopen, copy, damage and audit it.</summary>
internal sealed class PoolBed : IDisposable
{
    public static readonly Guid Store = new("6f9b3c1e-61d5-4f0a-9f30-0f4f3a2a7c11");

    private readonly StoreClock _clock = new(TimeProvider.System);

    public PoolBed(long capacity = 1 << 20, int expected = 512, DurableWriterKind? writer = null, IStagePoints? stages = null)
    {
        Folder = Directory.CreateTempSubdirectory("aura-pool-").FullName;
        Options = new PersistentPoolOptions
        {
            Folder = Folder,
            CapacityBytes = capacity,
            StoreId = Store,
            HashSeed = 0x5EED,
            ExpectedObjectBytes = expected,
            Writer = writer,
            StagePoints = stages ?? NoStagePoints.Instance,
        };
        Pool = PersistentPool.Open(Options, _clock);
    }

    public string Folder { get; }

    public string FilePath => Path.Combine(Folder, "pool.dat");

    public PersistentPoolOptions Options { get; set; }

    public PersistentPool Pool { get; private set; }

    public ObjectBuffer Buffer { get; } = new();

    public static byte[] Key(int i) => Encoding.ASCII.GetBytes($"key:{i}");

    /// <summary>Data that tells its key, version and every lost or foreign byte.</summary>
    public static byte[] Data(int key, long version, int length)
    {
        byte[] data = new byte[length];
        var random = new Random(HashCode.Combine(key, version, length));
        random.NextBytes(data);
        return data;
    }

    public static ObjectHeader Header(long version) =>
        new(version, 100, 200, version % 3 == 0 ? 0 : version * 1000, ObjectFlags.HasRelationships);

    public PlaceStatus Place(int key, long version, int length, PlaceMode mode = PlaceMode.Force, int metadata = 0, uint count = 0) =>
        Pool.Place(
            new ObjectImage(Key(key), Header(version), Data(key, -version, metadata), Data(key, version, length)), mode, count);

    public ReadStatus Read(int key) => Pool.Read(Key(key), Buffer);

    /// <summary>True when what was read last is exactly that version.</summary>
    public bool Holds(int key, long version, int length, int metadata = 0) =>
        Buffer.Header == Header(version)
        && Buffer.Data.SequenceEqual(Data(key, version, length))
        && Buffer.Metadata.SequenceEqual(Data(key, -version, metadata));

    public void Reopen()
    {
        Pool.Dispose();
        Pool = PersistentPool.Open(Options, _clock);
    }

    /// <summary>What the file would be if the process were killed now.</summary>
    public byte[] Snapshot() => Pool.File.Mapped.ToArray();

    /// <summary>Closes the pool and opens it over other bytes.</summary>
    public void ReopenOver(byte[] bytes)
    {
        Pool.Dispose();
        File.WriteAllBytes(FilePath, bytes);
        Pool = PersistentPool.Open(Options, _clock);
    }

    /// <summary>Every directory entry is a live, valid copy, found under its key, and the gauges are their sums.</summary>
    public Dictionary<string, long> Audit()
    {
        var found = new Dictionary<string, long>();
        long bytes = 0;
        long cursor = 0;
        while (cursor >= 0)
        {
            Pool.Enumerate(ref cursor, 100, (ReadOnlySpan<byte> key, in ObjectHeader header, int dataBytes, uint accessCount) =>
            {
                Assert.True(found.TryAdd(Encoding.ASCII.GetString(key), header.Version), "one copy a key");
                Assert.Equal(ReadStatus.Found, Pool.Read(key, Buffer));
                Assert.Equal(header, Buffer.Header);
                Assert.Equal(dataBytes, Buffer.DataBytes);
                Assert.Equal(accessCount + 1L, Buffer.AccessCount);
                bytes += PoolWord.Allocated(PoolWord.SizeCode(64 + key.Length + Buffer.Metadata.Length + dataBytes));
            });
        }

        Assert.Equal(0, Pool.CorruptCopies);
        Assert.Equal(found.Count, Pool.Usage.Entries);
        Assert.Equal(bytes, Pool.Usage.UsedBytes);
        Assert.InRange(bytes, 0, Options.CapacityBytes);
        Assert.InRange(new FileInfo(FilePath).Length, 0, Options.CapacityBytes);
        return found;
    }

    public void Dispose()
    {
        Pool.Dispose();
        Buffer.Dispose();
        Directory.Delete(Folder, true);
    }
}
