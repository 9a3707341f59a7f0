using System.Buffers;
using System.Buffers.Binary;
using AuraMemory.Graph.Neo4j.PackStream;

namespace AuraMemory.Graph.Neo4j.Protocol;

/// <summary>Messages over a stream: each in chunks of up to 65 535 bytes with their length before them, ended by a chunk of none.</summary>
/// <param name="stream">The stream; owned by the caller.</param>
/// <param name="longest">Bytes of a message that is taken.</param>
public sealed class BoltChannel(Stream stream, int longest)
{
    private const int LargestChunk = ushort.MaxValue;
    private const int FlushAt = 32 * 1024;
    private readonly ArrayBufferWriter<byte> _message = new(4096);
    private readonly ArrayBufferWriter<byte> _out = new(8192);
    private readonly byte[] _head = new byte[4];
    private byte[] _in = new byte[4096];

    /// <summary>The version that was agreed on: how instants and identities are written.</summary>
    public BoltVersion Version { get; set; } = new(5, 4);

    /// <summary>Whether instants are in UTC although the version is below 5.</summary>
    public bool IsUtcPatched { get; set; }

    /// <summary>Puts a message behind those that wait to be sent.</summary>
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

    /// <summary>Sends what waits, when it is much.</summary>
    public ValueTask FlushIfMuchAsync(CancellationToken cancellation) => _out.WrittenCount >= FlushAt ? FlushAsync(cancellation) : ValueTask.CompletedTask;

    /// <summary>Sends what waits.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_out.WrittenCount > 0)
        {
            await stream.WriteAsync(_out.WrittenMemory, cancellation).ConfigureAwait(false);
            _out.ResetWrittenCount();
            await stream.FlushAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Reads a message; null when the other side has gone before it began.</summary>
    /// <exception cref="PackStreamException">It is none, or too long.</exception>
    /// <exception cref="EndOfStreamException">The other side went away within it.</exception>
    public async ValueTask<BoltStructure?> ReadAsync(CancellationToken cancellation)
    {
        int length = 0;
        while (true)
        {
            int read = await stream.ReadAtLeastAsync(_head.AsMemory(0, 2), 2, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            if (read < 2)
            {
                return read == 0 && length == 0 ? null : throw new EndOfStreamException("The other side went away within a message.");
            }

            int chunk = BinaryPrimitives.ReadUInt16BigEndian(_head);
            if (chunk == 0)
            {
                if (length == 0)
                {
                    continue; // a sign of life between messages
                }

                object? value = PackStreamReader.ReadAll(_in.AsSpan(0, length));
                return value as BoltStructure ?? throw new PackStreamException("A message is a structure.");
            }

            if (length + chunk > longest)
            {
                throw new PackStreamException($"A message has more than {longest} bytes.");
            }

            if (_in.Length < length + chunk)
            {
                Array.Resize(ref _in, Math.Max(length + chunk, Math.Min(longest, 2 * _in.Length)));
            }

            await stream.ReadExactlyAsync(_in.AsMemory(length, chunk), cancellation).ConfigureAwait(false);
            length += chunk;
        }
    }

    /// <summary>Reads bytes outside of messages: those of the handshake.</summary>
    /// <returns>False when the other side has gone.</returns>
    public async ValueTask<bool> ReadRawAsync(Memory<byte> into, CancellationToken cancellation) =>
        await stream.ReadAtLeastAsync(into, into.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false) == into.Length;

    /// <summary>Sends bytes outside of messages.</summary>
    public async ValueTask WriteRawAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await stream.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        await stream.FlushAsync(cancellation).ConfigureAwait(false);
    }
}
