using System.Text;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;

namespace AuraMemory.Server.Graph;

/// <summary>Data and metadata of objects as values, read through the tiers when a query asks for them; for one query, and no more than it may read.</summary>
/// <param name="store">The store.</param>
/// <param name="limit">Bytes that may be read in all.</param>
internal sealed class ObjectDocuments(IObjectStore store, long limit) : IDisposable
{
    private readonly ObjectBuffer _buffer = new();
    private long _read;

    /// <summary>The data or the metadata of an object; null when it has none, or is not there.</summary>
    /// <exception cref="CypherException">The object cannot be read now, or the query has read more than it may.</exception>
    public Value Read(string key, bool metadata)
    {
        try
        {
            ReadStatus status = store.Peek(Encoding.ASCII.GetBytes(key), _buffer);
            if (status == ReadStatus.NotFound)
            {
                return Value.Null;
            }

            Require(status);
            ReadOnlySpan<byte> json = metadata ? _buffer.Metadata : _buffer.Data;
            _read += json.Length;
            if (_read > limit)
            {
                throw CypherException.Runtime(
                    "LimitExceeded", "Memory",
                    $"The query reads more than {limit} bytes of data and metadata. Filter earlier, use LIMIT, or return keys and retrieve the objects in bulk.",
                    TextPosition.None);
            }

            return json.IsEmpty ? Value.Null : JsonValues.Read(json);
        }
        finally
        {
            _buffer.Release();
        }
    }

    /// <summary>Throws what a query says when an object cannot be read.</summary>
    public static void Require(ReadStatus status)
    {
        if (status != ReadStatus.Found)
        {
            throw CypherException.Runtime(
                "EntityNotFound", "Unreadable", $"An object that the query met could not be read ({status}); try again.", TextPosition.None);
        }
    }

    public void Dispose() => _buffer.Dispose();
}
