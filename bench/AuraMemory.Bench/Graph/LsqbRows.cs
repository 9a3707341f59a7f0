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

    public void Run()
    {
        (AuraMemory.Graph.Storage.PropertyGraph graph, Dictionary<string, long> expected) = folder.ReadLsqb();
        var bed = new CypherBed(graph);
        foreach ((string name, string query, double kuzu) in Queries)
        {
            long count = bed.Rows(query)[0][0].Integer;
            if (count != expected[name])
            {
                report.Fault($"LSQB {name}: {count}; it is {expected[name]}.");
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
