using System.Buffers;
using System.Buffers.Binary;
using AuraMemory.Graph.Neo4j.PackStream;

namespace AuraMemory.Graph.Neo4j.Protocol;

/// <summary>Messages over a stream: each in chunks of up to 65 535 bytes with their length before them, ended by a chunk of none.</summary>
/// <remarks>One may read while another writes. A read that was cancelled may have taken half a message: nothing can be read after it.</remarks>
/// <param name="stream">The stream; owned by the caller.</param>
/// <param name="longest">Bytes of a message that is taken.</param>
/// <param name="time">Measures silence; null = the system's clock.</param>
public sealed class BoltChannel(Stream stream, int longest, TimeProvider? time = null)
{
    private const int LargestChunk = ushort.MaxValue;
    private const int FlushAt = 32 * 1024;
    private const int KeptBytes = 1 << 20;
    private readonly byte[] _ahead = new byte[8192];
    private ArrayBufferWriter<byte> _message = new(4096);
    private ArrayBufferWriter<byte> _out = new(8192);
    private int _from;
    private int _to;
    private byte[] _in = new byte[4096];

    /// <summary>The version that was agreed on: how instants and identities are written.</summary>
    public BoltVersion Version { get; set; } = new(5, 4);

    /// <summary>Whether instants are in UTC although the version is below 5.</summary>
    public bool IsUtcPatched { get; set; }

    /// <summary>Time without a byte, while a message is waited for, after which the other side counts as gone; infinite = never.</summary>
    public TimeSpan LongestSilence { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Puts a message behind those that wait to be sent.</summary>
    /// <exception cref="PackStreamException">A field cannot travel; nothing was put.</exception>
    public void Put(byte tag, params object?[] fields)
    {
        _message.ResetWrittenCount();
        new PackStreamWriter(_message, Version.IsFive || IsUtcPatched, Version.IsFive).Write(new BoltStructure(tag, fields));
        ReadOnlySpan<byte> bytes = _message.WrittenSpan;
        while (bytes.Length > 0)
        {
            int length = Math.Min(bytes.Length, LargestChunk);
            BinaryPrimitives.WriteUInt16BigEndian(_out.GetSpan(2), (ushort)length);
            _out.Advance(2);
            _out.Write<byte>(bytes[..length]);
            bytes = bytes[length..];
        }

        _out.Write<byte>([0, 0]);
    }

    /// <summary>Forgets what waits to be sent.</summary>
    public void Clear() => _out.ResetWrittenCount();

    /// <summary>Sends what waits, when it is much.</summary>
    public ValueTask FlushIfMuchAsync(CancellationToken cancellation) => _out.WrittenCount >= FlushAt ? FlushAsync(cancellation) : ValueTask.CompletedTask;

    /// <summary>Sends what waits.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_out.WrittenCount > 0)
        {
            await stream.WriteAsync(_out.WrittenMemory, cancellation).ConfigureAwait(false);
            _out.ResetWrittenCount();
            if (_out.Capacity > KeptBytes)
            {
                (_message, _out) = (new(4096), new(8192));
            }

            await stream.FlushAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Reads a message; null when the other side has gone before it began.</summary>
    /// <exception cref="PackStreamException">It is none, or too long.</exception>
    /// <exception cref="EndOfStreamException">The other side went away within it.</exception>
    /// <exception cref="IOException">The connection is broken, or silent for too long.</exception>
    public async ValueTask<BoltStructure?> ReadAsync(CancellationToken cancellation)
    {
        int length = 0;
        while (true)
        {
            while (_to - _from < 2)
            {
                if (!await ReadAheadAsync(cancellation).ConfigureAwait(false))
                {
                    return _to == _from && length == 0 ? null : throw new EndOfStreamException("The other side went away within a message.");
                }
            }

            int chunk = BinaryPrimitives.ReadUInt16BigEndian(_ahead.AsSpan(_from));
            _from += 2;
            if (chunk == 0)
            {
                if (length == 0)
                {
                    continue; // a sign of life between messages
                }

                return Message(length);
            }

            if (length + chunk > longest)
            {
                throw new PackStreamException($"A message has more than {longest} bytes.");
            }

            if (_in.Length < length + chunk)
            {
                Array.Resize(ref _in, Math.Max(length + chunk, Math.Min(longest, 2 * _in.Length)));
            }

            if (!await TakeAsync(_in.AsMemory(length, chunk), cancellation).ConfigureAwait(false))
            {
                throw new EndOfStreamException("The other side went away within a message.");
            }

            length += chunk;
        }
    }

    /// <summary>Reads bytes outside of messages: those of the handshake.</summary>
    /// <returns>False when the other side has gone.</returns>
    public ValueTask<bool> ReadRawAsync(Memory<byte> into, CancellationToken cancellation) => TakeAsync(into, cancellation);

    /// <summary>Sends bytes outside of messages.</summary>
    public async ValueTask WriteRawAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await stream.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        await stream.FlushAsync(cancellation).ConfigureAwait(false);
    }

    private BoltStructure Message(int length)
    {
        object? value = PackStreamReader.ReadAll(_in.AsSpan(0, length));
        if (_in.Length > KeptBytes)
        {
            _in = new byte[4096];
        }

        return value as BoltStructure ?? throw new PackStreamException("A message is a structure.");
    }

    private async ValueTask<bool> TakeAsync(Memory<byte> into, CancellationToken cancellation)
    {
        while (into.Length > 0)
        {
            int there = Math.Min(into.Length, _to - _from);
            _ahead.AsMemory(_from, there).CopyTo(into);
            _from += there;
            into = into[there..];
            if (into.Length >= _ahead.Length)
            {
                int read = await ReceiveAsync(into, cancellation).ConfigureAwait(false);
                if (read == 0)
                {
                    return false;
                }

                into = into[read..];
            }
            else if (into.Length > 0 && !await ReadAheadAsync(cancellation).ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    // What is there already moves to the front. At most one byte is there whenever this is called.
    private async ValueTask<bool> ReadAheadAsync(CancellationToken cancellation)
    {
        _ahead.AsSpan(_from, _to - _from).CopyTo(_ahead);
        (_from, _to) = (0, _to - _from);
        int read = await ReceiveAsync(_ahead.AsMemory(_to), cancellation).ConfigureAwait(false);
        _to += read;
        return read > 0;
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellation)
    {
        if (LongestSilence == Timeout.InfiniteTimeSpan)
        {
            return await stream.ReadAsync(into, cancellation).ConfigureAwait(false);
        }

        using var silence = new CancellationTokenSource(LongestSilence, time ?? TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellation);
        try
        {
            return await stream.ReadAsync(into, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"Nothing came for {LongestSilence.TotalSeconds} s.");
        }
    }
}
