using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Execution.Steps;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Planning.Rules;
using AuraMemory.Graph.Query.Procedures;
using AuraMemory.Graph.Query.Syntax;
using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Planning;

/// <summary>Plans a query, clause by clause; within a clause by cost. One object a query.</summary>
internal sealed class QueryPlanner
{
    private readonly IProcedureCatalog _procedures;
    private readonly List<SubqueryPlan> _subqueries = [];
    private readonly List<ParameterExpression> _implicit = [];
    private int _slots;

    private QueryPlanner(GraphView graph, IProcedureCatalog procedures, PlanningOptions options)
    {
        Graph = graph;
        Options = options;
        _procedures = procedures;
        Cardinality = new Cardinality(graph, options.Knowledge);
        Compiler = new ExpressionCompiler(this);
    }

    /// <summary>The graph that is planned for.</summary>
    public GraphView Graph { get; }

    /// <summary>What it makes use of.</summary>
    public PlanningOptions Options { get; }

    /// <summary>Slots that hold a node or null, whatever the data.</summary>
    public HashSet<int> NodeSlots { get; } = [];

    /// <summary>Names in the plan.</summary>
    public TokenList Tokens { get; } = new();

    /// <summary>Estimates.</summary>
    public Cardinality Cardinality { get; }

    /// <summary>Expressions.</summary>
    public ExpressionCompiler Compiler { get; }

    /// <summary>Plans a checked query.</summary>
    public static CompiledQuery Plan(QuerySyntax query, GraphView graph, IProcedureCatalog procedures, PlanningOptions? options = null)
    {
        var planner = new QueryPlanner(graph, procedures, options ?? PlanningOptions.Default);
        (PlanNode plan, Columns columns) = planner.Union(query, new Scope());
        plan = PlanRules.Apply(plan, columns.Slots, planner);
        foreach (SubqueryPlan subquery in planner._subqueries)
        {
            subquery.Root = PlanRules.ApplyToSubquery(subquery, planner);
        }

        int nodes = 0;
        Count(plan, ref nodes);
        foreach (SubqueryPlan subquery in planner._subqueries)
        {
            Count(subquery.Root, ref nodes);
        }

        return new CompiledQuery(
            query.Mode,
            plan,
            [.. columns.Names],
            [.. columns.Slots],
            planner._slots,
            planner.Tokens,
            planner._subqueries.Count,
            nodes,
            [.. SyntaxParts.Parameters(query).Concat(planner._implicit).DistinctBy(p => p.Name)]);
    }

    /// <summary>A slot that nobody has.</summary>
    public int NewSlot() => _slots++;

    /// <summary>Plans a pattern as a condition.</summary>
    public SubqueryPlan Exists(PathPattern pattern, Scope scope) => Pattern(pattern, null, null, scope, true);

    /// <summary>Plans a pattern comprehension.</summary>
    public SubqueryPlan Comprehension(PathPattern pattern, Expression? where, Expression result, Scope scope) =>
        Pattern(pattern, where, result, scope, false);

    /// <summary>Plans a shortest path as an expression.</summary>
    public SubqueryPlan Shortest(PathPattern pattern, Scope scope)
    {
        PathPattern named = pattern with { Variable = pattern.Variable ?? " path" };
        return Pattern(named, null, new VariableExpression(named.Variable!, pattern.Position), scope, false);
    }

    /// <summary>Plans a subquery in an expression.</summary>
    public SubqueryPlan Subquery(SubqueryExpression subquery, Scope scope)
    {
        (PlanNode plan, Columns columns) = Union(subquery.Query, scope);
        if (subquery.Kind != SubqueryKind.Count)
        {
            int result = subquery.Kind == SubqueryKind.Collect ? columns.Slots[0] : -1;
            return Keep(plan, result, subquery.Kind == SubqueryKind.Exists);
        }

        return Keep(plan, -1, false);
    }

    private static void Count(PlanNode plan, ref int nodes)
    {
        for (PlanNode? node = plan; node is not null; node = node.Source)
        {
            node.Number = nodes++;
            foreach (PlanNode inner in node.Inner)
            {
                Count(inner, ref nodes);
            }
        }
    }

    private SubqueryPlan Pattern(PathPattern pattern, Expression? where, Expression? result, Scope scope, bool firstOnly)
    {
        var inner = new Scope(scope);
        PatternGraph graph = PatternReader.Read(this, [pattern], where, inner);
        PlanNode plan = MatchPlanner.Plan(this, graph, NeedNodes(graph, new StartPlan(), pattern.Position));
        int slot = -1;
        if (result is not null)
        {
            Compiled code = Compiler.Compile(result, inner);
            slot = NewSlot();
            plan = new ProjectPlan(plan, [(slot, code)], code.Text);
        }

        return Keep(plan, slot, firstOnly);
    }

    private SubqueryPlan Keep(PlanNode plan, int result, bool firstOnly)
    {
        var kept = new SubqueryPlan(_subqueries.Count, plan, result, firstOnly);
        _subqueries.Add(kept);
        return kept;
    }

    private (PlanNode Plan, Columns Columns) Union(QuerySyntax query, Scope outer)
    {
        (PlanNode plan, Columns columns) = Single(query.Parts[0], outer);
        for (int i = 1; i < query.Parts.Count; i++)
        {
            (PlanNode next, Columns others) = Single(query.Parts[i], outer);
            int[] matching = [.. columns.Names.Select((n, at) => others.Names.Contains(n) ? others.Slots[others.Names.IndexOf(n)] : others.Slots[at])];
            int[] common = [.. columns.Names.Select(_ => NewSlot())];
            double rows = plan.Rows + next.Rows;
            plan = new UnionPlan(new StartPlan(), [(plan, [.. columns.Slots]), (next, matching)], common) { Rows = rows };
            columns = new Columns(columns.Names, [.. common]);
            if (!query.KeepsDuplicates[i - 1])
            {
                plan = new DistinctPlan(plan, common, string.Join(", ", columns.Names));
            }
        }

        return (plan, columns);
    }

    private (PlanNode Plan, Columns Columns) Single(SingleQuery query, Scope outer)
    {
        PlanNode plan = new StartPlan();
        var scope = new Scope(outer);
        var columns = new Columns([], []);
        for (int i = 0; i < query.Clauses.Count; i++)
        {
            bool isLast = i == query.Clauses.Count - 1;
            switch (query.Clauses[i])
            {
                case MatchClause { Optional: false }:
                    IReadOnlyList<MatchClause> together = MatchGroup.From(query.Clauses, i);
                    i += together.Count - 1;
                    PatternGraph pattern = PatternReader.Read(this, together, scope);
                    plan = MatchPlanner.Plan(this, pattern, NeedNodes(pattern, plan, together[0].Position), CountsRows(query.Clauses.ElementAtOrDefault(i + 1)));
                    isLast = i == query.Clauses.Count - 1;
                    break;
                case MatchClause match:
                    plan = Optional(match, plan, scope);
                    break;
                case UnwindClause unwind:
                    Compiled list = Compiler.Compile(unwind.List, scope);
                    int slot = NewSlot();
                    plan = new UnwindPlan(plan, list, slot, unwind.Variable) { Rows = plan.Rows * 10 };
                    scope.Put(unwind.Variable, slot);
                    break;
                case WithClause with:
                    (plan, scope, _) = ProjectionPlanner.Plan(this, with.Projection, with.Where, plan, scope, outer);
                    break;
                case ReturnClause last:
                    (plan, scope, columns) = ProjectionPlanner.Plan(this, last.Projection, null, plan, scope, outer);
                    break;
                case CallClause call:
                    plan = Call(call, plan, scope, query.Clauses.Count == 1, out Columns results);
                    columns = isLast ? results : columns;
                    break;
                default:
                    throw new CypherException(
                        "ReadOnly", ErrorPhase.CompileTime, "Write", "Queries only read: CREATE is not possible here.", query.Clauses[i].Position);
            }
        }

        return (plan, columns);
    }

    // What a pattern begins at may come from data, and then be no node.
    private PlanNode NeedNodes(PatternGraph pattern, PlanNode source, TextPosition position)
    {
        foreach (PatternNode node in pattern.Nodes.Where(n => n.Given && !NodeSlots.Contains(n.Slot)))
        {
            source = new FilterPlan(source, new Compiled(new NodeNeedEvaluator(node.Slot, node.Text, position), [node.Slot], $"{node.Text} is a node"));
        }

        return source;
    }

    private static bool CountsRows(Clause? next) =>
        (next switch { WithClause with => with.Projection, ReturnClause last => last.Projection, _ => null })?.Items is { Count: > 0 } items
        && items.All(i => i.Expression is CountAllExpression);

    private PlanNode Optional(MatchClause match, PlanNode plan, Scope scope)
    {
        var before = new HashSet<string>(scope.Names);
        PatternGraph graph = PatternReader.Read(this, match.Patterns, match.Where, scope);
        PlanNode inner = MatchPlanner.Plan(this, graph, NeedNodes(graph, new StartPlan(), match.Position));
        int[] introduced = [.. scope.Names.Where(n => !before.Contains(n)).Select(scope.Find)];
        return new OptionalPlan(plan, inner, introduced) { Rows = plan.Rows * Math.Max(1, inner.Rows) };
    }

    private PlanNode Call(CallClause call, PlanNode plan, Scope scope, bool isWhole, out Columns results)
    {
        IProcedure procedure = _procedures.Find(call.Procedure)
            ?? throw new CypherException(
                "ProcedureError", ErrorPhase.CompileTime, "ProcedureNotFound", $"There is no procedure {call.Procedure}.", call.Position);
        if (call.Arguments is null)
        {
            _implicit.AddRange(procedure.Arguments.Where(a => a.Default is null).Select(a => new ParameterExpression(a.Name, call.Position)));
        }

        IReadOnlyList<Expression> given = call.Arguments
            ?? [.. procedure.Arguments.Where(a => a.Default is null).Select(a => new ParameterExpression(a.Name, call.Position))];
        if (given.Count > procedure.Arguments.Count || procedure.Arguments.Skip(given.Count).Any(a => a.Default is null))
        {
            throw CypherException.Syntax(
                "InvalidNumberOfArguments", $"{procedure.Name} takes {procedure.Arguments.Count} arguments, not {given.Count}.", call.Position);
        }

        var arguments = new Compiled[procedure.Arguments.Count];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = i < given.Count
                ? Compiler.Compile(given[i], scope)
                : new Compiled(new ConstantEvaluator(procedure.Arguments[i].Default ?? Value.Null), [], "default");
        }

        IEnumerable<YieldItem> items = call.Yield
            ?? (isWhole || call.YieldAll ? procedure.Results.Select(r => new YieldItem(r.Name, r.Name, call.Position)) : []);
        var yields = new List<(int Result, int Slot)>();
        results = new Columns([], []);
        foreach (YieldItem item in items)
        {
            int result = procedure.Results.ToList().FindIndex(r => r.Name == item.Field);
            if (result < 0)
            {
                throw CypherException.Syntax("UndefinedVariable", $"{procedure.Name} gives no {item.Field}.", item.Position);
            }

            int slot = NewSlot();
            if (procedure.Results[result].Type == "NODE")
            {
                NodeSlots.Add(slot);
            }

            yields.Add((result, slot));
            scope.Put(item.Variable, slot);
            results.Names.Add(item.Variable);
            results.Slots.Add(slot);
        }

        PlanNode called = new ProcedureCallPlan(plan, procedure, arguments, yields) { Rows = plan.Rows * 10 };
        return call.Where is null ? called : new FilterPlan(called, Compiler.Compile(call.Where, scope)) { Rows = called.Rows / 2 };
    }
}

/// <summary>Columns of a query: names and slots.</summary>
internal sealed record Columns(List<string> Names, List<int> Slots);
