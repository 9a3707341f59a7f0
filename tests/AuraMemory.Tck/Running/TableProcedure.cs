using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Procedures;
using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Values;

namespace AuraMemory.Tck.Running;

/// <summary>A procedure that a scenario declares by its signature and a table of arguments and results.</summary>
internal sealed class TableProcedure : IProcedure
{
    private readonly List<Value[]> _rows = [];

    private TableProcedure(string name, ProcedureField[] arguments, ProcedureField[] results)
    {
        Name = name;
        Arguments = arguments;
        Results = results;
    }

    public string Name { get; }

    public IReadOnlyList<ProcedureField> Arguments { get; }

    public IReadOnlyList<ProcedureField> Results { get; }

    /// <summary>Reads <c>test.name(in :: TYPE?, …) :: (out :: TYPE?, …):</c> and the table below it.</summary>
    public static TableProcedure Parse(string signature, IReadOnlyList<string[]> table)
    {
        string[] halves = signature.TrimEnd(':').Split(") ::", 2, StringSplitOptions.TrimEntries);
        int open = halves[0].IndexOf('(');
        var procedure = new TableProcedure(
            halves[0][..open].Trim(), Fields(halves[0][(open + 1)..].TrimEnd(')')), Fields(halves[1].Trim().TrimStart('(').TrimEnd(')')));
        for (int i = 1; i < table.Count; i++)
        {
            procedure._rows.Add(Array.ConvertAll(table[i], Constant.Evaluate));
        }

        return procedure;
    }

    public IEnumerable<Value[]> Call(QueryContext context, Value[] arguments)
    {
        foreach (Value[] row in _rows)
        {
            bool matches = true;
            for (int i = 0; i < arguments.Length; i++)
            {
                matches &= ValueEquality.AreEquivalent(row[i], arguments[i]);
            }

            if (matches)
            {
                yield return row[arguments.Length..];
            }
        }
    }

    private static ProcedureField[] Fields(string list) =>
    [
        .. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(f => f.Split("::", StringSplitOptions.TrimEntries)).Select(f => new ProcedureField(f[0], f[1].TrimEnd('?'))),
    ];
}

/// <summary>Procedures of one scenario.</summary>
internal sealed class TableProcedures : IProcedureCatalog
{
    private readonly Dictionary<string, IProcedure> _byName = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _byName.Keys;

    public void Add(TableProcedure procedure) => _byName[procedure.Name] = procedure;

    public IProcedure? Find(string name) => _byName.GetValueOrDefault(name);
}

/// <summary>Values written as literals: parameters, tables of procedures, properties in set-ups.</summary>
internal static class Constant
{
    /// <summary>Value of a text in the language's own literal syntax.</summary>
    public static Value Evaluate(string text) => Evaluate(CypherParser.ParseExpression(text, QueryLimits.Default), null, static _ => Value.Null);

    /// <summary>Value of an expression made of literals, variables, operators and functions.</summary>
    /// <exception cref="NotSupportedException">It has something else in it.</exception>
    public static Value Evaluate(Expression expression, QueryContext? context, Func<string, Value> variable) => expression switch
    {
        Literal literal => literal.Value,
        VariableExpression { Name: "NaN" } when context is null => Value.Of(double.NaN),
        VariableExpression name => variable(name.Name),
        ParameterExpression parameter when context is not null => context.Parameters[parameter.Name],
        ListLiteral list => Value.Of(list.Elements.Select(e => Evaluate(e, context, variable)).ToArray()),
        MapLiteral map => Value.Of(new MapValue(
            [.. map.Entries.Select(e => e.Key)], [.. map.Entries.Select(e => Evaluate(e.Value, context, variable))])),
        UnaryExpression { Operator: UnaryOperator.Negate } negated => Operators.Negate(Evaluate(negated.Operand, context, variable), negated.Position),
        BinaryExpression { Operator: BinaryOperator.Add } sum =>
            Operators.Add(Evaluate(sum.Left, context, variable), Evaluate(sum.Right, context, variable), sum.Position),
        BinaryExpression { Operator: BinaryOperator.Multiply } product =>
            Operators.Multiply(Evaluate(product.Left, context, variable), Evaluate(product.Right, context, variable), product.Position),
        BinaryExpression { Operator: BinaryOperator.Modulo } rest =>
            Operators.Modulo(Evaluate(rest.Left, context, variable), Evaluate(rest.Right, context, variable), rest.Position),
        PropertyExpression property when context is not null =>
            Lookups.Property(context, Evaluate(property.Owner, context, variable), property.Key, property.Position),
        FunctionExpression call when context is not null && FunctionCatalog.Find(call.Name) is { } function =>
            function.Body(context, [.. call.Arguments.Select(a => Evaluate(a, context, variable))], call.Position),
        _ => throw new NotSupportedException($"A set-up uses {expression.GetType().Name}."),
    };
}
