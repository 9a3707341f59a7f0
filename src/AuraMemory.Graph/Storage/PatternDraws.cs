namespace AuraMemory.Graph.Storage;

/// <summary>Draws matches of a small pattern, and looks how often a further relationship closes them.</summary>
/// <remarks>
/// <para>A match begins with a relationship picked from a sample, in proportion to the product of the degrees that the next steps find at its ends, and walks
/// along a spanning tree; what a later step chooses from is the match's weight. Matches of the tree in which the pattern's other relationships
/// are missing count nothing. No relationship is taken twice, as in a <c>MATCH</c>.</para>
/// <para>One use.</para>
/// </remarks>
internal sealed class PatternDraws
{
    private const int FewestDraws = 1024;
    private const int MostDraws = 16_384;

    /// <summary>After as many draws without a match of the pattern, it is taken to be too rare.</summary>
    private const int HopelessDraws = 2048;
    private const int EnoughClosed = 128;
    private const double FewestMatches = 16;
    private readonly GraphSnapshot _view;
    private readonly PatternArc _root;
    private readonly List<PatternArc> _steps = [];
    private readonly List<PatternArc> _checks = [];
    private readonly PatternArc _closing;
    private readonly bool _extends;
    private readonly int _fromRoot;
    private readonly int[] _nodes = new int[5];
    private readonly List<int> _used = [];
    private readonly Random _random = new(1);

    /// <summary>Prepares.</summary>
    /// <param name="view">The graph.</param>
    /// <param name="pattern">A connected pattern.</param>
    /// <param name="closing">What may close it, or lead on from it to one more node.</param>
    public PatternDraws(GraphSnapshot view, ReadOnlySpan<PatternArc> pattern, PatternArc closing)
    {
        (_view, _root) = (view, Root(pattern));
        int inside = 0;
        foreach (PatternArc arc in pattern)
        {
            inside |= 1 << arc.From | 1 << arc.To;
        }

        _extends = (inside >> closing.From & inside >> closing.To & 1) == 0;
        _closing = (inside >> closing.From & 1) != 0 ? closing : closing.Turned();
        int found = 1 << _root.From | 1 << _root.To;
        int ends = found;
        List<PatternArc> left = [.. pattern];
        left.Remove(_root);
        while (left.Count > 0)
        {
            // What hangs on the root comes first: its choices are part of the weights by which roots are picked.
            int at = left.FindIndex(a => Leaves(found, a) && ((ends >> a.From & 1) != 0 || (ends >> a.To & 1) != 0));
            at = at >= 0 ? at : left.FindIndex(a => Leaves(found, a));
            if (at < 0)
            {
                break;
            }

            PatternArc step = (found >> left[at].From & 1) != 0 ? left[at] : left[at].Turned();
            left.RemoveAt(at);
            _steps.Add(step);
            _fromRoot += (ends >> step.From & 1) != 0 ? 1 : 0;
            found |= 1 << step.To;
        }

        _checks.AddRange(left);
    }

    /// <summary>The relationship of a pattern with which its matches begin: the one whose ends have most others.</summary>
    public static PatternArc Root(ReadOnlySpan<PatternArc> pattern)
    {
        PatternArc best = pattern[0];
        int most = 0;
        foreach (PatternArc arc in pattern)
        {
            int meeting = 0;
            foreach (PatternArc other in pattern)
            {
                meeting += other.From == arc.From || other.To == arc.From ? 1 : 0;
                meeting += other.From == arc.To || other.To == arc.To ? 1 : 0;
            }

            (most, best) = meeting > most ? (meeting, arc) : (most, best);
        }

        return best;
    }

    /// <summary>Draws until enough matches were closed.</summary>
    /// <param name="roots">Relationships of the root's type.</param>
    /// <returns>Null when too few matches were met to say.</returns>
    public ClosingSample? Draw(int[] roots)
    {
        var below = new double[2 * roots.Length];
        double all = 0;
        for (int i = 0; i < below.Length; i++)
        {
            below[i] = all += Place(roots[i >> 1], (i & 1) != 0) ? Weight() : 0;
        }

        double matches = 0, squares = 0, closed = 0;
        int hits = 0;
        for (int draw = 0; all > 0 && draw < MostDraws && (draw < FewestDraws || hits < EnoughClosed) && (draw < HopelessDraws || matches > 0); draw++)
        {
            int at = Array.BinarySearch(below, _random.NextDouble() * all);
            at = at < 0 ? ~at : at + 1;
            _ = Place(roots[at >> 1], (at & 1) != 0);
            double weight = Walk();
            if (weight > 0)
            {
                int closings = _extends ? Extensions() : Count(_closing);
                matches += weight;
                squares += weight * weight;
                closed += weight * closings;
                hits += closings > 0 ? 1 : 0;
            }
        }

        return matches * matches < FewestMatches * squares || matches == 0 ? null : new ClosingSample(closed / matches, squares / (matches * matches));
    }

    private static bool Leaves(int found, PatternArc arc) => ((found >> arc.From ^ found >> arc.To) & 1) != 0;

    private bool Place(int relationship, bool turned)
    {
        RelationshipRecord record = _view.Record(relationship);
        bool backwards = _root.Direction == Direction.Incoming;
        if (!record.Exists || (_root.Type >= 0 && record.Type != _root.Type) || (turned && _root.Direction != Direction.Both) || record.Source == record.Target)
        {
            return false;
        }

        (_nodes[_root.From], _nodes[_root.To]) = backwards != turned ? (record.Target, record.Source) : (record.Source, record.Target);
        _used.Clear();
        _used.Add(relationship);
        return true;
    }

    private double Weight()
    {
        double weight = 1;
        for (int i = 0; i < _fromRoot; i++)
        {
            weight *= Degree(_steps[i]);
        }

        return weight;
    }

    private double Walk()
    {
        double weight = 1;
        for (int i = 0; i < _steps.Count; i++)
        {
            PatternArc step = _steps[i];
            int degree = Degree(step);
            weight *= i < _fromRoot ? 1 : degree;
            if (degree == 0 || !Step(step, _random.Next(degree)))
            {
                return 0;
            }
        }

        foreach (PatternArc check in _checks)
        {
            weight *= Count(check);
        }

        return weight;
    }

    private int Degree(PatternArc step)
    {
        int node = _nodes[step.From];
        return (step.Direction == Direction.Incoming ? 0 : _view.Degree(node, Direction.Outgoing, step.Type))
            + (step.Direction == Direction.Outgoing ? 0 : _view.Degree(node, Direction.Incoming, step.Type));
    }

    private bool Step(PatternArc step, int choice)
    {
        int node = _nodes[step.From];
        int outgoing = step.Direction == Direction.Incoming ? 0 : _view.Degree(node, Direction.Outgoing, step.Type);
        Adjacency row = _view.Neighbours(node, choice < outgoing ? Direction.Outgoing : Direction.Incoming, step.Type);
        int at = choice < outgoing ? choice : choice - outgoing;
        _nodes[step.To] = row.Others[at];
        if (_used.Contains(row.Relationships[at]))
        {
            return false;
        }

        _used.Add(row.Relationships[at]);
        return true;
    }

    private int Extensions()
    {
        int node = _nodes[_closing.From];
        int count = Degree(_closing);
        foreach (int used in _used)
        {
            RelationshipRecord record = _view.Record(used);
            bool isMet = (_closing.Direction != Direction.Incoming && record.Source == node) || (_closing.Direction != Direction.Outgoing && record.Target == node);
            count -= isMet && (_closing.Type < 0 || record.Type == _closing.Type) ? 1 : 0;
        }

        return count;
    }

    private int Count(PatternArc arc)
    {
        (int from, int to) = (_nodes[arc.From], _nodes[arc.To]);
        return (arc.Direction == Direction.Incoming ? 0 : Count(from, to, arc.Type)) + (arc.Direction == Direction.Outgoing ? 0 : Count(to, from, arc.Type));
    }

    private int Count(int source, int target, int type)
    {
        if (type < 0 && _view.Types.Count > 1)
        {
            int sum = 0;
            for (int each = 0; each < _view.Types.Count; each++)
            {
                sum += Count(source, target, each);
            }

            return sum;
        }

        int only = Math.Max(type, 0);
        bool ahead = _view.Degree(source, Direction.Outgoing, only) <= _view.Degree(target, Direction.Incoming, only);
        Adjacency row = ahead ? _view.Neighbours(source, Direction.Outgoing, only) : _view.Neighbours(target, Direction.Incoming, only);
        int sought = ahead ? target : source;
        int at = row.Others.BinarySearch(sought);
        if (at < 0)
        {
            return 0;
        }

        while (at > 0 && row.Others[at - 1] == sought)
        {
            at--;
        }

        int count = 0;
        for (; at < row.Count && row.Others[at] == sought; at++)
        {
            count += _used.Contains(row.Relationships[at]) ? 0 : 1;
        }

        return count;
    }
}
