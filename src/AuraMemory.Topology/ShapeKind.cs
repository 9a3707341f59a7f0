namespace AuraMemory.Topology;

/// <summary>What kind of thing a shape was computed from. Only shapes of one kind are compared with one another.</summary>
public enum ShapeKind : byte
{
    /// <summary>A series of numbers; sublevel sets of the piecewise linear function through them.</summary>
    Series = 0,

    /// <summary>A series of numbers seen through its delay embedding (Takens); Vietoris-Rips of the embedded points.</summary>
    Delay = 1,

    /// <summary>Points of up to 16 coordinates; Vietoris-Rips.</summary>
    Points = 2,

    /// <summary>Pairwise distances; Vietoris-Rips.</summary>
    Distances = 3,

    /// <summary>An image or volume; sublevel sets of a cubical complex.</summary>
    Grid = 4,

    /// <summary>A graph; sublevel sets of a vertex function on its clique complex, or Vietoris-Rips of its hop distance.</summary>
    Graph = 5,
}

/// <summary>How the complex grows.</summary>
public enum Filtration : byte
{
    /// <summary>The one that is usual for the kind: sublevel for series and grids, Rips for points and distances, degree for graphs.</summary>
    Default = 0,

    /// <summary>Sublevel sets of the values.</summary>
    Sublevel = 1,

    /// <summary>Superlevel sets, computed as the sublevel sets of the negated values; births and deaths are negated values.</summary>
    Superlevel = 2,

    /// <summary>Vietoris-Rips by diameter.</summary>
    Rips = 3,

    /// <summary>Sublevel sets of the vertex degree on the clique complex.</summary>
    Degree = 4,

    /// <summary>Vietoris-Rips of the hop distance (of the sum of edge weights along a shortest path where weights are given).</summary>
    Hop = 5,
}

/// <summary>What the numbers of a grid stand on.</summary>
public enum GridCells : byte
{
    /// <summary>Values are top-dimensional cells (pixels); sublevel sets are 8- or 26-connected.</summary>
    Top = 0,

    /// <summary>Values are vertices; a cell has the largest value of its vertices; sublevel sets are 4- or 6-connected.</summary>
    Vertices = 1,
}
