using System.Text;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Values;
using AuraMemory.Server.Graph;

namespace AuraMemory.Server.Tests.Graph;

/// <summary>A graph over a model store.</summary>
internal sealed class GraphBed : IAsyncDisposable
{
    public GraphBed(GraphSettings? settings = null, bool load = true, ModelStore? store = null)
    {
        Store = store ?? new ModelStore(new StoreOptions { DataFolder = "unused" });
        Service = new GraphService(
            Store, new ModelShapes(), new GraphProcedures(TimeProvider.System),
            settings ?? new GraphSettings { ScoresInterval = TimeSpan.Zero, SignaturesInterval = TimeSpan.Zero }, TimeProvider.System,
            follower =>
            {
                Follower = follower;
                return () => 0;
            });
        if (load)
        {
            Load();
        }
    }

    public ModelStore Store { get; }

    public GraphService Service { get; }

    public IChangeFollower Follower { get; private set; } = null!;

    public void Load() => Assert.True(Follower.RebuildAsync(CancellationToken.None).IsCompletedSuccessfully);

    public async Task StoreAsync(string key, params Relationship[] relationships)
    {
        StoreOutcome outcome = await Store.StoreAsync(new StoreCommand { Key = Encoding.ASCII.GetBytes(key), Data = Encoding.ASCII.GetBytes($"{{\"name\":\"{key}\"}}"), Relationships = relationships });
        Service.Touch(Encoding.ASCII.GetBytes(key), outcome.Created);
    }

    public async Task RelateAsync(string source, bool asserted, params Relationship[] relationships)
    {
        byte[] key = Encoding.ASCII.GetBytes(source);
        _ = asserted ? await Store.RelateAsync(key, relationships) : await Store.UnrelateAsync(key, relationships);
        Service.Touch(key, mayHaveEnded: false);
    }

    public async Task DeleteAsync(string key)
    {
        await Store.DeleteAsync(Encoding.ASCII.GetBytes(key));
        Service.Touch(Encoding.ASCII.GetBytes(key), mayHaveEnded: true);
    }

    /// <summary>Rows of a query as text, sorted.</summary>
    public async Task<string[]> RowsAsync(string query, params (string Name, Value Value)[] parameters)
    {
        var map = new MapValue([.. parameters.Select(p => p.Name)], [.. parameters.Select(p => p.Value)]);
        using GraphAnswer answer = await Service.QueryAsync(query, map, CancellationToken.None);
        return [.. answer.Rows.Select(r => string.Join(" ", r.Select(v => v.ToString()))).Order(StringComparer.Ordinal)];
    }

    public async Task<CypherException> RefusalAsync(string query) =>
        await Assert.ThrowsAsync<CypherException>(async () => await Service.QueryAsync(query, MapValue.Empty, CancellationToken.None));

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}
