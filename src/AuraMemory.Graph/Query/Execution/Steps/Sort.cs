using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>Rows in order; or only the first of them, kept in a heap.</summary>
/// <param name="source">Before.</param>
/// <param name="keys">What the order goes by, most important first.</param>
/// <param name="kept">Slots that are needed afterwards.</param>
/// <param name="skip">Rows that will be left out after the sort, where a limit follows; null = none.</param>
/// <param name="limit">Rows that will be taken; null = all.</param>
internal sealed class SortPlan(
    PlanNode source, IReadOnlyList<(Compiled Value, bool Descending)> keys, int[] kept, RowNumber? skip, RowNumber? limit) : PlanNode(source)
{
    /// <summary>What the order goes by.</summary>
    public IReadOnlyList<(Compiled Value, bool Descending)> Keys { get; } = keys;

    /// <summary>Slots that are needed afterwards.</summary>
    public int[] Kept { get; } = kept;

    public override string Name => limit is null ? "Sort" : "Top";

    public override string Details => string.Join(", ", Keys.Select(k => k.Value.Text + (k.Descending ? " DESC" : "")));

    public override void Reads(HashSet<int> slots)
    {
        slots.UnionWith(Kept);
        foreach ((Compiled value, _) in Keys)
        {
            slots.UnionWith(value.Slots);
        }
    }

    protected override Operator Create(QueryRun run, Operator next) => new Sort(run, next, Keys, Kept, skip, limit);
}

/// <summary>Runs a <see cref="SortPlan"/>. Equal rows stay in the order they came.</summary>
internal sealed class Sort(
    QueryRun run, Operator next, IReadOnlyList<(Compiled Value, bool Descending)> keys, int[] kept, RowNumber? skip, RowNumber? limit)
    : Step(run, next), IComparer<Sort.Row>
{
    private readonly List<Row> _rows = [];
    private readonly Value[] _probe = new Value[keys.Count];
    private long _charged;
    private long _number;
    private long _most;

    public override void Begin()
    {
        Release();
        _number = 0;
        _most = long.MaxValue;
        if (limit is not null)
        {
            long first = skip?.Evaluate(Run) ?? 0;
            long taken = limit.Evaluate(Run);
            _most = first > long.MaxValue - taken ? long.MaxValue : first + taken;
        }

        base.Begin();
    }

    public override bool Push()
    {
        Run.Context.Tick();
        if (_most <= 0)
        {
            return false;
        }

        for (int i = 0; i < keys.Count; i++)
        {
            _probe[i] = keys[i].Value.Code.Evaluate(Run);
        }

        bool full = _rows.Count >= _most;
        if (full && CompareKeys(_probe, _rows[0].Values) >= 0)
        {
            _number++;
            return true;
        }

        var values = new Value[keys.Count + kept.Length];
        _probe.CopyTo(values, 0);
        for (int i = 0; i < kept.Length; i++)
        {
            values[keys.Count + i] = Run.Slots[kept[i]];
        }

        Charge(values, 1);
        var row = new Row(values, _number++);
        if (full)
        {
            Charge(_rows[0].Values, -1);
            _rows[0] = row;
            SiftDown();
        }
        else
        {
            _rows.Add(row);
            if (_most != long.MaxValue)
            {
                SiftUp();
            }
        }

        return true;
    }

    public override void Finish()
    {
        _rows.Sort(this);
        foreach (Row row in _rows)
        {
            Run.Context.Tick();
            for (int i = 0; i < kept.Length; i++)
            {
                Run.Slots[kept[i]] = row.Values[keys.Count + i];
            }

            if (!Next.Push())
            {
                break;
            }
        }

        Release();
        base.Finish();
    }

    public int Compare(Row x, Row y)
    {
        Run.Context.Tick();
        int order = CompareKeys(x.Values, y.Values);
        return order != 0 ? order : x.Number.CompareTo(y.Number);
    }

    private int CompareKeys(Value[] x, Value[] y)
    {
        for (int i = 0; i < keys.Count; i++)
        {
            int order = ValueOrder.Compare(x[i], y[i]);
            if (order != 0)
            {
                return keys[i].Descending ? -order : order;
            }
        }

        return 0;
    }

    private void Charge(Value[] values, int sign)
    {
        long bytes = sign * (ValueSize.Of(values) + 16);
        Run.Context.Charge(bytes);
        _charged += bytes;
    }

    private void Release()
    {
        _rows.Clear();
        Run.Context.Charge(-_charged);
        _charged = 0;
    }

    // The heap has the row that goes last on top: it is the one to give way.
    private void SiftUp()
    {
        int at = _rows.Count - 1;
        while (at > 0 && Compare(_rows[(at - 1) / 2], _rows[at]) < 0)
        {
            (_rows[(at - 1) / 2], _rows[at]) = (_rows[at], _rows[(at - 1) / 2]);
            at = (at - 1) / 2;
        }
    }

    private void SiftDown()
    {
        int at = 0;
        while (true)
        {
            int last = at;
            for (int child = (2 * at) + 1; child <= (2 * at) + 2 && child < _rows.Count; child++)
            {
                last = Compare(_rows[child], _rows[last]) > 0 ? child : last;
            }

            if (last == at)
            {
                return;
            }

            (_rows[last], _rows[at]) = (_rows[at], _rows[last]);
            at = last;
        }
    }

    /// <summary>A row kept: its keys, then what is put back.</summary>
    internal readonly record struct Row(Value[] Values, long Number);
}
