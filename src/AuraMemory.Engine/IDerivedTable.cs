using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine;

/// <summary>A small durable table of something derived from the store: an index that need not be computed again after a restart.</summary>
/// <remarks>
/// It lies in a folder of its own, checksummed, and is never the truth: what is lost or damaged is made again from the store, so no
/// failure here ever fails the store. Writes become durable in their order, at once against the end of the process, and against
/// loss of power up to some moment before it; a position written with each batch therefore tells up to where everything is there.
/// Safe for any number of threads; closed by the store.
/// </remarks>
public interface IDerivedTable
{
    /// <summary>Why the table began empty although there had been one; null = it had not been, or was opened whole.</summary>
    string? Lost { get; }

    /// <summary>Native memory of caches and buffers, bytes.</summary>
    long MemoryBytes { get; }

    /// <summary>Reads one value.</summary>
    /// <param name="key">1 byte and more.</param>
    /// <param name="value">The value; null unless found.</param>
    /// <returns>Found, NotFound, Corrupt or DeviceFailed.</returns>
    ReadStatus Get(ReadOnlySpan<byte> key, out byte[]? value);

    /// <summary>Reads in key order.</summary>
    /// <param name="after">Keys after this one (exclusive); empty = from the start.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="into">Receives keys and values.</param>
    /// <returns>False when something on the way could not be read; what was read before it is in <paramref name="into"/>.</returns>
    bool Scan(ReadOnlySpan<byte> after, int limit, List<KeyValuePair<byte[], byte[]>> into);

    /// <summary>Writes a batch: all of it or nothing.</summary>
    /// <param name="puts">Keys and values; a null value deletes the key.</param>
    /// <returns>False when it could not be written.</returns>
    bool Write(IReadOnlyList<KeyValuePair<byte[], byte[]?>> puts);

    /// <summary>Throws everything away and begins anew; for a table that was found damaged.</summary>
    /// <returns>False when not even that is possible: the table then answers DeviceFailed.</returns>
    bool Reset();
}
