namespace AuraMemory.Graph.Query.Planning;

/// <summary>Variables in scope, in the order they came, and their slots. A scope looks into the one it grew from, which must not change meanwhile.</summary>
internal sealed class Scope
{
    private readonly Scope? _around;
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);

    /// <summary>Nothing in scope.</summary>
    public Scope()
    {
    }

    /// <summary>What another has in scope.</summary>
    public Scope(Scope other) => _around = other._slots.Count > 0 ? other : other._around;

    /// <summary>A scope of its own with the same variables, whatever becomes of this one.</summary>
    public Scope Copy()
    {
        var copy = new Scope();
        foreach (string name in Names)
        {
            copy.Put(name, Find(name));
        }

        return copy;
    }

    /// <summary>Names in order.</summary>
    public IEnumerable<string> Names => _around is null ? _names : _around.Names.Concat(_names);

    /// <summary>Slot of a variable; -1 = not in scope.</summary>
    public int Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope._around)
        {
            if (scope._slots.TryGetValue(name, out int slot))
            {
                return slot;
            }
        }

        return -1;
    }

    /// <summary>Puts a variable in scope, or another in its place.</summary>
    public void Put(string name, int slot)
    {
        if (Find(name) < 0)
        {
            _names.Add(name);
        }

        _slots[name] = slot;
    }
}
