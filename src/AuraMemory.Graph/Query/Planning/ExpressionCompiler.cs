using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Planning;

/// <summary>Turns expressions into code that finds variables in slots.</summary>
internal sealed class ExpressionCompiler(QueryPlanner planner)
{
    private HashSet<int> _slots = [];

    /// <summary>Compiles an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="scope">Variables.</param>
    /// <param name="computed">Slots of expressions that are computed already, by text; null = none.</param>
    public Compiled Compile(Expression expression, Scope scope, Dictionary<string, int>? computed = null)
    {
        HashSet<int> outer = _slots;
        _slots = [];
        Evaluator code = Code(expression, scope, computed);
        var compiled = new Compiled(code, _slots, ExpressionText.Of(expression));
        _slots = outer;
        return compiled;
    }

    /// <summary>Compiles a condition on labels or types.</summary>
    public LabelTest Test(LabelExpression labels) => labels switch
    {
        LabelName name => new NameTest(planner.Tokens.Add(TokenKind.Label, name.Name), planner.Tokens.Add(TokenKind.Type, name.Name)),
        LabelAnd both => new AndTest(Test(both.Left), Test(both.Right)),
        LabelOr either => new OrTest(Test(either.Left), Test(either.Right)),
        LabelNot not => new NotTest(Test(not.Operand)),
        _ => new WildcardTest(),
    };

    private Evaluator Code(Expression expression, Scope scope, Dictionary<string, int>? computed)
    {
        if (computed is not null && expression is not Literal && computed.TryGetValue(ExpressionText.Of(expression), out int known))
        {
            return Slot(known);
        }

        Evaluator[] All(IEnumerable<Expression> several) => [.. several.Select(e => Code(e, scope, computed))];
        Evaluator? Maybe(Expression? one) => one is null ? null : Code(one, scope, computed);
        Evaluator One(Expression one) => Code(one, scope, computed);
        switch (expression)
        {
            case Literal literal:
                return new ConstantEvaluator(literal.Value);
            case ParameterExpression parameter:
                return new ParameterEvaluator(parameter.Name);
            case VariableExpression variable:
                int slot = scope.Find(variable.Name);
                return slot >= 0
                    ? Slot(slot)
                    : throw CypherException.Syntax("UndefinedVariable", $"Variable `{variable.Name}` is not defined.", variable.Position);
            case PropertyExpression property:
                return new PropertyEvaluator(
                    One(property.Owner), property.Key, planner.Tokens.Add(TokenKind.Key, property.Key), IsInDocument(property.Owner), property.Position);
            case IndexExpression index:
                return new IndexEvaluator(One(index.Owner), One(index.Index), IsInDocument(index.Owner), index.Position);
            case SliceExpression slice:
                return new SliceEvaluator(One(slice.Owner), Maybe(slice.From), Maybe(slice.To), slice.Position);
            case UnaryExpression unary:
                return new UnaryEvaluator(unary.Operator, One(unary.Operand), unary.Position);
            case BinaryExpression binary:
                return Binary(binary, One(binary.Left), One(binary.Right));
            case ComparisonExpression comparison:
                return new ComparisonEvaluator(All(comparison.Operands), [.. comparison.Operators]);
            case HasLabelsExpression labels:
                return new HasLabelsEvaluator(One(labels.Owner), Test(labels.Labels), labels.Position);
            case FunctionExpression function:
                return Function(function, All(function.Arguments), scope);
            case CaseExpression choice:
                return new CaseEvaluator(
                    Maybe(choice.Subject), [.. choice.Alternatives.Select(a => (One(a.When), One(a.Then)))], Maybe(choice.Otherwise));
            case ListLiteral list:
                return new ListEvaluator(All(list.Elements));
            case MapLiteral map:
                return Map(map, scope, computed);
            case MapProjection projection:
                return new MapProjectionEvaluator(
                    One(projection.Owner),
                    [.. projection.Items.Select(i => (i.Key, Maybe(i.Value)))],
                    FunctionCatalog.Find("properties")!,
                    projection.Position);
            case ListComprehension each:
                (Scope inEach, int element) = With(scope, each.Variable);
                return Declared(
                    new ListComprehensionEvaluator(
                        element, One(each.List), Inner(each.Where, inEach, computed), Inner(each.Result, inEach, computed)),
                    element);
            case QuantifierExpression quantifier:
                (Scope inQuantifier, int member) = With(scope, quantifier.Variable);
                return Declared(
                    new QuantifierEvaluator(
                        quantifier.Quantifier, member, One(quantifier.List), Code(quantifier.Where, inQuantifier, computed), quantifier.Position),
                    member);
            case ReduceExpression reduce:
                (Scope withSum, int sum) = With(scope, reduce.Accumulator);
                (Scope inReduce, int item) = With(withSum, reduce.Variable);
                return Declared(
                    new ReduceEvaluator(sum, One(reduce.Initial), item, One(reduce.List), Code(reduce.Step, inReduce, computed)), sum, item);
            default:
                return Graph(expression, scope);
        }
    }

    private bool IsInDocument(Expression expression) => expression switch
    {
        PropertyExpression property => planner.Graph.DocumentKeys.Contains(property.Key) || IsInDocument(property.Owner),
        IndexExpression index => IsInDocument(index.Owner),
        _ => false,
    };

    private Evaluator Graph(Expression expression, Scope scope)
    {
        (SubqueryKind kind, SubqueryPlan plan) = expression switch
        {
            PatternPredicate pattern => (SubqueryKind.Exists, planner.Exists(pattern.Pattern, scope)),
            PatternComprehension pattern => (SubqueryKind.Collect, planner.Comprehension(pattern.Pattern, pattern.Where, pattern.Result, scope)),
            ShortestPathExpression pattern => (SubqueryKind.Collect, planner.Shortest(pattern.Pattern, scope)),
            SubqueryExpression subquery => (subquery.Kind, planner.Subquery(subquery, scope)),
            _ => throw CypherException.Syntax("UnexpectedSyntax", "This cannot stand here.", expression.Position),
        };
        var names = new HashSet<string>();
        SyntaxParts.Names(expression, names);
        foreach (string name in names)
        {
            if (scope.Find(name) is >= 0 and int slot)
            {
                _slots.Add(slot);
            }
        }

        return expression is ShortestPathExpression { Pattern.Selection: PathSelection.Shortest }
            ? new FirstOfSubqueryEvaluator(plan)
            : new SubqueryEvaluator(kind, plan);
    }

    private SlotEvaluator Slot(int slot)
    {
        _slots.Add(slot);
        return new SlotEvaluator(slot);
    }

    private Evaluator? Inner(Expression? expression, Scope scope, Dictionary<string, int>? computed) =>
        expression is null ? null : Code(expression, scope, computed);

    private (Scope Scope, int Slot) With(Scope scope, string name)
    {
        var inner = new Scope(scope);
        int slot = planner.NewSlot();
        inner.Put(name, slot);
        return (inner, slot);
    }

    private Evaluator Declared(Evaluator code, params int[] slots)
    {
        _slots.ExceptWith(slots);
        return code;
    }

    private Evaluator Map(MapLiteral map, Scope scope, Dictionary<string, int>? computed)
    {
        // Of a name written twice the last value counts.
        var last = new Dictionary<string, MapEntry>(StringComparer.Ordinal);
        foreach (MapEntry entry in map.Entries)
        {
            last[entry.Key] = entry;
        }

        MapEntry[] entries = [.. map.Entries.Where(e => ReferenceEquals(last[e.Key], e))];
        return new MapEvaluator([.. entries.Select(e => e.Key)], [.. entries.Select(e => Code(e.Value, scope, computed))]);
    }

    private Evaluator Function(FunctionExpression call, Evaluator[] arguments, Scope scope)
    {
        if (FunctionCatalog.Find(call.Name) is { } function)
        {
            if (function.Name == "coalesce")
            {
                return new CoalesceEvaluator(arguments);
            }

            return new FunctionEvaluator(function, arguments, call.Position);
        }

        // A pattern in exists(…) is a condition already.
        if (call.Name.Equals("exists", StringComparison.OrdinalIgnoreCase) && arguments.Length == 1)
        {
            return call.Arguments[0] is PatternPredicate or SubqueryExpression
                ? arguments[0]
                : new UnaryEvaluator(UnaryOperator.IsNotNull, arguments[0], call.Position);
        }

        throw SyntaxParts.IsAggregation(call)
            ? CypherException.Syntax("InvalidAggregation", $"{call.Name}() aggregates rows, which is not possible here.", call.Position)
            : CypherException.Syntax("UnknownFunction", $"There is no function {call.Name}().", call.Position);
    }

    private static Evaluator Binary(BinaryExpression binary, Evaluator left, Evaluator right) => binary.Operator switch
    {
        BinaryOperator.And => new AndEvaluator(left, right, binary.Position),
        BinaryOperator.Or => new OrEvaluator(left, right, binary.Position),
        // Only between literals a float is divided by the integer 0, for that is how Neo4j computes them.
        BinaryOperator.Divide when binary is { Left: Literal { Value: { Kind: ValueKind.Float } dividend }, Right: Literal { Value: { Kind: ValueKind.Integer } divisor } }
            && !double.IsNaN(dividend.Float) && !double.IsInfinity(dividend.Float) => new ConstantEvaluator(Value.Of(dividend.Float / divisor.Integer)),
        _ => new BinaryEvaluator(
            binary.Operator switch
            {
                BinaryOperator.Xor => Operators.Xor,
                BinaryOperator.Add => Operators.Add,
                BinaryOperator.Concatenate => Operators.Concatenate,
                BinaryOperator.Subtract => Operators.Subtract,
                BinaryOperator.Multiply => Operators.Multiply,
                BinaryOperator.Divide => Operators.Divide,
                BinaryOperator.Modulo => Operators.Modulo,
                BinaryOperator.Power => Operators.Power,
                BinaryOperator.In => Predicates.In,
                BinaryOperator.StartsWith => Predicates.StartsWith,
                BinaryOperator.EndsWith => Predicates.EndsWith,
                BinaryOperator.Contains => Predicates.Contains,
                _ => Predicates.Matches,
            },
            left,
            right,
            binary.Position),
    };
}
