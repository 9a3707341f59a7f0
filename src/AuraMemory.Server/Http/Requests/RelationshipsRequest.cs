using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;

namespace AuraMemory.Server.Http.Requests;

/// <summary><c>POST</c> and <c>DELETE /relationships</c>: one relationship as the request itself, or several in <c>relationships</c>.</summary>
internal sealed class RelationshipsRequest
{
    private const int Most = 10_000;
    private const string One = "source, target, type, weight and properties";

    /// <summary>Sources and what goes out from them, in the order of the request.</summary>
    public List<(byte[] Source, Relationship Relationship)> Items { get; } = [];

    /// <summary>Whether they came in an array: each then has an outcome of its own.</summary>
    public bool IsMany { get; private set; }

    /// <summary>Durability asked for; null = the store's.</summary>
    public DurabilityLevel? Durability { get; private set; }

    public static Problem? Read(ReadOnlySpan<byte> body, out RelationshipsRequest request)
    {
        request = new RelationshipsRequest();
        var reader = new RequestReader(body);
        uint seen = 0;
        var parts = default(RelationshipReader.Parts);
        bool read = reader.TryOpen();
        while (read && reader.Next(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("relationships"u8))
            {
                request.IsMany = true;
                read = reader.Once(ref seen, 0, "relationships") && TryMany(ref reader, request.Items);
            }
            else if (name.SequenceEqual("durability"u8))
            {
                int level = -1;
                read = reader.Once(ref seen, 1, "durability") && (reader.IsNull() || reader.TryOneOf(Names.Durabilities, out level));
                request.Durability = level < 0 ? null : (DurabilityLevel)level;
            }
            else
            {
                read = RelationshipReader.TryMember(ref reader, name, "", "target", withSource: true, ref parts, out bool isKnown)
                    || (!isKnown && reader.Unknown(name, One + ", or relationships; and durability"));
            }
        }

        if (!reader.TryEnd())
        {
            return reader.Fault;
        }

        if (!request.IsMany)
        {
            if (RelationshipReader.TryComplete(ref reader, "", "target", withSource: true, parts, out byte[]? source, out Relationship? one))
            {
                request.Items.Add((source!, one!));
            }
        }
        else if (parts.Seen != 0)
        {
            reader.Reject(Problem.Invalid("relationships", "Either relationships, or source and target: not both."));
        }

        return reader.Fault;
    }

    private static bool TryMany(ref RequestReader reader, List<(byte[] Source, Relationship Relationship)> into)
    {
        if (!reader.TryOpenArray("an array of {source, target, type, weight, properties}"))
        {
            return false;
        }

        while (reader.NextElement())
        {
            if (into.Count == Most)
            {
                return reader.Reject(Problem.Invalid("relationships", $"relationships has more than {Most} entries."));
            }

            string element = $"relationships[{into.Count}]";
            reader.Named(element);
            if (!RelationshipReader.TryElement(ref reader, element + ".", "target", withSource: true, One, out byte[]? source, out Relationship? one))
            {
                return false;
            }

            into.Add((source!, one!));
            reader.Named("relationships");
        }

        return reader.Fault is null
            && (into.Count > 0 || reader.Reject(Problem.Invalid("relationships", $"relationships is empty; it must have 1 to {Most} entries.")));
    }
}
