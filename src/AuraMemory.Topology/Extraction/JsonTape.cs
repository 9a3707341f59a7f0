using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AuraMemory.Topology.Extraction;

/// <summary>What a node of a <see cref="JsonTape"/> is.</summary>
internal enum TapeKind : byte
{
    /// <summary>An object; its members follow.</summary>
    Object,

    /// <summary>An array that holds more than numbers; its elements follow.</summary>
    Array,

    /// <summary>An array of numbers and missing samples, in <see cref="JsonTape.Numbers"/>; empty arrays too.</summary>
    Numbers,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A string.</summary>
    Text,

    /// <summary>true, false or null.</summary>
    Other,
}

/// <summary>One value of a JSON text.</summary>
internal struct TapeNode
{
    /// <summary>What it is.</summary>
    public TapeKind Kind;

    /// <summary>The node it is in; -1 for the whole.</summary>
    public int Parent;

    /// <summary>The node after it and all that is in it: the next one beside it, if any.</summary>
    public int End;

    /// <summary>Its name's place in the text; length -1 in an array.</summary>
    public int NameStart;

    /// <summary>Bytes of its name, as written.</summary>
    public int NameLength;

    /// <summary>First number in <see cref="JsonTape.Numbers"/>, or the place of a string in the text.</summary>
    public int Start;

    /// <summary>Numbers, elements, members or bytes of a string.</summary>
    public int Count;

    /// <summary>Numbers of an array that are written as numbers, not as strings and not missing.</summary>
    public int Written;

    /// <summary>The number, or what a string spells; NaN where that is none.</summary>
    public double Value;
}

/// <summary>A JSON text read once, from front to back, without recursion: arrays of numbers as numbers, the rest as a flat list of nodes.</summary>
/// <remarks>
/// A missing sample (null, or a string such as "NaN" in an array of numbers) is NaN in <see cref="Numbers"/>; a number beyond <see cref="Largest"/> is an infinity, which
/// whoever builds an input refuses. Strings that spell a number stand for it.
/// </remarks>
internal sealed class JsonTape
{
    /// <summary>Largest magnitude that is analysed: differences and sums of two stay finite, and their multiples too.</summary>
    public const double Largest = 1e300;

    private const int DeepestNesting = 256;

    private readonly List<TapeNode> _nodes = [];
    private readonly List<double> _numbers = [];

    /// <summary>Numbers of all arrays of numbers.</summary>
    public ReadOnlySpan<double> Numbers => CollectionsMarshal.AsSpan(_numbers);

    /// <summary>All nodes in document order; the first is the whole.</summary>
    public ReadOnlySpan<TapeNode> Nodes => CollectionsMarshal.AsSpan(_nodes);

    /// <summary>Reads a text. O(bytes).</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="mostNumbers">Most numbers; and half as many as most nodes.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <param name="tape">The tape; null with a reason.</param>
    /// <returns>Why it was not read; null with a tape.</returns>
    public static string? Read(ReadOnlySpan<byte> json, int mostNumbers, CancellationToken cancellation, out JsonTape? tape)
    {
        tape = null;
        var result = new JsonTape();
        try
        {
            string? reason = result.Fill(json, mostNumbers, cancellation);
            tape = reason is null ? result : null;
            return reason;
        }
        catch (JsonException e)
        {
            return $"The data is not readable JSON (near byte {e.BytePositionInLine ?? 0} of line {e.LineNumber ?? 0}).";
        }
    }

    /// <summary>Numbers of an array of numbers.</summary>
    public ReadOnlySpan<double> NumbersOf(int node) => Numbers.Slice(_nodes[node].Start, _nodes[node].Count);

    private static double Bounded(double value) =>
        Math.Abs(value) <= Largest ? value : double.IsNaN(value) ? value : double.CopySign(double.PositiveInfinity, value);

    /// <summary>What a string in an array of numbers stands for: false when for nothing.</summary>
    private static bool TrySpelled(ReadOnlySpan<byte> text, out double value)
    {
        value = double.NaN;
        if (text.Length > 32)
        {
            return false;
        }

        // Names of "no number here" that exporters write.
        if (text.IsEmpty || Is(text, "nan"u8) || Is(text, "null"u8) || Is(text, "na"u8) || Is(text, "n/a"u8) || Is(text, "none"u8) || Is(text, "-"u8)
            || Is(text, "inf"u8) || Is(text, "-inf"u8) || Is(text, "infinity"u8) || Is(text, "-infinity"u8))
        {
            return true;
        }

        bool parsed = double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number);
        value = parsed ? Bounded(number) : double.NaN;
        return parsed;

        static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(text, word);
    }

    private string? Fill(ReadOnlySpan<byte> json, int mostNumbers, CancellationToken cancellation)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DeepestNesting });
        int parent = -1;
        int nameStart = 0;
        int nameLength = -1;
        long seen = 0;
        while (reader.Read())
        {
            if ((++seen & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            if (_numbers.Count > mostNumbers || _nodes.Count / 2 > mostNumbers)
            {
                return $"The data has more than the {mostNumbers} numbers that are analysed.";
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    nameStart = (int)reader.TokenStartIndex + 1;
                    nameLength = reader.ValueSpan.Length;
                    continue;
                case JsonTokenType.StartObject:
                case JsonTokenType.StartArray:
                    TapeKind kind = reader.TokenType == JsonTokenType.StartObject ? TapeKind.Object : TapeKind.Array;
                    Harden(parent);
                    parent = Append(new TapeNode { Kind = kind, Parent = parent, NameStart = nameStart, NameLength = nameLength, Start = _numbers.Count });
                    break;
                case JsonTokenType.EndObject:
                case JsonTokenType.EndArray:
                    parent = Close(parent);
                    break;
                case JsonTokenType.Number:
                    double number = Bounded(reader.GetDouble());
                    if (IsFlat(parent))
                    {
                        AddFlat(parent, number, true);
                    }
                    else
                    {
                        AddScalar(TapeKind.Number, parent, nameStart, nameLength, 0, 0, number);
                    }

                    break;
                case JsonTokenType.String:
                    bool spelled = TrySpelled(reader.ValueSpan, out double value);
                    if (parent >= 0 && _nodes[parent].Kind == TapeKind.Array)
                    {
                        // A string may name a vertex, so it is kept as one; where it stands for a number the array stays an array of numbers too.
                        Materialize(parent);
                        if (spelled && !IsHard(parent))
                        {
                            AddFlatValue(parent, value, false);
                        }
                        else
                        {
                            Harden(parent);
                        }
                    }

                    AddScalar(TapeKind.Text, parent, nameStart, nameLength, (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, value);
                    break;
                case JsonTokenType.Null when IsFlat(parent):
                    AddFlat(parent, double.NaN, false);
                    break;
                default:
                    Harden(parent);
                    AddScalar(TapeKind.Other, parent, nameStart, nameLength, 0, 0, double.NaN);
                    break;
            }

            nameLength = -1;
        }

        return _numbers.Count > mostNumbers ? $"The data has more than the {mostNumbers} numbers that are analysed." : null;
    }

    private int Append(TapeNode node)
    {
        if (node.Parent >= 0 && _nodes[node.Parent].Kind == TapeKind.Object)
        {
            At(node.Parent).Count++;
        }

        _nodes.Add(node);
        return _nodes.Count - 1;
    }

    private ref TapeNode At(int node) => ref CollectionsMarshal.AsSpan(_nodes)[node];

    private void AddScalar(TapeKind kind, int parent, int nameStart, int nameLength, int start, int count, double value)
    {
        int node = Append(new TapeNode
        {
            Kind = kind,
            Parent = parent,
            NameStart = nameStart,
            NameLength = nameLength,
            Start = start,
            Count = count,
            Value = value,
        });
        At(node).End = node + 1;
    }

    /// <summary>End = -1 marks an open array that can no longer be one of numbers.</summary>
    private bool IsHard(int parent) => _nodes[parent].End < 0;

    private bool IsFlat(int parent) => parent >= 0 && _nodes[parent].Kind == TapeKind.Array && !IsHard(parent);

    private void AddFlat(int parent, double value, bool written)
    {
        AddFlatValue(parent, value, written);

        // Once elements are nodes, all are.
        if (_nodes.Count > parent + 1)
        {
            AddScalar(double.IsNaN(value) ? TapeKind.Other : TapeKind.Number, parent, 0, -1, 0, 0, value);
        }
    }

    private void AddFlatValue(int parent, double value, bool written)
    {
        _numbers.Add(value);
        ref TapeNode array = ref At(parent);
        array.Count++;
        array.Written += written ? 1 : 0;
    }

    /// <summary>Gives the numbers that an array has so far a node each.</summary>
    private void Materialize(int parent)
    {
        if (parent < 0 || _nodes[parent].Kind != TapeKind.Array || _nodes.Count > parent + 1)
        {
            return;
        }

        int first = _nodes[parent].Start;
        int count = _nodes[parent].Count;
        for (int i = 0; i < count; i++)
        {
            double value = _numbers[first + i];
            AddScalar(double.IsNaN(value) ? TapeKind.Other : TapeKind.Number, parent, 0, -1, 0, 0, value);
        }
    }

    private void Harden(int parent)
    {
        if (!IsFlat(parent))
        {
            return;
        }

        Materialize(parent);
        At(parent).End = -1;
    }

    private int Close(int node)
    {
        ref TapeNode closed = ref At(node);
        if (closed.Kind == TapeKind.Array && closed.End == 0)
        {
            closed.Kind = TapeKind.Numbers;
        }

        closed.End = _nodes.Count;
        return closed.Parent;
    }
}
