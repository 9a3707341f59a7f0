namespace AuraMemory.Graph.Storage;

/// <content>The catalogue of motifs.</content>
public sealed partial class PropertyGraph
{
    private const long CountUpTo = 250_000;
    private const long CountAtMost = 5_000_000;

    /// <summary>The catalogue, made when it is first asked for and after a bulk load.</summary>
    internal MotifCatalogue CurrentStatistics => _catalogue ?? Catalogue(CountUpTo);

    /// <summary>Makes the catalogue anew now, with triangles counted rather than estimated up to five million relationships.</summary>
    public void CountMotifs()
    {
        lock (_gate)
        {
            _catalogue = null;
            Catalogue(CountAtMost);
        }
    }

    private MotifCatalogue Catalogue(long exactUpTo)
    {
        lock (_gate)
        {
            return _catalogue ??= new MotifCatalogue(
                this, MotifCounting.Count(Take(), exactUpTo), _outgoing, _incoming, node => _labelSets[_nodeLabels[node]]);
        }
    }
}
