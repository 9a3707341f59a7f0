using System.Buffers.Binary;
using System.Text;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Durability;

/// <content>Relationships, readable from either end.</content>
/// <remarks>
/// Key: direction, near end, 00, type, 00, far end; keys and types never contain 00, so byte order is near, type, far. Value: the weight,
/// then the properties, if any, as they were given.
/// </remarks>
public sealed partial class Home
{
    private const byte Outgoing = (byte)'o';
    private const byte Incoming = (byte)'i';
    private const int WeightBytes = sizeof(double);

    private delegate void RelationVisitor<in TState>(TState state, ReadOnlySpan<byte> near, ReadOnlySpan<byte> type, ReadOnlySpan<byte> far);

    /// <inheritdoc/>
    public ReadStatus Relationships(ReadOnlySpan<byte> key, RelationshipDirection direction, int limit, List<RelationshipView> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        int slot = _gate.Enter();
        try
        {
            if (_ssd is null)
            {
                return ReadStatus.DeviceFailed;
            }

            bool outgoing = direction == RelationshipDirection.Outgoing;
            byte[] prefix = RelationPrefix(outgoing ? Outgoing : Incoming, key);
            string near = ObjectKey.ToText(key);
            using RocksCursor cursor = _ssd.Cursor(Relations, once: false);
            for (cursor.Seek(prefix); limit > 0 && cursor.Valid && cursor.Key.StartsWith(prefix); cursor.Next(), limit--)
            {
                ReadOnlySpan<byte> rest = cursor.Key[prefix.Length..];
                int separator = rest.IndexOf((byte)0);
                if (separator < 0 || cursor.Value.Length < WeightBytes)
                {
                    return ReadStatus.Corrupt;
                }

                string type = Encoding.UTF8.GetString(rest[..separator]);
                string far = Encoding.UTF8.GetString(rest[(separator + 1)..]);
                into.Add(outgoing ? View(near, type, far, cursor.Value) : View(far, type, near, cursor.Value));
            }

            return RocksErrors.ToRead(cursor.Failure);
        }
        finally
        {
            _gate.Exit(slot);
        }
    }

    /// <inheritdoc/>
    public ReadStatus ListRelationships(ref byte[]? after, int limit, List<RelationshipView> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        int slot = _gate.Enter();
        try
        {
            if (_ssd is null)
            {
                return ReadStatus.DeviceFailed;
            }

            using RocksCursor cursor = _ssd.Cursor(Relations, once: true);
            cursor.Seek(after ?? [Outgoing]);
            if (after is not null && cursor.Valid && cursor.Key.SequenceEqual(after))
            {
                cursor.Next();
            }

            byte[]? last = null;
            for (; limit > 0 && cursor.Valid && cursor.Key[0] == Outgoing; cursor.Next(), limit--)
            {
                ReadOnlySpan<byte> key = cursor.Key;
                int first = key.IndexOf((byte)0);
                int second = first < 0 ? -1 : first + 1 + key[(first + 1)..].IndexOf((byte)0);
                if (second <= first || cursor.Value.Length < WeightBytes)
                {
                    return ReadStatus.Corrupt;
                }

                into.Add(View(
                    Encoding.UTF8.GetString(key[1..first]), Encoding.UTF8.GetString(key[(first + 1)..second]),
                    Encoding.UTF8.GetString(key[(second + 1)..]), cursor.Value));
                if (limit == 1)
                {
                    last = key.ToArray();
                }
            }

            after = last;
            return RocksErrors.ToRead(cursor.Failure);
        }
        finally
        {
            _gate.Exit(slot);
        }
    }

    /// <inheritdoc/>
    public bool HasRelationship(ReadOnlySpan<byte> source, string type, string target)
    {
        int slot = _gate.Enter();
        try
        {
            if (_ssd is null || !_relationsMayExist)
            {
                return false;
            }

            using PinnedValue value = _ssd.Get(
                Relations, RelationKey(Outgoing, source, Encoding.UTF8.GetBytes(type), Encoding.UTF8.GetBytes(target)));
            return value.Found;
        }
        finally
        {
            _gate.Exit(slot);
        }
    }

    /// <inheritdoc/>
    public int CountRelationships(ReadOnlySpan<byte> source, int limit)
    {
        int slot = _gate.Enter();
        try
        {
            if (_ssd is null || !_relationsMayExist)
            {
                return 0;
            }

            byte[] prefix = RelationPrefix(Outgoing, source);
            int count = 0;
            using RocksCursor cursor = _ssd.Cursor(Relations, once: false);
            for (cursor.Seek(prefix); count < limit && cursor.Valid && cursor.Key.StartsWith(prefix); cursor.Next())
            {
                count++;
            }

            return count;
        }
        finally
        {
            _gate.Exit(slot);
        }
    }

    /// <summary>True when a key has a relationship in one direction, or that could not be read.</summary>
    private bool HasRelation(ReadOnlySpan<byte> key, byte direction)
    {
        int slot = _gate.Enter();
        try
        {
            if (_ssd is null)
            {
                return true;
            }

            byte[] prefix = RelationPrefix(direction, key);
            using RocksCursor cursor = _ssd.Cursor(Relations, once: false);
            cursor.Seek(prefix);
            return cursor.Valid ? cursor.Key.StartsWith(prefix) : cursor.Failure != RocksFailure.None;
        }
        finally
        {
            _gate.Exit(slot);
        }
    }

    /// <summary>Calls <paramref name="visit"/> for each relationship of a key in one direction; false when they could not be read.</summary>
    private bool VisitRelations<TState>(ReadOnlySpan<byte> key, byte direction, TState state, RelationVisitor<TState> visit)
    {
        int slot = _gate.Enter();
        try
        {
            if (_ssd is null)
            {
                return false;
            }

            byte[] prefix = RelationPrefix(direction, key);
            using RocksCursor cursor = _ssd.Cursor(Relations, once: false);
            for (cursor.Seek(prefix); cursor.Valid && cursor.Key.StartsWith(prefix); cursor.Next())
            {
                ReadOnlySpan<byte> rest = cursor.Key[prefix.Length..];
                int separator = rest.IndexOf((byte)0);
                if (separator >= 0)
                {
                    visit(state, key, rest[..separator], rest[(separator + 1)..]);
                }
            }

            return cursor.Failure == RocksFailure.None;
        }
        finally
        {
            _gate.Exit(slot);
        }
    }

    private static RelationshipView View(string source, string type, string target, ReadOnlySpan<byte> value) =>
        new(source, type, target, BinaryPrimitives.ReadDoubleLittleEndian(value),
            value.Length > WeightBytes ? Encoding.UTF8.GetString(value[WeightBytes..]) : null);

    private static byte[] RelationValue(Relationship relationship)
    {
        string properties = relationship.Properties ?? "";
        var value = new byte[WeightBytes + Encoding.UTF8.GetByteCount(properties)];
        BinaryPrimitives.WriteDoubleLittleEndian(value, relationship.Weight);
        Encoding.UTF8.GetBytes(properties, value.AsSpan(WeightBytes));
        return value;
    }

    private static byte[] RelationPrefix(byte direction, ReadOnlySpan<byte> near)
    {
        var prefix = new byte[near.Length + 2];
        prefix[0] = direction;
        near.CopyTo(prefix.AsSpan(1));
        return prefix;
    }

    private static byte[] RelationKey(byte direction, ReadOnlySpan<byte> near, ReadOnlySpan<byte> type, ReadOnlySpan<byte> far)
    {
        var key = new byte[near.Length + type.Length + far.Length + 3];
        key[0] = direction;
        near.CopyTo(key.AsSpan(1));
        type.CopyTo(key.AsSpan(near.Length + 2));
        far.CopyTo(key.AsSpan(near.Length + type.Length + 3));
        return key;
    }
}
