using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>One aggregation.</summary>
/// <param name="Definition">Which; null = <c>count(*)</c>.</param>
/// <param name="Argument">What is aggregated; null for <c>count(*)</c>.</param>
/// <param name="Second">Second argument; null for those that have none.</param>
/// <param name="Distinct">Whether equal values count once.</param>
/// <param name="Slot">Where the result goes.</param>
/// <param name="Weight">Slot that says how many rows each row stands for; -1 = one.</param>
/// <param name="Text">As one would write it.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record AggregationItem(
    AggregationDefinition? Definition, Compiled? Argument, Compiled? Second, bool Distinct, int Slot, int Weight, string Text, TextPosition Position);

/// <summary>Groups rows, and aggregates each group. Without grouping keys there is one group, rows or not.</summary>
/// <param name="source">Before.</param>
/// <param name="keys">Grouping keys: what is computed, and where it goes.</param>
/// <param name="items">Aggregations.</param>
internal sealed class AggregatePlan(PlanNode source, IReadOnlyList<(int Slot, Compiled Value)> keys, IReadOnlyList<AggregationItem> items)
    : PlanNode(source)
{
    /// <summary>Grouping keys.</summary>
    public IReadOnlyList<(int Slot, Compiled Value)> Keys { get; } = keys;

    /// <summary>Aggregations.</summary>
    public IReadOnlyList<AggregationItem> Items { get; } = items;

    public override string Name => "EagerAggregation";

    public override string Details => string.Join(", ", Keys.Select(k => k.Value.Text).Concat(Items.Select(i => i.Text)));

    public override void Reads(HashSet<int> slots)
    {
        foreach ((_, Compiled value) in Keys)
        {
            slots.UnionWith(value.Slots);
        }

        foreach (AggregationItem item in Items)
        {
            slots.UnionWith(item.Argument?.Slots ?? []);
            slots.UnionWith(item.Second?.Slots ?? []);
            if (item.Weight >= 0)
            {
                slots.Add(item.Weight);
            }
        }
    }

    protected override Operator Create(QueryRun run, Operator next) => new Aggregate(run, next, Keys, Items);
}

/// <summary>Runs an <see cref="AggregatePlan"/>.</summary>
internal sealed class Aggregate(
    QueryRun run, Operator next, IReadOnlyList<(int Slot, Compiled Value)> keys, IReadOnlyList<AggregationItem> items) : Step(run, next)
{
    private const int StateBytes = 64;
    private readonly RowTable _table = new(run.Context, keys.Count);
    private readonly int[] _keySlots = [.. keys.Select(k => k.Slot)];
    private readonly List<State[]> _groups = [];
    private State[]? _only;
    private long _charged;

    public override void Begin()
    {
        _table.Clear();
        _groups.Clear();
        _only = keys.Count == 0 ? NewGroup() : null;
        Run.Context.Charge(-_charged);
        _charged = 0;
        base.Begin();
    }

    public override bool Push()
    {
        State[] group = _only ?? Group();
        for (int i = 0; i < group.Length; i++)
        {
            Add(items[i], ref group[i]);
        }

        return true;
    }

    public override void Finish()
    {
        if (_only is not null)
        {
            Give(_only);
        }

        for (int i = 0; i < _groups.Count; i++)
        {
            Run.Context.Tick();
            Value[] key = _table[i];
            for (int k = 0; k < key.Length; k++)
            {
                Run.Slots[_keySlots[k]] = key[k];
            }

            if (!Give(_groups[i]))
            {
                break;
            }
        }

        base.Finish();
    }

    private bool Give(State[] group)
    {
        for (int i = 0; i < group.Length; i++)
        {
            Run.Slots[items[i].Slot] = group[i].Aggregator is { } aggregator ? aggregator.Result(Run.Context) : Value.Of(group[i].Count);
        }

        return Next.Push();
    }

    private State[] Group()
    {
        foreach ((int slot, Compiled value) in keys)
        {
            Run.Slots[slot] = value.Code.Evaluate(Run);
        }

        Run.Context.Tick();
        int number = _table.Find(Run.Slots, _keySlots, out bool added);
        if (added)
        {
            _groups.Add(NewGroup());
            Run.Context.Charge(StateBytes * (long)items.Count);
            _charged += StateBytes * (long)items.Count;
        }

        return _groups[number];
    }

    private State[] NewGroup()
    {
        var group = new State[items.Count];
        for (int i = 0; i < group.Length; i++)
        {
            AggregationItem item = items[i];
            if (item.Definition is not null && !IsPlainCount(item))
            {
                group[i].Aggregator = item.Definition.Create(item.Position);
            }
        }

        return group;
    }

    // Counting values needs no collector: a number will do, and a set of node numbers for different nodes.
    private static bool IsPlainCount(AggregationItem item) => item.Definition!.Name.Equals("count", StringComparison.OrdinalIgnoreCase);

    private void Add(AggregationItem item, ref State state)
    {
        if (item.Argument is null)
        {
            state.Count += item.Weight < 0 ? 1 : Run.Slots[item.Weight].Integer;
            return;
        }

        Value value = item.Argument.Code.Evaluate(Run);
        if (item.Distinct && !value.IsNull && !IsNew(ref state, value))
        {
            return;
        }

        if (state.Aggregator is null)
        {
            state.Count += value.IsNull ? 0 : 1;
        }
        else
        {
            // What the collector keeps is given back with the groups: a subquery aggregates once for each row.
            Value second = item.Second?.Code.Evaluate(Run) ?? Value.Null;
            long before = Run.Context.Charged;
            state.Aggregator.Add(Run.Context, value, second);
            _charged += Run.Context.Charged - before;
        }
    }

    private bool IsNew(ref State state, Value value)
    {
        if (value.Kind == ValueKind.Node)
        {
            return (state.Nodes ??= new NodeMarks(Run.Context)).Add(value.Node);
        }

        if (!(state.Met ??= new HashSet<Value>(ValueEquivalence.Instance)).Add(value))
        {
            return false;
        }

        long bytes = StateBytes + ValueSize.Of(value);
        Run.Context.Charge(bytes);
        _charged += bytes;
        return true;
    }

    private struct State
    {
        public Aggregator? Aggregator;
        public long Count;
        public HashSet<Value>? Met;
        public NodeMarks? Nodes;
    }
}
