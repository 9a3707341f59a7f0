namespace AuraMemory.Graph.Neo4j.Client;

/// <summary>Marks of the transactions that were committed last: a server that is given them answers only when it has seen these.</summary>
internal sealed class BookmarkSet
{
    private readonly Lock _sync = new();
    private HashSet<string> _marks = [];

    /// <summary>The marks now.</summary>
    public IReadOnlyCollection<string> Current
    {
        get
        {
            lock (_sync)
            {
                return _marks;
            }
        }
    }

    /// <summary>A transaction that had begun after some marks has left its own, which stands for them.</summary>
    public void Replace(IReadOnlyCollection<string> before, string mark)
    {
        lock (_sync)
        {
            _marks = [.. _marks.Except(before), mark];
        }
    }

    /// <summary>Forgets all, because the database is another.</summary>
    public void Clear()
    {
        lock (_sync)
        {
            _marks = [];
        }
    }
}
