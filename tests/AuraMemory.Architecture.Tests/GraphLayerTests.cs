using System.Reflection;

namespace AuraMemory.Architecture.Tests;

/// <summary>The parts of the graph library, each using only what lies below it; and who may use the library.</summary>
public class GraphLayerTests
{
    private const string Root = "AuraMemory.Graph";

    /// <summary>Bottom first. A part is a namespace, or several that belong together, or names given by <see cref="PartOf"/>.</summary>
    private static readonly string[] Order =
        ["errors and limits", "Values", "Storage", "Algorithms", "Signatures", "Query.Evaluation", "Query.Syntax", "Query.Parsing", "Query.Procedures", "Query.Binding", "plans", "Query", "Neo4j"];

    private static readonly string[] Contracts = ["CypherException", "ErrorPhase", "QueryLimits", "TextPosition"];

    private static readonly Assembly Graph = typeof(AuraMemory.Graph.Query.CypherEngine).Assembly;

    [Fact]
    public void Parts_of_the_graph_use_only_what_lies_below_them()
    {
        IEnumerable<string> wrong = CompiledTypes.Uses(Graph)
            .Where(u => IsOwn(u.From) && IsOwn(u.To) && Array.IndexOf(Order, PartOf(u.To)) > Array.IndexOf(Order, PartOf(u.From)))
            .Select(u => $"{u.From.FullName} ({PartOf(u.From)}) uses {u.To.FullName} ({PartOf(u.To)})");
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_order_names_every_part() =>
        Assert.Equal(Order.Order(), Graph.GetTypes().Where(IsOwn).Select(PartOf).Distinct().Order());

    [Fact]
    public void The_graph_knows_neither_the_engine_nor_the_server() =>
        Assert.DoesNotContain(
            Graph.GetReferencedAssemblies(), a => a.Name!.StartsWith("AuraMemory.", StringComparison.Ordinal) && a.Name != "AuraMemory.Topology");

    private static bool IsOwn(Type type) => type.Assembly == Graph && type.Namespace?.StartsWith(Root, StringComparison.Ordinal) == true;

    private static string PartOf(Type type)
    {
        Type outer = type;
        while (outer.DeclaringType is { } declaring)
        {
            outer = declaring;
        }

        string part = outer.Namespace == Root ? "" : outer.Namespace![(Root.Length + 1)..];
        if (Contracts.Contains(outer.Name))
        {
            return Order[0];
        }

        return part.StartsWith("Values", StringComparison.Ordinal) ? "Values"
            : part.StartsWith("Query.Planning", StringComparison.Ordinal) || part.StartsWith("Query.Execution", StringComparison.Ordinal)
                || outer.Name is "PlanDescription" or "QueryResult" or "IRowSink" ? "plans"
            : part.StartsWith("Neo4j", StringComparison.Ordinal) ? "Neo4j"
            : part.StartsWith("Query.Procedures", StringComparison.Ordinal) ? "Query.Procedures"
            : part;
    }
}
