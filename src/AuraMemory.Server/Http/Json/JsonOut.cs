using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace AuraMemory.Server.Http.Json;

/// <summary>A growing, reusable UTF-8 buffer into which one response is composed.</summary>
/// <remarks>
/// Members are written with a leading comma when one is due, so writers only name what they write. Raw values go in as the
/// bytes they are stored as. Not thread-safe; warm, it allocates nothing.
/// </remarks>
internal sealed class JsonOut
{
    private const int KeptBytes = 1 << 20;

    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private byte[] _bytes = new byte[4096];
    private int _count;
    private bool _comma;

    public int Count => _count;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _count);

    /// <summary>Where bytes that are not in this buffer belong.</summary>
    public int Gap { get; private set; }

    /// <summary>Leaves a gap for a value that is sent from elsewhere; a member may follow it.</summary>
    public void MarkGap()
    {
        Gap = _count;
        _comma = true;
    }

    /// <summary>Says that what was composed so far has been sent and another element follows.</summary>
    public void Continue() => _comma = true;

    public void Clear()
    {
        _count = 0;
        _comma = false;
        if (_bytes.Length > KeptBytes)
        {
            _bytes = new byte[4096];
        }
    }

    public JsonOut Open(char bracket = '{')
    {
        Separate();
        Byte((byte)bracket);
        return this;
    }

    public JsonOut OpenMember(ReadOnlySpan<byte> name, char bracket = '{')
    {
        Name(name);
        Byte((byte)bracket);
        return this;
    }

    public JsonOut Close(char bracket = '}')
    {
        Byte((byte)bracket);
        return this;
    }

    /// <summary>Writes a name that needs no escaping, with its colon.</summary>
    public JsonOut Name(ReadOnlySpan<byte> name)
    {
        Separate();
        Span<byte> to = Room(name.Length + 3);
        to[0] = (byte)'"';
        name.CopyTo(to[1..]);
        to[name.Length + 1] = (byte)'"';
        to[name.Length + 2] = (byte)':';
        _count += name.Length + 3;
        return this;
    }

    public JsonOut Member(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        return Value(value);
    }

    public JsonOut Member(ReadOnlySpan<byte> name, bool value)
    {
        Name(name);
        Append(value ? "true"u8 : "false"u8);
        return this;
    }

    public JsonOut Member(ReadOnlySpan<byte> name, double value)
    {
        Name(name);
        return Value(value);
    }

    public JsonOut Member(ReadOnlySpan<byte> name, string? value)
    {
        Name(name);
        if (value is null)
        {
            Append("null"u8);
            return this;
        }

        Byte((byte)'"');
        Escaped(value);
        Byte((byte)'"');
        return this;
    }

    /// <summary>Writes a string whose bytes need no escaping (keys, tier names).</summary>
    public JsonOut PlainMember(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(name);
        return PlainValue(value);
    }

    public JsonOut PlainValue(ReadOnlySpan<byte> value)
    {
        Separate();
        Span<byte> to = Room(value.Length + 2);
        to[0] = (byte)'"';
        value.CopyTo(to[1..]);
        to[value.Length + 1] = (byte)'"';
        _count += value.Length + 2;
        return this;
    }

    public JsonOut Value(string value)
    {
        Separate();
        Byte((byte)'"');
        Escaped(value);
        Byte((byte)'"');
        return this;
    }

    public JsonOut Value(long value)
    {
        Separate();
        Utf8Formatter.TryFormat(value, Room(20), out int written);
        _count += written;
        return this;
    }

    /// <summary>Writes a number; what is not finite has no JSON form and is written as 0.</summary>
    public JsonOut Value(double value)
    {
        Separate();
        double finite = double.IsFinite(value) ? value : 0;
        finite.TryFormat(Room(32), out int written, "R", CultureInfo.InvariantCulture);
        _count += written;
        return this;
    }

    /// <summary>Writes a name as JSON needs it, with its colon; a value follows.</summary>
    public JsonOut NameOf(string name)
    {
        Value(name);
        Byte((byte)':');
        return this;
    }

    public JsonOut Value(bool value)
    {
        Separate();
        Append(value ? "true"u8 : "false"u8);
        return this;
    }

    /// <summary>Writes null as an element.</summary>
    public JsonOut Null()
    {
        Separate();
        Append("null"u8);
        return this;
    }

    /// <summary>Writes a JSON value as the bytes it is.</summary>
    public JsonOut RawMember(ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        Name(name);
        Append(json);
        return this;
    }

    /// <summary>Room for an element that the caller composes itself and completes with <see cref="Advance"/>.</summary>
    public Span<byte> BeginElement(int bytes)
    {
        Separate();
        return Room(bytes);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _count += bytes.Length;
    }

    public void Advance(int count) => _count += count;

    private void Escaped(string value)
    {
        string encoded = Encoder.Encode(value);
        _count += Encoding.UTF8.GetBytes(encoded, Room(Encoding.UTF8.GetByteCount(encoded)));
    }

    private void Separate()
    {
        if (_comma || (_count > 0 && _bytes[_count - 1] is not ((byte)'{' or (byte)'[' or (byte)':' or (byte)',')))
        {
            _comma = false;
            Byte((byte)',');
        }
    }

    private void Byte(byte value)
    {
        Room(1)[0] = value;
        _count++;
    }

    private Span<byte> Room(int bytes)
    {
        if (_bytes.Length - _count < bytes)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(_bytes.Length * 2L, (long)_count + bytes)));
        }

        return _bytes.AsSpan(_count);
    }
}
