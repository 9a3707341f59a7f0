using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Hashing;

namespace AuraMemory.Server.Shapes;

/// <summary>All partitions of the index under one memory budget, and their saved forms.</summary>
/// <remarks>
/// <para>
/// A partition is made with the first shape of its kind and lives until the end. Its own limit is the whole budget; an entry is
/// added only while all partitions together are below it, so the budget is passed by one growth step of one partition at most.
/// </para>
/// <para>
/// A saved partition is a file of its own: magic and format (8 bytes), identity of the table (16), stamp up to which it has every
/// write (8), entries (4), length of the index (8), XXH3-64 of everything before and of the index (8), the index. It is written under
/// another name, synced and renamed, so there is the old one or the new one. One that is damaged, of another table or of another
/// format is not used: the entries are then added from the records, which costs linking but no homology.
/// </para>
/// </remarks>
internal sealed class ShapePartitionSet(IShapePartitions maker, string folder, long budgetBytes) : IDisposable
{
    private const ulong Magic = 0x3158_4950_4148_5341;
    private const int HeadBytes = 52;
    private const string Suffix = ".index";

    /// <summary>Most partitions: every one costs memory and a file, and a caller can name any delay of an embedding.</summary>
    private const int MostPartitions = 256;

    private readonly ConcurrentDictionary<PartitionKey, IShapePartition> _partitions = new();
    private readonly Lock _making = new();

    /// <summary>Entries of all partitions.</summary>
    public long Count
    {
        get
        {
            long sum = 0;
            foreach ((_, IShapePartition partition) in _partitions)
            {
                sum += partition.Count;
            }

            return sum;
        }
    }

    /// <summary>Memory of all partitions, bytes.</summary>
    public long MemoryBytes
    {
        get
        {
            long sum = 0;
            foreach ((_, IShapePartition partition) in _partitions)
            {
                sum += partition.MemoryBytes;
            }

            return sum;
        }
    }

    /// <summary>Budget, bytes.</summary>
    public long BudgetBytes => budgetBytes;

    /// <summary>The partition of that key; null when it has no entry yet.</summary>
    public IShapePartition? Find(PartitionKey key) => _partitions.GetValueOrDefault(key);

    /// <summary>Adds an entry; false when there is no room.</summary>
    /// <param name="key">Partition.</param>
    /// <param name="version">Id.</param>
    /// <param name="signature">Signature.</param>
    /// <param name="barcode">Diagrams.</param>
    /// <param name="besides">Bytes taken elsewhere that count against the same budget.</param>
    public bool Add(PartitionKey key, long version, ReadOnlySpan<float> signature, Topology.Barcode barcode, long besides) =>
        MemoryBytes + besides < budgetBytes && Of(key) is { } partition && partition.Add(version, signature, barcode);

    /// <summary>Removes an entry.</summary>
    public bool Remove(PartitionKey key, long version) => Find(key)?.Remove(version) == true;

    /// <summary>Does a part of the deferred work of every partition; true when some is left.</summary>
    public bool Maintain(CancellationToken cancellation)
    {
        bool more = false;
        foreach ((_, IShapePartition partition) in _partitions)
        {
            more |= partition.Maintain(cancellation);
        }

        return more;
    }

    /// <summary>Saves every partition.</summary>
    /// <param name="table">Identity of the table the entries come from.</param>
    /// <param name="stamp">Every write up to it is in the partitions.</param>
    /// <returns>Why not; null when all were saved.</returns>
    public string? Save(Guid table, long stamp)
    {
        try
        {
            Directory.CreateDirectory(folder);
            foreach ((PartitionKey key, IShapePartition partition) in _partitions)
            {
                Save(Path.Combine(folder, key + Suffix), partition, table, stamp);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>Partitions of which there is a saved form, good or not.</summary>
    public IReadOnlyList<PartitionKey> Saved()
    {
        var keys = new List<PartitionKey>();
        try
        {
            foreach (string file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*" + Suffix) : [])
            {
                if (PartitionKey.TryParse(Path.GetFileNameWithoutExtension(file), out PartitionKey key))
                {
                    keys.Add(key);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // as if none had been saved: the records have everything
        }

        return keys;
    }

    /// <summary>Loads the saved form of a partition, if there is a good one.</summary>
    /// <param name="key">Partition.</param>
    /// <param name="table">Identity of the table.</param>
    /// <param name="notBefore">One saved at an earlier stamp is of no use.</param>
    /// <param name="stamp">Stamp it was saved at; 0 when there is none.</param>
    /// <param name="damage">What is wrong with the file, a sentence; null when nothing is, or there is none.</param>
    public void Load(PartitionKey key, Guid table, long notBefore, out long stamp, out string? damage)
    {
        stamp = 0;
        damage = null;
        string file = Path.Combine(folder, key + Suffix);
        try
        {
            if (!File.Exists(file))
            {
                return;
            }

            using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            Span<byte> head = stackalloc byte[HeadBytes];
            if (from.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false) == HeadBytes
                && BinaryPrimitives.ReadUInt64LittleEndian(head) == Magic
                && new Guid(head.Slice(8, 16)) == table
                && BinaryPrimitives.ReadInt64LittleEndian(head[24..]) >= notBefore
                && BinaryPrimitives.ReadInt64LittleEndian(head[36..]) == from.Length - HeadBytes
                && BinaryPrimitives.ReadUInt64LittleEndian(head[44..]) == Checksum(head[..44], from))
            {
                from.Position = HeadBytes;
                if (maker.Load(key, from, budgetBytes) is { } partition)
                {
                    _partitions[key] = partition;
                    stamp = BinaryPrimitives.ReadInt64LittleEndian(head[24..]);
                    return;
                }
            }

            damage = $"The saved index '{key}' was damaged, too old or of another table; it was made again from the kept shapes.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            damage = $"The saved index '{key}' could not be read ({e.Message}); it was made again from the kept shapes.";
        }
    }

    /// <summary>Frees the partitions; nobody may use them any more.</summary>
    public void Dispose()
    {
        foreach ((_, IShapePartition partition) in _partitions)
        {
            partition.Dispose();
        }

        _partitions.Clear();
    }

    private IShapePartition? Of(PartitionKey key)
    {
        if (_partitions.TryGetValue(key, out IShapePartition? partition))
        {
            return partition;
        }

        lock (_making)
        {
            return _partitions.TryGetValue(key, out partition) ? partition
                : _partitions.Count < MostPartitions ? _partitions.GetOrAdd(key, maker.Create(key, budgetBytes))
                : null;
        }
    }

    private static void Save(string file, IShapePartition partition, Guid table, long stamp)
    {
        string unfinished = file + ".new";
        using (var to = new FileStream(unfinished, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16))
        {
            Span<byte> head = stackalloc byte[HeadBytes];
            head.Clear();
            to.Write(head);
            partition.Save(to);
            BinaryPrimitives.WriteUInt64LittleEndian(head, Magic);
            table.TryWriteBytes(head[8..]);
            BinaryPrimitives.WriteInt64LittleEndian(head[24..], stamp);
            BinaryPrimitives.WriteInt32LittleEndian(head[32..], partition.Count);
            BinaryPrimitives.WriteInt64LittleEndian(head[36..], to.Length - HeadBytes);
            to.Position = HeadBytes;
            BinaryPrimitives.WriteUInt64LittleEndian(head[44..], Checksum(head[..44], to));
            to.Position = 0;
            to.Write(head);
            to.Flush(flushToDisk: true);
        }

        File.Move(unfinished, file, overwrite: true);
    }

    private static ulong Checksum(ReadOnlySpan<byte> head, Stream index)
    {
        var hash = new XxHash3();
        hash.Append(head);
        hash.Append(index);
        return hash.GetCurrentHashAsUInt64();
    }
}
