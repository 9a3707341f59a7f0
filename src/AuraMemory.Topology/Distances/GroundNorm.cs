namespace AuraMemory.Topology.Distances;

/// <summary>The norm of the plane by which two points of a diagram, (birth, death), are compared ("internal p").</summary>
public enum GroundNorm : byte
{
    /// <summary>max(|b - b'|, |d - d'|); a point is (d - b) / 2 from the diagonal.</summary>
    Infinity = 0,

    /// <summary>sqrt((b - b')^2 + (d - d')^2); a point is (d - b) / sqrt 2 from the diagonal.</summary>
    Euclidean = 1,
}
