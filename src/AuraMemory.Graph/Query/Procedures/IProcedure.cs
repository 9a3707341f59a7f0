using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Procedures;

/// <summary>A named and typed place of a procedure: an argument or a result.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as documented (<c>INTEGER</c>, <c>FLOAT</c>, <c>NUMBER</c>, <c>STRING</c>, <c>BOOLEAN</c>, <c>MAP</c>, <c>LIST</c>, <c>NODE</c>, <c>PATH</c>, <c>ANY</c>).</param>
/// <param name="Default">Value of an argument that may be left out; null for one that may not, and for results.</param>
public sealed record ProcedureField(string Name, string Type, Value? Default = null);

/// <summary>Something <c>CALL</c> calls.</summary>
public interface IProcedure
{
    /// <summary>Full name with dots; compared with case.</summary>
    string Name { get; }

    /// <summary>What it takes, in order.</summary>
    IReadOnlyList<ProcedureField> Arguments { get; }

    /// <summary>What each row has, in order; empty for a procedure that gives no rows and is called for its effect, which leaves the row as it is.</summary>
    IReadOnlyList<ProcedureField> Results { get; }

    /// <summary>Runs it.</summary>
    /// <param name="context">The run.</param>
    /// <param name="arguments">One value for each argument, defaults filled in.</param>
    /// <returns>Rows; a row is only valid until the next is asked for.</returns>
    IEnumerable<Value[]> Call(QueryContext context, Value[] arguments);
}

/// <summary>The procedures there are.</summary>
public interface IProcedureCatalog
{
    /// <summary>A procedure by its name; null when there is none.</summary>
    IProcedure? Find(string name);

    /// <summary>Names of all, for messages and listings.</summary>
    IEnumerable<string> Names { get; }
}
