using System.Runtime.InteropServices;

namespace AuraMemory.Topology.Filtrations;

/// <summary>The coboundary of the cells of one dimension: a column for each, of its cofaces' positions in their own filtration order, rising.</summary>
/// <param name="Starts">Where each column begins in <paramref name="Cofaces"/>; one more than there are columns.</param>
/// <param name="Cofaces">The columns, one after the other.</param>
/// <param name="Rows">Number of cells one dimension up.</param>
internal readonly record struct Coboundary(int[] Starts, int[] Cofaces, int Rows)
{
    /// <summary>Number of cells.</summary>
    public int Columns => Starts.Length - 1;

    /// <summary>Cofaces of one cell, rising.</summary>
    public ReadOnlySpan<int> Column(int cell) => Cofaces.AsSpan(Starts[cell], Starts[cell + 1] - Starts[cell]);

    /// <summary>Turns a list of faces into a coboundary. O(entries).</summary>
    /// <param name="faces">Faces of each coface, so many a coface, cofaces in filtration order.</param>
    /// <param name="facesEach">Faces of a coface.</param>
    /// <param name="columns">Number of cells.</param>
    public static Coboundary FromFaces(ReadOnlySpan<int> faces, int facesEach, int columns)
    {
        var starts = new int[columns + 1];
        foreach (int face in faces)
        {
            starts[face + 1]++;
        }

        for (int i = 0; i < columns; i++)
        {
            starts[i + 1] += starts[i];
        }

        var cofaces = new int[faces.Length];
        int[] next = starts[..columns];
        for (int i = 0; i < faces.Length; i++)
        {
            cofaces[next[faces[i]]++] = i / facesEach;
        }

        return new Coboundary(starts, cofaces, faces.Length / facesEach);
    }
}

/// <summary>
/// Persistent cohomology of one dimension over Z/2 by column reduction of the coboundary matrix, with clearing: cells that killed a class one dimension below
/// are known to give no class and are skipped (de Silva, Morozov, Vejdemo-Johansson, Dualities in persistent (co)homology, 2011; Chen and Kerber, 2011;
/// Bauer, Ripser, 2021).
/// </summary>
internal static class CoboundaryReduction
{
    /// <summary>A column without a partner: its class never dies.</summary>
    public const int Essential = -1;

    /// <summary>A column that was cleared: it is no class.</summary>
    public const int Cleared = -2;

    /// <summary>What keeping an entry counts beside flipping one: memory is dearer than time.</summary>
    private const long EntryWeight = 16;

    private const int ColumnsBetweenChecks = 1 << 10;

    /// <summary>Pairs cells with the cofaces that kill their classes. Cubic in the worst case, in practice linear in the entries.</summary>
    /// <param name="coboundary">Both dimensions in filtration order.</param>
    /// <param name="cleared">True for cells that killed a class one dimension below.</param>
    /// <param name="mostWork">Most flips of entries, each entry that has to be kept counting as sixteen: a bound on time (about a nanosecond each) and memory.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>The partner of each cell, <see cref="Essential"/> or <see cref="Cleared"/>; null when the work was not enough.</returns>
    public static int[]? Pair(in Coboundary coboundary, ReadOnlySpan<bool> cleared, long mostWork, CancellationToken cancellation)
    {
        int columns = coboundary.Columns;
        var partners = new int[columns];
        var owners = new int[coboundary.Rows];
        Array.Fill(owners, -1);
        var column = new PivotColumn(coboundary.Rows);

        // Reduced columns that differ from what they were at first; of the others the coboundary is at hand.
        var reduced = new Dictionary<int, (int Start, int Length)>();
        var entries = new List<int>();
        long work = 0;
        for (int cell = columns - 1; cell >= 0; cell--)
        {
            if (cell % ColumnsBetweenChecks == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            if (cleared[cell])
            {
                partners[cell] = Cleared;
                continue;
            }

            ReadOnlySpan<int> own = coboundary.Column(cell);
            int pivot = own.Length == 0 ? -1 : own[0];
            if (pivot >= 0 && owners[pivot] >= 0)
            {
                Add(column, own);
                do
                {
                    int owner = owners[pivot];
                    ReadOnlySpan<int> other = reduced.TryGetValue(owner, out (int Start, int Length) kept)
                        ? CollectionsMarshal.AsSpan(entries).Slice(kept.Start, kept.Length)
                        : coboundary.Column(owner);
                    Add(column, other);
                    work += other.Length;
                    if (work > mostWork)
                    {
                        return null;
                    }

                    if (work >> 22 != (work - other.Length) >> 22)
                    {
                        cancellation.ThrowIfCancellationRequested();
                    }

                    pivot = column.Least;
                }
                while (pivot >= 0 && owners[pivot] >= 0);

                if (pivot >= 0)
                {
                    int start = entries.Count;
                    column.DrainTo(entries);
                    reduced.Add(cell, (start, entries.Count - start));
                    work += EntryWeight * (entries.Count - start);
                }
            }

            partners[cell] = pivot < 0 ? Essential : pivot;
            if (pivot >= 0)
            {
                owners[pivot] = cell;
            }
        }

        return partners;
    }

    private static void Add(PivotColumn column, ReadOnlySpan<int> rows)
    {
        foreach (int row in rows)
        {
            column.Flip(row);
        }
    }
}
