using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Server.Shapes;
using AuraMemory.Topology;

namespace AuraMemory.Server.Http.Requests;

/// <summary><c>POST /query/shape</c>.</summary>
internal sealed class ShapeQueryRequest
{
    private const string Members = "query_data, shape, k, distance_metric, order, mode, filters and min_similarity";

    public static string[] Metrics { get; } = ["wasserstein", "bottleneck", "euclidean"];

    public static string[] Modes { get; } = ["approx", "exact"];

    /// <summary>The data whose like is sought, in the request's body.</summary>
    public ReadOnlyMemory<byte> Data { get; private set; }

    public ShapeOptions Options { get; private set; } = ShapeOptions.Default;

    public int K { get; private set; } = 10;

    public ShapeMetric Metric { get; private set; }

    public int Order { get; private set; } = 1;

    public ShapeMode Mode { get; private set; }

    public ShapeFilter Filter { get; private set; } = ShapeFilter.None;

    public double MinSimilarity { get; private set; }

    public static Problem? Read(ReadOnlyMemory<byte> body, int depth, out ShapeQueryRequest request)
    {
        request = new ShapeQueryRequest();
        var reader = new RequestReader(body.Span);
        uint seen = 0;
        bool read = reader.TryOpen();
        while (read && reader.Next(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("query_data"u8))
            {
                read = reader.Once(ref seen, 0, "query_data") && reader.TryRaw(depth, out int start, out int length)
                    && !(request.Data = body.Slice(start, length)).IsEmpty;
            }
            else if (name.SequenceEqual("shape"u8))
            {
                read = reader.Once(ref seen, 1, "shape") && (reader.IsNull() || request.TryShape(ref reader, body));
            }
            else if (name.SequenceEqual("k"u8))
            {
                read = reader.Once(ref seen, 2, "k") && reader.TryInt(1, 100, out int k) && (request.K = k) > 0;
            }
            else if (name.SequenceEqual("distance_metric"u8))
            {
                read = reader.Once(ref seen, 3, "distance_metric") && reader.TryOneOf(Metrics, out int index)
                    && (request.Metric = (ShapeMetric)index) >= 0;
            }
            else if (name.SequenceEqual("order"u8))
            {
                read = reader.Once(ref seen, 4, "order") && reader.TryInt(1, 2, out int order) && (request.Order = order) > 0;
            }
            else if (name.SequenceEqual("mode"u8))
            {
                read = reader.Once(ref seen, 5, "mode") && reader.TryOneOf(Modes, out int index) && (request.Mode = (ShapeMode)index) >= 0;
            }
            else if (name.SequenceEqual("filters"u8))
            {
                read = reader.Once(ref seen, 6, "filters") && (reader.IsNull() || request.TryFilters(ref reader));
            }
            else if (name.SequenceEqual("min_similarity"u8))
            {
                read = reader.Once(ref seen, 7, "min_similarity") && (reader.IsNull() || request.TrySimilarity(ref reader));
            }
            else
            {
                read = reader.Unknown(name, Members);
            }
        }

        if (reader.TryEnd())
        {
            if (request.Data.IsEmpty)
            {
                reader.Reject(Problem.Invalid("query_data", "query_data is missing; it is the data whose like is sought."));
            }
            else if (request.Order == 2 && request.Metric != ShapeMetric.Wasserstein)
            {
                reader.Reject(Problem.Invalid("order", $"order belongs to wasserstein; {Metrics[(int)request.Metric]} has none."));
            }
        }

        return reader.Fault;
    }

    private bool TryShape(ref RequestReader reader, ReadOnlyMemory<byte> body)
    {
        bool read = ShapeMember.TryRead(ref reader, body, out _, out ShapeOptions options);
        Options = options;
        return read;
    }

    private bool TryFilters(ref RequestReader reader)
    {
        bool read = ShapeFilterReader.TryRead(ref reader, out ShapeFilter filter);
        Filter = filter;
        return read;
    }

    private bool TrySimilarity(ref RequestReader reader)
    {
        bool read = reader.TryNumber(out double value);
        MinSimilarity = value;
        return read && (value is >= 0 and <= 1
            || reader.Reject(Problem.Invalid("min_similarity", "min_similarity must be a number from 0 to 1.")));
    }
}
