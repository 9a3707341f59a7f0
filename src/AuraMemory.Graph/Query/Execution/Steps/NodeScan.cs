using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>All nodes, or all with a label.</summary>
internal sealed class NodeScanPlan(PlanNode source, int slot, int label, string variable, string? labelName) : PlanNode(source)
{
    public override string Name => label < 0 ? "AllNodesScan" : "NodeByLabelScan";

    public override string Details => labelName is null ? variable : $"{variable}:{labelName}";

    public override void Reads(HashSet<int> slots)
    {
    }

    protected override Operator Create(QueryRun run, Operator next) => new NodeScan(run, next, slot, label);
}

/// <summary>Runs a <see cref="NodeScanPlan"/>.</summary>
internal sealed class NodeScan(QueryRun run, Operator next, int slot, int labelToken) : Step(run, next)
{
    private readonly int[] _some = new int[128];

    public override bool Push()
    {
        int label = labelToken < 0 ? -1 : Run.Tokens[labelToken];
        if (labelToken >= 0 && label < 0)
        {
            return true;
        }

        long position = 0;
        Value[] slots = Run.Slots;
        for (int count = Run.Graph.Scan(label, ref position, _some); count > 0; count = Run.Graph.Scan(label, ref position, _some))
        {
            for (int i = 0; i < count; i++)
            {
                Run.Context.Tick();
                Run.Context.NodesVisited++;
                slots[slot] = Value.OfNode(_some[i]);
                if (!Next.Push())
                {
                    return false;
                }
            }
        }

        return true;
    }
}

/// <summary>Nodes by the value of a property; through an index where there is one.</summary>
/// <param name="source">Before.</param>
/// <param name="slot">Slot of the node.</param>
/// <param name="label">Token of the label they must have; -1 = any.</param>
/// <param name="key">Token of the property.</param>
/// <param name="value">The value, or a list of values.</param>
/// <param name="isList">Whether the value is a list of which any will do.</param>
/// <param name="text">For people.</param>
internal sealed class NodeSeekPlan(PlanNode source, int slot, int label, int key, Compiled value, bool isList, string text) : PlanNode(source)
{
    public override string Name => "NodeIndexSeek";

    public override string Details => text;

    public override void Reads(HashSet<int> slots) => slots.UnionWith(value.Slots);

    protected override Operator Create(QueryRun run, Operator next) => new NodeSeek(run, next, slot, label, key, value.Code, isList);
}

/// <summary>Runs a <see cref="NodeSeekPlan"/>.</summary>
internal sealed class NodeSeek(QueryRun run, Operator next, int slot, int labelToken, int keyToken, Evaluator value, bool isList) : Step(run, next)
{
    private readonly List<int> _found = [];

    public override bool Push()
    {
        Value sought = value.Evaluate(Run);
        if (!isList)
        {
            return Seek(sought);
        }

        if (sought.Kind != ValueKind.List)
        {
            return true;
        }

        var met = new HashSet<Value>(ValueEquivalence.Instance);
        foreach (Value one in sought.List)
        {
            if (met.Add(one) && !Seek(one))
            {
                return false;
            }
        }

        return true;
    }

    private bool Seek(Value sought)
    {
        int label = labelToken < 0 ? -1 : Run.Tokens[labelToken];
        int key = Run.Tokens[keyToken];
        if (sought.IsNull || key < 0 || (labelToken >= 0 && label < 0))
        {
            return true;
        }

        _found.Clear();
        if (!Run.Graph.TrySeek(label, key, sought, _found))
        {
            return Search(label, key, sought);
        }

        for (int i = 0; i < _found.Count; i++)
        {
            Run.Context.Tick();
            Run.Context.NodesVisited++;
            Run.Slots[slot] = Value.OfNode(_found[i]);
            if (!Next.Push())
            {
                return false;
            }
        }

        return true;
    }

    // The plan may be older than the removal of its index, and values of some kinds are in no index.
    private bool Search(int label, int key, Value sought)
    {
        long position = 0;
        var some = new int[128];
        for (int count = Run.Graph.Scan(label, ref position, some); count > 0; count = Run.Graph.Scan(label, ref position, some))
        {
            for (int i = 0; i < count; i++)
            {
                Run.Context.Tick();
                Run.Context.NodesVisited++;
                if (ValueEquality.AreEqual(Run.Graph.NodeProperty(some[i], key), sought) == true)
                {
                    Run.Slots[slot] = Value.OfNode(some[i]);
                    if (!Next.Push())
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }
}
