using AuraMemory.Engine.Durability;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Durability;

public sealed class DerivedTableTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aura-derived-").FullName;

    [Fact]
    public void What_was_written_is_read_in_key_order_also_after_it_was_closed()
    {
        using (DerivedTable table = Open())
        {
            Assert.Null(table.Lost);
            Assert.True(table.Write([new([2], [20]), new([1], [10]), new([3], [30, 31])]));
            Assert.True(table.Write([new([2], null), new([4], [])]));
        }

        using DerivedTable again = Open();
        Assert.Null(again.Lost);
        Assert.Equal(ReadStatus.Found, again.Get([3], out byte[]? value));
        Assert.Equal([30, 31], value);
        Assert.Equal(ReadStatus.NotFound, again.Get([2], out _));
        var page = new List<KeyValuePair<byte[], byte[]>>();
        Assert.True(again.Scan([], 2, page));
        Assert.Equal([1, 3], page.Select(p => (int)p.Key[0]));
        Assert.True(again.Scan(page[^1].Key, 10, page));
        Assert.Equal([1, 3, 4], page.Select(p => (int)p.Key[0]));
        Assert.True(again.MemoryBytes > 0);
    }

    [Fact]
    public void A_table_that_cannot_be_opened_begins_anew_and_says_why()
    {
        using (DerivedTable table = Open())
        {
            table.Write([new([1], [10])]);
        }

        File.WriteAllText(Path.Combine(_folder, "CURRENT"), "nothing of the kind");
        using DerivedTable again = Open();
        Assert.NotNull(again.Lost);
        Assert.Equal(ReadStatus.NotFound, again.Get([1], out _));
        Assert.True(again.Write([new([1], [11])]));
    }

    [Fact]
    public async Task A_reset_empties_it_while_others_read()
    {
        using DerivedTable table = Open();
        table.Write([new([1], [10])]);
        Task reader = Task.Run(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                Assert.True(table.Get([1], out _) is ReadStatus.Found or ReadStatus.NotFound);
            }
        });
        Assert.True(table.Reset());
        Assert.Equal(ReadStatus.NotFound, table.Get([1], out _));
        await reader;
    }

    [Fact]
    public void A_closed_table_answers_that_it_has_failed()
    {
        DerivedTable table = Open();
        table.Dispose();
        Assert.Equal(ReadStatus.DeviceFailed, table.Get([1], out _));
        Assert.False(table.Scan([], 1, []));
        Assert.False(table.Write([new([1], [1])]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private DerivedTable Open() => new(_folder, 2 << 20, directIo: false);
}
