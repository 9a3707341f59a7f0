namespace AuraMemory.Graph.Storage;

/// <summary>A relationship of a small pattern, as statistics are asked for it.</summary>
/// <param name="From">One of its nodes: a number of the pattern's own, from 0 to 4.</param>
/// <param name="To">The other; not the same.</param>
/// <param name="Type">Its type; -1 = any.</param>
/// <param name="Direction">Seen from <paramref name="From"/>.</param>
public readonly record struct PatternArc(int From, int To, int Type, Direction Direction)
{
    /// <summary>The same, seen from the other node.</summary>
    public PatternArc Turned() => new(To, From, Type, Direction switch
    {
        Direction.Outgoing => Direction.Incoming,
        Direction.Incoming => Direction.Outgoing,
        _ => Direction.Both,
    });
}

/// <summary>How often a small pattern is closed by one more relationship, from a sample.</summary>
/// <param name="Rate">Such relationships for each match of the pattern; 0 when none was met.</param>
/// <param name="Resolution">What a single match of the sample is worth: a rate below is not seen.</param>
public readonly record struct ClosingSample(double Rate, double Resolution);
