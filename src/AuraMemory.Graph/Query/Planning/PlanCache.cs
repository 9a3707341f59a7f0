using System.Collections.Concurrent;
using System.Numerics;
using AuraMemory.Graph.Storage;

namespace AuraMemory.Graph.Query.Planning;

/// <summary>Plans by text. A plan made for a graph of another size, by powers of four, is not found: it gave right answers, but perhaps slowly.</summary>
/// <remarks>Any number of threads. When it is full it is emptied: what is asked often is soon there again.</remarks>
internal sealed class PlanCache
{
    private const int Largest = 512;
    private const int LongestText = 16_384;
    private readonly ConcurrentDictionary<string, (int Size, CompiledQuery Query)> _plans = new(StringComparer.Ordinal);

    /// <summary>A plan; null when there is none that fits.</summary>
    public CompiledQuery? Find(string text, GraphView graph) =>
        _plans.TryGetValue(text, out (int Size, CompiledQuery Query) known) && known.Size == Size(graph) ? known.Query : null;

    /// <summary>Keeps a plan.</summary>
    public void Keep(string text, GraphView graph, CompiledQuery query)
    {
        if (text.Length > LongestText)
        {
            return;
        }

        if (_plans.Count >= Largest)
        {
            _plans.Clear();
        }

        _plans[text] = (Size(graph), query);
    }

    private static int Size(GraphView graph) =>
        (BitOperations.Log2((ulong)graph.NodeCount + 1) / 2 * 64) + (BitOperations.Log2((ulong)graph.RelationshipCount + 1) / 2);
}
