using System.Runtime.CompilerServices;
using AuraMemory.Engine.Access;
using AuraMemory.Engine.Catalog;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers.Memory;

namespace AuraMemory.Engine.Reading;

/// <summary>Reads many keys at once, sixteen look-ups in flight (group prefetching, Chen et al., ICDE 2004).</summary>
internal sealed class BatchReader(StoreParts parts, ObjectReader reader)
{
    private const int Group = 16;

    private readonly MemoryLadder _memory = parts.Memory;

    [ThreadStatic]
    private static ObjectBuffer? _below;

    /// <summary>Reads the keys of the batch; see <see cref="IObjectStore.ReadMany"/>.</summary>
    [SkipLocalsInit]
    public int Read(ReadBatch batch, int first, long maxBytes)
    {
        AccessLane lane = parts.Lanes.Current;
        Span<ulong> hashes = stackalloc ulong[Group];
        Span<CatalogCandidate> candidates = stackalloc CatalogCandidate[Group];
        batch.Begin();
        while (first < batch.Count && (batch.Bytes < maxBytes || batch.Bytes == 0))
        {
            int n = Math.Min(Group, batch.Count - first);
            long start = Nanoseconds.Now;
            int missing = ReadMemory(batch, first, hashes[..n], candidates[..n], lane);
            Time(batch, first, n, lane, start);
            for (int i = 0; missing > 0 && i < n; i++)
            {
                if (batch.Status(first + i) == ReadStatus.Found)
                {
                    continue;
                }

                if (batch.Bytes >= maxBytes)
                {
                    return first + i;
                }

                missing--;
                ReadBelow(batch, first + i);
                if (batch.LargeIndex >= 0)
                {
                    return first + i + 1;
                }
            }

            first += n;
        }

        return first;
    }

    private int ReadMemory(ReadBatch batch, int first, Span<ulong> hashes, Span<CatalogCandidate> candidates, AccessLane lane)
    {
        ObjectCatalog catalog = _memory.Catalog;
        for (int i = 0; i < hashes.Length; i++)
        {
            ulong hash = catalog.Hash(batch.Key(first + i));
            hashes[i] = hash;
            catalog.PrefetchBucket(hash);
        }

        int missing = 0;
        lane.Enter();
        try
        {
            for (int i = 0; i < candidates.Length; i++)
            {
                catalog.Approach(hashes[i], out candidates[i]);
            }

            for (int i = 0; i < hashes.Length; i++)
            {
                ref ReadBatch.Slot slot = ref batch.At(first + i);
                if (_memory.TryReadInto(batch, ref slot, candidates[i], hashes[i], batch.Key(first + i), lane))
                {
                    lane.CountHit((int)slot.Tier, StoreOperation.Retrieve, slot.DataBytes);
                    lane.Post(hashes[i]);
                }
                else
                {
                    slot.Status = ReadStatus.NotFound;
                    missing++;
                }
            }
        }
        finally
        {
            lane.Exit();
        }

        return missing;
    }

    private void ReadBelow(ReadBatch batch, int index)
    {
        // A large object that memory leases comes here too: the batch holds private copies only.
        ObjectBuffer buffer = batch.LargeApart ?? (_below ??= new ObjectBuffer { Timed = true });
        ref ReadBatch.Slot slot = ref batch.At(index);
        slot.Status = reader.Read(batch.Key(index), buffer);
        if (slot.Status == ReadStatus.Found)
        {
            bool apart = batch.LargeApart is not null && buffer.DataBytes > ObjectBuffer.LargeCopyBytes;
            int metadata = buffer.Section.Length;
            Span<byte> to = batch.Room(metadata + (apart ? 0 : buffer.DataBytes), out int at);
            buffer.Section.CopyTo(to);
            if (!apart && !buffer.TryCopyData(0, to[metadata..]))
            {
                slot.Status = ReadStatus.Throttled;
            }
            else
            {
                batch.Advance(to.Length);
                slot.At = at;
                slot.MetadataBytes = metadata;
                slot.DataBytes = to.Length - metadata;
                slot.LatencyNs = buffer.LatencyNs;
                slot.Header = buffer.Header;
                slot.Tier = buffer.Tier;
                slot.AccessCount = buffer.AccessCount;
                if (apart)
                {
                    batch.LargeIndex = index;
                    return;
                }
            }
        }

        buffer.Release();
    }

    private static void Time(ReadBatch batch, int first, int n, AccessLane lane, long start)
    {
        // Sixteen overlapped look-ups: each is charged its share of the group's time.
        long ns = Math.Max(1, Nanoseconds.Since(start) / n);
        bool sampled = lane.ShouldTime();
        for (int i = first; i < first + n; i++)
        {
            ref ReadBatch.Slot slot = ref batch.At(i);
            slot.LatencyNs = ns;
            if (sampled && slot.Status == ReadStatus.Found)
            {
                lane.CountTime((int)slot.Tier, StoreOperation.Retrieve, ns, slot.DataBytes);
            }
        }
    }
}
