namespace AuraMemory.Graph.Query.Planning;

/// <summary>Variables in scope, in the order they came, and their slots. A scope is copied where it grows in one place and not in another.</summary>
internal sealed class Scope
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);

    /// <summary>Nothing in scope.</summary>
    public Scope()
    {
    }

    /// <summary>What another has in scope.</summary>
    public Scope(Scope other)
    {
        _names.AddRange(other._names);
        _slots = new Dictionary<string, int>(other._slots, StringComparer.Ordinal);
    }

    /// <summary>Names in order.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Slot of a variable; -1 = not in scope.</summary>
    public int Find(string name) => _slots.GetValueOrDefault(name, -1);

    /// <summary>Puts a variable in scope, or another in its place.</summary>
    public void Put(string name, int slot)
    {
        if (!_slots.ContainsKey(name))
        {
            _names.Add(name);
        }

        _slots[name] = slot;
    }
}
