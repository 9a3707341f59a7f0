using AuraMemory.Graph.Storage;

namespace AuraMemory.Server.Graph;

/// <summary>Numbers of the names under which queries see properties of objects.</summary>
internal sealed class GraphPropertyNames
{
    /// <summary>Properties that are documents.</summary>
    public static readonly string[] Documents = ["data", "metadata"];

    public GraphPropertyNames(TokenTable keys)
    {
        Key = keys.Intern("key");
        Tier = keys.Intern("tier");
        SizeBytes = keys.Intern("size_bytes");
        AccessCount = keys.Intern("access_count");
        CreatedAt = keys.Intern("created_at");
        UpdatedAt = keys.Intern("updated_at");
        ExpiresAt = keys.Intern("expires_at");
        Version = keys.Intern("version");
        PageRank = keys.Intern("pagerank");
        Community = keys.Intern("community");
        Betti = keys.Intern("betti");
        Data = keys.Intern("data");
        Metadata = keys.Intern("metadata");
        Listed = [Key, Tier, SizeBytes, AccessCount, CreatedAt, UpdatedAt, ExpiresAt, Version, Betti];
    }

    public int Key { get; }

    public int Tier { get; }

    public int SizeBytes { get; }

    public int AccessCount { get; }

    public int CreatedAt { get; }

    public int UpdatedAt { get; }

    public int ExpiresAt { get; }

    public int Version { get; }

    public int Betti { get; }

    public int PageRank { get; }

    public int Community { get; }

    public int Data { get; }

    public int Metadata { get; }

    /// <summary>What <c>properties(n)</c> and a returned node have.</summary>
    public int[] Listed { get; }

    /// <summary>Whether a property comes from the description of the object: header, size, tier.</summary>
    public bool IsDescribed(int key) =>
        key == Tier || key == SizeBytes || key == AccessCount || key == CreatedAt || key == UpdatedAt || key == ExpiresAt || key == Version;
}
