using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Query.Binding;

/// <summary>Variables that can be seen at one place of a query, with what is known of them.</summary>
internal sealed class VariableScope
{
    private readonly Dictionary<string, StaticType> _types;

    /// <summary>Nothing to be seen.</summary>
    public VariableScope() => _types = new Dictionary<string, StaticType>(StringComparer.Ordinal);

    /// <summary>What another sees, to grow apart from it.</summary>
    public VariableScope(VariableScope other) => _types = new Dictionary<string, StaticType>(other._types, StringComparer.Ordinal);

    /// <summary>Names that can be seen.</summary>
    public IEnumerable<string> Names => _types.Keys;

    /// <summary>Whether a name can be seen.</summary>
    public bool Has(string name) => _types.ContainsKey(name);

    /// <summary>What is known of a name; null when it cannot be seen.</summary>
    public StaticType? Find(string name) => _types.GetValueOrDefault(name);

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
