using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution;

/// <summary>Hands the rows of a query over. A query without columns has no rows.</summary>
internal sealed class ResultEnd(QueryRun run, int[] columns, IRowSink sink) : Operator
{
    private readonly Value[] _row = new Value[columns.Length];
    private long _rows;

    public override void Begin()
    {
    }

    public override bool Push()
    {
        if (columns.Length == 0)
        {
            return true;
        }

        if (++_rows > run.Context.Limits.Rows)
        {
            throw CypherException.Runtime(
                "LimitExceeded", "Rows", $"The answer has more than {run.Context.Limits.Rows} rows. Ask for fewer with LIMIT, or raise the limit.", TextPosition.None);
        }

        for (int i = 0; i < columns.Length; i++)
        {
            _row[i] = run.Slots[columns[i]];
        }

        return sink.Row(_row);
    }

    public override void Finish()
    {
    }
}
