using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Query.Binding;

/// <summary>Variables that can be seen at one place of a query, with what is known of them.</summary>
/// <remarks>A scope looks into the one it grew from instead of copying it, so that a query of many names and many inner scopes is not checked in
/// quadratic time. Whoever grows a scope from another leaves the other as it is for as long as the inner one is used.</remarks>
internal sealed class VariableScope
{
    private readonly VariableScope? _around;
    private readonly Dictionary<string, StaticType> _types = new(StringComparer.Ordinal);

    /// <summary>Nothing to be seen.</summary>
    public VariableScope()
    {
    }

    /// <summary>What another sees, to grow apart from it.</summary>
    public VariableScope(VariableScope other) => _around = other._types.Count > 0 ? other : other._around;

    /// <summary>Names that can be seen.</summary>
    public IEnumerable<string> Names => _around is null ? _types.Keys : _around.Names.Where(n => !_types.ContainsKey(n)).Concat(_types.Keys);

    /// <summary>Whether a name can be seen.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>What is known of a name; null when it cannot be seen.</summary>
    public StaticType? Find(string name)
    {
        for (VariableScope? scope = this; scope is not null; scope = scope._around)
        {
            if (scope._types.TryGetValue(name, out StaticType? type))
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>Makes a name seen, in place of an older one of the same name.</summary>
    public void Put(string name, StaticType type) => _types[name] = type;

    /// <summary>What is known of a name.</summary>
    /// <exception cref="CypherException">It cannot be seen.</exception>
    public StaticType Need(string name, TextPosition position) => Find(name)
        ?? throw CypherException.Syntax("UndefinedVariable", $"Variable `{name}` is not defined.{NameSuggestion.For(name, Names)}", position);

    /// <summary>This scope with one name more.</summary>
    public VariableScope With(string name, StaticType type)
    {
        var scope = new VariableScope(this);
        scope.Put(name, type);
        return scope;
    }
}
