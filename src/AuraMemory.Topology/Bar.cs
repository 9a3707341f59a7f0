namespace AuraMemory.Topology;

/// <summary>One interval of a barcode: a homology class is born at one value of the filtration and dies at a later one.</summary>
/// <param name="Birth">Finite.</param>
/// <param name="Death">Above <paramref name="Birth"/>; positive infinity = the class never dies (essential).</param>
public readonly record struct Bar(double Birth, double Death)
{
    /// <summary>True when the class never dies.</summary>
    public bool IsEssential => double.IsPositiveInfinity(Death);

    /// <summary>Length of the bar; positive infinity for an essential class.</summary>
    public double Persistence => Death - Birth;
}
