using System.Globalization;
using System.Text;

namespace AuraMemory.Graph.Storage;

/// <summary>Closing rates of patterns of up to five nodes: how often two nodes of a pattern are joined by a further relationship, or one has a further one. Drawn when first asked for, then kept.</summary>
/// <remarks>
/// <para>After the closing rates of J. Chen, Y. Huang, M. Wang, S. Salihoglu, K. Salem, Accurate Summary-based Cardinality Estimation Through the Lens of Cardinality
/// Estimation Graphs, PVLDB 15(8), 2022; drawn as F. Li, B. Wu, K. Yi, Z. Zhao, Wander Join, SIGMOD 2016, draw.</para>
/// <para>Counting these patterns along with every change would cost a writer O(sum of the neighbours' degrees); so they are drawn from a snapshot, by whoever plans.
/// A rate is drawn anew when the number of relationships has changed by a fifth. It costs 1 024 to 16 384 walks of four or five steps, and once for each type
/// 4 096 relationships picked from all: at most one pass over them. The seed is fixed: equal graphs give equal rates.</para>
/// <para>Any number of threads. Two that ask for the same at once both draw it.</para>
/// </remarks>
internal sealed class ClosingSamples
{
    private const int Roots = 4096;
    private const int ProbesEach = 16;
    private const int MostKept = 4096;
    private const int KeptBytes = 200;
    private readonly Lock _sync = new();
    private readonly Dictionary<string, (long Relationships, ClosingSample? Sample)> _kept = [];
    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<int, (long Relationships, int[] Numbers)> _roots = [];

    /// <summary>Estimated bytes.</summary>
    public long Bytes
    {
        get
        {
            lock (_sync)
            {
                return ((long)(_kept.Count + _names.Count) * KeptBytes) + (4L * Roots * _roots.Count);
            }
        }
    }

    /// <summary>How often a pattern is closed.</summary>
    /// <param name="view">The graph.</param>
    /// <param name="pattern">The relationships of a connected pattern; its nodes are numbered from 0, five at most.</param>
    /// <param name="closing">What closes it, or leads on from it to one more node.</param>
    /// <param name="draws">Rates that may still be drawn; lowered when this one was.</param>
    /// <returns>Null when it is not kept and may not be drawn, or when the pattern occurs too seldom to say.</returns>
    public ClosingSample? Of(GraphSnapshot view, IReadOnlyList<PatternArc> pattern, PatternArc closing, ref int draws)
    {
        string asked = Text([closing, .. pattern]);
        string? name;
        lock (_sync)
        {
            if (_names.TryGetValue(asked, out name) && _kept.TryGetValue(name, out (long Relationships, ClosingSample? Sample) known) && IsFresh(known.Relationships, view))
            {
                return known.Sample;
            }
        }

        (name, PatternArc[] arcs) = Canonical(pattern, closing);
        lock (_sync)
        {
            if (_names.Count >= MostKept)
            {
                _names.Clear();
                _kept.Clear();
            }

            _names[asked] = name;
            if (_kept.TryGetValue(name, out (long Relationships, ClosingSample? Sample) known) && IsFresh(known.Relationships, view))
            {
                return known.Sample;
            }
        }

        if (draws <= 0)
        {
            return null;
        }

        draws--;
        ClosingSample? sample = new PatternDraws(view, arcs[1..], arcs[0]).Draw(RootsOf(view, PatternDraws.Root(arcs.AsSpan(1)).Type));
        lock (_sync)
        {
            _kept[name] = (view.RelationshipCount, sample);
        }

        return sample;
    }

    /// <summary>The least of a pattern's forms over all ways to number its nodes: patterns that are the same have the same.</summary>
    /// <returns>The form as text, and its relationships, the closing one first.</returns>
    internal static (string Name, PatternArc[] Arcs) Canonical(IReadOnlyList<PatternArc> pattern, PatternArc closing)
    {
        int nodes = 1 + Math.Max(Math.Max(closing.From, closing.To), pattern.Max(a => Math.Max(a.From, a.To)));
        string? least = null;
        PatternArc[] arcs = [];
        var numbers = new int[nodes];
        Number(0, 0);
        return (least!, arcs);

        void Number(int node, int taken)
        {
            if (node == nodes)
            {
                Compare();
                return;
            }

            for (int number = 0; number < nodes; number++)
            {
                if ((taken >> number & 1) == 0)
                {
                    numbers[node] = number;
                    Number(node + 1, taken | (1 << number));
                }
            }
        }

        void Compare()
        {
            PatternArc[] form = [.. pattern.Select(Renamed).OrderBy(a => (a.From, a.To, a.Type, a.Direction))];
            form = [Renamed(closing), .. form];
            string text = Text(form);
            if (least is null || string.CompareOrdinal(text, least) < 0)
            {
                (least, arcs) = (text, form);
            }
        }

        PatternArc Renamed(PatternArc arc)
        {
            var renamed = new PatternArc(numbers[arc.From], numbers[arc.To], arc.Type, arc.Direction);
            return arc.Direction == Direction.Incoming || (arc.Direction == Direction.Both && renamed.From > renamed.To) ? renamed.Turned() : renamed;
        }
    }

    private static string Text(IEnumerable<PatternArc> arcs)
    {
        var text = new StringBuilder();
        foreach (PatternArc arc in arcs)
        {
            text.Append(CultureInfo.InvariantCulture, $"{arc.From}{arc.Direction switch { Direction.Outgoing => '>', Direction.Incoming => '<', _ => '-' }}{arc.To}:{arc.Type} ");
        }

        return text.ToString();
    }

    private static bool IsFresh(long then, GraphSnapshot view) => Math.Abs(view.RelationshipCount - then) <= then / 5;

    private int[] RootsOf(GraphSnapshot view, int type)
    {
        lock (_sync)
        {
            if (_roots.TryGetValue(type, out (long Relationships, int[] Numbers) known) && IsFresh(known.Relationships, view))
            {
                return known.Numbers;
            }
        }

        int[] numbers = Pick(view, type);
        lock (_sync)
        {
            _roots[type] = (view.RelationshipCount, numbers);
        }

        return numbers;
    }

    private static int[] Pick(GraphSnapshot view, int type)
    {
        var random = new Random(1);
        var picked = new List<int>(Roots);
        bool isCommon = view.CountRelationships(type) > Roots && view.CountRelationships(type) >= view.RelationshipNumbers / ProbesEach;
        if (isCommon)
        {
            while (picked.Count < Roots)
            {
                int probe = random.Next(view.RelationshipNumbers);
                if (Is(probe))
                {
                    picked.Add(probe);
                }
            }

            return [.. picked];
        }

        // J. S. Vitter, Random Sampling with a Reservoir, 1985 (algorithm R).
        int met = 0;
        for (int relationship = 0; relationship < view.RelationshipNumbers; relationship++)
        {
            if (!Is(relationship))
            {
                continue;
            }

            met++;
            int place = picked.Count < Roots ? picked.Count : random.Next(met);
            if (place == picked.Count)
            {
                picked.Add(relationship);
            }
            else if (place < Roots)
            {
                picked[place] = relationship;
            }
        }

        return [.. picked];

        bool Is(int relationship)
        {
            RelationshipRecord record = view.Record(relationship);
            return record.Exists && (type < 0 || record.Type == type);
        }
    }
}
