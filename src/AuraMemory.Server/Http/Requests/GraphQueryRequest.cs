using System.Text;
using AuraMemory.Engine.Objects;
using AuraMemory.Graph.Values;
using AuraMemory.Server.Graph;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;

namespace AuraMemory.Server.Http.Requests;

/// <summary><c>POST /query/graph</c>: a query in <c>cypher_query</c>, or a walk from <c>start_key</c>.</summary>
internal sealed class GraphQueryRequest
{
    private const int MostTypes = 100;
    private const int MostHops = 5;
    private const int DefaultHops = 2;

    /// <summary>Text of the query; null for a walk.</summary>
    public string? Query { get; private set; }

    /// <summary>Values of the query's parameters.</summary>
    public MapValue Parameters { get; private set; } = MapValue.Empty;

    /// <summary>The walk; null for a query.</summary>
    public GraphWalk? Walk { get; private set; }

    public static Problem? Read(ReadOnlySpan<byte> body, int depth, out GraphQueryRequest request)
    {
        request = new GraphQueryRequest();
        var reader = new RequestReader(body);
        uint seen = 0;
        string? start = null;
        int hops = DefaultHops;
        var types = new List<string>();
        bool read = reader.TryOpen();
        while (read && reader.Next(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("cypher_query"u8))
            {
                read = reader.Once(ref seen, 0, "cypher_query") && (reader.IsNull() || request.TryQuery(ref reader));
            }
            else if (name.SequenceEqual("parameters"u8))
            {
                read = reader.Once(ref seen, 1, "parameters") && (reader.IsNull() || request.TryParameters(ref reader, depth));
            }
            else if (name.SequenceEqual("start_key"u8))
            {
                read = reader.Once(ref seen, 2, "start_key") && (reader.IsNull() || TryStart(ref reader, out start));
            }
            else if (name.SequenceEqual("max_hops"u8))
            {
                read = reader.Once(ref seen, 3, "max_hops") && (reader.IsNull() || reader.TryInt(1, MostHops, out hops));
            }
            else if (name.SequenceEqual("relationship_types"u8))
            {
                read = reader.Once(ref seen, 4, "relationship_types") && (reader.IsNull() || TryTypes(ref reader, types));
            }
            else
            {
                read = reader.Unknown(name, "cypher_query, parameters, start_key, max_hops and relationship_types");
            }
        }

        if (reader.TryEnd())
        {
            if ((request.Query is null) == (start is null))
            {
                reader.Reject(Problem.Invalid(
                    request.Query is null ? "cypher_query" : "start_key",
                    request.Query is null ? "cypher_query or start_key is missing." : "Either cypher_query or start_key: not both."));
            }

            request.Walk = start is null ? null : new GraphWalk(start, hops, types);
        }

        return reader.Fault;
    }

    private bool TryQuery(ref RequestReader reader)
    {
        if (!reader.TryString("a query as a string", out ReadOnlySpan<byte> text))
        {
            return false;
        }

        Query = Encoding.UTF8.GetString(text);
        return !string.IsNullOrWhiteSpace(Query) || reader.Reject(Problem.Invalid("cypher_query", "cypher_query is empty."));
    }

    private bool TryParameters(ref RequestReader reader, int depth)
    {
        if (!reader.NextIs('{'))
        {
            return reader.Expected("parameters", "a JSON object");
        }

        if (!reader.TryRaw(depth, out int start, out int length))
        {
            return false;
        }

        Parameters = JsonValues.ReadMap(reader.Raw(start, length));
        return true;
    }

    private static bool TryStart(ref RequestReader reader, out string? start)
    {
        bool read = reader.TryKey(out ReadOnlySpan<byte> _);
        start = read ? ObjectKey.ToText(reader.LastString) : null;
        return read;
    }

    private static bool TryTypes(ref RequestReader reader, List<string> types)
    {
        if (!reader.TryOpenArray("an array of relationship types"))
        {
            return false;
        }

        while (reader.NextElement())
        {
            string element = $"relationship_types[{types.Count}]";
            reader.Named(element);
            if (types.Count == MostTypes)
            {
                return reader.Reject(Problem.Invalid("relationship_types", $"relationship_types has more than {MostTypes} entries."));
            }

            if (!reader.TryString("a relationship type", out ReadOnlySpan<byte> type))
            {
                return false;
            }

            types.Add(Encoding.UTF8.GetString(type));
            if (!Relationship.IsValidType(types[^1]))
            {
                return reader.Reject(Problem.Invalid(element, $"{element} must be 1 to 64 characters of A-Z a-z 0-9 _."));
            }

            reader.Named("relationship_types");
        }

        return reader.Fault is null;
    }
}
