using System.IO.Hashing;

namespace AuraMemory.Server.Shapes;

/// <summary>Which version of which key has a record, both ways: by key for changes, by version for the answers of the index.</summary>
/// <remarks>
/// <para>
/// Entries lie in one array; two tables of buckets chain them by the hash of the key and by the version. Keys lie in pages of bytes; an
/// entry keeps its key's place as long as it lives, and a freed place is used again for a key of the same class of lengths (powers of
/// two from 32). About 65 bytes and the place for an entry, no object of the managed heap for any. All members take the one lock, for well under a microsecond,
/// except where the arrays double.
/// </para>
/// <para>Versions are unique in the store, so an id of the index is a version and can never come to mean another object.</para>
/// </remarks>
internal sealed class ShapeDirectory
{
    private const int PageBytes = 1 << 20;
    private const int None = -1;
    private const int LeastRoom = 32;
    private const int RoomClasses = 6;

    private readonly Lock _lock = new();
    private readonly List<byte[]> _pages = [];
    private Entry[] _entries = new Entry[64];
    private int[] _byKey = NewBuckets(64);
    private int[] _byVersion = NewBuckets(64);
    private int _used;
    private readonly int[] _free = NewBuckets(RoomClasses);
    private int _pageAt = PageBytes;

    /// <summary>Entries.</summary>
    public int Count { get; private set; }

    /// <summary>Entries whose shape is not in the index, for want of room.</summary>
    public int NotIndexed { get; private set; }

    /// <summary>Managed memory taken, bytes.</summary>
    public long MemoryBytes
    {
        get
        {
            lock (_lock)
            {
                return ((long)_entries.Length * 56) + ((long)_byKey.Length * 8) + ((long)_pages.Count * PageBytes);
            }
        }
    }

    /// <summary>Looks a key up.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out ShapeEntry entry)
    {
        lock (_lock)
        {
            int at = Find(key, Hash(key));
            entry = at == None ? default : _entries[at].Value;
            return at != None;
        }
    }

    /// <summary>The key of a version; null when that version has no entry (any more).</summary>
    public byte[]? KeyOf(long version, out ShapeEntry entry)
    {
        lock (_lock)
        {
            for (int at = _byVersion[Bucket(version)]; at != None; at = _entries[at].NextByVersion)
            {
                if (_entries[at].Value.Version == version)
                {
                    entry = _entries[at].Value;
                    return KeyAt(at).ToArray();
                }
            }
        }

        entry = default;
        return null;
    }

    /// <summary>Sets a key's entry.</summary>
    public void Set(ReadOnlySpan<byte> key, in ShapeEntry entry)
    {
        ulong hash = Hash(key);
        lock (_lock)
        {
            int at = Find(key, hash);
            if (at != None)
            {
                UnlinkVersion(at);
                NotIndexed -= _entries[at].Value.IsIndexed ? 0 : 1;
            }
            else
            {
                at = Take(key, hash);
            }

            _entries[at].Value = entry;
            NotIndexed += entry.IsIndexed ? 0 : 1;
            int bucket = Bucket(entry.Version);
            _entries[at].NextByVersion = _byVersion[bucket];
            _byVersion[bucket] = at;
        }
    }

    /// <summary>Removes a key's entry, if it is of this version; 0 = of any.</summary>
    public bool Remove(ReadOnlySpan<byte> key, long version)
    {
        ulong hash = Hash(key);
        lock (_lock)
        {
            int at = Find(key, hash);
            if (at == None || (version != 0 && _entries[at].Value.Version != version))
            {
                return false;
            }

            UnlinkVersion(at);
            ref int link = ref _byKey[(int)hash & (_byKey.Length - 1)];
            while (link != at)
            {
                link = ref _entries[link].NextByKey;
            }

            link = _entries[at].NextByKey;
            NotIndexed -= _entries[at].Value.IsIndexed ? 0 : 1;
            ref int free = ref _free[RoomClass(_entries[at].Room)];
            _entries[at].NextByKey = free;
            _entries[at].Value = default;
            _entries[at].KeyBytes = 0;
            free = at;
            Count--;
            return true;
        }
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _pages.Clear();
            _pageAt = PageBytes;
            _used = 0;
            Count = 0;
            NotIndexed = 0;
            Array.Fill(_free, None);
            Array.Fill(_byKey, None);
            Array.Fill(_byVersion, None);
        }
    }

    /// <summary>Walks the entries: those from <paramref name="from"/> on, at most <paramref name="limit"/>; what changes meanwhile may be missed.</summary>
    /// <returns>Where to go on; 0 = at the end.</returns>
    public int Walk(int from, int limit, List<KeyValuePair<byte[], ShapeEntry>> into)
    {
        lock (_lock)
        {
            int at = from;
            for (; at < _used && limit > 0; at++)
            {
                if (_entries[at].KeyBytes > 0)
                {
                    into.Add(new(KeyAt(at).ToArray(), _entries[at].Value));
                    limit--;
                }
            }

            return at < _used ? at : 0;
        }
    }

    private static int[] NewBuckets(int length)
    {
        int[] buckets = new int[length];
        Array.Fill(buckets, None);
        return buckets;
    }

    // A room fits every key of its class, so churn of keys of any lengths finds the rooms that were left.
    private static int RoomClass(int room) => System.Numerics.BitOperations.Log2((uint)(room / LeastRoom));

    private static ulong Hash(ReadOnlySpan<byte> key) => XxHash3.HashToUInt64(key);

    // Versions are dense numbers: their low bits spread by themselves.
    private int Bucket(long version) => (int)version & (_byVersion.Length - 1);

    private ReadOnlySpan<byte> KeyAt(int at) =>
        _pages[_entries[at].Page].AsSpan(_entries[at].Offset, _entries[at].KeyBytes);

    private int Find(ReadOnlySpan<byte> key, ulong hash)
    {
        for (int at = _byKey[(int)hash & (_byKey.Length - 1)]; at != None; at = _entries[at].NextByKey)
        {
            if (_entries[at].KeyBytes == key.Length && KeyAt(at).SequenceEqual(key))
            {
                return at;
            }
        }

        return None;
    }

    private int Take(ReadOnlySpan<byte> key, ulong hash)
    {
        int room = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(key.Length, LeastRoom));
        ref int free = ref _free[RoomClass(room)];
        int at = free;
        if (at != None)
        {
            free = _entries[at].NextByKey;
        }
        else
        {
            if (_used == _entries.Length)
            {
                Grow();
            }

            at = _used++;
            if (_pageAt + room > PageBytes)
            {
                _pages.Add(new byte[PageBytes]);
                _pageAt = 0;
            }

            _entries[at].Page = _pages.Count - 1;
            _entries[at].Offset = _pageAt;
            _entries[at].Room = (short)room;
            _pageAt += room;
        }

        key.CopyTo(_pages[_entries[at].Page].AsSpan(_entries[at].Offset));
        _entries[at].KeyBytes = (short)key.Length;
        int bucket = (int)hash & (_byKey.Length - 1);
        _entries[at].NextByKey = _byKey[bucket];
        _byKey[bucket] = at;
        Count++;
        return at;
    }

    private void UnlinkVersion(int at)
    {
        ref int link = ref _byVersion[Bucket(_entries[at].Value.Version)];
        while (link != at)
        {
            link = ref _entries[link].NextByVersion;
        }

        link = _entries[at].NextByVersion;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        _byKey = NewBuckets(_entries.Length);
        _byVersion = NewBuckets(_entries.Length);
        for (int at = 0; at < _used; at++)
        {
            if (_entries[at].KeyBytes > 0)
            {
                int bucket = (int)Hash(KeyAt(at)) & (_byKey.Length - 1);
                _entries[at].NextByKey = _byKey[bucket];
                _byKey[bucket] = at;
                bucket = Bucket(_entries[at].Value.Version);
                _entries[at].NextByVersion = _byVersion[bucket];
                _byVersion[bucket] = at;
            }
        }
    }

    private struct Entry
    {
        public ShapeEntry Value;
        public int NextByKey;
        public int NextByVersion;
        public int Page;
        public int Offset;
        public short KeyBytes;
        public short Room;
    }
}

/// <summary>What the directory knows of a key.</summary>
/// <param name="Version">Version of the object whose record is kept.</param>
/// <param name="StoredSeconds">When that version was stored, Unix seconds.</param>
/// <param name="Partition">Where its shape belongs.</param>
/// <param name="HasShape">False when the record tells why there is no shape.</param>
/// <param name="IsIndexed">False when the index had no room for it; true also where there is nothing to index.</param>
internal readonly record struct ShapeEntry(long Version, uint StoredSeconds, PartitionKey Partition, bool HasShape, bool IsIndexed);
