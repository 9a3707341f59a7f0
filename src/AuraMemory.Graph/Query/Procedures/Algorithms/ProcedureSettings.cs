using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Procedures.Algorithms;

/// <summary>The configuration map of a procedure call, read with checks: a name that is not known is an error, not ignored.</summary>
internal sealed class ProcedureSettings
{
    private readonly MapValue _map;
    private readonly string _procedure;

    /// <summary>Settings of a call.</summary>
    /// <param name="procedure">Name of the procedure, for messages.</param>
    /// <param name="map">What was given.</param>
    /// <param name="known">Names it may have.</param>
    /// <exception cref="CypherException">It has another.</exception>
    public ProcedureSettings(string procedure, MapValue map, ReadOnlySpan<string> known)
    {
        _procedure = procedure;
        _map = map;
        foreach (string key in map.Keys)
        {
            if (!known.Contains(key))
            {
                throw Wrong($"has no setting '{key}'; it has {string.Join(", ", known.ToArray())}");
            }
        }
    }

    /// <summary>What was given.</summary>
    public MapValue Map => _map;

    /// <summary>An error of the call.</summary>
    public CypherException Wrong(string what) =>
        CypherException.Runtime("ProcedureError", "InvalidConfiguration", $"The procedure {_procedure} {what}.", TextPosition.None);

    /// <summary>An integer in a range.</summary>
    public int Integer(string name, int other, int least, int most = int.MaxValue)
    {
        Value value = _map[name];
        if (value.IsNull)
        {
            return other;
        }

        return value.Kind == ValueKind.Integer && value.Integer >= least && value.Integer <= most
            ? (int)value.Integer
            : throw Wrong($"needs an integer of {least} or more as '{name}', and at most {most}");
    }

    /// <summary>A number in a range.</summary>
    public double Number(string name, double other, double least, double most)
    {
        Value value = _map[name];
        if (value.IsNull)
        {
            return other;
        }

        return value.IsNumber && value.Number >= least && value.Number <= most
            ? value.Number
            : throw Wrong($"needs a number from {least} to {most} as '{name}'");
    }

    /// <summary>True or false.</summary>
    public bool Flag(string name, bool other)
    {
        Value value = _map[name];
        return value.IsNull ? other : value.Kind == ValueKind.Boolean ? value.Boolean : throw Wrong($"needs true or false as '{name}'");
    }

    /// <summary>Text; null when it is not given.</summary>
    public string? Text(string name)
    {
        Value value = _map[name];
        return value.IsNull ? null : value.Kind == ValueKind.String ? value.Text : throw Wrong($"needs a string as '{name}'");
    }

    /// <summary>One text or a list of texts; '*' and nothing are the empty list.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        Value value = _map[name];
        Value[] elements = value.IsNull ? [] : value.Kind == ValueKind.List ? value.List : [value];
        var texts = new List<string>();
        foreach (Value element in elements)
        {
            if (element.Kind != ValueKind.String)
            {
                throw Wrong($"needs a string or a list of strings as '{name}'");
            }

            if (element.Text != "*")
            {
                texts.Add(element.Text);
            }
        }

        return texts;
    }
}
