namespace AuraMemory.Topology.Distances;

/// <summary>An optimal partial matching of two diagrams.</summary>
/// <param name="Distance">The distance it realises; positive infinity when the numbers of essential classes differ.</param>
/// <param name="Pairs">
/// Every bar of either diagram once, by its index in <see cref="Diagram.Bars"/>; -1 = the diagonal. <c>Cost</c> is the ground
/// distance of the pair (not its power), in units of the filtration. Pairs with an A come first, by A, then the B that are left, by B.
/// Empty when <paramref name="Distance"/> is infinite.
/// </param>
public sealed record DiagramMatching(double Distance, IReadOnlyList<(int A, int B, double Cost)> Pairs);
