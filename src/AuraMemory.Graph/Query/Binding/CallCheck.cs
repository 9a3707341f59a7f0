using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Procedures;
using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Query.Binding;

/// <summary>Checks calls of procedures, and brings what they yield into scope.</summary>
internal sealed class CallCheck(SemanticCheck query, IProcedureCatalog procedures)
{
    /// <summary>Checks a call.</summary>
    /// <param name="call">The clause.</param>
    /// <param name="scope">Variables; grows by those yielded.</param>
    /// <param name="isStandalone">Whether the call is the whole query: only then arguments may be left to parameters, and results need no <c>YIELD</c>.</param>
    /// <returns>Columns of a call that is the whole query.</returns>
    public List<string> Check(CallClause call, VariableScope scope, bool isStandalone)
    {
        IProcedure procedure = procedures.Find(call.Procedure)
            ?? throw new CypherException(
                "ProcedureError", ErrorPhase.CompileTime, "ProcedureNotFound",
                $"There is no procedure {call.Procedure}.{NameSuggestion.For(call.Procedure, procedures.Names)}", call.Position);
        Arguments(call, procedure, scope, isStandalone);
        var columns = new List<string>();
        foreach ((string field, string variable, TextPosition position) in Yielded(call, procedure, isStandalone))
        {
            ProcedureField result = procedure.Results.FirstOrDefault(r => r.Name == field)
                ?? throw CypherException.Syntax(
                    "UndefinedVariable", $"{procedure.Name} gives no `{field}`.{NameSuggestion.For(field, procedure.Results.Select(r => r.Name))}", position);
            if (scope.Has(variable))
            {
                throw CypherException.Syntax("VariableAlreadyBound", $"Variable `{variable}` has a value already: write YIELD {field} AS another name.", position);
            }

            scope.Put(variable, Of(result.Type));
            columns.Add(variable);
        }

        if (call.Where is not null)
        {
            query.Expressions.Condition(call.Where, scope, Place.Condition);
        }

        return columns;
    }

    private static IEnumerable<(string Field, string Variable, TextPosition Position)> Yielded(CallClause call, IProcedure procedure, bool isStandalone)
    {
        if (!isStandalone && (call.YieldAll || (call.Yield is null && procedure.Results.Count > 0)))
        {
            throw CypherException.Syntax(
                "UnexpectedSyntax", $"Within a query the results of {procedure.Name} are named: write YIELD {string.Join(", ", procedure.Results.Select(r => r.Name))}.", call.Position);
        }

        if (call.Yield is not null)
        {
            return call.Yield.Select(y => (y.Field, y.Variable, y.Position));
        }

        return isStandalone ? procedure.Results.Select(r => (r.Name, r.Name, call.Position)) : [];
    }

    private void Arguments(CallClause call, IProcedure procedure, VariableScope scope, bool isStandalone)
    {
        int needed = procedure.Arguments.Count(a => a.Default is null);
        if (call.Arguments is null)
        {
            if (!isStandalone)
            {
                throw CypherException.Syntax(
                    "InvalidArgumentPassingMode", $"Within a query the arguments of {procedure.Name} stand in parentheses; parameters are used only by a call that is the whole query.",
                    call.Position);
            }

            return;
        }

        if (call.Arguments.Count < needed || call.Arguments.Count > procedure.Arguments.Count)
        {
            string signature = string.Join(", ", procedure.Arguments.Select(a => $"{a.Name} :: {a.Type}"));
            throw CypherException.Syntax("InvalidNumberOfArguments", $"{procedure.Name}({signature}) is given {call.Arguments.Count} arguments.", call.Position);
        }

        for (int i = 0; i < call.Arguments.Count; i++)
        {
            StaticType given = query.Expressions.Check(call.Arguments[i], scope, Place.Single);
            StaticKind[] taken = Kinds(procedure.Arguments[i].Type);
            if (taken.Length > 0 && !given.MayBe(taken))
            {
                throw FunctionTypes.Mismatch($"Argument `{procedure.Arguments[i].Name}` of {procedure.Name}", taken, given, call.Arguments[i].Position);
            }
        }
    }

    private static StaticType Of(string type) => Kinds(type) is [var kind] ? new StaticType(kind) : StaticType.Any;

    private static StaticKind[] Kinds(string type) => type.ToUpperInvariant() switch
    {
        "INTEGER" => [StaticKind.Integer],
        "FLOAT" or "NUMBER" => [StaticKind.Number],
        "STRING" => [StaticKind.String],
        "BOOLEAN" => [StaticKind.Boolean],
        "MAP" => [StaticKind.Map],
        "NODE" => [StaticKind.Node],
        "RELATIONSHIP" => [StaticKind.Relationship],
        "PATH" => [StaticKind.Path],
        _ => [],
    };
}
