using AuraMemory.Graph.Algorithms;

namespace AuraMemory.Bench.Graph;

/// <summary>A graph of the R-MAT generator that peers were measured on.</summary>
/// <param name="Name">g1 or g2.</param>
/// <param name="Edges">Its edges.</param>
/// <param name="Noted">Peers' figures noted on 2026-11-23 on two cores of an Intel Xeon.</param>
internal sealed record GeneratedGraph(string Name, GeneratedEdges Edges, NotedFigures Noted)
{
    /// <summary>Makes a graph.</summary>
    /// <exception cref="BenchException">The name is neither g1 nor g2.</exception>
    public static GeneratedGraph Of(string name) => name switch
    {
        "g1" => new("g1", RMatGenerator.Generate(16, 1_060_000, 1), new NotedFigures(0.072, 1.04, 0.034, 10.4, 9, 23_943_238, 10_187, 2_275_178, 302_588_830, 0.38, 1.35, 1.9, 8.2, 11, 1024, 0.010, 0.029, 2.1)),
        "g2" => new("g2", RMatGenerator.Generate(20, 5_500_000, 2), new NotedFigures(0.83, 23.7, 0.37, null, 683, null, 4_600, 1_187_125, 236_435_028, 0.57, 2.5, 5.7, 68, 90, null, 0.14, 0.22, 5.1)),
        _ => throw new BenchException($"There is no graph '{name}'; there are g1 and g2."),
    };
}

/// <summary>Peers' figures for one graph: seconds of algorithms, milliseconds of queries (medians), and right answers.</summary>
/// <param name="PageRank">20 iterations, numpy, seconds.</param>
/// <param name="Leiden">Two iterations, igraph, seconds.</param>
/// <param name="Components">Weakly connected components, igraph, seconds.</param>
/// <param name="Triangles">Listing triangles, igraph, seconds; null = not noted.</param>
/// <param name="ComponentCount">How many components there are.</param>
/// <param name="TransitiveTriangles">Directed a->b->c with a->c; null = not noted.</param>
/// <param name="OneHop">Edges of one hop over 403 seeds.</param>
/// <param name="TwoHops">Walks of two hops over 203 seeds.</param>
/// <param name="ThreeHops">Walks of three hops over 103 seeds.</param>
/// <param name="KuzuOneHop">Kuzu, one hop counted, milliseconds.</param>
/// <param name="KuzuOneHopRows">Kuzu, one hop as rows.</param>
/// <param name="KuzuTwoHops">Kuzu, two hops counted.</param>
/// <param name="KuzuTwoHopsDistinct">Kuzu, distinct ends of two hops.</param>
/// <param name="KuzuThreeHops">Kuzu, three hops counted.</param>
/// <param name="KuzuThreeHopsDistinct">Kuzu, distinct ends of three hops; null = not noted.</param>
/// <param name="FloorOne">igraph, neighbourhood of one hop, milliseconds: no query language.</param>
/// <param name="FloorTwo">igraph, of two hops.</param>
/// <param name="FloorThree">igraph, of three hops.</param>
internal sealed record NotedFigures(
    double PageRank, double Leiden, double Components, double? Triangles, int ComponentCount, long? TransitiveTriangles, long OneHop, long TwoHops, long ThreeHops,
    double KuzuOneHop, double KuzuOneHopRows, double KuzuTwoHops, double KuzuTwoHopsDistinct, double KuzuThreeHops, double? KuzuThreeHopsDistinct,
    double FloorOne, double FloorTwo, double FloorThree);
