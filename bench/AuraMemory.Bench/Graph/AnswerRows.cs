using System.Globalization;
using System.Text.Json;
using AuraMemory.Bench.Output;
using AuraMemory.Graph.Algorithms;

namespace AuraMemory.Bench.Graph;

/// <summary>What other libraries found in well-known graphs, and what we find: a row a graph, and a fault for each difference.</summary>
internal sealed class AnswerRows(GraphFolder folder, BenchReport report)
{
    private const double RankTolerance = 1e-8;
    private const double ModularitySlack = 0.01;
    private const int BallLimit = 256;
    private string _name = "";
    private int _right;
    private int _all;

    public void Run()
    {
        foreach (string name in folder.Names)
        {
            ReferenceGraph reference = folder.Read(name);
            (_name, _right, _all) = (name, 0, 0);
            Ranks(reference);
            Counts(reference);
            Communities(reference);
            Paths(reference.Answers, "shortest_paths", reference.Natural());
            Paths(reference.Answers, "shortest_paths_undirected", reference.Undirected());
            Hops(reference);
            Betti(reference);
            report.Add(new BenchRow($"answers, {name}", _right, _all, "reference", "right", 1));
        }
    }

    private void Ranks(ReferenceGraph reference)
    {
        if (reference.PageRanks.Length == 0)
        {
            return;
        }

        AlgorithmGraph graph = reference.Natural();
        double[] normalized = PageRank.Compute(graph, new PageRankOptions { Normalized = true, MaxIterations = 500, Tolerance = 1e-15 }).Scores;
        double[] gds = PageRank.Compute(graph, new PageRankOptions { Tolerance = 0 }).Scores;
        Check("PageRank, sum 1", reference.PageRanks.Select((r, i) => Math.Abs(r.Normalized - normalized[i])).Max() <= RankTolerance);
        Check("PageRank, as Neo4j has it", reference.PageRanks.Select((r, i) => Math.Abs(r.Gds - gds[i])).Max() <= RankTolerance);
    }

    private void Counts(ReferenceGraph reference)
    {
        JsonElement answers = reference.Answers;
        AlgorithmGraph graph = reference.Natural();
        Check("components", answers.GetProperty("wcc").GetProperty("count").GetInt32() == Components.CountDistinct(Components.Compute(graph)));
        Check("triangles", answers.GetProperty("triangles").GetInt64() == Triangles.Count(graph, out _));
        Check("degeneracy", answers.GetProperty("degeneracy").GetInt32() == KCore.Compute(graph).Max());
        if (!answers.TryGetProperty("motifs", out JsonElement motifs))
        {
            return;
        }

        MotifCounts counts = MotifCounts.Count(graph);
        if (motifs.TryGetProperty("noninduced", out JsonElement n))
        {
            Check("motifs", counts == new MotifCounts(Of(n, "wedge"), Of(n, "triangle"), Of(n, "star3"), Of(n, "path4"), Of(n, "paw"), Of(n, "cycle4"), Of(n, "diamond"), Of(n, "clique4")));
        }

        if (motifs.TryGetProperty("induced", out JsonElement i))
        {
            Check("induced motifs", counts.Induced() == new MotifCounts(Of(i, "path3"), Of(i, "triangle"), Of(i, "star4"), Of(i, "path4"), Of(i, "paw"), Of(i, "cycle4"), Of(i, "diamond"), Of(i, "clique4")));
        }
    }

    private void Communities(ReferenceGraph reference)
    {
        AlgorithmGraph graph = reference.Undirected().Simple();
        foreach ((string method, Func<CommunityResult> compute) in new (string, Func<CommunityResult>)[]
        {
            ("louvain", () => Louvain.Compute(graph, new CommunityOptions())), ("leiden", () => Leiden.Compute(graph, new CommunityOptions())),
        })
        {
            foreach (JsonProperty best in reference.Answers.EnumerateObject().Where(p => p.Name.StartsWith(method + "_best_of_", StringComparison.Ordinal)))
            {
                double q = compute().Modularity;
                double bar = best.Value.GetProperty("Q").GetDouble() - ModularitySlack;
                Check(string.Create(CultureInfo.InvariantCulture, $"{method}: modularity {q:F4}, at least {bar:F4}"), q >= bar);
            }
        }
    }

    private void Paths(JsonElement answers, string property, AlgorithmGraph graph)
    {
        if (!answers.TryGetProperty(property, out JsonElement pairs))
        {
            return;
        }

        foreach (JsonElement pair in pairs.EnumerateArray())
        {
            (int from, int to, int hops) = (pair[0].GetInt32(), pair[1].GetInt32(), pair[2].GetInt32());
            Check($"shortest path {from} to {to}", ShortestPaths.BreadthFirst(graph, from, target: to).Costs[to] == (hops < 0 ? double.PositiveInfinity : hops));
        }
    }

    // Distances and trails through Cypher: variable length walks no relationship twice.
    private void Hops(ReferenceGraph reference)
    {
        if (!reference.Answers.TryGetProperty("khop_samples", out JsonElement samples))
        {
            return;
        }

        var bed = new CypherBed(reference.ToPropertyGraph());
        foreach (JsonElement sample in samples.EnumerateArray())
        {
            int node = sample.GetProperty("id").GetInt32();
            if (sample.TryGetProperty("out", out JsonElement outgoing))
            {
                Trails(bed, node, "->", outgoing, "trails_len_1_2_3");
            }
            else
            {
                Trails(bed, node, "-", sample.GetProperty("both"), "trails_len_1_2_3_collapsed");
            }
        }
    }

    private void Trails(CypherBed bed, int node, string arrow, JsonElement expected, string property)
    {
        for (int hops = 1; hops <= 3; hops++)
        {
            long trails = bed.Rows($"MATCH (a:N {{id: $id}})-[:R*{hops}]{arrow}(b) RETURN count(*)", node)[0][0].Integer;
            Check($"trails of length {hops} from {node}", trails == expected.GetProperty(property)[hops - 1].GetInt64());
            long distinct = bed.Rows(
                $"MATCH (a:N {{id: $id}}), (b:N) WHERE a <> b MATCH p = shortestPath((a)-[:R*..3]{arrow}(b)) WHERE length(p) = {hops} RETURN count(*)", node)[0][0].Integer;
            Check($"nodes at distance {hops} from {node}", distinct == expected.GetProperty("distinct_at_distance")[hops - 1].GetInt64());
        }
    }

    private void Betti(ReferenceGraph reference)
    {
        if (!reference.Answers.TryGetProperty("khop_samples", out JsonElement samples))
        {
            return;
        }

        var topology = new NeighbourhoodTopology(reference.Natural());
        foreach (JsonElement sample in samples.EnumerateArray())
        {
            int node = sample.GetProperty("id").GetInt32();
            if (sample.TryGetProperty("link_betti", out JsonElement link) && link.ValueKind == JsonValueKind.Array)
            {
                Check($"Betti numbers of the link of {node}", Of(link) == topology.Link(node));
            }

            if (sample.TryGetProperty("ball2_betti", out JsonElement ball) && ball.ValueKind == JsonValueKind.Array)
            {
                Check($"Betti numbers of the ball of {node}", Of(ball) == topology.Ball(node, BallLimit, out _));
            }
        }
    }

    private void Check(string what, bool isRight)
    {
        _all++;
        _right += isRight ? 1 : 0;
        if (!isRight)
        {
            report.Fault($"{_name}, {what}: not what the reference says.");
        }
    }

    private static long Of(JsonElement counts, string name) => counts.GetProperty(name).GetInt64();

    private static BettiNumbers? Of(JsonElement numbers) => new(numbers[0].GetInt32(), numbers[1].GetInt32(), numbers[2].GetInt32());
}
