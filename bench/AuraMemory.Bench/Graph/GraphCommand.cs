using AuraMemory.Bench.Output;

namespace AuraMemory.Bench.Graph;

/// <summary>What the graph answers and takes: reference answers of other libraries, algorithms and Cypher on generated graphs, LSQB; plans and estimates; signatures; a Neo4j in the same run.</summary>
/// <remarks>Peers that are not installed are replaced by their figures noted elsewhere, and the rows say so.</remarks>
internal static class GraphCommand
{
    public static async Task RunAsync(BenchArguments arguments, BenchReport report)
    {
        var folder = new GraphFolder(arguments.Text("data", SharedFolder.Find("data/graph")));
        string[] parts = arguments.List("part", "answers,algorithms,cypher,lsqb");
        string[] scales = arguments.List("scale", "g1");
        PythonPeer peer = await PythonPeer.FindAsync(arguments.Text("python", "python3")).ConfigureAwait(false);
        int runs = (int)arguments.Number("runs", 5);
        bool plans = arguments.Text("plans", "no") == "yes";
        var patience = TimeSpan.FromSeconds(arguments.Seconds("seconds", 2));
        var budget = TimeSpan.FromSeconds(arguments.Seconds("budget", 3600));
        int shuffles = (int)arguments.Number("shuffles", 3);
        string neo4j = arguments.Text("neo4j", SharedFolder.Find("neo4j"));
        arguments.RefuseUnread();
        foreach (string part in parts)
        {
            switch (part)
            {
                case "answers":
                    new AnswerRows(folder, report).Run();
                    break;
                case "algorithms":
                    foreach (string scale in scales)
                    {
                        await new AlgorithmRows(GeneratedGraph.Of(scale), peer, runs, report).RunAsync().ConfigureAwait(false);
                    }

                    break;
                case "cypher":
                    foreach (string scale in scales)
                    {
                        await new HopRows(GeneratedGraph.Of(scale), folder.Seeds(scale), peer, report).RunAsync().ConfigureAwait(false);
                    }

                    break;
                case "lsqb":
                    new LsqbRows(folder, runs, plans, report).Run();
                    break;
                case "planner":
                    new PlannerRows(folder, patience, report).Run();
                    break;
                case "plans":
                    new PlanRows(folder, patience, budget, shuffles, report).Run();
                    break;
                case "planning":
                    new PlanningTimeRows(folder, report).Run();
                    break;
                case "topology":
                    foreach (string name in folder.Names.TakeLast(4))
                    {
                        new SignatureRows(report).Run(name, folder.Read(name).ToPropertyGraph());
                    }

                    break;
                case "generated-topology":
                    foreach (GeneratedGraph graph in scales.Select(GeneratedGraph.Of))
                    {
                        new SignatureRows(report).Run(graph.Name, ReferenceGraph.Make(graph.Edges.Nodes, graph.Edges.Sources, graph.Edges.Targets));
                    }

                    break;
                case "retrieval":
                    new RetrievalRows(folder, report).Plant("ca-grqc");
                    new RetrievalRows(folder, report).Purity("email-eu-core");
                    break;
                case "pruning":
                    new PruningRows(folder, report).Run();
                    break;
                case "neo4j":
                    foreach (string scale in scales)
                    {
                        await new Neo4jRows(GeneratedGraph.Of(scale), folder.Seeds(scale), neo4j, report).RunAsync().ConfigureAwait(false);
                    }

                    break;
                default:
                    throw new BenchException($"There is no part '{part}'; there are answers, algorithms, cypher, lsqb, planner, plans, planning, topology, generated-topology, retrieval, pruning, neo4j.");
            }
        }
    }
}
