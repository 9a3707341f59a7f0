using AuraMemory.Graph.Storage;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Tests.Storage;

/// <summary>Random writes to a graph and to plain dictionaries, with snapshots kept from before and compared later.</summary>
public class PropertyGraphModelTests
{
    private static readonly string[] LabelNames = ["A", "B", "C"];
    private static readonly string[] TypeNames = ["R", "S", "T"];
    private static readonly string[] KeyNames = ["x", "y", "z"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_snapshot_says_what_the_model_said_at_its_moment(int seed)
    {
        var random = new Random(seed);
        var graph = new PropertyGraph();
        graph.AddIndex("A", "x");
        graph.AddIndex(null, "y");
        var model = new GraphModel();
        var kept = new Queue<(GraphView View, GraphModel Model)>();
        for (int step = 0; step < 1500; step++)
        {
            Edit(graph, model, random);
            if (random.Next(25) == 0)
            {
                kept.Enqueue((graph.Snapshot(), model.Copy()));
            }

            if (random.Next(200) == 0)
            {
                graph.Compact();
            }

            if (kept.Count > 6)
            {
                (GraphView view, GraphModel then) = kept.Dequeue();
                then.AssertSame(view);
            }
        }

        foreach ((GraphView view, GraphModel then) in kept)
        {
            then.AssertSame(view);
        }

        model.AssertSame(graph.Snapshot());
        graph.Compact();
        model.AssertSame(graph.Snapshot());
    }

    [Fact]
    public void A_bulk_load_gives_the_same_graph_as_single_writes()
    {
        var random = new Random(5);
        var bulk = new PropertyGraph();
        var single = new PropertyGraph();
        int[] sources = [.. Enumerable.Range(0, 5000).Select(_ => random.Next(300))];
        int[] targets = [.. Enumerable.Range(0, 5000).Select(_ => random.Next(300))];
        double[] weights = [.. sources.Select(_ => random.NextDouble())];
        Assert.Equal(0, bulk.AddNodes(300, ["A", "B"]));
        Assert.Equal(0, bulk.AddRelationships(sources.AsSpan(0, 4000), targets.AsSpan(0, 4000), "R", weights.AsSpan(0, 4000)));
        Assert.Equal(4000, bulk.AddRelationships(sources.AsSpan(4000), targets.AsSpan(4000), "S"));
        var model = new GraphModel();
        for (int i = 0; i < 300; i++)
        {
            single.AddNode(["A", "B"], MapValue.Empty);
            model.Nodes[i] = (["A", "B"], []);
        }

        for (int i = 0; i < 5000; i++)
        {
            var map = i < 4000 ? new MapValue(["weight"], [Value.Of(weights[i])]) : MapValue.Empty;
            string type = i < 4000 ? "R" : "S";
            single.AddRelationship(sources[i], targets[i], type, map);
            model.Relationships[i] = (sources[i], targets[i], type, i < 4000 ? new() { ["weight"] = Value.Of(weights[i]) } : []);
        }

        model.AssertSame(bulk.Snapshot());
        model.AssertSame(single.Snapshot());
    }

    [Fact]
    public void A_number_is_not_reused_while_a_snapshot_knows_its_old_meaning()
    {
        var graph = new PropertyGraph();
        int first = graph.AddNode(["A"], MapValue.Empty);
        GraphView before = graph.Snapshot();
        graph.RemoveNode(first);
        Assert.NotEqual(first, graph.AddNode(["B"], MapValue.Empty));
        Assert.Equal(1, before.NodeCount);
        Assert.Equal("A", before.Labels.Name(before.LabelsOf(first)[0]));
        GC.KeepAlive(before);
    }

    [Fact]
    public void What_does_not_exist_is_refused()
    {
        var graph = new PropertyGraph();
        int node = graph.AddNode([], MapValue.Empty);
        Assert.Throws<ArgumentException>(() => graph.AddRelationship(node, 7, "R", MapValue.Empty));
        Assert.Throws<ArgumentException>(() => graph.SetNodeProperty(7, "x", Value.Null));
        Assert.Throws<ArgumentException>(() => graph.SetRelationshipProperty(0, "x", Value.Null));
        Assert.Throws<ArgumentException>(() => graph.AddNode([], new MapValue(["x"], [Value.OfNode(0)])));
        Assert.Equal(1, graph.Snapshot().NodeCount);
        Assert.False(graph.RemoveNode(7));
        Assert.False(graph.RemoveRelationship(0));
    }

    private static void Edit(PropertyGraph graph, GraphModel model, Random random)
    {
        switch (random.Next(10))
        {
            case 0 or 1:
                string[] labels = Labels(random);
                Dictionary<string, Value> properties = Properties(random);
                int node = graph.AddNode(labels, GraphModel.Map(properties));
                Assert.True(model.Nodes.TryAdd(node, (labels, properties)));
                break;
            case 2 or 3 or 4 or 5 when model.Nodes.Count > 0:
                (int source, int target) = (Pick(model.Nodes.Keys, random), Pick(model.Nodes.Keys, random));
                string type = TypeNames[random.Next(3)];
                Dictionary<string, Value> own = Properties(random);
                int relationship = graph.AddRelationship(source, target, type, GraphModel.Map(own));
                Assert.True(model.Relationships.TryAdd(relationship, (source, target, type, own)));
                break;
            case 6 when model.Nodes.Count > 20:
                int gone = Pick(model.Nodes.Keys, random);
                Assert.True(graph.RemoveNode(gone));
                model.RemoveNode(gone);
                break;
            case 7 when model.Relationships.Count > 0:
                int cut = Pick(model.Relationships.Keys, random);
                Assert.True(graph.RemoveRelationship(cut));
                model.Relationships.Remove(cut);
                break;
            case 8 when model.Nodes.Count > 0:
                int changed = Pick(model.Nodes.Keys, random);
                string key = KeyNames[random.Next(3)];
                Value value = GraphModel.AnyValue(random);
                graph.SetNodeProperty(changed, key, value);
                model.Nodes[changed] = (model.Nodes[changed].Labels, GraphModel.With(model.Nodes[changed].Properties, key, value));
                break;
            case 9 when model.Nodes.Count > 0 && model.Relationships.Count > 0:
                int renamed = Pick(model.Nodes.Keys, random);
                string[] now = Labels(random);
                graph.SetLabels(renamed, now);
                model.Nodes[renamed] = (now, model.Nodes[renamed].Properties);
                int edge = Pick(model.Relationships.Keys, random);
                (int s, int t, string kind, Dictionary<string, Value> had) = model.Relationships[edge];
                Value put = GraphModel.AnyValue(random);
                graph.SetRelationshipProperty(edge, "y", put);
                model.Relationships[edge] = (s, t, kind, GraphModel.With(had, "y", put));
                break;
        }
    }

    private static int Pick(ICollection<int> keys, Random random) => keys.ElementAt(random.Next(keys.Count));

    private static string[] Labels(Random random) => [.. LabelNames.Where(_ => random.Next(2) == 0)];

    private static Dictionary<string, Value> Properties(Random random)
    {
        var properties = new Dictionary<string, Value>();
        foreach (string key in KeyNames)
        {
            if (random.Next(2) == 0 && GraphModel.AnyValue(random) is { IsNull: false } value)
            {
                properties[key] = value;
            }
        }

        return properties;
    }
}
