namespace AuraMemory.Topology.Extraction;

/// <summary>The forms in which numbers stand in JSON that may have a shape.</summary>
internal enum CandidateForm : byte
{
    /// <summary>One array of numbers.</summary>
    List,

    /// <summary>Arrays of equally many numbers.</summary>
    Matrix,

    /// <summary>Arrays of such matrices.</summary>
    Volume,

    /// <summary>Arrays of unequally many numbers: a lower triangle or lists of neighbours where the name or the caller says so.</summary>
    Ragged,

    /// <summary>An array of objects with numeric members.</summary>
    Records,

    /// <summary>An object with an array for each coordinate.</summary>
    Columns,

    /// <summary>An array of numbers beside the extents of its grid.</summary>
    FlatGrid,

    /// <summary>Edges or neighbours.</summary>
    Graph,
}

/// <summary>Something in a JSON text that may have a shape.</summary>
/// <param name="Form">Its form.</param>
/// <param name="Node">Its node: the array, or the object whose members belong together.</param>
/// <param name="Size">Numbers it holds, missing ones included; of a graph, the ends of its edges.</param>
/// <param name="IsClock">True for what only says when or in which order: times, indices, identifiers.</param>
/// <param name="Parts">Coordinates of columns or records (nodes, or the members of the first record), the array and extents of a flat grid, edges and vertices of a graph.</param>
internal sealed record Candidate(CandidateForm Form, int Node, long Size, bool IsClock, int[] Parts);

/// <summary>Names with a meaning. ASCII case is ignored.</summary>
internal static class KnownNames
{
    /// <summary>What only says when, in which order or who.</summary>
    public static readonly string[] Clocks =
    [
        "t", "ts", "time", "times", "timestamp", "timestamps", "time_stamp", "datetime", "date", "dates", "epoch", "epoch_ms", "unix_time", "clock",
        "index", "indices", "idx", "seq", "sequence", "step", "steps", "id", "ids", "key", "label", "labels", "class",
    ];

    /// <summary>A grid, whatever its size.</summary>
    public static readonly string[] Grids = ["image", "img", "pixels", "grid", "bitmap", "raster", "heatmap", "depth_map", "volume", "voxels"];

    /// <summary>Pairwise distances.</summary>
    public static readonly string[] Distances = ["distances", "distance_matrix", "distancematrix", "dissimilarity", "dissimilarities"];

    /// <summary>The reading among the members of a record.</summary>
    public static readonly string[] Readings = ["value", "reading", "val", "v", "y"];

    /// <summary>Coordinates that belong together, in this order; the first two are needed.</summary>
    public static readonly string[][] Coordinates =
    [
        ["x", "y", "z", "w"],
        ["lat", "lon", "alt"],
        ["lat", "lng", "alt"],
        ["latitude", "longitude", "altitude"],
    ];

    /// <summary>Edges of a graph.</summary>
    public static readonly string[] Edges = ["edges", "links"];

    /// <summary>Vertices of a graph, as a list or as their number.</summary>
    public static readonly string[] Vertices = ["nodes", "vertices"];

    /// <summary>Number of vertices.</summary>
    public static readonly string[] VertexCounts = ["n", "num_nodes", "node_count", "num_vertices", "vertex_count"];

    /// <summary>Neighbours of each vertex, or a matrix of them.</summary>
    public static readonly string[] Adjacency = ["adjacency", "adjacency_matrix", "adjacency_list", "adj"];
}
