using AuraMemory.Engine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Server.Neo4j;

/// <summary>The keys that a page of changes names, each once.</summary>
/// <param name="Keys">All of them.</param>
/// <param name="Related">Those whose relationships were changed.</param>
internal sealed record MirrorPage(IReadOnlyList<string> Keys, IReadOnlySet<string> Related)
{
    /// <summary>No keys: only the position moves on.</summary>
    public static MirrorPage Empty { get; } = new([], new HashSet<string>());

    /// <summary>Keys.</summary>
    public int Count => Keys.Count;

    /// <summary>The first key.</summary>
    public string FirstKey => Keys.Count > 0 ? Keys[0] : "";

    /// <summary>Of changes.</summary>
    public static MirrorPage Of(IReadOnlyList<Change> changes)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var related = new HashSet<string>(StringComparer.Ordinal);
        foreach (Change change in changes)
        {
            string key = ObjectKey.ToText(change.Key);
            keys.Add(key);
            if (change.Kind == ChangeKind.Related)
            {
                related.Add(key);
            }
        }

        return new MirrorPage([.. keys], related);
    }

    /// <summary>A page for each key.</summary>
    public IEnumerable<MirrorPage> Singles() =>
        Keys.Select(key => new MirrorPage([key], Related.Contains(key) ? new HashSet<string> { key } : new HashSet<string>()));
}
