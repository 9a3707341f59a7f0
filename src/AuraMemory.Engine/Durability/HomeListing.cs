using System.Buffers.Binary;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Durability;

/// <content>Walks in key order.</content>
public sealed partial class Home
{
    /// <inheritdoc/>
    /// <remarks>Entries that do not parse are left out; a read of their key says that they are corrupt.</remarks>
    /// <exception cref="IOException">A medium failed: a shortened listing would look complete.</exception>
    public void List(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> after, int limit, List<HomeListing> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        int slot = _gate.Enter();
        try
        {
            if (_ssd is null || _archive is null)
            {
                throw new IOException("The home is closed: a medium failed.");
            }

            long removals;
            while (true)
            {
                // As in LookUp: SSD first, and a copy that was deleted between the two snapshots may be on the SSD by now.
                removals = Volatile.Read(ref _archiveRemovals);
                using RocksCursor ssd = _ssd.Cursor(Objects, once: true);
                BetweenPaths?.Invoke();
                using RocksCursor archive = _archive.Cursor(Objects, once: true);
                if (Volatile.Read(ref _archiveRemovals) == removals)
                {
                    Merge(ssd, archive, prefix, after, limit, into);
                    return;
                }
            }
        }
        finally
        {
            _gate.Exit(slot);
        }
    }

    /// <inheritdoc/>
    public byte[]? ScanUnread(byte[]? after, uint beforeSeconds, int budget, List<(byte[] Key, long Version)> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        int slot = _gate.Enter();
        try
        {
            if (_ssd is null)
            {
                return null;
            }

            using RocksCursor objects = _ssd.Cursor(Objects, once: true);
            using RocksCursor touched = _ssd.Cursor(Touched, once: true);
            Start(objects, after);
            Start(touched, after);
            byte[]? last = null;
            for (; objects.Valid; objects.Next(), budget--)
            {
                if (budget <= 0)
                {
                    return last ?? after;
                }

                ReadOnlySpan<byte> key = objects.Key;
                last = key.ToArray();
                if (!Envelope.TryParse(key, objects.Value, out Envelope envelope)
                    || envelope.IsGrave || envelope.Header.StoredSeconds >= beforeSeconds)
                {
                    continue;
                }

                while (touched.Valid && touched.Key.SequenceCompareTo(key) < 0)
                {
                    touched.Next();
                }

                bool used = touched.Valid && touched.Key.SequenceEqual(key) && touched.Value.Length == 4
                    && BinaryPrimitives.ReadUInt32LittleEndian(touched.Value) >= beforeSeconds;
                if (!used && !_touches.WasUsedSince(key, beforeSeconds))
                {
                    into.Add((last, envelope.Header.Version));
                }
            }

            return null;
        }
        finally
        {
            _gate.Exit(slot);
        }
    }

    private static void Merge(
        RocksCursor ssd, RocksCursor archive, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> after, int limit, List<HomeListing> into)
    {
        ReadOnlySpan<byte> from = after.SequenceCompareTo(prefix) > 0 ? after : prefix;
        ssd.Seek(from);
        archive.Seek(from);
        while (limit > 0)
        {
            bool onSsd = ssd.Valid && ssd.Key.StartsWith(prefix);
            bool inArchive = archive.Valid && archive.Key.StartsWith(prefix);
            if ((!ssd.Valid && ssd.Failure != RocksFailure.None) || (!archive.Valid && archive.Failure != RocksFailure.None))
            {
                throw new IOException("A part of the home cannot be read; the listing would be incomplete.");
            }

            if (!onSsd && !inArchive)
            {
                return;
            }

            int order = !onSsd ? 1 : !inArchive ? -1 : ssd.Key.SequenceCompareTo(archive.Key);
            RocksCursor cursor = order <= 0 ? ssd : archive;
            ReadOnlySpan<byte> key = cursor.Key;
            if (!(key.SequenceEqual(after) && after.Length > 0)
                && Envelope.TryParse(key, cursor.Value, out Envelope envelope) && !envelope.IsGrave)
            {
                into.Add(new HomeListing(key.ToArray(), envelope.Header, envelope.Data.Length, order <= 0 ? TierId.NvmeCold : TierId.HddArchive));
                limit--;
            }

            if (order <= 0)
            {
                ssd.Next();
            }

            if (order >= 0)
            {
                archive.Next();
            }
        }
    }

    private static void Start(RocksCursor cursor, byte[]? after)
    {
        cursor.Seek(after ?? []);
        if (after is not null && cursor.Valid && cursor.Key.SequenceEqual(after))
        {
            cursor.Next();
        }
    }
}
