using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Execution.Steps;
using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Query.Planning;

/// <summary>Plans what <c>WITH</c> and <c>RETURN</c> do: grouping, computing, <c>DISTINCT</c>, order, <c>SKIP</c> and <c>LIMIT</c>, and the condition of a <c>WITH</c>.</summary>
internal sealed class ProjectionPlanner
{
    private readonly QueryPlanner _planner;
    private readonly Scope _scope;
    private readonly Scope _outer;
    private readonly List<ProjectionItem> _items = [];
    private readonly int[] _slots;
    private readonly Dictionary<string, int> _computed = new(StringComparer.Ordinal);
    private PlanNode _plan;

    private ProjectionPlanner(QueryPlanner planner, Projection projection, PlanNode source, Scope scope, Scope outer)
    {
        (_planner, _plan, _scope, _outer) = (planner, source, scope, outer);
        if (projection.All)
        {
            _items.AddRange(scope.Names.Where(n => outer.Find(n) < 0 && !projection.Names(n)).Order(StringComparer.Ordinal)
                .Select(n => new ProjectionItem(new VariableExpression(n, projection.Position), n, true, projection.Position)));
        }

        _items.AddRange(projection.Items);
        _slots = new int[_items.Count];
    }

    /// <summary>Plans a projection.</summary>
    /// <param name="planner">Slots and names.</param>
    /// <param name="projection">What is projected.</param>
    /// <param name="where">Condition afterwards; null = none.</param>
    /// <param name="source">Where rows come from.</param>
    /// <param name="scope">Variables before.</param>
    /// <param name="outer">Variables of the query around, which stay in scope.</param>
    public static (PlanNode Plan, Scope Scope, Columns Columns) Plan(
        QueryPlanner planner, Projection projection, Expression? where, PlanNode source, Scope scope, Scope outer)
    {
        var planned = new ProjectionPlanner(planner, projection, source, scope, outer);
        return planned.Whole(projection, where);
    }

    private (PlanNode Plan, Scope Scope, Columns Columns) Whole(Projection projection, Expression? where)
    {
        bool aggregates = _items.Exists(i => SyntaxParts.HasAggregation(i.Expression));
        Scope seen = aggregates ? Group(projection) : Compute();
        var result = new Scope(_outer);
        var columns = new Columns([], []);

        // Sorting and filtering see the old names where rows are still single, and the new ones before them.
        var both = new Scope(projection.Distinct ? _outer : seen);
        for (int i = 0; i < _items.Count; i++)
        {
            result.Put(_items[i].Name, _slots[i]);
            both.Put(_items[i].Name, _slots[i]);
            columns.Names.Add(_items[i].Name);
            columns.Slots.Add(_slots[i]);
        }

        if (projection.Distinct)
        {
            _plan = new DistinctPlan(_plan, [.. columns.Slots.Distinct()], string.Join(", ", columns.Names)) { Rows = Math.Pow(_plan.Rows, 0.75) };
        }

        Dictionary<string, int> computed = Visible(both);
        Compiled? condition = where is null ? null : _planner.Compiler.Compile(where, both, computed);
        if (projection.OrderBy.Count > 0)
        {
            int[] kept = [.. columns.Slots.Concat(condition?.Slots ?? []).Distinct()];
            _plan = new SortPlan(
                _plan, [.. projection.OrderBy.Select(o => (SortKey(o.Expression, both, computed), o.Descending))], kept, null, null);
        }

        if (projection.Skip is not null || projection.Limit is not null)
        {
            double rows = projection.Limit is Literal { Value: { Kind: Values.ValueKind.Integer } most } ? Math.Min(most.Integer, _plan.Rows) : _plan.Rows;
            _plan = new SkipLimitPlan(_plan, Number(projection.Skip), Number(projection.Limit)) { Rows = rows };
        }

        if (condition is not null)
        {
            _plan = new FilterPlan(_plan, condition) { Rows = _plan.Rows / 2 };
        }

        return (_plan, result, columns);
    }

    private Compiled SortKey(Expression key, Scope both, Dictionary<string, int> computed)
    {
        string text = ExpressionText.Of(key);
        int column = key is VariableExpression ? -1 : _items.FindIndex(i => ExpressionText.Of(i.Expression) == text);
        return column < 0 ? _planner.Compiler.Compile(key, both, computed) : new Compiled(new SlotEvaluator(_slots[column]), [_slots[column]], text);
    }

    // An expression that was projected means its column, unless a new name hides one of the names in it.
    private Dictionary<string, int> Visible(Scope both)
    {
        var visible = new Dictionary<string, int>(_computed, StringComparer.Ordinal);
        for (int i = 0; i < _items.Count; i++)
        {
            ProjectionItem item = _items[i];
            if (item.Expression is VariableExpression variable && both.Find(variable.Name) < 0)
            {
                visible[ExpressionText.Of(item.Expression)] = _slots[i];
            }

            var names = new HashSet<string>();
            SyntaxParts.Names(item.Expression, names);
            if (names.Any(n => both.Find(n) >= 0 && _scope.Find(n) >= 0 && both.Find(n) != _scope.Find(n)))
            {
                visible.Remove(ExpressionText.Of(item.Expression));
            }
        }

        return visible;
    }

    private Scope Compute()
    {
        var made = new List<(int Slot, Compiled Value)>();
        for (int i = 0; i < _items.Count; i++)
        {
            Expression expression = _items[i].Expression;
            _slots[i] = expression is VariableExpression variable ? _scope.Find(variable.Name) : -1;
            if (_slots[i] < 0)
            {
                _slots[i] = _planner.NewSlot();
                made.Add((_slots[i], _planner.Compiler.Compile(expression, _scope)));
                _computed[ExpressionText.Of(expression)] = _slots[i];
            }
        }

        Project(made);
        return _scope;
    }

    private Scope Group(Projection projection)
    {
        var keys = new List<(int Slot, Compiled Value)>();
        var after = new Scope(_outer);
        for (int i = 0; i < _items.Count; i++)
        {
            Expression expression = _items[i].Expression;
            if (SyntaxParts.HasAggregation(expression))
            {
                continue;
            }

            Compiled key = _planner.Compiler.Compile(expression, _scope);
            string text = ExpressionText.Of(expression);
            if (expression is VariableExpression variable)
            {
                _slots[i] = _scope.Find(variable.Name);
                after.Put(variable.Name, _slots[i]);
            }
            else if (_computed.TryGetValue(text, out int known))
            {
                _slots[i] = known;
                continue;
            }
            else
            {
                _slots[i] = _planner.NewSlot();
                _computed[text] = _slots[i];
            }

            keys.Add((_slots[i], key));
        }

        var aggregations = new List<AggregationItem>();
        foreach (Expression expression in _items.Select(i => i.Expression).Concat(projection.OrderBy.Select(o => o.Expression)))
        {
            Aggregations(expression, aggregations);
        }

        double rows = keys.Count == 0 ? 1 : Math.Pow(_plan.Rows, 0.75);
        _plan = new AggregatePlan(_plan, [.. keys.DistinctBy(k => k.Slot)], aggregations) { Rows = rows };
        var made = new List<(int Slot, Compiled Value)>();
        for (int i = 0; i < _items.Count; i++)
        {
            Expression expression = _items[i].Expression;
            if (!SyntaxParts.HasAggregation(expression))
            {
                continue;
            }

            if (SyntaxParts.IsAggregation(expression))
            {
                _slots[i] = _computed[ExpressionText.Of(expression)];
                continue;
            }

            _slots[i] = _planner.NewSlot();
            made.Add((_slots[i], _planner.Compiler.Compile(expression, after, _computed)));
        }

        Project(made);
        return after;
    }

    private void Aggregations(Expression expression, List<AggregationItem> into)
    {
        if (!SyntaxParts.IsAggregation(expression))
        {
            foreach (Expression child in SyntaxParts.Children(expression))
            {
                Aggregations(child, into);
            }

            return;
        }

        string text = ExpressionText.Of(expression);
        if (_computed.ContainsKey(text))
        {
            return;
        }

        int slot = _planner.NewSlot();
        if (expression is FunctionExpression function)
        {
            AggregationDefinition definition = FunctionCatalog.FindAggregation(function.Name)!;
            Compiled[] arguments = [.. function.Arguments.Select(a => _planner.Compiler.Compile(a, _scope))];
            into.Add(new AggregationItem(
                definition, arguments[0], arguments.Length > 1 ? arguments[1] : null, function.Distinct, slot, -1, text, function.Position));
        }
        else
        {
            into.Add(new AggregationItem(null, null, null, false, slot, -1, text, expression.Position));
        }

        _computed[text] = slot;
    }

    private void Project(List<(int Slot, Compiled Value)> made)
    {
        if (made.Count > 0)
        {
            _plan = new ProjectPlan(_plan, made, string.Join(", ", made.Select(m => m.Value.Text)));
        }
    }

    private RowNumber? Number(Expression? expression) =>
        expression is null ? null : new RowNumber(_planner.Compiler.Compile(expression, _outer), expression.Position);
}
