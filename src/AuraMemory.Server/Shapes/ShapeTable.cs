using System.Buffers.Binary;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Server.Shapes;

/// <summary>The durable side of the shapes: records by key, what was removed since the index was saved, and how far the changes were applied.</summary>
/// <remarks>
/// Keys of the table: 'k' and an object's key -> its record; 'r' and a stamp (8 bytes, big-endian) -> version and partition of an entry
/// that left the index; 'm' and a name -> identity of the table, applied position,
/// stamp up to which removals were forgotten. Stamps number the writes, so an index saved at
/// stamp S lacks exactly the records with a larger stamp, and has too much exactly the removals with a larger one.
/// </remarks>
internal sealed class ShapeTable(IDerivedTable table)
{
    private const int RemovalBytes = 8 + PartitionKey.Bytes;
    private const byte RecordPrefix = (byte)'k';
    private const byte RemovalPrefix = (byte)'r';
    private const int ScanPage = 256;

    private static readonly byte[] IdentityKey = "mi"u8.ToArray();
    private static readonly byte[] PositionKey = "mp"u8.ToArray();
    private static readonly byte[] TrimmedKey = "mt"u8.ToArray();

    /// <summary>Random number that ties a saved index to this table.</summary>
    public Guid Identity { get; private set; }

    /// <summary>Removals up to this stamp are forgotten: an index saved before it cannot be made good any more.</summary>
    public long Trimmed { get; private set; }

    /// <summary>Native memory, bytes.</summary>
    public long MemoryBytes => table.MemoryBytes;

    /// <summary>Why the table began empty; null when it did not.</summary>
    public string? Lost => table.Lost;

    /// <summary>Reads identity and position.</summary>
    /// <param name="position">Number of the last change applied; -1 = the table is new.</param>
    /// <returns>False when the table cannot be read: it has to be reset.</returns>
    public bool TryBegin(out long position)
    {
        position = -1;
        ReadStatus known = table.Get(IdentityKey, out byte[]? identity);
        if (known == ReadStatus.Found && identity!.Length == 16)
        {
            Identity = new Guid(identity);
            Trimmed = 0;
            bool good = TryGetNumber(TrimmedKey, out long? trimmed) & TryGetNumber(PositionKey, out long? noted);
            Trimmed = trimmed ?? 0;
            position = noted ?? -1;
            return good;
        }

        if (known != ReadStatus.NotFound)
        {
            return false;
        }

        Identity = Guid.NewGuid();
        Trimmed = 0;
        return table.Write([new(IdentityKey, Identity.ToByteArray())]);
    }

    /// <summary>Empties the table and gives it a new identity.</summary>
    public bool Reset() => table.Reset() && TryBegin(out _);

    /// <summary>Reads a record; null with a status when there is none.</summary>
    public ReadStatus Get(ReadOnlySpan<byte> key, out ShapeRecord? record)
    {
        record = null;
        ReadStatus status = table.Get(RecordKey(key), out byte[]? bytes);
        if (status == ReadStatus.Found)
        {
            record = ShapeRecord.Read(bytes!);
            status = record is null ? ReadStatus.Corrupt : ReadStatus.Found;
        }

        return status;
    }

    /// <summary>Writes a record; in the same batch, the removal of the index entry that it replaces.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="record">Its record; null = none any more.</param>
    /// <param name="replaced">The entry that leaves the index; null = none.</param>
    /// <param name="stamp">Number of this write.</param>
    public bool Put(ReadOnlySpan<byte> key, ShapeRecord? record, ShapeEntry? replaced, long stamp)
    {
        var puts = new List<KeyValuePair<byte[], byte[]?>>(2) { new(RecordKey(key), record?.ToBytes()) };
        if (replaced is { HasShape: true } old)
        {
            byte[] removal = new byte[RemovalBytes];
            BinaryPrimitives.WriteInt64LittleEndian(removal, old.Version);
            old.Partition.Write(removal.AsSpan(8));
            puts.Add(new(RemovalKey(stamp), removal));
        }

        return table.Write(puts);
    }

    /// <summary>Notes up to which change everything is in the table.</summary>
    public bool PutPosition(long position) => PutNumber(PositionKey, position);

    /// <summary>Forgets the removals that a saved index knows of already.</summary>
    public bool TrimRemovals(long upTo)
    {
        // The mark goes up before the removals go: an index that is older is then refused, never half made good.
        if (!PutNumber(TrimmedKey, upTo))
        {
            return false;
        }

        Trimmed = upTo;
        var page = new List<KeyValuePair<byte[], byte[]>>();
        byte[] after = RemovalKey(0);
        while (true)
        {
            page.Clear();
            bool whole = table.Scan(after, ScanPage, page);
            var deletes = new List<KeyValuePair<byte[], byte[]?>>();
            foreach ((byte[] key, _) in page)
            {
                if (key[0] == RemovalPrefix && StampOf(key) <= upTo)
                {
                    deletes.Add(new(key, null));
                    after = key;
                }
            }

            if (deletes.Count == 0 || !table.Write(deletes))
            {
                return whole && deletes.Count == 0;
            }
        }
    }

    /// <summary>Walks over all removals, then over all records.</summary>
    /// <param name="removal">Receives stamp, version and partition.</param>
    /// <param name="record">Receives key, head and the whole value.</param>
    /// <param name="cancellation">Ends the walk.</param>
    /// <returns>False when something could not be read: the table has to be reset.</returns>
    public bool Walk(Action<long, long, PartitionKey> removal, Action<byte[], ShapeHead, byte[]> record, CancellationToken cancellation) =>
        Walk(
            RemovalPrefix,
            (key, value) =>
            {
                PartitionKey partition = default;
                bool good = key.Length == 9 && value.Length == RemovalBytes && PartitionKey.TryRead(value.AsSpan(8), out partition);
                if (good)
                {
                    removal(StampOf(key), BinaryPrimitives.ReadInt64LittleEndian(value), partition);
                }

                return good;
            },
            cancellation)
        && Walk(
            RecordPrefix,
            (key, value) =>
            {
                bool good = ShapeRecord.TryReadHead(value, out ShapeHead head);
                if (good)
                {
                    record(key[1..], head, value);
                }

                return good;
            },
            cancellation);

    private bool Walk(byte prefix, Func<byte[], byte[], bool> entry, CancellationToken cancellation)
    {
        byte[] after = [prefix];
        var page = new List<KeyValuePair<byte[], byte[]>>();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            page.Clear();
            bool whole = table.Scan(after, ScanPage, page);
            foreach ((byte[] key, byte[] value) in page)
            {
                if (key[0] != prefix)
                {
                    return whole;
                }

                if (!entry(key, value))
                {
                    return false;
                }

                after = key;
            }

            if (!whole || page.Count < ScanPage)
            {
                return whole;
            }
        }
    }

    private bool TryGetNumber(byte[] key, out long? number)
    {
        ReadStatus status = table.Get(key, out byte[]? value);
        number = status == ReadStatus.Found && value!.Length == 8 ? BinaryPrimitives.ReadInt64LittleEndian(value) : null;
        return status is ReadStatus.Found or ReadStatus.NotFound;
    }

    private bool PutNumber(byte[] key, long number)
    {
        byte[] value = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(value, number);
        return table.Write([new(key, value)]);
    }

    private static long StampOf(byte[] key) => BinaryPrimitives.ReadInt64BigEndian(key.AsSpan(1));

    private static byte[] RecordKey(ReadOnlySpan<byte> key) => [RecordPrefix, .. key];

    private static byte[] RemovalKey(long stamp)
    {
        byte[] key = new byte[9];
        key[0] = RemovalPrefix;
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(1), stamp);
        return key;
    }
}
