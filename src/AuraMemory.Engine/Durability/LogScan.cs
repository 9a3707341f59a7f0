using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace AuraMemory.Engine.Durability;

/// <summary>Damage in a write-ahead log that is not a torn tail: something whole was written after it.</summary>
/// <param name="File">Path of the log.</param>
/// <param name="Offset">First byte of the record that cannot be read.</param>
internal sealed record LogDamage(string File, long Offset);

/// <summary>Looks for damage that the storage engine would take for the end of its log.</summary>
/// <remarks>
/// <para>The engine stops at a torn tail, which is right: what was not written whole was not acknowledged. But it takes more
/// for a tail than that. Where a length was damaged so that it points beyond the end, it stops, though whole records follow;
/// where a page reads as zeros, it skips the rest of the block and goes on with the next, so that acknowledged changes vanish
/// from the middle. So every log is walked once before the engine sees it: a record that cannot be read is damage as soon as a
/// whole one is found behind it, and a tail otherwise.</para>
/// <para>Format: blocks of 32 KiB; a record is a masked CRC-32C of all that follows its length (4 bytes), a length (2), a type (1),
/// and the payload; a block's last 6 bytes or fewer are padding. Types 1 and 5 are whole, 4 and 8 end one that spans blocks.
/// Behind damage every byte of the block is tried as the beginning of a record. A log that is cut off at any place, as a file
/// alone, cannot be told from one that ended there: that the newest was longer is what <see cref="TailWitness"/> knows, that an
/// older one was is what the engine notes at the beginning of the next.</para>
/// <para>The payload of a whole record is a batch: sequence of its first entry (8 bytes), number of entries (4), entries.</para>
/// <para>Cost: one sequential read of the logs, which hold at most what the write buffers hold, and a checksum of it.</para>
/// </remarks>
internal static class LogScan
{
    private const int BlockBytes = 32 << 10;
    private const int HeaderBytes = 7;
    private const int BatchHeadBytes = 12;
    private const byte LargestKnownType = 8;

    /// <summary>The first damage in the logs of a database, oldest log first; null when there is none.</summary>
    /// <param name="folder">The database.</param>
    /// <param name="lastSequence">Largest sequence of an entry seen whole, up to the damage; 0 when there is none. Never too large.</param>
    /// <exception cref="IOException">A log cannot be read.</exception>
    public static LogDamage? Find(string folder, out long lastSequence)
    {
        byte[] block = new byte[BlockBytes];
        lastSequence = 0;
        foreach (string file in Logs(folder))
        {
            if (FindIn(file, block, ref lastSequence) is { } offset)
            {
                return new LogDamage(file, offset);
            }
        }

        return null;
    }

    /// <summary>Ends the damaged log before the damage and sets later ones aside; what is taken away stays beside it as <c>.damaged</c>.</summary>
    public static void CutBefore(LogDamage damage)
    {
        foreach (string file in Logs(Path.GetDirectoryName(damage.File)!))
        {
            int order = Number(file).CompareTo(Number(damage.File));
            if (order == 0)
            {
                File.Copy(file, file + ".damaged", overwrite: true);
                using FileStream log = File.OpenWrite(file);
                log.SetLength(damage.Offset);
                log.Flush(flushToDisk: true);
            }
            else if (order > 0)
            {
                File.Move(file, file + ".damaged", overwrite: true);
            }
        }
    }

    private static List<string> Logs(string folder)
    {
        var logs = new List<string>();
        if (Directory.Exists(folder))
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*.log"))
            {
                if (Number(file) > 0)
                {
                    logs.Add(file);
                }
            }
        }

        logs.Sort(static (a, b) => Number(a).CompareTo(Number(b)));
        return logs;
    }

    private static long Number(string file) => long.TryParse(Path.GetFileNameWithoutExtension(file), out long number) ? number : 0;

    private static long? FindIn(string file, byte[] block, ref long lastSequence)
    {
        using var log = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        long damaged = -1;
        long begun = 0;
        for (long start = 0; ; start += BlockBytes)
        {
            int n = log.ReadAtLeast(block, BlockBytes, throwOnEndOfStream: false);
            if (n == 0)
            {
                return null;
            }

            ReadOnlySpan<byte> bytes = block.AsSpan(0, n);
            int at = 0;
            while (bytes.Length - at >= HeaderBytes)
            {
                if (TryRecord(bytes[at..], out int length, out byte type))
                {
                    if (damaged >= 0 && IsEnd(type))
                    {
                        return damaged;
                    }

                    begun = type switch
                    {
                        1 or 2 => LastOfBatch(bytes.Slice(at + HeaderBytes, length - HeaderBytes)),
                        5 or 6 => 0, // of recycled logs, which this service does not use
                        _ => begun,
                    };
                    lastSequence = IsEnd(type) ? Math.Max(lastSequence, begun) : lastSequence;
                    at += length;
                    continue;
                }

                damaged = damaged < 0 ? start + at : damaged;
                at++;
            }
        }
    }

    private static bool IsEnd(byte type) => type is 1 or 4 or 5 or 8;

    /// <summary>Sequence of a batch's last entry; 0 when its first part is too short to tell.</summary>
    private static long LastOfBatch(ReadOnlySpan<byte> payload) => payload.Length < BatchHeadBytes
        ? 0
        : BinaryPrimitives.ReadInt64LittleEndian(payload) + BinaryPrimitives.ReadInt32LittleEndian(payload[8..]) - 1;

    /// <summary>True when a record begins here and passes its checksum; types this scan does not know are passed over like others.</summary>
    private static bool TryRecord(ReadOnlySpan<byte> from, out int length, out byte type)
    {
        int payload = BinaryPrimitives.ReadUInt16LittleEndian(from[4..]);
        type = from[6];
        length = HeaderBytes + payload;
        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(from);
        return length <= from.Length
            && (type is > 0 and <= LargestKnownType || stored != 0)
            && stored == Mask(Crc32C(from[6..length]));
    }

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte b in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }

    /// <summary>The engine stores checksums rotated by 15 bits and shifted by a constant, so that one of data with a checksum in it is no trivial one.</summary>
    private static uint Mask(uint crc) => BitOperations.RotateRight(crc, 15) + 0xa282ead8u;
}
