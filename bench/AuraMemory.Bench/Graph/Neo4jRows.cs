using System.Globalization;
using AuraMemory.Bench.Output;

namespace AuraMemory.Bench.Graph;

/// <summary>Hops on a generated graph beside a real Neo4j of the same run through its driver: this engine in process, its Bolt door through the product's own client, and through the same driver.</summary>
/// <remarks>All are warmed; then each query is run in rounds, a round of one side after a round of the other, so that a busy machine troubles all alike.</remarks>
internal sealed class Neo4jRows(GeneratedGraph graph, int[] seeds, string folder, BenchReport report)
{
    private const int Goal = 10;
    private const int Rounds = 4;
    private const int SeedsOfRound = 50;

    /// <summary>Passes over all seeds before the first that counts: the compilers of all three take their time.</summary>
    private const int WarmUps = 5;
    private readonly int[] _seeds = [.. Enumerable.Range(0, Rounds * SeedsOfRound).Select(i => seeds.Length > 0 ? seeds[i % seeds.Length] : (int)((i * 7919L) % graph.Edges.Nodes))];

    public async Task RunAsync()
    {
        using Neo4jProcess neo4j = await Neo4jProcess.StartAsync(folder).ConfigureAwait(false);
        double loading = await neo4j.LoadAsync(graph).ConfigureAwait(false);
        report.Add(new BenchRow($"{graph.Name}: loading it into Neo4j", null, loading, "Neo4j", "s", null, LessIsBetter: true, "batches of 20 000"));
        string modules = await NodePeer.InstallAsync().ConfigureAwait(false)
            ?? throw new BenchException("Neo4j's driver needs node and npm, which are not there or could not fetch it.");
        try
        {
            var bed = new CypherBed(ReferenceGraph.Make(graph.Edges.Nodes, graph.Edges.Sources, graph.Edges.Targets));
            using var door = new BoltBed(bed);
            await using var client = new ClientPeer(door.Uri);
            using NodePeer ours = NodePeer.Start(modules, door.Uri);
            using NodePeer theirs = NodePeer.Start(modules, neo4j.Uri);
            const string Start = "MATCH (a:N {id: $id})-[:R]->";
            await RowAsync("1 hop, count", Start + "(b) RETURN count(*)", bed, client, ours, theirs).ConfigureAwait(false);
            await RowAsync("1 hop, rows", Start + "(b) RETURN b.id", bed, client, ours, theirs).ConfigureAwait(false);
            await RowAsync("2 hops, count", Start + "()-[:R]->(c) RETURN count(*)", bed, client, ours, theirs).ConfigureAwait(false);
            await RowAsync("2 hops, distinct", Start + "()-[:R]->(c) RETURN count(DISTINCT c)", bed, client, ours, theirs).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(modules, recursive: true);
        }
    }

    private async Task RowAsync(string name, string query, CypherBed bed, ClientPeer client, NodePeer door, NodePeer neo4j)
    {
        bool isCount = query.Contains("RETURN count(", StringComparison.Ordinal);
        for (int warmUp = 0; warmUp < WarmUps; warmUp++)
        {
            bed.Each(query, _seeds, isCount);
            await client.EachAsync(query, _seeds, isCount).ConfigureAwait(false);
            await door.EachAsync(query, _seeds, isCount).ConfigureAwait(false);
            await neo4j.EachAsync(query, _seeds, isCount).ConfigureAwait(false);
        }

        var inProcess = new Side();
        var throughClient = new Side();
        var throughDoor = new Side();
        var theirs = new Side();
        for (int round = 0; round < Rounds; round++)
        {
            ArraySegment<int> some = new(_seeds, round * SeedsOfRound, SeedsOfRound);
            inProcess.Add(bed.Each(query, some, isCount));
            throughClient.Add(await client.EachAsync(query, some, isCount).ConfigureAwait(false));
            throughDoor.Add(await door.EachAsync(query, some, isCount).ConfigureAwait(false));
            theirs.Add(await neo4j.EachAsync(query, some, isCount).ConfigureAwait(false));
        }

        if (inProcess.Sum != theirs.Sum || throughClient.Sum != theirs.Sum || throughDoor.Sum != theirs.Sum)
        {
            report.Fault($"{graph.Name}, {name}: {inProcess.Sum} in process, {throughDoor.Sum} through the door, {theirs.Sum} of Neo4j.");
        }

        Row($"{graph.Name}: {name}", inProcess, theirs);
        Row($"{graph.Name}: {name}, through the Bolt door, own client", throughClient, theirs);
        Row($"{graph.Name}: {name}, through the Bolt door, Neo4j's driver", throughDoor, theirs);
    }

    private void Row(string name, Side ours, Side theirs) => report.Add(new BenchRow(
        name, ours.At(50), theirs.At(50), "Neo4j", "ms p50", Goal, LessIsBetter: true,
        string.Create(CultureInfo.InvariantCulture, $"p99 {ours.At(99):F3}, Neo4j's {theirs.At(99):F3}, sum {ours.Sum}")));

    private sealed class Side
    {
        private readonly List<double> _times = [];

        public long Sum { get; private set; }

        public void Add((double[] Milliseconds, long Sum) round)
        {
            _times.AddRange(round.Milliseconds);
            Sum += round.Sum;
        }

        public double At(int percent)
        {
            _times.Sort();
            return _times[_times.Count * percent / 100];
        }
    }
}
