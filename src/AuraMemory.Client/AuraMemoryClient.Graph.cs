using AuraMemory.Client.Wire;

namespace AuraMemory.Client;

public sealed partial class AuraMemoryClient
{
    /// <summary>Asks the graph of objects and relationships, in Cypher or by a walk from a key.</summary>
    /// <exception cref="AuraMemoryException">The query is refused (400, with the position in it), the start is not stored (404), or what is said of every call.</exception>
    public Task<GraphQueryResponse> QueryGraphAsync(GraphQueryRequest request, CancellationToken cancellation = default) =>
        PostAsync("api/v1/query/graph", request, Context.GraphQueryRequest, Context.GraphQueryResponse, true, cancellation);

    /// <summary>As <see cref="QueryGraphAsync(GraphQueryRequest, CancellationToken)"/>, a query without parameters.</summary>
    public Task<GraphQueryResponse> QueryGraphAsync(string cypher, CancellationToken cancellation = default) =>
        QueryGraphAsync(new GraphQueryRequest { CypherQuery = cypher }, cancellation);

    /// <summary>Asserts relationships between objects; those that are there already are given the weight and properties asked for.</summary>
    public Task<RelationshipsOutcome> RelateAsync(IReadOnlyList<RelationshipRequest> relationships, CancellationToken cancellation = default) =>
        PostAsync("api/v1/relationships", new RelationshipsRequest(relationships), Context.RelationshipsRequest, Context.RelationshipsOutcome, true, cancellation);

    /// <summary>Removes relationships; those that are not there do not count.</summary>
    public async Task<RelationshipsOutcome> UnrelateAsync(IReadOnlyList<RelationshipRequest> relationships, CancellationToken cancellation = default)
    {
        byte[] body = Body(new RelationshipsRequest(relationships), Context.RelationshipsRequest);
        using HttpResponseMessage response = await _pipeline.SendAsync(
            () =>
            {
                HttpRequestMessage request = Post("api/v1/relationships", body);
                request.Method = HttpMethod.Delete;
                return request;
            },
            true, null, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, Context.RelationshipsOutcome, cancellation).ConfigureAwait(false);
    }
}
