using AuraMemory.Graph.Query.Execution.Expressions;
using AuraMemory.Graph.Query.Planning;
using AuraMemory.Graph.Query.Procedures;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>Rows of a procedure, for each row.</summary>
/// <param name="source">Before.</param>
/// <param name="procedure">The procedure.</param>
/// <param name="arguments">Its arguments, defaults filled in.</param>
/// <param name="yields">Which results go to which slots.</param>
internal sealed class ProcedureCallPlan(
    PlanNode source, IProcedure procedure, Compiled[] arguments, IReadOnlyList<(int Result, int Slot)> yields) : PlanNode(source)
{
    public override string Name => "ProcedureCall";

    public override string Details => $"{procedure.Name}({string.Join(", ", arguments.Select(a => a.Text))})";

    public override void Reads(HashSet<int> slots)
    {
        foreach (Compiled argument in arguments)
        {
            slots.UnionWith(argument.Slots);
        }
    }

    protected override Operator Create(QueryRun run, Operator next) => new Caller(run, next, procedure, arguments, yields);

    private sealed class Caller(
        QueryRun run, Operator next, IProcedure procedure, Compiled[] arguments, IReadOnlyList<(int Result, int Slot)> yields) : Step(run, next)
    {
        public override bool Push()
        {
            var values = new Value[arguments.Length];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = arguments[i].Code.Evaluate(Run);
                if (values[i].Kind == ValueKind.Integer && procedure.Arguments[i].Type.Equals("FLOAT", StringComparison.OrdinalIgnoreCase))
                {
                    values[i] = Value.Of((double)values[i].Integer);
                }
            }

            foreach (Value[] row in procedure.Call(Run.Context, values))
            {
                Run.Context.Tick();
                if (procedure.Results.Count == 0)
                {
                    break;
                }

                foreach ((int result, int slot) in yields)
                {
                    Run.Slots[slot] = row[result];
                }

                if (!Next.Push())
                {
                    return false;
                }
            }

            return procedure.Results.Count > 0 || Next.Push();
        }
    }
}
