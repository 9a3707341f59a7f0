using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace AuraMemory.Topology.Distances;

/// <summary>The arrays of one matching problem: rows are the points of the smaller side, columns those of the other.</summary>
/// <remarks>
/// One per thread, lent out for the duration of a call and kept for the next, so that distances allocate nothing once the arrays
/// are large enough. Columns are padded to whole vectors; a padding column has the potential minus infinity, so that it is
/// infinitely dear and never chosen. Who has grown beyond <see cref="MostKept"/> is not kept.
/// </remarks>
internal sealed class MatchingWorkspace
{
    private const int MostKept = 16384;

    [ThreadStatic]
    private static MatchingWorkspace? _kept;

    private MatchingWorkspace()
    {
        GrowRows(32);
        GrowColumns(32);
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; private set; }

    /// <summary>Columns with padding, a multiple of the vector length.</summary>
    public int PaddedColumns { get; private set; }

    /// <summary>Births of the rows, scaled.</summary>
    public double[] RowBirth { get; private set; }

    /// <summary>Deaths of the rows, scaled.</summary>
    public double[] RowDeath { get; private set; }

    /// <summary>Costs of sending the rows to the diagonal.</summary>
    public double[] RowDiagonal { get; private set; }

    /// <summary>Potentials of the rows.</summary>
    public double[] RowPotential { get; private set; }

    /// <summary>Column a row is matched with, -1 = none.</summary>
    public int[] RowMatch { get; private set; }

    /// <summary>Row numbers, for queues.</summary>
    public int[] Queue { get; private set; }

    /// <summary>Births of the columns, scaled.</summary>
    public double[] ColumnBirth { get; private set; }

    /// <summary>Deaths of the columns, scaled.</summary>
    public double[] ColumnDeath { get; private set; }

    /// <summary>Costs of sending the columns to the diagonal.</summary>
    public double[] ColumnDiagonal { get; private set; }

    /// <summary>Potentials of the columns; minus infinity takes a column out.</summary>
    public double[] ColumnPotential { get; private set; }

    /// <summary>Lengths of the shortest alternating paths found to the columns.</summary>
    public double[] Distance { get; private set; }

    /// <summary>Last row of those paths. Of the width of a double, so that it moves in the same lanes.</summary>
    public long[] Previous { get; private set; }

    /// <summary>Row a column is matched with, -1 = none.</summary>
    public int[] ColumnMatch { get; private set; }

    /// <summary>Index of the point a column stands for; columns change places.</summary>
    public int[] ColumnPoint { get; private set; }

    /// <summary>Columns whose shortest path is final, in that order.</summary>
    public int[] Scanned { get; private set; }

    /// <summary>Lengths of those paths.</summary>
    public double[] ScannedDistance { get; private set; }

    /// <summary>Potentials those columns had.</summary>
    public double[] ScannedPotential { get; private set; }

    /// <summary>Takes this thread's workspace, with room for a problem.</summary>
    public static MatchingWorkspace Rent(int rows, int columns)
    {
        MatchingWorkspace workspace = _kept ?? new MatchingWorkspace();
        _kept = null;
        int padded = (columns + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;
        if (workspace.RowBirth.Length < rows)
        {
            workspace.GrowRows((int)BitOperations.RoundUpToPowerOf2((uint)rows));
        }

        if (workspace.ColumnBirth.Length < padded)
        {
            workspace.GrowColumns((int)BitOperations.RoundUpToPowerOf2((uint)padded));
        }

        workspace.Rows = rows;
        workspace.Columns = columns;
        workspace.PaddedColumns = padded;
        return workspace;
    }

    /// <summary>Gives it back.</summary>
    public void Return()
    {
        if (RowBirth.Length <= MostKept && ColumnBirth.Length <= MostKept)
        {
            _kept = this;
        }
    }

    /// <summary>Exchanges two columns.</summary>
    public void Swap(int x, int y)
    {
        if (x == y)
        {
            return;
        }

        (ColumnBirth[x], ColumnBirth[y]) = (ColumnBirth[y], ColumnBirth[x]);
        (ColumnDeath[x], ColumnDeath[y]) = (ColumnDeath[y], ColumnDeath[x]);
        (ColumnDiagonal[x], ColumnDiagonal[y]) = (ColumnDiagonal[y], ColumnDiagonal[x]);
        (ColumnPotential[x], ColumnPotential[y]) = (ColumnPotential[y], ColumnPotential[x]);
        (ColumnPoint[x], ColumnPoint[y]) = (ColumnPoint[y], ColumnPoint[x]);
        (ColumnMatch[x], ColumnMatch[y]) = (ColumnMatch[y], ColumnMatch[x]);
        if (ColumnMatch[x] >= 0)
        {
            RowMatch[ColumnMatch[x]] = x;
        }

        if (ColumnMatch[y] >= 0)
        {
            RowMatch[ColumnMatch[y]] = y;
        }
    }

    [MemberNotNull(nameof(RowBirth), nameof(RowDeath), nameof(RowDiagonal), nameof(RowPotential), nameof(RowMatch), nameof(Queue))]
    private void GrowRows(int size)
    {
        RowBirth = new double[size];
        RowDeath = new double[size];
        RowDiagonal = new double[size];
        RowPotential = new double[size];
        RowMatch = new int[size];
        Queue = new int[size];
    }

    [MemberNotNull(nameof(ColumnBirth), nameof(ColumnDeath), nameof(ColumnDiagonal), nameof(ColumnPotential), nameof(Distance), nameof(Previous))]
    [MemberNotNull(nameof(ColumnMatch), nameof(ColumnPoint), nameof(Scanned), nameof(ScannedDistance), nameof(ScannedPotential))]
    private void GrowColumns(int size)
    {
        ColumnBirth = new double[size];
        ColumnDeath = new double[size];
        ColumnDiagonal = new double[size];
        ColumnPotential = new double[size];
        Distance = new double[size];
        Previous = new long[size];
        ColumnMatch = new int[size];
        ColumnPoint = new int[size];
        Scanned = new int[size];
        ScannedDistance = new double[size];
        ScannedPotential = new double[size];
    }
}
