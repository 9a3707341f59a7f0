using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace AuraMemory.Engine.Objects.Json;

/// <summary>The open arrays and objects of a scan, and the member names each open object has so far.</summary>
/// <remarks>
/// Names lie on one stack; closing an object checks the names above its base for duplicates and pops them. Up to
/// <see cref="SmallObject"/> names are compared pairwise by (length, first eight bytes); more go through an open-addressing
/// table under SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012) keyed at process start, so that
/// nobody outside can choose names that collide. One instance a thread is kept for reuse.
/// </remarks>
internal sealed class JsonMembers
{
    private const int SmallObject = 12;
    private const int KeptNames = 16 * 1024;

    private static readonly ulong Key0 = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
    private static readonly ulong Key1 = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    [ThreadStatic]
    private static JsonMembers? _idle;

    private Frame[] _frames = new Frame[16];
    private Name[] _names = new Name[64];
    private byte[] _unescaped = new byte[256];
    private int[] _table = [];
    private int _nameCount;
    private int _unescapedBytes;

    /// <summary>Number of open containers.</summary>
    public int Depth { get; private set; }

    /// <summary>True when the innermost open container is an object.</summary>
    public bool InObject => _frames[Depth - 1].IsObject;

    public static JsonMembers Rent()
    {
        JsonMembers members = _idle ?? new JsonMembers();
        _idle = null;
        return members;
    }

    public static void Return(JsonMembers members)
    {
        members.Depth = 0;
        members._nameCount = 0;
        members._unescapedBytes = 0;
        if (members._names.Length <= KeptNames && members._unescaped.Length <= KeptNames * 16)
        {
            _idle = members;
        }
    }

    public void Open(bool isObject)
    {
        if (Depth == _frames.Length)
        {
            Array.Resize(ref _frames, Depth * 2);
        }

        _frames[Depth++] = new Frame { IsObject = isObject, FirstName = _nameCount, FirstUnescaped = _unescapedBytes };
    }

    /// <summary>Adds a member name of the innermost object.</summary>
    public void Add(ReadOnlySpan<byte> text, int start, int length, bool escaped)
    {
        if (_nameCount == _names.Length)
        {
            Array.Resize(ref _names, _nameCount * 2);
        }

        ref Name name = ref _names[_nameCount++];
        name.Position = start - 1;
        if (escaped)
        {
            if (_unescaped.Length - _unescapedBytes < length)
            {
                Array.Resize(ref _unescaped, Math.Max(_unescaped.Length * 2, _unescapedBytes + length));
            }

            name.Length = JsonText.Unescape(text.Slice(start, length), _unescaped.AsSpan(_unescapedBytes));
            name.At = ~_unescapedBytes;
            _unescapedBytes += name.Length;
        }
        else
        {
            name.At = start;
            name.Length = length;
        }

        name.Prefix = Prefix(Bytes(text, name));
    }

    /// <summary>Closes the innermost container.</summary>
    /// <returns>Position of a name that the object had already; -1 when there is none.</returns>
    public int Close(ReadOnlySpan<byte> text)
    {
        Frame frame = _frames[--Depth];
        int duplicate = -1;
        if (frame.IsObject)
        {
            Span<Name> names = _names.AsSpan(frame.FirstName, _nameCount - frame.FirstName);
            duplicate = names.Length <= SmallObject ? DuplicateByPairs(text, names) : DuplicateByHash(text, names);
        }

        _nameCount = frame.FirstName;
        _unescapedBytes = frame.FirstUnescaped;
        return duplicate;
    }

    private int DuplicateByPairs(ReadOnlySpan<byte> text, ReadOnlySpan<Name> names)
    {
        for (int i = 1; i < names.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (Same(text, names[i], names[j]))
                {
                    return names[i].Position;
                }
            }
        }

        return -1;
    }

    private int DuplicateByHash(ReadOnlySpan<byte> text, ReadOnlySpan<Name> names)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)names.Length * 2);
        if (_table.Length < size)
        {
            _table = new int[size];
        }

        Span<int> table = _table.AsSpan(0, size);
        table.Clear();
        for (int i = 0; i < names.Length; i++)
        {
            int slot = (int)(Hash(Bytes(text, names[i])) & (ulong)(size - 1));
            while (table[slot] != 0)
            {
                if (Same(text, names[i], names[table[slot] - 1]))
                {
                    return names[i].Position;
                }

                slot = (slot + 1) & (size - 1);
            }

            table[slot] = i + 1;
        }

        if (_table.Length > KeptNames * 4)
        {
            _table = [];
        }

        return -1;
    }

    private bool Same(ReadOnlySpan<byte> text, in Name a, in Name b) =>
        a.Prefix == b.Prefix
        && a.Length == b.Length
        && (a.Length <= 8 || Bytes(text, a).SequenceEqual(Bytes(text, b)));

    private ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> text, in Name name) =>
        name.At >= 0 ? text.Slice(name.At, name.Length) : _unescaped.AsSpan(~name.At, name.Length);

    private static ulong Prefix(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 8)
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        ulong prefix = 0;
        foreach (byte b in bytes)
        {
            prefix = (prefix << 8) | b;
        }

        return prefix;
    }

    private static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ulong v0 = Key0 ^ 0x736f6d6570736575;
        ulong v1 = Key1 ^ 0x646f72616e646f6d;
        ulong v2 = Key0 ^ 0x6c7967656e657261;
        ulong v3 = Key1 ^ 0x7465646279746573;
        ulong last = (ulong)bytes.Length << 56;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            v3 ^= word;
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= word;
        }

        last |= Prefix(bytes);
        v3 ^= last;
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;
        v2 ^= 0xFF;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }

    private struct Frame
    {
        public int FirstName;
        public int FirstUnescaped;
        public bool IsObject;
    }

    private struct Name
    {
        public ulong Prefix;
        public int At;
        public int Length;
        public int Position;
    }
}
