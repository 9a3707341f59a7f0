using CsCheck;

namespace AuraMemory.Topology.Tests.Distances;

/// <summary>Random diagrams: of real numbers, and of small whole numbers, which abound in ties and duplicates.</summary>
internal static class BarGenerators
{
    private static readonly Gen<Bar> Real = Gen.Select(Gen.Double[-1, 1], Gen.Double[0.001, 1], (birth, length) => new Bar(birth, birth + length));

    private static readonly Gen<Bar> Whole = Gen.Select(Gen.Int[0, 3], Gen.Int[1, 4], (birth, length) => new Bar(birth, birth + length));

    private static readonly Gen<Bar> Thin = Gen.Select(Gen.Double[0, 1], Gen.Double[1e-4, 1e-2], (birth, length) => new Bar(birth, birth + length));

    public static Gen<Bar[]> UpTo(int count) => Gen.OneOf(Real.Array[0, count], Whole.Array[0, count], Thin.Array[0, count]);
}
