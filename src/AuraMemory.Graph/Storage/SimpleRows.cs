using System.Runtime.InteropServices;

namespace AuraMemory.Graph.Storage;

/// <summary>The different (neighbour, type) pairs of a node, whatever the direction, loops left out: neighbour above, type below in one number, ascending.</summary>
internal static class SimpleRows
{
    /// <summary>Collects the pairs of a node from the writer's tables.</summary>
    public static void Gather(AdjacencyTable outgoing, AdjacencyTable incoming, int node, List<long> into)
    {
        into.Clear();
        int types = 0;
        int left = outgoing.Degree(node, -1) + incoming.Degree(node, -1);
        for (; left > 0; types++)
        {
            Adjacency ahead = outgoing.Row(node, types), back = incoming.Row(node, types);
            Merge(ahead.Others, back.Others, node, types, into);
            left -= ahead.Count + back.Count;
        }

        if (types > 1)
        {
            CollectionsMarshal.AsSpan(into).Sort();
        }
    }

    /// <summary>Collects the pairs of a node from a view.</summary>
    public static void Gather(GraphView view, int node, List<long> into)
    {
        into.Clear();
        int types = 0;
        int left = view.Degree(node, Direction.Outgoing, -1) + view.Degree(node, Direction.Incoming, -1);
        for (; left > 0; types++)
        {
            Adjacency ahead = view.Neighbours(node, Direction.Outgoing, types), back = view.Neighbours(node, Direction.Incoming, types);
            Merge(ahead.Others, back.Others, node, types, into);
            left -= ahead.Count + back.Count;
        }

        if (types > 1)
        {
            CollectionsMarshal.AsSpan(into).Sort();
        }
    }

    /// <summary>The neighbour of a pair.</summary>
    public static int Other(long pair) => (int)(pair >> 32);

    /// <summary>The type of a pair.</summary>
    public static int Type(long pair) => (int)pair;

    /// <summary>Pairs with the neighbour of the one at a place, from there on.</summary>
    public static ReadOnlySpan<long> Run(ReadOnlySpan<long> row, int from)
    {
        int end = from + 1;
        while (end < row.Length && Other(row[end]) == Other(row[from]))
        {
            end++;
        }

        return row[from..end];
    }

    /// <summary>Pairs with a neighbour.</summary>
    public static ReadOnlySpan<long> Of(ReadOnlySpan<long> row, int other)
    {
        int at = row.BinarySearch((long)other << 32);
        at = at < 0 ? ~at : at;
        return at < row.Length && Other(row[at]) == other ? Run(row, at) : [];
    }

    private static void Merge(ReadOnlySpan<int> a, ReadOnlySpan<int> b, int node, int type, List<long> into)
    {
        int i = 0, j = 0, last = -1;
        while (i < a.Length || j < b.Length)
        {
            int other = j == b.Length || (i < a.Length && a[i] <= b[j]) ? a[i++] : b[j++];
            if (other != last && other != node)
            {
                into.Add(((long)other << 32) | (uint)type);
            }

            last = other;
        }
    }
}
