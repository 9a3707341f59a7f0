using System.Diagnostics.CodeAnalysis;

namespace AuraMemory.Graph.Values;

/// <summary>Values by name, in the order they were written. Immutable.</summary>
/// <remarks>Lookup compares names one by one up to eight entries, and goes through a table above.</remarks>
public sealed class MapValue
{
    private const int TableFrom = 9;
    private readonly string[] _keys;
    private readonly Value[] _values;
    private readonly Dictionary<string, int>? _table;

    /// <summary>A map of these entries; the arrays are the map's from now on.</summary>
    /// <param name="keys">Names, each once.</param>
    /// <param name="values">As many values.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public MapValue(string[] keys, Value[] values)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        if (keys.Length != values.Length)
        {
            throw new ArgumentException("A map has as many values as names.", nameof(values));
        }

        _keys = keys;
        _values = values;
        if (keys.Length >= TableFrom)
        {
            _table = new Dictionary<string, int>(keys.Length, StringComparer.Ordinal);
            for (int i = 0; i < keys.Length; i++)
            {
                _table[keys[i]] = i;
            }
        }
    }

    /// <summary>A map without entries.</summary>
    public static MapValue Empty { get; } = new([], []);

    /// <summary>Entries.</summary>
    public int Count => _keys.Length;

    /// <summary>Names in order.</summary>
    public ReadOnlySpan<string> Keys => _keys;

    /// <summary>Values in the order of <see cref="Keys"/>.</summary>
    public ReadOnlySpan<Value> Values => _values;

    /// <summary>The value of a name; null where there is none.</summary>
    public Value this[string key] => TryGet(key, out Value value) ? value : Value.Null;

    /// <summary>The value of a name.</summary>
    /// <returns>False when the map has no such name; a name may have null as its value.</returns>
    public bool TryGet(string key, [MaybeNullWhen(false)] out Value value)
    {
        int at = _table is null ? Array.IndexOf(_keys, key) : _table.GetValueOrDefault(key, -1);
        value = at < 0 ? Value.Null : _values[at];
        return at >= 0;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var entries = new string[_keys.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = $"{_keys[i]}: {_values[i]}";
        }

        return "{" + string.Join(", ", entries) + "}";
    }
}
