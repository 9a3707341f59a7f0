using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Binding;

/// <summary>What may stand at a place.</summary>
/// <param name="Aggregates">Whether aggregations may.</param>
/// <param name="Patterns">Whether a pattern may, as a condition.</param>
/// <param name="Inside">Name of the aggregation around it; null = none.</param>
internal readonly record struct Place(bool Aggregates, bool Patterns, string? Inside = null)
{
    /// <summary>A condition on single rows.</summary>
    public static Place Condition => new(false, true);

    /// <summary>A value of single rows.</summary>
    public static Place Single => new(false, false);

    /// <summary>A value of rows or groups.</summary>
    public static Place Item => new(true, false);
}

/// <summary>Checks expressions: names, functions, and types as far as the text tells them.</summary>
internal sealed class ExpressionCheck(SemanticCheck query)
{
    private static readonly StaticKind[] Truths = [StaticKind.Boolean];
    private static readonly StaticKind[] Texts = [StaticKind.String];
    private static readonly StaticKind[] Integers = [StaticKind.Integer];
    private static readonly StaticKind[] Owners = [StaticKind.Map, StaticKind.Node, StaticKind.Relationship];
    private static readonly StaticKind[] Lists = [StaticKind.List];

    /// <summary>Checks a condition.</summary>
    public void Condition(Expression condition, VariableScope scope, Place place) => Truth("A condition", Check(condition, scope, place with { Patterns = true }), condition);

    /// <summary>Checks an expression and says what is known of its value.</summary>
    /// <exception cref="CypherException">It cannot be computed.</exception>
    public StaticType Check(Expression expression, VariableScope scope, Place place)
    {
        Place inner = place with { Patterns = false };
        switch (expression)
        {
            case Literal literal:
                return Of(literal.Value);
            case VariableExpression variable:
                return scope.Need(variable.Name, variable.Position);
            case PropertyExpression property:
                return Property(property, Check(property.Owner, scope, inner));
            case UnaryExpression unary:
                return Unary(unary, scope, place);
            case BinaryExpression binary:
                return Binary(binary, scope, place);
            case ComparisonExpression comparison:
                foreach (Expression operand in comparison.Operands)
                {
                    Check(operand, scope, place);
                }

                return StaticType.Boolean;
            case HasLabelsExpression labels:
                StaticType owner = Check(labels.Owner, scope, inner);
                return owner.MayBe(StaticKind.Node, StaticKind.Relationship)
                    ? StaticType.Boolean
                    : throw FunctionTypes.Mismatch("A condition on labels", [StaticKind.Node, StaticKind.Relationship], owner, labels.Position);
            case IndexExpression index:
                return Index(index, Check(index.Owner, scope, inner), Check(index.Index, scope, inner));
            case SliceExpression slice:
                StaticType sliced = Need("[ .. ]", Lists, Check(slice.Owner, scope, inner), slice.Owner);
                foreach (Expression bound in SyntaxParts.Children(slice).Skip(1))
                {
                    Need("[ .. ]", Integers, Check(bound, scope, inner), bound);
                }

                return StaticType.ListOf(sliced.Elements);
            case FunctionExpression function:
                return Function(function, scope, place);
            case CountAllExpression count:
                NeedAggregation("count", place, count.Position);
                return StaticType.Integer;
            case CaseExpression choice:
                return Case(choice, scope, inner);
            case ListLiteral literal:
                List<StaticType> elements = All(literal.Elements, scope, inner);
                StaticType one = elements.Count == 0 ? StaticType.Any : elements.Aggregate(StaticType.Common);
                return StaticType.ListOf(one.Kind == StaticKind.Map ? StaticType.Owner : one); // so Neo4j has it
            case MapLiteral map:
                All([.. map.Entries.Select(e => e.Value)], scope, inner);
                return new StaticType(StaticKind.Map);
            case MapProjection projection:
                Need("A map projection", Owners, Check(projection.Owner, scope, inner), projection.Owner);
                All([.. projection.Items.Select(i => i.Value).OfType<Expression>()], scope, inner);
                return new StaticType(StaticKind.Map);
            default:
                return WithVariables(expression, scope, inner, place);
        }
    }

    private StaticType WithVariables(Expression expression, VariableScope scope, Place inner, Place place)
    {
        // What is computed for each element cannot aggregate rows.
        Place each = new(false, false, place.Inside);
        switch (expression)
        {
            case ListComprehension comprehension:
                StaticType element = Elements("A list comprehension", comprehension.List, scope, inner);
                VariableScope inList = scope.With(comprehension.Variable, element);
                if (comprehension.Where is not null)
                {
                    Condition(comprehension.Where, inList, each);
                }

                return StaticType.ListOf(comprehension.Result is null ? element : Check(comprehension.Result, inList, each));
            case QuantifierExpression quantifier:
                StaticType member = Elements("A quantifier", quantifier.List, scope, inner);
                Condition(quantifier.Where, scope.With(quantifier.Variable, member), each);
                return StaticType.Boolean;
            case ReduceExpression reduce:
                if (reduce.Accumulator == reduce.Variable)
                {
                    throw CypherException.Syntax("VariableAlreadyBound", $"reduce() needs two names: `{reduce.Variable}` is both.", reduce.Position);
                }

                StaticType initial = Check(reduce.Initial, scope, inner);
                StaticType sum = initial.IsNumber ? StaticType.Number : initial.Kind == StaticKind.List ? StaticType.ListOf(StaticType.Any) : initial.IsUnknown || initial.MayBe(StaticKind.Moment, StaticKind.Duration) ? StaticType.Any : initial;
                StaticType item = Elements("reduce()", reduce.List, scope, inner);
                StaticType step = Check(reduce.Step, scope.With(reduce.Accumulator, sum).With(reduce.Variable, item), each);
                Need("The sum of reduce()", [sum.Kind == StaticKind.List ? StaticKind.List | StaticKind.Boolean : sum.Kind], step, reduce.Step);
                return (step.Kind | sum.Kind) == sum.Kind ? sum : StaticType.Any;
            case PatternComprehension comprehension:
                var inPattern = new VariableScope(scope);
                query.Patterns.Check([comprehension.Pattern], inPattern, PatternUse.Expression);
                if (comprehension.Where is not null)
                {
                    Condition(comprehension.Where, inPattern, each);
                }

                return StaticType.ListOf(Check(comprehension.Result, inPattern, each));
            case PatternPredicate pattern:
                if (!place.Patterns)
                {
                    throw CypherException.Syntax(
                        "UnexpectedSyntax", "A pattern is a condition here, which this place does not take: write exists((a)--(b)), COUNT { } or a pattern comprehension.",
                        pattern.Position);
                }

                query.Patterns.Check([pattern.Pattern], scope, PatternUse.Predicate);
                return StaticType.Boolean;
            case ShortestPathExpression shortest:
                query.Patterns.Check([shortest.Pattern], new VariableScope(scope), PatternUse.Predicate);
                var path = new StaticType(StaticKind.Path);
                return shortest.Pattern.Selection == PathSelection.Shortest ? path : StaticType.ListOf(path);
            case SubqueryExpression subquery:
                IReadOnlyList<string> columns = query.Subquery(subquery, scope);
                return subquery.Kind switch
                {
                    SubqueryKind.Exists => StaticType.Boolean,
                    SubqueryKind.Count => StaticType.Integer,
                    _ when columns.Count == 1 && subquery.Query.Parts.All(p => p.Clauses[^1] is ReturnClause { Projection.All: false }) => StaticType.ListOf(StaticType.Any),
                    _ => throw CypherException.Syntax(
                        "InvalidClauseComposition", $"COLLECT {{ }} takes a query that returns one column and says which.", subquery.Position),
                };
            default:
                return StaticType.Any; // parameters
        }
    }

    private StaticType Elements(string what, Expression list, VariableScope scope, Place place)
    {
        StaticType type = Check(list, scope, place);
        return type.MayBe(StaticKind.List)
            ? type.Elements
            : throw FunctionTypes.Mismatch(what, [StaticKind.List], type, list.Position);
    }

    private List<StaticType> All(IReadOnlyList<Expression> expressions, VariableScope scope, Place place) =>
        [.. expressions.Select(e => Check(e, scope, place))];

    private static StaticType Index(IndexExpression index, StaticType owner, StaticType place)
    {
        if (owner.Kind is StaticKind.Map or StaticKind.Node or StaticKind.Relationship or StaticKind.Moment or StaticKind.Duration)
        {
            Need("The name of a property", Texts, place, index.Index);
        }
        else if (owner.Kind == StaticKind.List)
        {
            Need("The number of an element", Integers, place, index.Index);
        }
        else
        {
            Need("[ ]", Lists, owner, index.Owner);
        }

        return owner.Kind is StaticKind.Node or StaticKind.Relationship ? StaticType.Property : owner.Elements;
    }

    private static StaticType Need(string what, StaticKind[] kinds, StaticType type, Expression expression) =>
        type.MayBe(kinds) ? type : throw FunctionTypes.Mismatch(what, kinds, type, expression.Position);

    private static StaticType Property(PropertyExpression property, StaticType owner) =>
        owner.MayBe(StaticKind.Node, StaticKind.Relationship, StaticKind.Map, StaticKind.Moment, StaticKind.Duration)
            ? owner.Kind is StaticKind.Node or StaticKind.Relationship ? StaticType.Property : StaticType.Any
            : throw new CypherException(
                "TypeError", ErrorPhase.CompileTime, "InvalidArgumentType", $".{property.Key} cannot be read of {owner}: nodes, relationships, maps and temporal values have properties.",
                property.Position);

    private StaticType Unary(UnaryExpression unary, VariableScope scope, Place place)
    {
        if (unary.Operator == UnaryOperator.Not)
        {
            Truth("NOT", Check(unary.Operand, scope, place with { Patterns = true }), unary.Operand);
            return StaticType.Boolean;
        }

        StaticType operand = Check(unary.Operand, scope, place with { Patterns = false });
        if (unary.Operator is UnaryOperator.IsNull or UnaryOperator.IsNotNull)
        {
            return StaticType.Boolean;
        }

        StaticKind[] taken = unary.Operator == UnaryOperator.Negate ? [StaticKind.Number] : [StaticKind.Number, StaticKind.Moment, StaticKind.Duration];
        return operand.MayBe(taken) ? operand.IsUnknown ? StaticType.Number : operand : throw FunctionTypes.Mismatch("A sign", taken, operand, unary.Position);
    }

    private StaticType Binary(BinaryExpression binary, VariableScope scope, Place place)
    {
        bool isLogic = binary.Operator is BinaryOperator.And or BinaryOperator.Or or BinaryOperator.Xor;
        Place inner = place with { Patterns = isLogic };
        StaticType left = Check(binary.Left, scope, inner);
        StaticType right = Check(binary.Right, scope, inner);
        switch (binary.Operator)
        {
            case BinaryOperator.And or BinaryOperator.Or or BinaryOperator.Xor:
                string name = binary.Operator.ToString().ToUpperInvariant();
                Truth(name, left, binary.Left);
                Truth(name, right, binary.Right);
                return StaticType.Boolean;
            case BinaryOperator.In:
                return right.MayBe(StaticKind.List)
                    ? StaticType.Boolean
                    : throw FunctionTypes.Mismatch("IN", [StaticKind.List], right, binary.Right.Position);
            case BinaryOperator.Matches:
                Need("=~", Texts, left, binary.Left);
                Need("=~", Texts, right, binary.Right);
                return StaticType.Boolean;
            case BinaryOperator.StartsWith or BinaryOperator.EndsWith or BinaryOperator.Contains:
                return StaticType.Boolean;
            default:
                return ArithmeticTypes.Of(binary, left, right);
        }
    }

    private StaticType Function(FunctionExpression call, VariableScope scope, Place place)
    {
        if (call.Name.Equals("exists", StringComparison.OrdinalIgnoreCase))
        {
            NeedCount(call, 1, 1);
            if (call.Arguments[0] is not (PropertyExpression or IndexExpression or PatternPredicate))
            {
                throw CypherException.Syntax("InvalidArgumentType", "exists() takes a pattern or a property; a whole query goes into EXISTS { }.", call.Arguments[0].Position);
            }

            Check(call.Arguments[0], scope, place with { Patterns = true });
            return StaticType.Boolean;
        }

        if (FunctionCatalog.FindAggregation(call.Name) is { } aggregation)
        {
            NeedAggregation(call.Name, place, call.Position);
            NeedCount(call, aggregation.Arguments, aggregation.Arguments);
            if (aggregation.Arguments == 2)
            {
                NeedShare(call);
            }

            return FunctionTypes.Apply(call, All(call.Arguments, scope, new Place(true, false, call.Name)));
        }

        FunctionDefinition function = FunctionCatalog.Find(call.Name)
            ?? throw CypherException.Syntax(
                "UnknownFunction", $"There is no function {call.Name}().{NameSuggestion.For(call.Name, FunctionCatalog.Names)}", call.Position);
        NeedCount(call, function.LeastArguments, function.MostArguments);
        if (call.Distinct)
        {
            throw CypherException.Syntax("UnexpectedSyntax", $"DISTINCT is for aggregations, and {call.Name}() is none.", call.Position);
        }

        if (place.Inside is not null && !function.Deterministic)
        {
            throw CypherException.Syntax("NonConstantExpression", $"{call.Name}() cannot stand inside {place.Inside}().", call.Position);
        }

        return FunctionTypes.Apply(call, All(call.Arguments, scope, place with { Patterns = false }));
    }

    private StaticType Case(CaseExpression choice, VariableScope scope, Place place)
    {
        if (choice.Subject is not null)
        {
            Check(choice.Subject, scope, place);
        }

        StaticType? result = choice.Otherwise is null ? null : Check(choice.Otherwise, scope, place);
        foreach (CaseAlternative alternative in choice.Alternatives)
        {
            if (choice.Subject is null)
            {
                Condition(alternative.When, scope, place);
            }
            else
            {
                Check(alternative.When, scope, place);
            }

            StaticType then = Check(alternative.Then, scope, place);
            result = result is null ? then : StaticType.Either(result, then);
        }

        return result!;
    }

    private static void NeedCount(FunctionExpression call, int least, int most)
    {
        if (call.Arguments.Count < least || call.Arguments.Count > most)
        {
            string allowed = least == most ? $"{least}" : most == int.MaxValue ? $"{least} or more" : $"{least} to {most}";
            throw CypherException.Syntax("InvalidNumberOfArguments", $"{call.Name}() takes {allowed} arguments, not {call.Arguments.Count}.", call.Position);
        }
    }

    // A percentile that is written out.
    private static void NeedShare(FunctionExpression call)
    {
        Expression share = call.Arguments[1];
        bool isNegative = share is UnaryExpression { Operator: UnaryOperator.Negate, Operand: Literal { Value.IsNumber: true } };
        if (isNegative || share is Literal { Value: { IsNull: true } or { IsNumber: true, Number: not (>= 0 and <= 1) } })
        {
            throw CypherException.Syntax("NumberOutOfRange", $"The second argument of {call.Name}() is a number between 0.0 and 1.0.", share.Position);
        }
    }

    private static void NeedAggregation(string name, Place place, TextPosition position)
    {
        if (place.Inside is not null)
        {
            throw CypherException.Syntax("NestedAggregation", $"{name}() cannot stand inside {place.Inside}(): aggregate in a WITH before.", position);
        }

        if (!place.Aggregates)
        {
            throw CypherException.Syntax("InvalidAggregation", $"{name}() aggregates rows, which only WITH and RETURN do: aggregate in a WITH before.", position);
        }
    }

    private static void Truth(string what, StaticType type, Expression expression)
    {
        // Lists pass for truths where they come from data, but not where the query says that it is a list.
        if (!type.MayBe(Truths) && (type.Kind == StaticKind.List || !type.MayBe(Lists)))
        {
            throw FunctionTypes.Mismatch(what, Truths, type, expression.Position);
        }
    }

    private static StaticType Of(Value value) => new(value.Kind switch
    {
        ValueKind.Null => StaticKind.Null,
        ValueKind.Boolean => StaticKind.Boolean,
        ValueKind.Integer => StaticKind.Integer,
        ValueKind.Float => StaticKind.Float,
        ValueKind.String => StaticKind.String,
        _ => StaticKind.Any,
    });
}
