using System.Threading.Channels;
using AuraMemory.Engine.Access;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Movement;

/// <summary>Brings objects into a tier before they are asked for: on request, and along relationships after a read.</summary>
internal sealed class Prefetcher : IAsyncDisposable
{
    /// <summary>Relationships followed from one object.</summary>
    private const int MaxRelated = 64;

    /// <summary>Objects one request may come to, related ones included.</summary>
    private const int MaxObjects = 10_000;

    private readonly StoreParts _parts;
    private readonly Migrator _migrator;
    private readonly Channel<byte[]> _queue;
    private readonly Task _worker;
    private long _issued;
    private long _late;
    private long _givenUp;

    public Prefetcher(StoreParts parts, Migrator migrator)
    {
        _parts = parts;
        _migrator = migrator;
        _queue = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Math.Max(1, parts.Options.PrefetchWindowSize))
        {
            SingleReader = true,
            FullMode = BoundedChannelFullMode.Wait,
        });
        _worker = Task.Run(WorkAsync);
    }

    /// <summary>Objects fetched ahead.</summary>
    public long Issued => Interlocked.Read(ref _issued);

    /// <summary>Objects that had been read by others before their fetch began.</summary>
    public long Late => Interlocked.Read(ref _late);

    /// <summary>Objects not fetched because the managed heap was full.</summary>
    public long GivenUp => Interlocked.Read(ref _givenUp);

    /// <summary>See <see cref="IObjectStore.PrefetchAsync"/>.</summary>
    public async ValueTask<PrefetchOutcome> FetchAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> keys, TierId target, bool recursive, int maxDepth, CancellationToken cancellation)
    {
        long start = Nanoseconds.Now;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var wave = new List<string>();
        foreach (ReadOnlyMemory<byte> key in keys)
        {
            string text = ObjectKey.ToText(key.Span);
            if (seen.Add(text))
            {
                wave.Add(text);
            }
        }

        var fetched = new List<string>();
        int related = 0;
        long bytes = 0;
        for (int depth = 0; wave.Count > 0; depth++)
        {
            var next = new List<string>();
            foreach (string text in wave)
            {
                cancellation.ThrowIfCancellationRequested();
                byte[] key = System.Text.Encoding.ASCII.GetBytes(text);
                int moved = await BringAsync(key, target).ConfigureAwait(false);
                if (moved >= 0)
                {
                    fetched.Add(text);
                    bytes += moved;
                }

                if (recursive && depth < maxDepth)
                {
                    related += Follow(key, seen, next);
                }
            }

            wave = next;
        }

        return new PrefetchOutcome(fetched, related, seen.Count, bytes, Nanoseconds.Since(start));
    }

    /// <summary>See <see cref="IObjectStore.PrefetchRelated"/>.</summary>
    public void QueueRelated(ReadOnlySpan<byte> key, List<string> queued)
    {
        if (!_parts.Options.EnablePredictivePrefetch)
        {
            return;
        }

        var views = new List<RelationshipView>();
        if (_parts.Home.Relationships(key, RelationshipDirection.Outgoing, MaxRelated, views) != ReadStatus.Found)
        {
            return;
        }

        foreach (RelationshipView view in views)
        {
            byte[] target = System.Text.Encoding.ASCII.GetBytes(view.Target);
            ulong hash = _parts.Memory.Catalog.Hash(target);
            if (!_parts.Memory.TryDescribe(hash, target, out _)
                && _migrator.Locate(hash, target, out _) == ReadStatus.Found
                && _queue.Writer.TryWrite(target))
            {
                queued.Add(view.Target);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.Complete();
        await _worker.ConfigureAwait(false);
    }

    /// <summary>Data bytes of the object when it is in the target or a faster memory tier afterwards, else -1.</summary>
    private async ValueTask<int> BringAsync(byte[] key, TierId target)
    {
        ulong hash = _parts.Memory.Catalog.Hash(key);
        if (_parts.Memory.TryDescribe(hash, key, out MemoryEntry entry) && entry.Tier <= target)
        {
            return entry.Header.IsExpired(_parts.Clock.NowMs) ? -1 : entry.DataBytes;
        }

        MigrationOutcome outcome = await _migrator.MoveAsync(key, target, force: false, prefetch: true).ConfigureAwait(false);
        if (outcome.Status is MigrationStatus.Migrated)
        {
            Interlocked.Increment(ref _issued);
            return outcome.DataBytes;
        }

        return outcome.Status is MigrationStatus.AlreadyThere ? outcome.DataBytes : -1;
    }

    private int Follow(byte[] key, HashSet<string> seen, List<string> next)
    {
        var views = new List<RelationshipView>();
        int found = 0;
        _parts.Home.Relationships(key, RelationshipDirection.Outgoing, MaxRelated, views);
        foreach (RelationshipView view in views)
        {
            if (seen.Count < MaxObjects && seen.Add(view.Target))
            {
                found++;
                next.Add(view.Target);
            }
        }

        return found;
    }

    private async Task WorkAsync()
    {
        await foreach (byte[] key in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            ulong hash = _parts.Memory.Catalog.Hash(key);
            if (_parts.Memory.TryDescribe(hash, key, out _))
            {
                Interlocked.Increment(ref _late);
                continue;
            }

            try
            {
                await BringAsync(key, TierId.Dram).ConfigureAwait(false);
            }
            catch (OutOfMemoryException)
            {
                // A fetch ahead is a favour: what the heap has no room for now is read when it is asked for.
                Interlocked.Increment(ref _givenUp);
            }
        }
    }
}
