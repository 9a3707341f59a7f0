namespace AuraMemory.Topology.Rips;

/// <summary>Goes along the neighbours of one vertex of a triangle, and stops where a neighbour and the triangle make a tetrahedron whose longest edge it is just passing.</summary>
internal struct TriangleWalker
{
    /// <summary>Next walker that waits at the same rank; -1 = none.</summary>
    public int Next;

    /// <summary>The other two vertices, the larger first, as larger x stride + smaller.</summary>
    public int Pair;

    /// <summary>Vertex whose neighbours are gone along.</summary>
    public ushort Along;

    /// <summary>One of the other two vertices.</summary>
    public ushort Across;

    /// <summary>The other of them.</summary>
    public ushort Beyond;

    /// <summary>Place in the list of neighbours to look at next; above every degree when the triangle has left the column.</summary>
    public ushort Place;
}
