using System.Text;
using System.Threading.Channels;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Store;

public class ChangeFollowerTests
{
    [Fact]
    public async Task A_new_follower_is_built_from_a_listing_and_then_told_of_every_change_in_order()
    {
        using var folder = new TemporaryFolder();
        await using MemoryStore store = await MemoryStore.OpenAsync(StoreBasicsTests.Small(folder.Path));
        await store.StoreAsync(StoreCommand.FromText("a", "1"));
        var follower = new Mirror(store);
        store.Follow("mirror", follower);
        await follower.UntilAsync("rebuilt");
        await store.StoreAsync(StoreCommand.FromText("b", "2"));
        await store.StoreAsync(StoreCommand.FromText("b", "3"));
        await store.DeleteAsync(ObjectKey.Parse("a"));
        await follower.UntilAsync("Deleted a");
        Assert.Equal(["b=3"], follower.Content());
        Assert.Throws<ArgumentException>(() => store.Follow("mirror", follower));
    }

    [Fact]
    public async Task A_follower_goes_on_after_a_restart_where_it_was_and_is_not_rebuilt()
    {
        using var folder = new TemporaryFolder();
        await using (MemoryStore store = await MemoryStore.OpenAsync(StoreBasicsTests.Small(folder.Path)))
        {
            var follower = new Mirror(store);
            store.Follow("mirror", follower);
            await follower.UntilAsync("rebuilt");
            await store.StoreAsync(StoreCommand.FromText("a", "1"));
            await follower.UntilAsync("Stored a");
        }

        await using (MemoryStore store = await MemoryStore.OpenAsync(StoreBasicsTests.Small(folder.Path)))
        {
            await store.StoreAsync(StoreCommand.FromText("b", "2"));
            var follower = new Mirror(store);
            store.Follow("mirror", follower);
            await follower.UntilAsync("Stored b");
            Assert.DoesNotContain("rebuilt", follower.Seen);
            Assert.DoesNotContain("Stored a", follower.Seen);
        }
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(long.MaxValue, false)]
    public async Task A_follower_that_knows_to_have_less_than_was_noted_gets_it_again(long from, bool rebuilt)
    {
        using var folder = new TemporaryFolder();
        await using (MemoryStore store = await MemoryStore.OpenAsync(StoreBasicsTests.Small(folder.Path)))
        {
            var follower = new Mirror(store);
            store.Follow("mirror", follower);
            await follower.UntilAsync("rebuilt");
            await store.StoreAsync(StoreCommand.FromText("a", "1"));
            await follower.UntilAsync("Stored a");
        }

        await using (MemoryStore store = await MemoryStore.OpenAsync(StoreBasicsTests.Small(folder.Path)))
        {
            var follower = new Mirror(store);
            store.Follow("mirror", follower, from);
            await store.StoreAsync(StoreCommand.FromText("b", "2"));
            await follower.UntilAsync(rebuilt ? "rebuilt" : "Stored b");
            Assert.Equal(rebuilt, follower.Seen.Contains("rebuilt"));
            Assert.Equal(from == 0, follower.Seen.Contains("Stored a"));
        }
    }

    [Fact]
    public async Task A_page_that_failed_comes_again_and_the_failure_is_told()
    {
        using var folder = new TemporaryFolder();
        await using MemoryStore store = await MemoryStore.OpenAsync(StoreBasicsTests.Small(folder.Path));
        var follower = new Mirror(store) { FailuresLeft = 2 };
        store.Follow("mirror", follower);
        await follower.UntilAsync("rebuilt");
        await store.StoreAsync(StoreCommand.FromText("a", "1"));
        await follower.UntilAsync("failed");
        await follower.UntilAsync("failed");
        await follower.UntilAsync("Stored a");
        Assert.Equal(["a=1"], follower.Content());
    }

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}", "expected")]
    [InlineData("[1,", "byte 3")]
    [InlineData("1e999", "expected")]
    public void A_command_from_text_that_is_not_strict_json_is_refused_with_the_place(string json, string part) =>
        Assert.Contains(part, Assert.Throws<ArgumentException>(() => StoreCommand.FromText("a", json)).Message, StringComparison.Ordinal);

    private sealed class Mirror(MemoryStore store) : IChangeFollower
    {
        private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
        private readonly SortedDictionary<string, string> _content = new(StringComparer.Ordinal);

        public int FailuresLeft { get; set; }

        public List<string> Seen { get; } = [];

        public IEnumerable<string> Content()
        {
            lock (_content)
            {
                return [.. _content.Select(pair => $"{pair.Key}={pair.Value}")];
            }
        }

        public ValueTask ApplyAsync(IReadOnlyList<Change> changes, CancellationToken cancellation)
        {
            if (FailuresLeft > 0)
            {
                FailuresLeft--;
                _events.Writer.TryWrite("failed");
                throw new IOException("staged");
            }

            foreach (Change change in changes)
            {
                Take(Encoding.ASCII.GetString(change.Key));
                _events.Writer.TryWrite($"{change.Kind} {Encoding.ASCII.GetString(change.Key)}");
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask RebuildAsync(CancellationToken cancellation)
        {
            foreach (ObjectListing entry in store.List("", null, null, 1000, cancellation).Items)
            {
                Take(entry.Key);
            }

            _events.Writer.TryWrite("rebuilt");
            return ValueTask.CompletedTask;
        }

        public async Task UntilAsync(string expected)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            string met;
            do
            {
                met = await _events.Reader.ReadAsync(limit.Token);
                Seen.Add(met);
            }
            while (met != expected);
        }

        private void Take(string key)
        {
            using var buffer = new ObjectBuffer();
            lock (_content)
            {
                if (store.Read(ObjectKey.Parse(key), buffer) == ReadStatus.Found)
                {
                    _content[key] = buffer.DataText();
                }
                else
                {
                    _content.Remove(key);
                }
            }
        }
    }
}
