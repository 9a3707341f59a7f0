using AuraMemory.Graph.Query;

namespace AuraMemory.Graph.Neo4j.Remote;

/// <summary>Where a query about mirrored objects is answered.</summary>
public enum QueryPlace
{
    /// <summary>By the other server, as it was written.</summary>
    There,

    /// <summary>By the other server, but for columns that need documents, which are computed here from what it found.</summary>
    Both,

    /// <summary>By the embedded graph.</summary>
    Here,
}

/// <summary>A column of a query that is answered at both places.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsLocal">Whether it is computed here.</param>
/// <param name="Number">Number of the column in the answer of the other server, or of the local query.</param>
public readonly record struct RemoteColumn(string Name, bool IsLocal, int Number);

/// <summary>A query of which documents (properties that only the store has) are asked, and how it is divided between the server that has the graph and the store that has the documents.</summary>
/// <remarks>
/// <para>The other server has nodes, relationships and their properties, but no documents. A query that names none runs there as it is, whether or not it is of our subset. One that
/// names some in its last <c>RETURN</c> runs there with a <c>RETURN</c> that gives the variables of these columns instead, and the columns are computed here; order and limits
/// stay there. Where documents decide which rows there are (conditions, <c>DISTINCT</c>, aggregations, order), or columns with documents look for patterns, the embedded
/// graph answers the whole query, which it can: it has the same nodes and relationships.</para>
/// <para>Made by <see cref="QueryDivision.Of"/>.</para>
/// </remarks>
public sealed record RemoteQuery
{
    /// <summary>Parameter of <see cref="LocalText"/> that holds the rows, as a list of lists.</summary>
    public const string RowsParameter = "aura rows";

    /// <summary>Where it is answered.</summary>
    public required QueryPlace Place { get; init; }

    /// <summary>What the other server is asked; empty for <see cref="QueryPlace.Here"/>.</summary>
    public string Text { get; init; } = "";

    /// <summary>What is asked here with the rows as parameter; empty unless at both places.</summary>
    public string LocalText { get; init; } = "";

    /// <summary>The columns; empty unless at both places.</summary>
    public IReadOnlyList<RemoteColumn> Columns { get; init; } = [];

    /// <summary>Why the embedded graph would refuse it; null when it would not, or nobody knows yet.</summary>
    public CypherException? Refusal { get; init; }
}
