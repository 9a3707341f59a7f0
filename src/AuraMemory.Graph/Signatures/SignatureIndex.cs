using AuraMemory.Graph.Storage;
using AuraMemory.Topology.Search;

namespace AuraMemory.Graph.Signatures;

/// <summary>Kept signatures of the nodes of a graph that has relationships, and the nearest of them: what <c>memory.similarTopology</c> asks.</summary>
/// <remarks>
/// <para>Protocol. One <see cref="Refresh"/> runs at a time, beside readers and writers of the graph: it computes a <see cref="SignatureTable"/> from a snapshot, brings the vector index to its signatures and
/// publishes both by one exchange, which fails when <see cref="Drop"/> has taken the state it began with; then what it made is dropped too. Between the two a search may meet signatures of either state, each
/// whole. When the scale has drifted, or replaced entries wait in great number, another vector index is made and the old one is disposed; a search or a refresh that had taken it is told so by the index, and
/// a search starts again with the new one.</para>
/// <para>An answer names only nodes that the query's view has. The node asked for and those answered are measured anew when their own relationships have changed since the refresh; what changed
/// farther away, and nodes that are new, come with the next one: <see cref="SimilarNodes.Pending"/> tells that there are changes.</para>
/// <para>Searches scan the vector index, so they are exact, and do not depend on the order of changes; entries are never linked into its proximity graph. Slots of replaced entries are therefore not
/// used again: when more wait than are alive, the vector index is made anew. A refresh is cancelled before it touches the vector index in place, or together with the one it makes.</para>
/// </remarks>
public sealed class SignatureIndex : ISimilarNodes, IDisposable
{
    private const int BytesEachEntry = 420;
    private const int FewWaiting = 4096;

    private readonly Lock _refreshing = new();
    private State? _state;

    /// <summary>Nodes that are found; 0 without an index.</summary>
    public int Count => Volatile.Read(ref _state)?.Vectors.Count ?? 0;

    /// <summary>Bytes held, in the managed heap and outside.</summary>
    public long Bytes => Volatile.Read(ref _state) is { } state ? state.Table.Bytes + state.Vectors.MemoryBytes : 0;

    /// <summary>Signatures that the last refresh had to compute.</summary>
    public int Recomputed => Volatile.Read(ref _state)?.Table.Recomputed ?? 0;

    /// <summary>The table of the last refresh.</summary>
    internal SignatureTable? Table => Volatile.Read(ref _state)?.Table;

    /// <summary>Brings the index to a state of the graph. O(nodes + relationships), and the signatures within two hops of what changed.</summary>
    /// <param name="view">The graph; always of the same one.</param>
    /// <param name="memory">Most bytes that the index may take, and its making for a while.</param>
    /// <param name="cancellation">Ends it early; the index stays as it was.</param>
    /// <returns>False when there is not enough memory for it: there is no index then.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public bool Refresh(GraphView view, long memory, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(view);
        lock (_refreshing)
        {
            State? before = Volatile.Read(ref _state);
            if (Estimate(view) > memory)
            {
                Drop();
                return false;
            }

            try
            {
                return before?.Table.Edits == view.RelationshipEdits
                    || TryPublish(before, SignatureTable.Of(view, before?.Table, cancellation), memory, cancellation);
            }
            catch (ObjectDisposedException)
            {
                // Dropped meanwhile.
                return false;
            }
        }
    }

    /// <summary>Forgets everything, so that its memory can be used otherwise; the next refresh begins anew. Does not wait for one that runs.</summary>
    public void Drop() => Interlocked.Exchange(ref _state, null)?.Vectors.Dispose();

    /// <summary>As <see cref="Drop"/>.</summary>
    public void Dispose() => Drop();

    /// <inheritdoc/>
    public SimilarNodes? Nearest(GraphView view, int node, int k, Action<long> charge, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(charge);
        while (Volatile.Read(ref _state) is { } state)
        {
            try
            {
                return Nearest(state, new Measure(state, view, charge, cancellation), view, node, k, cancellation);
            }
            catch (ObjectDisposedException)
            {
                // Another state was published meanwhile.
            }
        }

        return null;
    }

    /// <summary>Bytes that an index of a graph takes at most while it is made, estimated.</summary>
    internal static long Estimate(GraphView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return SignatureTable.Estimate(view.NodeCount, view.RelationshipCount) + (view.NodeCount * BytesEachEntry);
    }

    private bool TryPublish(State? before, SignatureTable table, long memory, CancellationToken cancellation)
    {
        SignatureScale now = SignatureScale.Of(table.Features, row => table.Graph.Simple.Degree(row) > 0);
        bool again = before is null || before.Scale.HasDrifted(now)
            || before.Vectors.Waiting > FewWaiting + (2 * before.Vectors.Count);
        State state = again ? new State(table, now, MakeVectors(memory)) : before! with { Table = table };
        bool published = false;
        try
        {
            bool filled = TryFill(state, again ? null : before!.Table, again ? cancellation : CancellationToken.None);
            published = filled && ReferenceEquals(Interlocked.CompareExchange(ref _state, state, before), before);
            if (!filled)
            {
                Drop();
            }
        }
        finally
        {
            if (again)
            {
                (published ? before : state)?.Vectors.Dispose();
            }
        }

        return published;
    }

    private static ShapeIndex MakeVectors(long memory) => new(new ShapeIndexOptions
    {
        SignatureLength = NodeSignature.Length,
        Dimensions = 0,
        MemoryLimitBytes = memory,
        AlwaysExactUpTo = int.MaxValue,
    });

    private static bool TryFill(State state, SignatureTable? before, CancellationToken cancellation)
    {
        Algorithms.AlgorithmGraph simple = state.Table.Graph.Simple;
        Span<float> scaled = stackalloc float[NodeSignature.Length];
        for (int index = 0; index < simple.Count; index++)
        {
            if ((index & 0xFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            int old = before?.Graph.Simple.IndexOf(simple.NodeAt(index)) ?? -1;
            bool had = old >= 0 && before!.Graph.Simple.Degree(old) > 0;
            if (simple.Degree(index) == 0 || (had && before!.Row(old).SequenceEqual(state.Table.Row(index))))
            {
                continue;
            }

            state.Scale.Apply(state.Table.Row(index), scaled);
            if (state.Vectors.Add((ulong)simple.NodeAt(index), scaled, null) == AddOutcome.NoRoom)
            {
                return false;
            }
        }

        for (int old = 0; before is not null && old < before.Graph.Simple.Count; old++)
        {
            int number = before.Graph.Simple.NodeAt(old);
            int index = simple.IndexOf(number);
            if (index < 0 || simple.Degree(index) == 0)
            {
                state.Vectors.Remove((ulong)number);
            }
        }

        return true;
    }

    private static SimilarNodes Nearest(State state, Measure now, GraphView view, int node, int k, CancellationToken cancellation)
    {
        long pending = Math.Abs(view.RelationshipEdits - state.Table.Edits);
        if (!HasRelationships(view, node))
        {
            return new SimilarNodes([], pending);
        }

        float[] own = now.Of(node);
        ShapeSearchResult found = state.Vectors.Search(
            new ShapeQuery
            {
                Signature = own,
                K = k,
                Metric = ShapeMetric.Euclidean,
                Filter = id => (int)id != node && (pending == 0 || HasRelationships(view, (int)id)),
            },
            cancellation);
        var nodes = new List<(int Node, double Distance)>(found.Hits.Count);
        foreach (ShapeHit hit in found.Hits)
        {
            int other = (int)hit.Id;
            if (!HasRelationships(view, other))
            {
                // It came with a refresh that is about to be published.
                continue;
            }

            nodes.Add((other, pending == 0 || state.Table.FindUnchanged(view, other) >= 0 ? hit.Distance : Distance(own, now.Of(other))));
        }

        nodes.Sort(static (a, b) => a.Distance != b.Distance ? a.Distance.CompareTo(b.Distance) : a.Node.CompareTo(b.Node));
        return new SimilarNodes(nodes, pending);
    }

    private static bool HasRelationships(GraphView view, int node) =>
        node < view.NodeNumbers && (view.Degree(node, Direction.Outgoing, -1) > 0 || view.Degree(node, Direction.Incoming, -1) > 0);

    private static double Distance(float[] a, float[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double difference = (double)a[i] - b[i];
            sum += difference * difference;
        }

        return Math.Sqrt(sum);
    }

    /// <summary>A published state. The vector index is brought from state to state; table and scale belong to this one.</summary>
    private sealed record State(SignatureTable Table, SignatureScale Scale, ShapeIndex Vectors);

    /// <summary>Scaled signatures as a query sees them: kept ones, or computed in its view where the node's relationships have changed.</summary>
    private sealed class Measure(State state, GraphView view, Action<long> charge, CancellationToken cancellation)
    {
        private StructureGraph? _now;
        private SignatureReader? _reader;

        public float[] Of(int node)
        {
            Span<float> features = stackalloc float[NodeSignature.Length];
            int kept = state.Table.FindUnchanged(view, node);
            if (kept >= 0)
            {
                state.Table.Row(kept).CopyTo(features);
            }
            else
            {
                if (_now is null)
                {
                    charge(SignatureTable.EstimateGraph(view.NodeCount, view.RelationshipCount));
                    _now = state.Table.Graph.Next(SignatureTable.Project(view, cancellation), out _, out _, cancellation);
                    _reader = new SignatureReader(_now);
                }

                Span<double> values = stackalloc double[NodeSignature.Length];
                _reader!.Read(_now.Simple.IndexOf(node), values, cancellation);
                NodeSignature.ToFeatures(values, features);
            }

            var scaled = new float[NodeSignature.Length];
            state.Scale.Apply(features, scaled);
            return scaled;
        }
    }
}
