using System.Collections;
using System.Reflection;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Parsing;

/// <summary>Syntax trees as text without places: what the parser has understood, to be read and compared.</summary>
internal static class SyntaxTree
{
    /// <summary>The tree of a query.</summary>
    public static string OfQuery(string query) => Of(CypherParser.Parse(query, QueryLimits.Default));

    /// <summary>The tree of an expression, operators as <c>(Add a b)</c>.</summary>
    public static string OfExpression(string expression) => Of(CypherParser.ParseExpression(expression, QueryLimits.Default));

    /// <summary>A tree: names of nodes without their endings, then their parts; what is absent is <c>_</c>.</summary>
    public static string Of(object? part) => part switch
    {
        null => "_",
        string text => text.Length > 0 && text.All(c => char.IsLetterOrDigit(c) || c is '_' or '.') ? text : $"`{text}`",
        bool flag => flag ? "yes" : "no",
        Value value => value.Kind == ValueKind.String ? $"'{value.Text}'" : value.Kind == ValueKind.Float ? ValueText.Of(value.Float) : value.ToString(),
        Literal literal => Of(literal.Value),
        VariableExpression variable => Of(variable.Name),
        ParameterExpression parameter => "$" + Of(parameter.Name),
        UnaryExpression unary => $"({unary.Operator} {Of(unary.Operand)})",
        BinaryExpression binary => $"({binary.Operator} {Of(binary.Left)} {Of(binary.Right)})",
        LabelName name => ":" + Of(name.Name),
        IEnumerable list => "[" + string.Join(" ", list.Cast<object?>().Select(Of)) + "]",
        Enum or long or int => part.ToString()!,
        _ => $"({Name(part.GetType())}{string.Concat(Parts(part).Select(p => " " + Of(p)))})",
    };

    private static string Name(Type type) =>
        type.Name.Replace("Expression", "", StringComparison.Ordinal).Replace("Clause", "", StringComparison.Ordinal).Replace("Syntax", "", StringComparison.Ordinal);

    private static IEnumerable<object?> Parts(object part) =>
        part.GetType().GetConstructors().OrderByDescending(c => c.GetParameters().Length).First().GetParameters()
            .Where(p => p.ParameterType != typeof(TextPosition))
            .Select(p => part.GetType().GetProperty(p.Name!, BindingFlags.Public | BindingFlags.Instance)!.GetValue(part));
}
