using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Query.Binding;

/// <summary>What patterns are for.</summary>
internal enum PatternUse
{
    /// <summary>A <c>MATCH</c>: names that are not known yet are brought in.</summary>
    Match,

    /// <summary>A pattern comprehension, which brings names in for itself.</summary>
    Expression,

    /// <summary>A condition: all names must be known.</summary>
    Predicate,
}

/// <summary>Checks patterns, and brings their variables into scope.</summary>
internal sealed class PatternCheck(SemanticCheck query)
{
    /// <summary>Checks the patterns of one clause or expression.</summary>
    /// <param name="patterns">The patterns.</param>
    /// <param name="scope">Variables; grows by those of the patterns, unless they are a condition.</param>
    /// <param name="use">What they are for.</param>
    public void Check(IReadOnlyList<PathPattern> patterns, VariableScope scope, PatternUse use)
    {
        var met = new HashSet<string>(StringComparer.Ordinal);
        foreach (PathPattern path in patterns)
        {
            for (int i = 0; i < path.Nodes.Count; i++)
            {
                Node(path.Nodes[i], scope, use);
                if (i < path.Relationships.Count)
                {
                    Relationship(path.Relationships[i], scope, use, met);
                }
            }

            Path(path, scope);
        }

        // Conditions may use every name of the clause, wherever it stands.
        foreach (PathPattern path in patterns)
        {
            foreach (NodePattern node in path.Nodes)
            {
                Inside(node.Properties, node.Where, scope, use);
            }

            foreach (RelationshipPattern relationship in path.Relationships)
            {
                // The name of a variable length stands for a list outside, for each relationship inside.
                VariableScope each = relationship is { Range: not null, Variable: not null }
                    ? scope.With(relationship.Variable, new StaticType(StaticKind.Relationship))
                    : scope;
                Inside(relationship.Properties, relationship.Where, each, use);
            }
        }
    }

    private static void Node(NodePattern node, VariableScope scope, PatternUse use) =>
        Declare(node.Variable, StaticKind.Node, new StaticType(StaticKind.Node), scope, use, node.Position);

    private static void Relationship(RelationshipPattern relationship, VariableScope scope, PatternUse use, HashSet<string> met)
    {
        var one = new StaticType(StaticKind.Relationship);
        bool isList = relationship.Range is not null;
        string? name = relationship.Variable;
        if (isList && name is not null && scope.Find(name) is { } known && known.MayBe(StaticKind.List) && !known.Elements.MayBe(StaticKind.Relationship))
        {
            throw Conflict(name, "a list of relationships", known, relationship.Position);
        }

        Declare(name, isList ? StaticKind.List : StaticKind.Relationship, isList ? StaticType.ListOf(one) : one, scope, use, relationship.Position);
        if (name is not null && !met.Add(name))
        {
            throw CypherException.Syntax(
                "RelationshipUniquenessViolation", $"Relationship `{name}` stands twice in one pattern, where no relationship is walked twice.", relationship.Position);
        }
    }

    private static void Declare(string? name, StaticKind kind, StaticType type, VariableScope scope, PatternUse use, TextPosition position)
    {
        if (name is null)
        {
            return;
        }

        if (scope.Find(name) is not { } known)
        {
            if (use == PatternUse.Predicate)
            {
                scope.Need(name, position);
            }

            scope.Put(name, type);
            return;
        }

        if (!known.MayBe(kind))
        {
            throw Conflict(name, new StaticType(kind).ToString(), known, position);
        }

        if (use == PatternUse.Match && known.Kind != kind)
        {
            scope.Put(name, type);
        }
    }

    private static void Path(PathPattern path, VariableScope scope)
    {
        if (path.Variable is null)
        {
            return;
        }

        if (scope.Has(path.Variable))
        {
            throw CypherException.Syntax("VariableAlreadyBound", $"Variable `{path.Variable}` has a value already: give the path another name.", path.Position);
        }

        scope.Put(path.Variable, new StaticType(StaticKind.Path));
    }

    private void Inside(Expression? properties, Expression? where, VariableScope scope, PatternUse use)
    {
        if (properties is ParameterExpression parameter)
        {
            throw CypherException.Syntax(
                "InvalidParameterUse", $"A pattern that is searched takes its properties one by one: {{key: ${parameter.Name}.key}} instead of ${parameter.Name}.", parameter.Position);
        }

        if (properties is not null)
        {
            query.Expressions.Check(properties, scope, Place.Single);
        }

        if (where is not null)
        {
            query.Expressions.Condition(where, scope, Place.Condition);
        }
    }

    private static CypherException Conflict(string name, string wanted, StaticType known, TextPosition position) =>
        CypherException.Syntax("VariableTypeConflict", $"Variable `{name}` is {known}; here it would have to be {wanted}.", position);
}
