using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AuraMemory.Topology.Extraction;

/// <summary>Names, members and pointers of a tape over its text.</summary>
internal readonly ref struct JsonDocumentView
{
    /// <summary>Looks at a tape.</summary>
    /// <param name="json">The text it was read from.</param>
    /// <param name="tape">The tape.</param>
    public JsonDocumentView(ReadOnlySpan<byte> json, JsonTape tape)
    {
        Json = json;
        Tape = tape;
    }

    /// <summary>The text.</summary>
    public ReadOnlySpan<byte> Json { get; }

    /// <summary>The tape.</summary>
    public JsonTape Tape { get; }

    /// <summary>One node.</summary>
    public readonly ref readonly TapeNode this[int node] => ref Tape.Nodes[node];

    /// <summary>The name of a member as written; empty in an array.</summary>
    public ReadOnlySpan<byte> NameOf(int node) =>
        this[node].NameLength < 0 ? default : Json.Slice(this[node].NameStart, this[node].NameLength);

    /// <summary>Whether a node's name is one of some, ASCII case ignored.</summary>
    public bool IsNamed(int node, params ReadOnlySpan<string> names)
    {
        if (this[node].NameLength < 0)
        {
            return false;
        }

        foreach (string name in names)
        {
            if (Ascii.EqualsIgnoreCase(NameOf(node), name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first member that has one of some names, the names in order of preference; -1 = none.</summary>
    public int Member(int node, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            for (int child = node + 1; child < this[node].End; child = this[child].End)
            {
                if (Ascii.EqualsIgnoreCase(NameOf(child), name) && this[child].NameLength >= 0)
                {
                    return child;
                }
            }
        }

        return -1;
    }

    /// <summary>Number of elements of an array whose elements are nodes, or of members of an object.</summary>
    public int Elements(int node)
    {
        int count = 0;
        for (int child = node + 1; child < this[node].End; child = this[child].End)
        {
            count++;
        }

        return count;
    }

    /// <summary>The name of a member, unescaped.</summary>
    public string MemberNameOf(int node) => Unescaped(NameOf(node));

    /// <summary>A string, unescaped.</summary>
    public string TextOf(int node) => Unescaped(Json.Slice(this[node].Start, this[node].Count));

    /// <summary>The JSON pointer (RFC 6901) to a node.</summary>
    public string PointerTo(int node)
    {
        var parts = new Stack<string>();
        for (; this[node].Parent >= 0; node = this[node].Parent)
        {
            parts.Push(this[node].NameLength >= 0
                ? Unescaped(NameOf(node)).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)
                : PlaceOf(node).ToString(CultureInfo.InvariantCulture));
        }

        return string.Concat(parts.Select(p => "/" + p));
    }

    /// <summary>The node a pointer names.</summary>
    /// <param name="pointer">RFC 6901.</param>
    /// <param name="node">The node; -1 when there is none.</param>
    /// <returns>Why there is none; null with a node.</returns>
    public string? Resolve(string pointer, out int node)
    {
        node = 0;
        if (pointer.Length == 0)
        {
            return null;
        }

        if (pointer[0] != '/')
        {
            node = -1;
            return $"The path '{pointer}' is not a JSON pointer: it must be empty or begin with '/'.";
        }

        foreach (string part in pointer[1..].Split('/'))
        {
            string name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            int found = -1;
            int place = 0;
            bool inObject = this[node].Kind == TapeKind.Object;
            for (int child = node + 1; child < this[node].End && found < 0; child = this[child].End)
            {
                bool isIt = inObject
                    ? Unescaped(NameOf(child)) == name
                    : name == place.ToString(CultureInfo.InvariantCulture);
                found = isIt ? child : -1;
                place++;
            }

            if (found < 0)
            {
                node = -1;
                return $"The path '{pointer}' leads to nothing that could have a shape: '{name}' is not found.";
            }

            node = found;
        }

        return null;
    }

    private static string Unescaped(ReadOnlySpan<byte> raw)
    {
        if (!raw.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(raw);
        }

        byte[] quoted = [(byte)'"', .. raw, (byte)'"'];
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate names nothing; as written it is at least told apart.
            return Encoding.UTF8.GetString(raw);
        }
    }

    private int PlaceOf(int node)
    {
        int place = 0;
        for (int child = this[node].Parent + 1; child != node; child = this[child].End)
        {
            place++;
        }

        return place;
    }
}
