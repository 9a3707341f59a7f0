using System.Buffers.Binary;
using System.Text;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Durability;

/// <content>The batch of changes.</content>
public sealed partial class Home
{
    /// <inheritdoc/>
    public IHomeBatch NewBatch() => new Batch(this);

    private static void WriteExpiryKey(Span<byte> to, long expiresAtMs, ReadOnlySpan<byte> key)
    {
        BinaryPrimitives.WriteInt64BigEndian(to, expiresAtMs);
        key.CopyTo(to[8..]);
    }

    /// <summary>An operation on an object, kept until the commit decides what the archive needs.</summary>
    private struct Operation
    {
        public int KeyAt;
        public int KeyBytes;
        public bool IsDelete;
        public HomeStat Previous;
    }

    /// <summary>Changes in the making.</summary>
    /// <remarks>
    /// Records are final but for two things the commit adds under its lock: totals, and what overwriting or deleting an
    /// archived object needs. The latter depends on where objects live at that moment, and a move may come between an
    /// operation and its commit; so <see cref="Epoch"/> says since when moves have to be looked at.
    /// </remarks>
    private sealed class Batch : IHomeBatch
    {
        private readonly List<(byte[] Source, byte[] Type, byte[] Target)> _related = [];

        public Batch(Home home)
        {
            Home = home;
            Clear();
        }

        public Home Home { get; }

        public WriteBatchImage Image { get; } = new();

        public List<Operation> Operations { get; } = [];

        /// <summary>What the batch adds to the totals. A field: it is changed in place.</summary>
        public HomeCounters Added;

        public long Epoch { get; private set; }

        public long NewestChange { get; private set; }

        /// <summary>True when something that had to be looked up could not be read: the batch must not be written.</summary>
        public bool Spoiled { get; private set; }

        public bool HasRelations => _related.Count > 0;

        public int Count { get; private set; }

        public long Bytes => Image.Length;

        public void Put(in ObjectImage image, in HomeStat previous, long changeNumber)
        {
            int size = Envelope.Size(image);
            Envelope.Write(image, Image.Put(Objects, image.Key, size));
            Note(image.Key, isDelete: false, previous);
            Added.Add(TierId.NvmeCold, 1, image.Key.Length + size);
            Index(image.Key, previous.Exists ? previous.Header.ExpiresAtMs : 0, image.Header.ExpiresAtMs, image.Header.Version);
            AddChange(changeNumber, ChangeKind.Stored, image.Header.Version, image.Key);
        }

        /// <summary>Puts an object in its stored form, without a change entry: for placements and moves.</summary>
        public void PutStored(ReadOnlySpan<byte> key, ReadOnlySpan<byte> stored, in ObjectHeader header, in HomeStat previous)
        {
            Image.Put(Objects, key, stored);
            Note(key, isDelete: false, previous);
            Added.Add(TierId.NvmeCold, 1, key.Length + stored.Length);
            Index(key, previous.Exists ? previous.Header.ExpiresAtMs : 0, header.ExpiresAtMs, header.Version);
        }

        public void Delete(ReadOnlySpan<byte> key, in HomeStat previous, ChangeKind kind, long changeNumber)
        {
            Drop(key, previous);
            Image.Delete(Touched, key);
            DeleteRelations(key);
            AddChange(changeNumber, kind, previous.Header.Version, key);
        }

        /// <summary>Removes an object and its expiry entry, without a change entry: for drops.</summary>
        public void Drop(ReadOnlySpan<byte> key, in HomeStat previous)
        {
            Image.Delete(Objects, key);
            Note(key, isDelete: true, previous);
            Index(key, previous.Exists ? previous.Header.ExpiresAtMs : 0, 0, 0);
        }

        public bool IsRelated(ReadOnlySpan<byte> key)
        {
            foreach ((byte[] source, _, byte[] target) in _related)
            {
                if (key.SequenceEqual(source) || key.SequenceEqual(target))
                {
                    return true;
                }
            }

            return Home._relationsMayExist && (Home.HasRelation(key, Incoming) || Home.HasRelation(key, Outgoing));
        }

        public void Relate(ReadOnlySpan<byte> source, IReadOnlyList<Relationship> relationships, long version, long changeNumber)
        {
            byte[] from = source.ToArray();
            for (int i = 0; i < relationships.Count; i++)
            {
                Relationship relationship = relationships[i];
                byte[] type = Encoding.UTF8.GetBytes(relationship.Type);
                byte[] target = Encoding.UTF8.GetBytes(relationship.Target);
                byte[] value = RelationValue(relationship);
                Image.Put(Relations, RelationKey(Outgoing, from, type, target), value);
                Image.Put(Relations, RelationKey(Incoming, target, type, from), value);
                _related.Add((from, type, target));
            }

            AddChange(changeNumber, ChangeKind.Related, version, source);
        }

        public void Unrelate(ReadOnlySpan<byte> source, IReadOnlyList<Relationship> relationships, long version, long changeNumber)
        {
            for (int i = 0; i < relationships.Count; i++)
            {
                DeleteRelation(source, Encoding.UTF8.GetBytes(relationships[i].Type), Encoding.UTF8.GetBytes(relationships[i].Target));
            }

            AddChange(changeNumber, ChangeKind.Related, version, source);
        }

        public void Clear()
        {
            Image.Clear();
            Operations.Clear();
            _related.Clear();
            Added = default;
            NewestChange = 0;
            Count = 0;
            Spoiled = false;
            Epoch = Volatile.Read(ref Home._epoch);
        }

        public void Dispose() => Clear();

        public ReadOnlySpan<byte> Key(in Operation operation) => Image.Slice(operation.KeyAt, operation.KeyBytes);

        private void Note(ReadOnlySpan<byte> key, bool isDelete, in HomeStat previous)
        {
            Operations.Add(new Operation { KeyAt = Image.KeyAt, KeyBytes = key.Length, IsDelete = isDelete, Previous = previous });
            if (previous.Exists)
            {
                Added.Add(previous.Tier, -1, previous.StoredBytes);
            }
        }

        private void Index(ReadOnlySpan<byte> key, long was, long isNow, long version)
        {
            Span<byte> entry = stackalloc byte[8 + ObjectKey.MaxBytes + 1];
            entry = entry[..(8 + key.Length)];
            if (was != 0 && was != isNow)
            {
                WriteExpiryKey(entry, was, key);
                Image.Delete(Expiry, entry);
            }

            if (isNow != 0)
            {
                WriteExpiryKey(entry, isNow, key);
                Image.Put(Expiry, entry, version);
            }
        }

        private void AddChange(long number, ChangeKind kind, long version, ReadOnlySpan<byte> key)
        {
            Span<byte> entry = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(entry, number);
            Span<byte> value = Image.Put(ChangeLog, entry, ChangeHeadBytes + key.Length);
            value[0] = (byte)kind;
            BinaryPrimitives.WriteInt64LittleEndian(value[1..], version);
            key.CopyTo(value[ChangeHeadBytes..]);
            NewestChange = Math.Max(NewestChange, number);
            Added.Changes++;
            Count++;
        }

        private void DeleteRelations(ReadOnlySpan<byte> key)
        {
            foreach ((byte[] source, byte[] type, byte[] target) in _related)
            {
                if (key.SequenceEqual(source) || key.SequenceEqual(target))
                {
                    DeleteRelation(source, type, target);
                }
            }

            if (Home._relationsMayExist)
            {
                Spoiled |= !Home.VisitRelations(key, Outgoing, this, static (batch, near, type, far) => batch.DeleteRelation(near, type, far));
                Spoiled |= !Home.VisitRelations(key, Incoming, this, static (batch, near, type, far) => batch.DeleteRelation(far, type, near));
            }
        }

        private void DeleteRelation(ReadOnlySpan<byte> source, ReadOnlySpan<byte> type, ReadOnlySpan<byte> target)
        {
            Image.Delete(Relations, RelationKey(Outgoing, source, type, target));
            Image.Delete(Relations, RelationKey(Incoming, target, type, source));
        }
    }
}
