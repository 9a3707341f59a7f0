using System.Buffers.Binary;
using System.Numerics;

namespace AuraMemory.Engine.Durability;

/// <summary>A storage engine write batch, built in managed memory.</summary>
/// <remarks>
/// The engine's log stores batches in a fixed, versioned form: sequence (8 bytes, filled in by the engine), count (4), then
/// records of tag, column family, key and value with varint lengths. Building that form here costs one native call a commit
/// instead of one a record, copies each byte once, and keeps no pointers: a batch outlives a reopening of the database,
/// because column families are named by number. Tags: 0x05 put, 0x04 delete, 0x0E range delete, each with column family.
/// </remarks>
internal sealed class WriteBatchImage
{
    private const int HeadBytes = 12;
    private const int KeptBytes = 4 << 20;
    private const int SpareBytes = 256 << 10;
    private const byte PutTag = 0x05;
    private const byte DeleteTag = 0x04;
    private const byte DeleteRangeTag = 0x0E;
    private byte[] _bytes = new byte[1024];

    /// <summary>Bytes used.</summary>
    public int Length { get; private set; } = HeadBytes;

    /// <summary>Records.</summary>
    public int Count { get; private set; }

    /// <summary>Offset of the key of the newest record, for <see cref="Slice"/>.</summary>
    public int KeyAt { get; private set; }

    /// <summary>A place to return to with <see cref="Truncate"/>.</summary>
    public (int Length, int Count) Mark => (Length, Count);

    /// <summary>Adds a put and returns the value's bytes to fill in.</summary>
    public Span<byte> Put(uint family, ReadOnlySpan<byte> key, int valueBytes)
    {
        Reserve(checked(16 + key.Length + valueBytes));
        Begin(PutTag, family, key);
        Varint((uint)valueBytes);
        Span<byte> value = _bytes.AsSpan(Length, valueBytes);
        Length += valueBytes;
        return value;
    }

    /// <summary>Adds a put.</summary>
    public void Put(uint family, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => value.CopyTo(Put(family, key, value.Length));

    /// <summary>Adds a put of a number, 8 bytes little-endian.</summary>
    public void Put(uint family, ReadOnlySpan<byte> key, long value) =>
        BinaryPrimitives.WriteInt64LittleEndian(Put(family, key, 8), value);

    /// <summary>Adds a delete.</summary>
    public void Delete(uint family, ReadOnlySpan<byte> key)
    {
        Reserve(16 + key.Length);
        Begin(DeleteTag, family, key);
    }

    /// <summary>Adds a delete of the keys from <paramref name="from"/> (inclusive) to <paramref name="to"/> (exclusive).</summary>
    public void DeleteRange(uint family, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        Reserve(21 + from.Length + to.Length);
        Begin(DeleteRangeTag, family, from);
        Varint((uint)to.Length);
        to.CopyTo(_bytes.AsSpan(Length));
        Length += to.Length;
    }

    /// <summary>Drops the records after <paramref name="mark"/>.</summary>
    public void Truncate((int Length, int Count) mark) => (Length, Count) = mark;

    /// <summary>Drops all records; an array that a large batch made is given back.</summary>
    public void Clear()
    {
        Truncate((HeadBytes, 0));
        if (_bytes.Length > KeptBytes)
        {
            _bytes = new byte[1024];
        }
    }

    /// <summary>Bytes that were added before.</summary>
    public ReadOnlySpan<byte> Slice(int at, int length) => _bytes.AsSpan(at, length);

    /// <summary>The finished form.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes, 0);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(8), Count);
        return _bytes.AsSpan(0, Length);
    }

    private void Begin(byte tag, uint family, ReadOnlySpan<byte> key)
    {
        _bytes[Length++] = tag;
        Varint(family);
        Varint((uint)key.Length);
        KeyAt = Length;
        key.CopyTo(_bytes.AsSpan(Length));
        Length += key.Length;
        Count++;
    }

    private void Varint(uint value)
    {
        while (value >= 0x80)
        {
            _bytes[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[Length++] = (byte)value;
    }

    private void Reserve(int bytes)
    {
        long needed = (long)Length + bytes;
        if (needed > _bytes.Length)
        {
            // A large object comes alone as a rule: rounding it up would take a small heap's room for nothing.
            long size = needed > KeptBytes ? needed + SpareBytes : (long)BitOperations.RoundUpToPowerOf2((ulong)needed);
            Array.Resize(ref _bytes, checked((int)Math.Max(Math.Min(Array.MaxLength, size), needed)));
        }
    }
}
