using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;

namespace AuraMemory.Server.Http.Requests;

/// <summary><c>POST /benchmark</c>; an empty body asks for the defaults.</summary>
internal sealed class BenchmarkRequest
{
    public static string[] Types { get; } = ["latency", "throughput", "shape_index", "tier_migration", "full"];

    public string Type { get; private set; } = "full";

    public int Iterations { get; private set; } = 1000;

    public int DataBytes { get; private set; } = 1024;

    public int Concurrency { get; private set; } = 1;

    public List<TierId> Tiers { get; } = [];

    public static Problem? Read(ReadOnlyMemory<byte> body, out BenchmarkRequest request)
    {
        request = new BenchmarkRequest();
        Problem? problem = body.IsEmpty ? null : request.Parse(body.Span);
        if (request.Tiers.Count == 0)
        {
            request.Tiers.AddRange(TierIds.All);
        }

        return problem;
    }

    private Problem? Parse(ReadOnlySpan<byte> body)
    {
        var reader = new RequestReader(body);
        uint seen = 0;
        bool read = reader.TryOpen();
        while (read && reader.Next(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("benchmark_type"u8))
            {
                read = reader.Once(ref seen, 0, "benchmark_type") && reader.TryOneOf(Types, out int index) && (Type = Types[index]).Length > 0;
            }
            else if (name.SequenceEqual("iterations"u8))
            {
                read = reader.Once(ref seen, 1, "iterations") && reader.TryInt(100, 100_000, out int n) && (Iterations = n) > 0;
            }
            else if (name.SequenceEqual("data_size_bytes"u8))
            {
                read = reader.Once(ref seen, 2, "data_size_bytes") && reader.TryInt(1, 1_048_576, out int n) && (DataBytes = n) > 0;
            }
            else if (name.SequenceEqual("concurrent_operations"u8))
            {
                read = reader.Once(ref seen, 3, "concurrent_operations") && reader.TryInt(1, 100, out int n) && (Concurrency = n) > 0;
            }
            else if (name.SequenceEqual("tiers_to_test"u8))
            {
                read = reader.Once(ref seen, 4, "tiers_to_test") && (reader.IsNull() || TryTiers(ref reader));
            }
            else
            {
                read = reader.Unknown(name, "benchmark_type, iterations, data_size_bytes, tiers_to_test and concurrent_operations");
            }
        }

        reader.TryEnd();
        return reader.Fault;
    }

    private bool TryTiers(ref RequestReader reader)
    {
        if (!reader.TryOpenArray("an array of tiers"))
        {
            return false;
        }

        while (reader.NextElement())
        {
            reader.InElement("tiers_to_test", Tiers.Count);
            if (!reader.TryTier(out TierId tier))
            {
                return false;
            }

            if (Tiers.Contains(tier))
            {
                return reader.Reject(Problem.Invalid("tiers_to_test", $"tiers_to_test names {tier.Name()} twice."));
            }

            Tiers.Add(tier);
            reader.OutOfElement("tiers_to_test");
        }

        return reader.Fault is null
            && (Tiers.Count > 0 || reader.Reject(Problem.Invalid("tiers_to_test", "tiers_to_test is empty; leave it out to test all tiers.")));
    }
}
