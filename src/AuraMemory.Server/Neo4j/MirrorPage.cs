using AuraMemory.Engine;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Server.Neo4j;

/// <summary>The keys that a page of changes names, each once.</summary>
/// <param name="Keys">All of them.</param>
/// <param name="Related">Those whose relationships were changed.</param>
/// <param name="Ended">Those of which an object was deleted or expired: another may be there by now, towards which no relationship goes any more.</param>
internal sealed record MirrorPage(IReadOnlyList<string> Keys, IReadOnlySet<string> Related, IReadOnlySet<string> Ended)
{
    private static readonly HashSet<string> None = [];

    /// <summary>No keys: only the position moves on.</summary>
    public static MirrorPage Empty { get; } = new([], None, None);

    /// <summary>Keys.</summary>
    public int Count => Keys.Count;

    /// <summary>The first key.</summary>
    public string FirstKey => Keys.Count > 0 ? Keys[0] : "";

    /// <summary>Of changes.</summary>
    public static MirrorPage Of(IReadOnlyList<Change> changes)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var related = new HashSet<string>(StringComparer.Ordinal);
        var ended = new HashSet<string>(StringComparer.Ordinal);
        foreach (Change change in changes)
        {
            string key = ObjectKey.ToText(change.Key);
            keys.Add(key);
            switch (change.Kind)
            {
                case ChangeKind.Related:
                    related.Add(key);
                    break;
                case ChangeKind.Deleted or ChangeKind.Expired:
                    ended.Add(key);
                    break;
            }
        }

        return new MirrorPage([.. keys], related, ended);
    }

    /// <summary>A page for each key.</summary>
    public IEnumerable<MirrorPage> Singles() =>
        Keys.Select(key => new MirrorPage([key], Only(key, Related), Only(key, Ended)));

    private static HashSet<string> Only(string key, IReadOnlySet<string> of) => of.Contains(key) ? [key] : None;
}
