using System.Collections.Frozen;
using AuraMemory.Graph.Query.Procedures;
using AuraMemory.Graph.Query.Procedures.Algorithms;

namespace AuraMemory.Server.Graph;

/// <summary>What <c>CALL</c> finds beside the built-in procedures: the algorithms.</summary>
/// <param name="time">Clock of the times they report.</param>
internal sealed class GraphProcedures(TimeProvider time) : IProcedureCatalog
{
    private readonly FrozenDictionary<string, IProcedure> _byName =
        AlgorithmProcedures.All(new ProjectionCatalog(), time).ToFrozenDictionary(p => p.Name, StringComparer.Ordinal);

    /// <inheritdoc/>
    public IEnumerable<string> Names => _byName.Keys;

    /// <inheritdoc/>
    public IProcedure? Find(string name) => _byName.GetValueOrDefault(name);
}
