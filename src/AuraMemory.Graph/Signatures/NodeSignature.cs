namespace AuraMemory.Graph.Signatures;

/// <summary>The numbers that describe how a node is embedded in a graph, whatever the nodes are called.</summary>
/// <remarks>
/// Fifteen orbits, the core number, Betti numbers of the link and of the ball of two hops, the ball's independent cycles (edges - nodes + pieces; not its b1, which triangles lower) and nodes,
/// and an Euler characteristic curve. Betti numbers do not grow with a subgraph: they rank nodes, and rule none out.
/// </remarks>
public static class NodeSignature
{
    /// <summary>Numbers of a signature.</summary>
    public const int Length = 31;

    internal const int Core = 15;
    internal const int Link = 16;
    internal const int Ball = 18;
    internal const int BallCycles = 21;
    internal const int BallNodes = 22;
    internal const int Curve = 23;

    /// <summary>Names of the numbers, in their order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "degree", "pathEnd", "pathCentre", "triangles", "path4End", "path4Inner", "starLeaf", "starCentre", "cycle4", "pawTail", "pawSide", "pawCentre", "diamondTip", "diamondHub", "clique4",
        "core", "linkB0", "linkB1", "ballB0", "ballB1", "ballB2", "ballCycles", "ballNodes",
        "euler1", "euler3", "euler7", "euler15", "euler31", "euler63", "euler127", "euler",
    ];

    /// <summary>The numbers as they are compared, before they are divided by their deviations: logarithms, so that a hub's thousands do not outweigh all else.</summary>
    /// <param name="values">Numbers as counted; -1 = out of reach.</param>
    /// <param name="into">ln(1 + x); of Betti numbers and cycles ln(2 + x), for -1 stands for what is out of reach; of the curve, which may be negative, with its sign.</param>
    internal static void ToFeatures(ReadOnlySpan<double> values, Span<float> into)
    {
        for (int i = 0; i < Length; i++)
        {
            double shift = i is >= Link and <= BallCycles ? 2 : 1;
            into[i] = (float)(i >= Curve ? Math.Sign(values[i]) * Math.Log(1 + Math.Abs(values[i])) : Math.Log(shift + values[i]));
        }
    }
}
