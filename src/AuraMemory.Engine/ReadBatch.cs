using System.Runtime.InteropServices;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine;

/// <summary>A reusable set of keys to read together, and what was read for each.</summary>
/// <remarks>
/// Reading many keys in one call lets the store fetch the cache lines of several look-ups at once instead of waiting for
/// one after the other (group prefetching: Chen et al., "Improving hash join performance through prefetching", ICDE 2004).
/// All bytes land in one growing buffer, so a warm batch allocates nothing. Not thread-safe.
/// </remarks>
public sealed class ReadBatch
{
    private byte[] _keys = new byte[1024];
    private byte[] _bytes = new byte[16 * 1024];
    private Slot[] _slots = new Slot[64];
    private int _keyBytes;
    private int _used;

    /// <summary>Number of keys.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Where an object larger than <see cref="ObjectBuffer.LargeCopyBytes"/> is left for the caller to send in parts; null = its
    /// bytes are copied into the batch like those of others. A read ends with the object left here.
    /// </summary>
    public ObjectBuffer? LargeApart { get; set; }

    /// <summary>Index of the object that <see cref="LargeApart"/> holds; -1 = none.</summary>
    public int LargeIndex { get; internal set; } = -1;

    /// <summary>Empties the batch, keeping its memory.</summary>
    public void Clear()
    {
        Count = 0;
        _keyBytes = 0;
        _used = 0;
        LargeIndex = -1;
        LargeApart = null;
    }

    /// <summary>Adds a key.</summary>
    public void Add(ReadOnlySpan<byte> key)
    {
        if (_keyBytes + key.Length > _keys.Length)
        {
            Array.Resize(ref _keys, Math.Max(_keys.Length * 2, _keyBytes + key.Length));
        }

        if (Count == _slots.Length)
        {
            Array.Resize(ref _slots, Count * 2);
        }

        key.CopyTo(_keys.AsSpan(_keyBytes));
        _slots[Count] = new Slot { KeyAt = _keyBytes, KeyBytes = key.Length, Status = ReadStatus.NotFound };
        _keyBytes += key.Length;
        Count++;
    }

    /// <summary>The key at <paramref name="index"/>.</summary>
    public ReadOnlySpan<byte> Key(int index) => _keys.AsSpan(_slots[index].KeyAt, _slots[index].KeyBytes);

    /// <summary>How reading it ended.</summary>
    public ReadStatus Status(int index) => _slots[index].Status;

    /// <summary>Its header.</summary>
    public ObjectHeader Header(int index) => _slots[index].Header;

    /// <summary>Tier it was read from.</summary>
    public TierId Tier(int index) => _slots[index].Tier;

    /// <summary>Accesses counted, this one included.</summary>
    public long AccessCount(int index) => _slots[index].AccessCount;

    /// <summary>Nanoseconds its read took: its share of a group of overlapped look-ups, or its own when it came from below memory.</summary>
    public long LatencyNs(int index) => _slots[index].LatencyNs;

    /// <summary>Its metadata; empty when there is none.</summary>
    public ReadOnlySpan<byte> Metadata(int index) => MetadataSection.MetadataOf(
        _bytes.AsSpan(_slots[index].At, _slots[index].MetadataBytes), _slots[index].Header.Flags);

    /// <summary>Its data.</summary>
    public ReadOnlySpan<byte> Data(int index) =>
        _bytes.AsSpan(_slots[index].At + _slots[index].MetadataBytes, _slots[index].DataBytes);

    /// <summary>Bytes read so far in the present call.</summary>
    internal long Bytes => _used;

    /// <summary>Forgets what earlier calls read; the keys stay.</summary>
    internal void Begin()
    {
        _used = 0;
        LargeIndex = -1;
    }

    internal ref Slot At(int index) => ref _slots[index];

    /// <summary>Room for <paramref name="bytes"/> bytes at the end of the buffer; kept only after <see cref="Advance"/>.</summary>
    internal Span<byte> Room(int bytes, out int at)
    {
        if (_bytes.Length - _used < bytes)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(_bytes.Length * 2L, (long)_used + bytes)));
        }

        at = _used;
        return _bytes.AsSpan(_used, bytes);
    }

    internal void Advance(int bytes) => _used += bytes;

    [StructLayout(LayoutKind.Auto)]
    internal struct Slot
    {
        public ObjectHeader Header;
        public long AccessCount;
        public long LatencyNs;
        public int KeyAt;
        public int KeyBytes;
        public int At;
        public int MetadataBytes;
        public int DataBytes;
        public ReadStatus Status;
        public TierId Tier;
    }
}
