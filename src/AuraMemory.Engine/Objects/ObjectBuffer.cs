using System.Buffers;

namespace AuraMemory.Engine.Objects;

/// <summary>A reusable place into which a tier reads one object.</summary>
/// <remarks>
/// Holds either a private copy of the bytes or, for large values in memory tiers, a <see cref="ReadLease"/> on the tier's own
/// bytes. Not thread-safe; reuse it for one read after another, and dispose it to return the copy's array and end the lease.
/// </remarks>
public sealed class ObjectBuffer : IDisposable
{
    /// <summary>Copies larger than this come from <see cref="LargeCopies"/>, bytes.</summary>
    public const int LargeCopyBytes = 256 << 10;

    private byte[] _bytes = [];
    private LargeCopy? _large;
    private int _metadataBytes;
    private int _dataBytes;

    /// <summary>Version, times and flags of the object last read.</summary>
    public ObjectHeader Header { get; private set; }

    /// <summary>Tier the object was read from; set by the store.</summary>
    public TierId Tier { get; set; }

    /// <summary>True = time every read into this buffer; false = only the sample that statistics need.</summary>
    public bool Timed { get; set; }

    /// <summary>Nanoseconds the read took, from look-up to last byte; 0 when it was not timed.</summary>
    public long LatencyNs { get; set; }

    /// <summary>Accesses counted for the object, this read included; approximate for cold objects.</summary>
    public long AccessCount { get; set; }

    /// <summary>Unix time in seconds of the access before this one; 0 when not known.</summary>
    public long LastAccessSeconds { get; set; }

    /// <summary>Length of the data, bytes.</summary>
    public int DataBytes => _dataBytes;

    /// <summary>The lease under which the data is to be copied out chunk by chunk, or null when <see cref="Data"/> holds a copy.</summary>
    public ReadLease? Lease { get; private set; }

    /// <summary>The metadata JSON; empty when there is none. Always a private copy.</summary>
    public ReadOnlySpan<byte> Metadata => MetadataSection.MetadataOf(Section, Header.Flags);

    /// <summary>What the caller said about the object's shape, JSON; empty when nothing. Always a private copy.</summary>
    public ReadOnlySpan<byte> ShapeOptions => MetadataSection.ShapeOptionsOf(Section, Header.Flags);

    /// <summary>The metadata section as the tiers keep it.</summary>
    internal ReadOnlySpan<byte> Section => Copy[.._metadataBytes];

    /// <summary>The data JSON. Empty when <see cref="Lease"/> is set.</summary>
    /// <remarks>
    /// Valid until the next read, <see cref="Release"/> or <see cref="Dispose"/>, and only while the buffer is reachable: a large
    /// copy lies outside the managed heap and goes when the buffer is collected, whoever still holds the span. Disposing the
    /// buffer after the last use (<c>using</c>) keeps it reachable as long as it must be.
    /// </remarks>
    public ReadOnlySpan<byte> Data => Lease is null ? Copy.Slice(_metadataBytes, _dataBytes) : [];

    /// <summary>
    /// Where memory for large copies comes from; null = the managed heap. The store sets it, so that a crowd of readers of
    /// large objects cannot fill the heap.
    /// </summary>
    public ILargeCopies? LargeCopies { get; set; }

    private Span<byte> Copy => _large is { } large ? large.Memory : _bytes;

    /// <summary>Prepares for a private copy and returns the memory to fill: metadata section first, then data.</summary>
    /// <param name="header">Header of the object.</param>
    /// <param name="metadataBytes">Length of the metadata section, bytes.</param>
    /// <param name="dataBytes">Data length, bytes.</param>
    /// <exception cref="InsufficientMemoryException"><see cref="LargeCopies"/> has no room for it now.</exception>
    public Span<byte> Prepare(in ObjectHeader header, int metadataBytes, int dataBytes) =>
        TryPrepare(header, metadataBytes, dataBytes, out Span<byte> memory)
            ? memory
            : throw new InsufficientMemoryException("There is no room for a copy of a large object now.");

    /// <summary>Like <see cref="Prepare"/>, for readers that are throttled when there is no room.</summary>
    /// <returns>False when <see cref="LargeCopies"/> has no room now.</returns>
    public bool TryPrepare(in ObjectHeader header, int metadataBytes, int dataBytes, out Span<byte> memory)
    {
        Release();
        int total = metadataBytes + dataBytes;
        if (total > LargeCopyBytes && LargeCopies is { } copies)
        {
            _large = copies.TryRent(total);
            if (_large is null)
            {
                memory = default;
                return false;
            }
        }

        Header = header;
        _metadataBytes = metadataBytes;
        _dataBytes = dataBytes;
        memory = _large is null ? Managed(total) : _large.Memory[..total];
        return true;
    }

    private Span<byte> Managed(int total)
    {
        if (_bytes.Length < total)
        {
            if (_bytes.Length > 0)
            {
                // Forgotten first: if there is no memory for another, this one must not be given back twice, to two owners.
                byte[] old = _bytes;
                _bytes = [];
                ArrayPool<byte>.Shared.Return(old);
            }

            _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(total, 1024));
        }

        return _bytes.AsSpan(0, total);
    }

    /// <summary>Copies an image in.</summary>
    public void Set(in ObjectImage image)
    {
        Span<byte> to = Prepare(image.Header, image.Metadata.Length, image.Data.Length);
        image.Metadata.CopyTo(to);
        image.Data.CopyTo(to[image.Metadata.Length..]);
    }

    /// <summary>Holds a lease on the data instead of a copy; the metadata is copied.</summary>
    public void SetLease(in ObjectHeader header, ReadOnlySpan<byte> metadata, ReadLease lease)
    {
        metadata.CopyTo(Prepare(header, metadata.Length, 0));
        _dataBytes = lease.Bytes;
        Lease = lease;
    }

    /// <summary>The object as an image; the data must be a private copy.</summary>
    /// <exception cref="InvalidOperationException">The buffer holds a lease.</exception>
    public ObjectImage Image(ReadOnlySpan<byte> key) => Lease is null
        ? new ObjectImage(key, Header, Section, Data)
        : throw new InvalidOperationException("The data is held by a lease; copy it out first.");

    /// <summary>Copies a part of the data, whether held as copy or by lease.</summary>
    /// <returns>False when the lease was revoked: the reader was too slow and the rest is gone.</returns>
    public bool TryCopyData(int offset, Span<byte> destination)
    {
        if (Lease is { } lease)
        {
            return lease.TryCopy(offset, destination);
        }

        Data.Slice(offset, destination.Length).CopyTo(destination);
        GC.KeepAlive(this); // a large copy is unmapped by its finalizer, and the span alone does not hold it
        return true;
    }

    /// <summary>The data as text.</summary>
    /// <exception cref="InvalidOperationException">The lease on it was revoked.</exception>
    public string DataText()
    {
        byte[] copy = new byte[_dataBytes];
        return TryCopyData(0, copy)
            ? System.Text.Encoding.UTF8.GetString(copy)
            : throw new InvalidOperationException("The lease on the object's bytes was revoked: read it again.");
    }

    /// <summary>Ends the lease, if any, and forgets the object; keeps the array for the next read.</summary>
    public void Release()
    {
        Lease?.Dispose();
        Lease = null;
        _large?.Dispose();
        _large = null;
        _metadataBytes = 0;
        _dataBytes = 0;
        Header = Header with { Flags = ObjectFlags.None }; // the section it told of is gone
    }

    /// <summary>Releases and returns the array to the pool.</summary>
    public void Dispose()
    {
        Release();
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }
}
