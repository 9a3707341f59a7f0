namespace AuraMemory.Graph.Storage;

/// <content>The catalogue of motifs.</content>
public sealed partial class PropertyGraph
{
    private const long CountUpTo = 250_000;
    private const long CountAtMost = 5_000_000;

    /// <summary>The catalogue, made when it is first asked for and after a bulk load.</summary>
    internal MotifCatalogue CurrentStatistics => _catalogue ?? Catalogue(CountUpTo);

    /// <summary>
    /// Makes the catalogue anew now, with triangles counted rather than estimated up to five million relationships. Counts from a snapshot while readers and
    /// writers go on; when the graph was changed meanwhile, the counts are of no use, and a catalogue with sampled triangles is made instead.
    /// </summary>
    public void CountMotifs()
    {
        GraphSnapshot snapshot;
        lock (_gate)
        {
            snapshot = Take();
        }

        MotifTables tables = MotifCounting.Count(snapshot, CountAtMost);
        lock (_gate)
        {
            _catalogue = ReferenceEquals(_current, snapshot) ? Keep(tables) : null;
            Catalogue(CountUpTo);
        }
    }

    private MotifCatalogue Keep(MotifTables tables) => new(this, tables, _outgoing, _incoming, node => _labelSets[_nodeLabels[node]]);

    private MotifCatalogue Catalogue(long exactUpTo)
    {
        lock (_gate)
        {
            return _catalogue ??= Keep(MotifCounting.Count(Take(), exactUpTo));
        }
    }
}
