using System.Text;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Store;

/// <summary>What a caller says about an object's shape lies with every copy of it, and what is not read with it.</summary>
public sealed class ShapeOptionsTests : IDisposable
{
    private const string Options = """{"kind":"series"}""";
    private const string Metadata = """{"a":1}""";
    private readonly string _folder = Directory.CreateTempSubdirectory("aura-shape-options-").FullName;

    public static TheoryData<TierId> EveryTier => [.. TierIds.All];

    [Theory]
    [MemberData(nameof(EveryTier))]
    public async Task They_are_read_from_every_tier_apart_from_the_metadata(TierId tier)
    {
        await using (MemoryStore store = await OpenAsync())
        {
            await store.StoreAsync(Command("both", Options, Metadata));
            await store.StoreAsync(Command("options", Options, null));
            await store.StoreAsync(Command("metadata", null, Metadata));
            foreach (string key in (string[])["both", "options", "metadata"])
            {
                Assert.NotEqual(MigrationStatus.Refused, (await store.MigrateAsync(Bytes(key), tier, force: true)).Status);
                Assert.Equal(tier, Tier(store, key));
            }

            Check(store);
        }

        await using MemoryStore again = await OpenAsync();
        Check(again);
    }

    [Theory]
    [InlineData(DurabilityLevel.Volatile)]
    [InlineData(DurabilityLevel.Process)]
    public async Task A_version_without_them_has_none_whatever_it_replaced(DurabilityLevel durability)
    {
        await using MemoryStore store = await OpenAsync();
        using var buffer = new ObjectBuffer();

        // Same length in front of the data, so that the copy is overwritten where it lies.
        string plain = $$"""{"b":"{{new string('x', Options.Length + Metadata.Length + 2 - 8)}}"}""";
        foreach ((string? options, string? metadata) in ((string?, string?)[])[(Options, Metadata), (null, plain), (Options, null), (null, null), (Options, Metadata)])
        {
            await store.StoreAsync(Command("k", options, metadata) with { Durability = durability });
            Assert.Equal(ReadStatus.Found, store.Read("k"u8, buffer));
            Assert.Equal(options ?? "", Encoding.UTF8.GetString(buffer.ShapeOptions));
            Assert.Equal(metadata ?? "", Encoding.UTF8.GetString(buffer.Metadata));
            Assert.Equal("[1,2]", buffer.DataText());
        }

        await store.FlushAsync();
        Assert.Equal(ReadStatus.Found, store.Read("k"u8, buffer));
        Assert.Equal(Options, Encoding.UTF8.GetString(buffer.ShapeOptions));
    }

    [Fact]
    public async Task Stores_in_bulk_keep_them_and_batches_give_the_metadata_alone()
    {
        await using MemoryStore store = await OpenAsync();
        StoreOutcome[] outcomes = await store.StoreManyAsync([Command("a", Options, Metadata), Command("b", null, Metadata)]);
        Assert.All(outcomes, o => Assert.Equal(WriteStatus.Done, o.Status));
        foreach (TierId tier in (TierId[])[TierId.Dram, TierId.NvmeCold])
        {
            await store.MigrateAsync(Bytes("a"), tier, force: true);
            var batch = new ReadBatch();
            batch.Add("a"u8);
            batch.Add("b"u8);
            Assert.Equal(2, store.ReadMany(batch));
            Assert.Equal(Metadata, Encoding.UTF8.GetString(batch.Metadata(0)));
            Assert.Equal(Metadata, Encoding.UTF8.GetString(batch.Metadata(1)));
            Assert.Equal("[1,2]", Encoding.UTF8.GetString(batch.Data(0)));
        }
    }

    [Fact]
    public async Task Too_long_ones_are_refused()
    {
        await using MemoryStore store = await OpenAsync();
        string longest = $$"""{"a":"{{new string('x', StoreCommand.MaxShapeOptionsBytes - 8)}}"}""";
        Assert.Equal(WriteStatus.Done, (await store.StoreAsync(Command("k", longest, Metadata))).Status);
        Assert.Equal(WriteStatus.TooLarge, (await store.StoreAsync(Command("k", longest + " ", Metadata))).Status);
    }

    [Fact]
    public async Task A_peek_finds_the_object_in_every_tier_and_leaves_no_trace()
    {
        await using MemoryStore store = await OpenAsync();
        await store.StoreAsync(Command("k", Options, Metadata));
        using var buffer = new ObjectBuffer();
        foreach (TierId tier in Enum.GetValues<TierId>())
        {
            await store.MigrateAsync(Bytes("k"), tier, force: true);
            long accesses = store.Report().TotalAccesses;
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(ReadStatus.Found, store.Peek("k"u8, buffer));
                Assert.Equal("[1,2]", buffer.DataText());
                Assert.Equal(Options, Encoding.UTF8.GetString(buffer.ShapeOptions));
            }

            Assert.Equal(accesses, store.Report().TotalAccesses);
            Assert.Equal(tier, Tier(store, "k"));
        }

        Assert.Equal(ReadStatus.NotFound, store.Peek("absent"u8, buffer));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Check(MemoryStore store)
    {
        using var buffer = new ObjectBuffer();
        foreach ((string key, string options, string metadata) in ((string, string, string)[])[("both", Options, Metadata), ("options", Options, ""), ("metadata", "", Metadata)])
        {
            Assert.Equal(ReadStatus.Found, store.Read(Bytes(key), buffer));
            Assert.Equal(options, Encoding.UTF8.GetString(buffer.ShapeOptions));
            Assert.Equal(metadata, Encoding.UTF8.GetString(buffer.Metadata));
            Assert.Equal("[1,2]", buffer.DataText());
        }
    }

    private static TierId Tier(MemoryStore store, string key)
    {
        Assert.Equal(ReadStatus.Found, store.Describe(Bytes(key), out _, out _, out TierId tier));
        return tier;
    }

    private static StoreCommand Command(string key, string? options, string? metadata) => new()
    {
        Key = Bytes(key),
        Data = Bytes("[1,2]"),
        Metadata = metadata is null ? default : Bytes(metadata),
        ShapeOptions = options is null ? default : Bytes(options),
        AnalyzeShape = options is not null,
    };

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private Task<MemoryStore> OpenAsync() => MemoryStore.OpenAsync(
        new StoreOptions { DataFolder = _folder, MemoryLimitBytes = 192 << 20, CalibrateAtStart = false });
}
