using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Query.Planning;

/// <summary>Takes the patterns of a <c>MATCH</c> apart into a <see cref="PatternGraph"/>, and brings their variables into scope.</summary>
internal sealed class PatternReader
{
    private readonly QueryPlanner _planner;
    private readonly Scope _before;
    private readonly Scope _scope;
    private readonly PatternGraph _graph = new();
    private readonly Dictionary<int, PatternNode> _nodes = [];
    private readonly List<(int Slot, Expression Properties)> _properties = [];
    private readonly List<(string Name, int Slot, Expression Where)> _conditions = [];
    private readonly List<(PatternEdge Edge, RelationshipPattern Pattern)> _long = [];
    private int _clause;

    private PatternReader(QueryPlanner planner, Scope scope)
    {
        _planner = planner;
        _before = scope.Copy();
        _scope = scope;
    }

    /// <summary>Reads patterns and their condition.</summary>
    /// <param name="planner">Slots and names.</param>
    /// <param name="patterns">The patterns.</param>
    /// <param name="where">The condition; null = none.</param>
    /// <param name="scope">Variables; grows by those of the patterns.</param>
    public static PatternGraph Read(QueryPlanner planner, IReadOnlyList<PathPattern> patterns, Expression? where, Scope scope)
    {
        var reader = new PatternReader(planner, scope);
        foreach (PathPattern path in patterns)
        {
            reader.Path(path);
        }

        reader.Slots();
        reader.Conditions([where]);
        return reader._graph;
    }

    /// <summary>Reads <c>MATCH</c> clauses that follow one another, to be planned together.</summary>
    /// <param name="planner">Slots and names.</param>
    /// <param name="clauses">The clauses.</param>
    /// <param name="scope">Variables; grows by those of the patterns.</param>
    public static PatternGraph Read(QueryPlanner planner, IReadOnlyList<MatchClause> clauses, Scope scope)
    {
        var reader = new PatternReader(planner, scope);
        foreach (MatchClause clause in clauses)
        {
            foreach (PathPattern path in clause.Patterns)
            {
                reader.Path(path);
            }

            reader._clause++;
        }

        reader.Slots();
        reader.Conditions([.. clauses.Select(c => c.Where)]);
        return reader._graph;
    }

    private void Path(PathPattern path)
    {
        PatternNode start = Node(path.Nodes[0]);
        PatternNode left = start;
        var edges = new List<PatternEdge>();
        for (int i = 0; i < path.Relationships.Count; i++)
        {
            PatternNode right = Node(path.Nodes[i + 1]);
            edges.Add(Edge(path.Relationships[i], left, right));
            left = right;
        }

        int slot = -1;
        if (path.Variable is not null)
        {
            slot = _planner.NewSlot();
            _scope.Put(path.Variable, slot);
        }

        if (path.Selection != PathSelection.All)
        {
            _graph.Shortest.Add(new PatternShortest(edges[0], slot, path.Selection == PathSelection.AllShortest, path.Position));
            return;
        }

        _graph.Edges.AddRange(edges);
        if (slot >= 0)
        {
            _graph.Paths.Add(new PatternPath(path.Variable!, slot, start, edges));
        }
    }

    private PatternNode Node(NodePattern pattern)
    {
        int slot = pattern.Variable is null ? -1 : _scope.Find(pattern.Variable);
        if (slot < 0 || !_nodes.TryGetValue(slot, out PatternNode? node))
        {
            bool given = slot >= 0;
            if (!given)
            {
                slot = _planner.NewSlot();
                _planner.NodeSlots.Add(slot);
                if (pattern.Variable is not null)
                {
                    _scope.Put(pattern.Variable, slot);
                }
            }

            node = new PatternNode(slot, pattern.Variable ?? $"anon_{slot}", given);
            _nodes.Add(slot, node);
            _graph.Nodes.Add(node);
        }

        if (pattern.Labels is not null)
        {
            foreach (LabelExpression one in Parts(pattern.Labels))
            {
                if (one is LabelName name)
                {
                    node.Labels.Add(name.Name);
                }

                var test = new HasLabelsEvaluator(new SlotEvaluator(slot), _planner.Compiler.Test(one), one.Position);
                Add(new Compiled(test, [slot], $"{node.Text}:{ExpressionText.Labels(one)}"), _planner.Cardinality.Labels(one), false);
            }
        }

        Inside(node.Text, slot, pattern.Properties, pattern.Where);
        return node;
    }

    private PatternEdge Edge(RelationshipPattern pattern, PatternNode left, PatternNode right)
    {
        int slot = pattern.Variable is null ? -1 : _scope.Find(pattern.Variable);
        bool given = slot >= 0;
        string[]? types = pattern.Types is null ? [] : Names(pattern.Types);
        bool isLong = pattern.Range is not null;
        (long minimum, long maximum) = isLong ? (pattern.Range!.Minimum ?? 1, pattern.Range.Maximum ?? long.MaxValue) : (1, 1);
        string text = $"({left.Text}){ExpressionText.Relationship(pattern)}({right.Text})";
        var edge = new PatternEdge(left, right, pattern.Direction, types ?? [], minimum, maximum, isLong, given, text) { Slot = slot, Clause = _clause };
        if (!given && pattern.Variable is not null)
        {
            edge.Slot = _planner.NewSlot();
            _scope.Put(pattern.Variable, edge.Slot);
        }

        if (isLong)
        {
            if (types is null || pattern.Properties is not null || pattern.Where is not null)
            {
                edge.EachSlot = _planner.NewSlot();
                _long.Add((edge, pattern));
            }

            return edge;
        }

        if (edge.Slot < 0 && (types is null || pattern.Properties is not null || pattern.Where is not null))
        {
            edge.Slot = _planner.NewSlot();
        }

        if (types is null)
        {
            Add(TypeTest(pattern.Types!, edge.Slot), 0.5, false);
        }

        Inside(pattern.Variable ?? $"anon_{edge.Slot}", edge.Slot, pattern.Properties, pattern.Where);
        return edge;
    }

    // Relationships that other relationships must differ from, or that a path is made of, need a slot.
    private void Slots()
    {
        foreach (PatternEdge edge in _graph.Edges)
        {
            if (edge.Slot < 0 && _graph.Edges.Exists(e => e != edge && e.MayShare(edge)))
            {
                edge.Slot = _planner.NewSlot();
            }
        }

        foreach (PatternEdge edge in _graph.Paths.SelectMany(p => p.Edges))
        {
            edge.Slot = edge.Slot < 0 ? _planner.NewSlot() : edge.Slot;
        }
    }

    private void Conditions(IReadOnlyList<Expression?> wheres)
    {
        foreach ((int slot, Expression properties) in _properties)
        {
            Properties(slot, properties);
        }

        foreach ((string name, int slot, Expression condition) in _conditions)
        {
            var scope = new Scope(_scope);
            scope.Put(name, slot);
            foreach (Expression one in SyntaxParts.Conjuncts(condition))
            {
                Condition(one, scope);
            }
        }

        foreach ((PatternEdge edge, RelationshipPattern pattern) in _long)
        {
            Each(edge, pattern);
        }

        var ofPaths = new PathConditions(_planner, _graph, _before, _scope);
        foreach (Expression one in wheres.OfType<Expression>().SelectMany(SyntaxParts.Conjuncts))
        {
            if (!ofPaths.Take(one))
            {
                Condition(one, _scope);
            }
        }
    }

    private void Properties(int slot, Expression properties)
    {
        if (properties is not MapLiteral map)
        {
            Compiled parameter = _planner.Compiler.Compile(properties, _scope);
            var match = new PropertiesMatchEvaluator(slot, parameter.Code, properties.Position);
            Add(new Compiled(match, [slot, .. parameter.Slots], parameter.Text), 0.1, false);
            return;
        }

        var scope = new Scope(_scope);
        const string Owner = " owner"; // no variable has a blank before its name
        scope.Put(Owner, slot);
        foreach (MapEntry entry in map.Entries)
        {
            var property = new PropertyExpression(new VariableExpression(Owner, properties.Position), entry.Key, entry.Value.Position);
            Condition(new ComparisonExpression([property, entry.Value], [ComparisonOperator.Equal], entry.Value.Position), scope);
        }
    }

    private void Condition(Expression condition, Scope scope)
    {
        Compiled code = _planner.Compiler.Compile(condition, scope);
        PatternCondition added = Add(code, _planner.Cardinality.Selectivity(condition, Labels(condition, scope)), IsCostly(condition));
        switch (condition)
        {
            case ComparisonExpression { Operators: [ComparisonOperator.Equal] } equal:
                Seek(equal.Operands[0], equal.Operands[1], false, scope, added);
                Seek(equal.Operands[1], equal.Operands[0], false, scope, added);
                break;
            case BinaryExpression { Operator: BinaryOperator.In } any:
                Seek(any.Left, any.Right, true, scope, added);
                break;
        }
    }

    private void Seek(Expression property, Expression value, bool isList, Scope scope, PatternCondition condition)
    {
        if (property is PropertyExpression { Owner: VariableExpression variable } sought
            && _nodes.TryGetValue(scope.Find(variable.Name), out PatternNode? node) && !node.Given)
        {
            Compiled code = _planner.Compiler.Compile(value, scope);
            if (!code.Slots.Contains(node.Slot))
            {
                _graph.Seeks.Add(new PatternSeek(node, sought.Key, code, isList, condition));
            }
        }
    }

    private void Each(PatternEdge edge, RelationshipPattern pattern)
    {
        const string Owner = " each"; // no variable has a blank before its name
        var scope = new Scope(_scope);
        scope.Put(Owner, edge.EachSlot);
        var parts = new List<Compiled>();
        if (pattern.Types is not null && Names(pattern.Types) is null)
        {
            parts.Add(TypeTest(pattern.Types, edge.EachSlot));
        }

        switch (pattern.Properties)
        {
            case MapLiteral map:
                foreach (MapEntry entry in map.Entries)
                {
                    var property = new PropertyExpression(new VariableExpression(Owner, map.Position), entry.Key, entry.Value.Position);
                    parts.Add(_planner.Compiler.Compile(new ComparisonExpression([property, entry.Value], [ComparisonOperator.Equal], entry.Value.Position), scope));
                }

                break;
            case { } parameter:
                Compiled value = _planner.Compiler.Compile(parameter, _scope);
                parts.Add(new Compiled(new PropertiesMatchEvaluator(edge.EachSlot, value.Code, parameter.Position), value.Slots, value.Text));
                break;
        }

        if (pattern.Where is not null)
        {
            scope.Put(pattern.Variable ?? Owner, edge.EachSlot);
            parts.Add(_planner.Compiler.Compile(pattern.Where, scope));
        }

        parts.ForEach(edge.Restrict);
    }

    private void Inside(string name, int slot, Expression? properties, Expression? where)
    {
        if (properties is not null)
        {
            _properties.Add((slot, properties));
        }

        if (where is not null)
        {
            _conditions.Add((name, slot, where));
        }
    }

    private PatternCondition Add(Compiled code, double selectivity, bool isCostly)
    {
        var condition = new PatternCondition(code, selectivity, isCostly);
        _graph.Conditions.Add(condition);
        return condition;
    }

    private Compiled TypeTest(LabelExpression types, int slot) =>
        new(new HasLabelsEvaluator(new SlotEvaluator(slot), _planner.Compiler.Test(types), types.Position), [slot], ExpressionText.Labels(types));

    private List<string> Labels(Expression condition, Scope scope)
    {
        var names = new HashSet<string>();
        SyntaxParts.Names(condition, names);
        return names.Count > 0 && _nodes.TryGetValue(scope.Find(names.First()), out PatternNode? node) ? node.Labels : [];
    }

    private static bool IsCostly(Expression condition) =>
        condition is SubqueryExpression or PatternComprehension or PatternPredicate or ShortestPathExpression
        || SyntaxParts.Children(condition).Any(IsCostly);

    private static IEnumerable<LabelExpression> Parts(LabelExpression labels) =>
        labels is LabelAnd both ? Parts(both.Left).Concat(Parts(both.Right)) : [labels];

    private static string[]? Names(LabelExpression types) => types switch
    {
        LabelName name => [name.Name],
        LabelOr either when Names(either.Left) is { } left && Names(either.Right) is { } right => [.. left.Union(right)],
        _ => null,
    };
}
