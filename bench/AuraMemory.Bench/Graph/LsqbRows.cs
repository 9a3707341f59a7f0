using System.Globalization;
using AuraMemory.Bench.Output;

namespace AuraMemory.Bench.Graph;

/// <summary>Three queries of the LDBC's Labelled Subgraph Query Benchmark on its social part, scale 0.1, beside Kuzu: processor time.</summary>
internal sealed class LsqbRows(GraphFolder folder, int runs, bool showsPlans, BenchReport report)
{
    /// <summary>Queries, and Kuzu's processor milliseconds noted on 2026-11-23.</summary>
    private static readonly (string Name, string Query, double Kuzu)[] Queries =
    [
        ("q3", """
            MATCH (country:Country)
            MATCH (person1:Person)-[:Person_isLocatedIn_City]->(city1:City)-[:City_isPartOf_Country]->(country)
            MATCH (person2:Person)-[:Person_isLocatedIn_City]->(city2:City)-[:City_isPartOf_Country]->(country)
            MATCH (person3:Person)-[:Person_isLocatedIn_City]->(city3:City)-[:City_isPartOf_Country]->(country)
            MATCH (person1)-[:Person_knows_Person]-(person2)-[:Person_knows_Person]-(person3)-[:Person_knows_Person]-(person1)
            RETURN count(*) AS count
            """, 253),
        ("q6", """
            MATCH (person1:Person)-[:Person_knows_Person]-(person2:Person)-[:Person_knows_Person]-(person3:Person)-[:Person_hasInterest_Tag]->(tag:Tag)
            WHERE person1 <> person3
            RETURN count(*) AS count
            """, 278),
        ("q9", """
            MATCH (person1:Person)-[:Person_knows_Person]-(person2:Person)-[:Person_knows_Person]-(person3:Person)-[:Person_hasInterest_Tag]->(tag:Tag)
            WHERE NOT EXISTS { MATCH (person1)-[:Person_knows_Person]-(person3) } AND person1 <> person3
            RETURN count(*) AS count
            """, 3738),
    ];

    private const string Knows = "Person_knows_Person";
    private const string Lives = "Person_isLocatedIn_City";
    private const string Part = "City_isPartOf_Country";
    private const string Likes = "Person_hasInterest_Tag";

    /// <summary>The same queries by their relationships.</summary>
    public static PatternQuery[] Patterns { get; } =
    [
        new("q3",
            [
                ("person1:Person", "city1:City", Lives, true), ("city1:City", "country:Country", Part, true),
                ("person2:Person", "city2:City", Lives, true), ("city2:City", "country:Country", Part, true),
                ("person3:Person", "city3:City", Lives, true), ("city3:City", "country:Country", Part, true),
                ("person1:Person", "person2:Person", Knows, false), ("person2:Person", "person3:Person", Knows, false), ("person3:Person", "person1:Person", Knows, false),
            ]),
        new("q6",
            [("person1:Person", "person2:Person", Knows, false), ("person2:Person", "person3:Person", Knows, false), ("person3:Person", "tag:Tag", Likes, true)],
            "person1 <> person3"),
        new("q9",
            [("person1:Person", "person2:Person", Knows, false), ("person2:Person", "person3:Person", Knows, false), ("person3:Person", "tag:Tag", Likes, true)],
            "NOT EXISTS { MATCH (person1)-[:Person_knows_Person]-(person3) } AND person1 <> person3"),
    ];

    public void Run()
    {
        if (folder.ReadLsqb() is not var (graph, expected))
        {
            return;
        }

        var bed = new CypherBed(graph);
        foreach ((string name, string query, double kuzu) in Queries)
        {
            long count = bed.Rows(query)[0][0].Integer;
            if (expected.TryGetValue(name, out long known) && count != known)
            {
                report.Fault($"LSQB {name}: {count}; it is {known}.");
            }

            if (showsPlans)
            {
                BenchReport.Progress(bed.Profile(query));
            }

            var times = new double[runs];
            for (int i = 0; i < runs; i++)
            {
                TimeSpan before = Environment.CpuUsage.TotalTime;
                bed.Rows(query);
                times[i] = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
            }

            Array.Sort(times);
            report.Add(new BenchRow(
                $"LSQB {name}, scale 0.1", times[runs / 2], kuzu, "Kuzu, noted figure of another machine", "ms CPU", 1, LessIsBetter: true,
                string.Create(CultureInfo.InvariantCulture, $"{count} matches")));
        }
    }
}
