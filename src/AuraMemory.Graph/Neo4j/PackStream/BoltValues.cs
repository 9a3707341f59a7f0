namespace AuraMemory.Graph.Neo4j.PackStream;

// A value that travels is null, bool, long, double, string, byte[], List<object?>, Dictionary<string, object?>, a temporal value of
// Values/Temporal, or one of the structures below. Nodes and relationships here are those of another server, which no graph view knows.

/// <summary>A node.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Properties">Its properties.</param>
/// <param name="ElementId">Its identity; the number as text before version 5.</param>
public sealed record BoltNode(long Id, IReadOnlyList<string> Labels, Dictionary<string, object?> Properties, string ElementId);

/// <summary>A relationship and its ends.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Start">Number of the node it comes from.</param>
/// <param name="End">Number of the node it goes to.</param>
/// <param name="Type">Its type.</param>
/// <param name="Properties">Its properties.</param>
/// <param name="ElementId">Its identity.</param>
/// <param name="StartElementId">Identity of the node it comes from.</param>
/// <param name="EndElementId">Identity of the node it goes to.</param>
public sealed record BoltRelationship(
    long Id, long Start, long End, string Type, Dictionary<string, object?> Properties, string ElementId, string StartElementId, string EndElementId);

/// <summary>A relationship within a path, whose ends the path tells.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Type">Its type.</param>
/// <param name="Properties">Its properties.</param>
/// <param name="ElementId">Its identity.</param>
public sealed record BoltPathRelationship(long Id, string Type, Dictionary<string, object?> Properties, string ElementId);

/// <summary>A path: different nodes and relationships, and the order in which they were walked.</summary>
/// <param name="Nodes">Different nodes, the first of which is the start.</param>
/// <param name="Relationships">Different relationships.</param>
/// <param name="Steps">Pairs: number of a relationship from 1 (negative = against its direction), number of the node it leads to from 0.</param>
public sealed record BoltPath(IReadOnlyList<BoltNode> Nodes, IReadOnlyList<BoltPathRelationship> Relationships, IReadOnlyList<long> Steps);

/// <summary>A point in a plane or in space.</summary>
/// <param name="Srid">Number of the reference system.</param>
/// <param name="X">First coordinate.</param>
/// <param name="Y">Second coordinate.</param>
/// <param name="Z">Third coordinate; null in a plane.</param>
public sealed record BoltPoint(long Srid, double X, double Y, double? Z);

/// <summary>A structure of another kind: a message, or what this version does not know.</summary>
/// <param name="Tag">Its kind.</param>
/// <param name="Fields">Its fields.</param>
public sealed record BoltStructure(byte Tag, IReadOnlyList<object?> Fields);

/// <summary>Bytes that are no PackStream, or more of it than may be.</summary>
public sealed class PackStreamException(string message) : Exception(message);
