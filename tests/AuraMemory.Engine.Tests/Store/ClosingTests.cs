using System.Buffers;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Store;

/// <summary>A store that is closed while others use it, and buffers when there is no memory.</summary>
public class ClosingTests
{
    [Fact]
    public async Task Closing_waits_for_readers_and_refuses_those_that_come_later()
    {
        using var folder = new TemporaryFolder();
        MemoryStore store = await MemoryStore.OpenAsync(StoreBed.Tiny() with { DataFolder = folder.Path });
        byte[] key = ObjectKey.Parse("a");
        byte[] data = [.. Enumerable.Repeat((byte)'1', 3000)];
        await store.StoreAsync(new StoreCommand { Key = key, Data = data, Durability = DurabilityLevel.Volatile });
        using var begun = new CountdownEvent(4);
        var readers = new Task<(bool Right, bool Refused)>[4];
        for (int i = 0; i < readers.Length; i++)
        {
            readers[i] = Task.Factory.StartNew(
                () =>
                {
                    using var buffer = new ObjectBuffer();
                    bool right = store.Read(key, buffer) == ReadStatus.Found;
                    begun.Signal();
                    try
                    {
                        while (right)
                        {
                            right = store.Read(key, buffer) == ReadStatus.Found && buffer.Data.SequenceEqual(data);
                        }

                        return (right, false);
                    }
                    catch (ObjectDisposedException)
                    {
                        return (right, true);
                    }
                },
                TaskCreationOptions.LongRunning);
        }

        begun.Wait();
        await store.DisposeAsync();
        foreach (Task<(bool Right, bool Refused)> reader in readers)
        {
            Assert.Equal((true, true), await reader);
        }
    }

    [Fact]
    public async Task After_the_close_every_operation_says_so()
    {
        using var folder = new TemporaryFolder();
        MemoryStore store = await MemoryStore.OpenAsync(StoreBed.Tiny() with { DataFolder = folder.Path });
        byte[] key = ObjectKey.Parse("a");
        var command = new StoreCommand { Key = key, Data = "1"u8.ToArray() };
        await store.StoreAsync(command);
        await store.DisposeAsync();
        await store.DisposeAsync();

        using var buffer = new ObjectBuffer();
        var batch = new ReadBatch();
        batch.Add(key);
        Assert.Throws<ObjectDisposedException>(() => store.Read(key, buffer));
        Assert.Throws<ObjectDisposedException>(() => store.TryReadFast(key, buffer));
        Assert.Throws<ObjectDisposedException>(() => store.Peek(key, buffer));
        Assert.Throws<ObjectDisposedException>(() => store.ReadMany(batch));
        Assert.Throws<ObjectDisposedException>(() => store.Describe(key, out _, out _, out _));
        Assert.Throws<ObjectDisposedException>(() => store.Relationships(key, RelationshipDirection.Outgoing, 1, []));
        Assert.Throws<ObjectDisposedException>(() => store.List("", null, null, 1));
        Assert.Throws<ObjectDisposedException>(() => store.Report());
        Assert.Throws<ObjectDisposedException>(() => store.PrefetchRelated(key, []));
        Assert.Throws<ObjectDisposedException>(() => store.StoreVolatile(key, "2"u8));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.StoreAsync(command));
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await store.StoreAsync(command with { Durability = DurabilityLevel.Volatile }));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.StoreManyAsync([command]));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.DeleteAsync(key));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.MigrateAsync(key, TierId.Dram));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.PrefetchAsync([key], TierId.Dram));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.FlushAsync());
    }

    [Fact]
    public async Task A_lease_that_is_held_over_the_close_is_revoked()
    {
        using var folder = new TemporaryFolder();
        MemoryStore store = await MemoryStore.OpenAsync(StoreBed.Tiny() with { DataFolder = folder.Path });
        byte[] key = ObjectKey.Parse("large");
        await store.StoreAsync(new StoreCommand { Key = key, Data = new byte[ObjectBuffer.LargeCopyBytes + 1] });
        using var buffer = new ObjectBuffer();
        Assert.Equal(ReadStatus.Found, store.Read(key, buffer));
        Assert.NotNull(buffer.Lease);
        byte[] part = new byte[8];
        Assert.True(buffer.TryCopyData(0, part));

        await store.DisposeAsync();

        Assert.False(buffer.TryCopyData(0, part));
    }

    [Fact]
    public void An_array_that_could_not_be_replaced_is_given_back_once()
    {
        const int Bytes = 100_000;
        var buffer = new ObjectBuffer();
        _ = buffer.Prepare(default, 0, Bytes);
        Assert.Throws<OutOfMemoryException>(() => _ = buffer.Prepare(default, 0, int.MaxValue));
        buffer.Dispose();

        byte[] first = ArrayPool<byte>.Shared.Rent(Bytes);
        byte[] second = ArrayPool<byte>.Shared.Rent(Bytes);
        Assert.NotSame(first, second); // two owners of one array would read each other's bytes
        ArrayPool<byte>.Shared.Return(first);
        ArrayPool<byte>.Shared.Return(second);
    }
}
