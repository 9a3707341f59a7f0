using System.Buffers.Text;
using System.Text;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Objects.Json;
using AuraMemory.Server.Http.Problems;

namespace AuraMemory.Server.Http.Json;

/// <summary>Reads a request object member by member over its raw bytes; the first fault ends it.</summary>
/// <remarks>
/// Usage: <see cref="TryOpen"/>, then while <see cref="Next"/> returns true read the value of the member by one of the
/// typed members, each of which returns false after noting the fault; then check <see cref="Fault"/>.
/// </remarks>
internal ref struct RequestReader
{
    private readonly ReadOnlySpan<byte> _body;
    private JsonScanner _json;
    private bool _first;
    private string _member = "";

    public RequestReader(ReadOnlySpan<byte> body)
    {
        _body = body;
        _json = new JsonScanner(body);
    }

    /// <summary>What was wrong; null while nothing was.</summary>
    public Problem? Fault { get; private set; }

    /// <summary>Element of <see cref="Collection"/> that is being read; its path stands before the member names.</summary>
    public int? Index { get; private set; }

    public string Collection { get; private set; } = "";

    public TierId? LastTier { get; private set; }

    public bool LastBool { get; private set; }

    public int LastInt { get; private set; }

    public bool TryOpen()
    {
        if (_body.IsEmpty)
        {
            Fault = new Problem(ProblemType.InvalidJson, "The body is empty; a JSON object is expected.");
            return false;
        }

        return (JsonText.TryValidateEncoding(_body, out JsonFault fault) || Refuse(fault)) && TryOpenObject("the request");
    }

    public bool TryOpenObject(string what)
    {
        _first = true;
        if (_json.Peek() != '{')
        {
            return Expected(what == "the request" ? null : what, "a JSON object");
        }

        return _json.TryToken((byte)'{', "a JSON object");
    }

    /// <summary>Moves to the next member; false at the end of the object or after a fault.</summary>
    public bool Next(out ReadOnlySpan<byte> name)
    {
        name = default;
        byte next = _json.Peek();
        if (next == '}')
        {
            _first = false;
            _json.TryToken((byte)'}', "'}'");
            return false;
        }

        if (!_first && !_json.TryToken((byte)',', "',' or '}'"))
        {
            return Refuse(_json.Fault);
        }

        _first = false;
        if (!_json.TryString(out int start, out int length, out bool escaped))
        {
            return Refuse(_json.Fault);
        }

        name = Text(start, length, escaped);
        return _json.TryToken((byte)':', "':' after the member name") || Refuse(_json.Fault);
    }

    /// <summary>Checks that nothing follows the request object.</summary>
    public bool TryEnd() => Fault is null && (_json.TryEnd() || Refuse(_json.Fault));

    /// <summary>Notes that a member is being read; refuses it when it was there before.</summary>
    public bool Once(ref uint seen, int bit, string member)
    {
        _member = member;
        if ((seen & (1u << bit)) != 0)
        {
            return Reject(new Problem(ProblemType.InvalidJson, $"{Path(member)} is named twice.", Path(member)));
        }

        seen |= 1u << bit;
        return true;
    }

    public bool Unknown(ReadOnlySpan<byte> name, string known)
    {
        string path = Path(Encoding.UTF8.GetString(name));
        return Reject(new Problem(ProblemType.UnknownMember, $"{path} is not a member of this request; it has {known}.", path));
    }

    public bool UnknownIn(string element, ReadOnlySpan<byte> name, string known)
    {
        string path = Path(element + "." + Encoding.UTF8.GetString(name));
        return Reject(new Problem(ProblemType.UnknownMember, $"{path} is not known here; {Path(element)} has {known}.", path));
    }

    public bool TryRaw(int maxDepth, out int start, out int length) =>
        _json.TryValue(maxDepth, out start, out length) || Refuse(_json.Fault);

    /// <summary>The bytes of a value that <see cref="TryRaw"/> has passed.</summary>
    public readonly ReadOnlySpan<byte> Raw(int start, int length) => _body.Slice(start, length);

    /// <summary>True, with the value consumed, when it is null: an optional member that is null counts as absent.</summary>
    public bool IsNull() => _json.Peek() == 'n' && _json.TryValue(0, out _, out _);

    public bool TryString(string expected, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (_json.Peek() != '"')
        {
            return Expected(_member, expected);
        }

        if (!_json.TryString(out int start, out int length, out bool escaped))
        {
            return Refuse(_json.Fault);
        }

        LastString = value = Text(start, length, escaped);
        return true;
    }

    public bool TryKey(out ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> body)
    {
        key = default;
        if (!TryKey(out ReadOnlySpan<byte> span))
        {
            return false;
        }

        key = _body.Overlaps(span, out int at) ? body.Slice(at, span.Length) : span.ToArray();
        return true;
    }

    public bool TryKey(out ReadOnlySpan<byte> key)
    {
        if (!TryString("a string, " + ObjectKey.Expectation, out key))
        {
            return false;
        }

        return ObjectKey.IsValid(key)
            || Reject(Problem.Invalid(Path(_member), $"{Path(_member)} must be {ObjectKey.Expectation}."));
    }

    public bool TryBool(out bool value)
    {
        byte first = _json.Peek();
        LastBool = value = first == 't';
        return first is (byte)'t' or (byte)'f'
            ? _json.TryValue(0, out _, out _) || Refuse(_json.Fault)
            : Expected(_member, "true or false");
    }

    public bool TryInt(int least, int most, out int value)
    {
        value = 0;
        string expected = $"a whole number from {least} to {most}";
        if (_json.Peek() is not ((byte)'-' or (>= (byte)'0' and <= (byte)'9')))
        {
            return Expected(_member, expected);
        }

        if (!_json.TryValue(0, out int start, out int length))
        {
            return Refuse(_json.Fault);
        }

        ReadOnlySpan<byte> text = _body.Slice(start, length);
        bool parsed = Utf8Parser.TryParse(text, out value, out int used) && used == length && value >= least && value <= most;
        LastInt = value;
        return parsed
            || Reject(Problem.Invalid(Path(_member), $"{Path(_member)} is {Shown(text)}; it must be {expected}."));
    }

    public bool TryNumber(out double value)
    {
        value = 0;
        if (_json.Peek() is not ((byte)'-' or (>= (byte)'0' and <= (byte)'9')))
        {
            return Expected(_member, "a number");
        }

        if (!_json.TryValue(0, out int start, out int length))
        {
            return Refuse(_json.Fault);
        }

        value = double.Parse(_body.Slice(start, length), System.Globalization.CultureInfo.InvariantCulture);
        return true;
    }

    public bool TryOneOf(ReadOnlySpan<string> names, out int index)
    {
        index = -1;
        string expected = "one of " + string.Join(", ", names);
        if (!TryString("a string, " + expected, out ReadOnlySpan<byte> value))
        {
            return false;
        }

        for (int i = 0; i < names.Length; i++)
        {
            if (Ascii.Equals(value, names[i]))
            {
                index = i;
                return true;
            }
        }

        return Reject(Problem.Invalid(Path(_member), $"{Path(_member)} is \"{Shown(value)}\"; it must be {expected}."));
    }

    public bool TryTier(out TierId tier)
    {
        bool valid = TryOneOf(Names.Tiers, out int index);
        tier = (TierId)Math.Max(index, 0);
        LastTier = valid ? tier : null;
        return valid;
    }

    /// <summary>Begins an array; follow with <see cref="NextElement"/>.</summary>
    public bool TryOpenArray(string expected)
    {
        _first = true;
        return _json.Peek() == '[' ? _json.TryToken((byte)'[', "'['") : Expected(_member, expected);
    }

    /// <summary>Moves to the next element; false at the end of the array or after a fault.</summary>
    public bool NextElement()
    {
        if (_json.Peek() == ']')
        {
            _first = false;
            _json.TryToken((byte)']', "']'");
            return false;
        }

        if (!_first && !_json.TryToken((byte)',', "',' or ']'"))
        {
            return Refuse(_json.Fault);
        }

        _first = false;
        return _json.Peek() != ']' || Expected(_member, "a value after ','");
    }

    /// <summary>Says that what follows is element <paramref name="index"/> of <paramref name="collection"/>.</summary>
    public void InElement(string collection, int index)
    {
        Collection = collection;
        Index = index;
        _member = "";
    }

    /// <summary>Says that the element is complete.</summary>
    public void OutOfElement(string member)
    {
        Index = null;
        _member = member;
    }

    /// <summary>The string last read by <see cref="TryString"/> or a member that builds on it.</summary>
    public ReadOnlySpan<byte> LastString { get; private set; }

    public bool NextIs(char first) => _json.Peek() == first;

    public void Named(string member) => _member = member;

    public bool Expected(string? member, string expected)
    {
        string? path = member is null ? null : Path(member);
        return Reject(Problem.Invalid(path, $"{path ?? "The body"} is {Kind(_json.Peek())}; it must be {expected}."));
    }

    public bool Reject(Problem problem)
    {
        Fault ??= problem;
        return false;
    }

    public readonly string Path(string member) => Index is { } index
        ? $"{Collection}[{index}]{(member.Length > 0 ? "." : "")}{member}"
        : member;

    private bool Refuse(JsonFault fault)
    {
        string path = JsonPath.Of(_body, fault.Position);
        return Reject(new Problem(ProblemType.InvalidJson, fault.Describe(_body), path.Length == 0 ? null : path));
    }

    private readonly ReadOnlySpan<byte> Text(int start, int length, bool escaped)
    {
        ReadOnlySpan<byte> raw = _body.Slice(start, length);
        if (!escaped)
        {
            return raw;
        }

        byte[] unescaped = new byte[length];
        return unescaped.AsSpan(0, JsonText.Unescape(raw, unescaped));
    }

    private static string Shown(ReadOnlySpan<byte> text) =>
        Encoding.UTF8.GetString(text.Length > 40 ? text[..40] : text);

    private static string Kind(byte first) => first switch
    {
        (byte)'{' => "an object",
        (byte)'[' => "an array",
        (byte)'"' => "a string",
        (byte)'t' or (byte)'f' => "a boolean",
        (byte)'n' => "null",
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => "a number",
        0 => "missing",
        _ => "not a JSON value",
    };
}
