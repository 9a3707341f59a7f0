using System.Numerics;
using System.Runtime.CompilerServices;

namespace AuraMemory.Topology.Distances;

/// <summary>
/// The cost of moving one point of a diagram: a ground distance to the power q. Implementations are empty structs, so that the
/// assignment is compiled once for each with the cost inlined.
/// </summary>
/// <remarks>
/// The vector form does, lane by lane, the very operations of the scalar form (IEEE 754, nothing fused), so both give the same bits.
/// </remarks>
internal interface IGroundCost
{
    /// <summary>||(db, dd)||^q.</summary>
    static abstract double Of(double db, double dd);

    /// <summary>||(db, dd)||^q in each lane.</summary>
    static abstract Vector<double> Of(Vector<double> db, Vector<double> dd);

    /// <summary>Distance of a point of this persistence to the diagonal, to the power q.</summary>
    static abstract double ToDiagonal(double persistence);

    /// <summary>cost^(1/q).</summary>
    static abstract double Root(double cost);

    /// <summary>distance^q.</summary>
    static abstract double Power(double distance);
}

/// <summary>q = 1, maximum norm.</summary>
internal readonly struct MaximumCost : IGroundCost
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Of(double db, double dd) => Math.Max(Math.Abs(db), Math.Abs(dd));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Of(Vector<double> db, Vector<double> dd) => Vector.Max(Vector.Abs(db), Vector.Abs(dd));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToDiagonal(double persistence) => 0.5 * persistence;

    public static double Root(double cost) => cost;

    public static double Power(double distance) => distance;
}

/// <summary>q = 2, maximum norm.</summary>
internal readonly struct SquaredMaximumCost : IGroundCost
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Of(double db, double dd) => Math.Max(db * db, dd * dd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Of(Vector<double> db, Vector<double> dd) => Vector.Max(db * db, dd * dd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToDiagonal(double persistence) => 0.25 * persistence * persistence;

    public static double Root(double cost) => Math.Sqrt(cost);

    public static double Power(double distance) => distance * distance;
}

/// <summary>q = 1, Euclidean norm.</summary>
internal readonly struct EuclideanCost : IGroundCost
{
    private const double RootOfHalf = 0.70710678118654752440;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Of(double db, double dd) => Math.Sqrt((db * db) + (dd * dd));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Of(Vector<double> db, Vector<double> dd) => Vector.SquareRoot((db * db) + (dd * dd));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToDiagonal(double persistence) => RootOfHalf * persistence;

    public static double Root(double cost) => cost;

    public static double Power(double distance) => distance;
}

/// <summary>q = 2, Euclidean norm.</summary>
internal readonly struct SquaredEuclideanCost : IGroundCost
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Of(double db, double dd) => (db * db) + (dd * dd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Of(Vector<double> db, Vector<double> dd) => (db * db) + (dd * dd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToDiagonal(double persistence) => 0.5 * persistence * persistence;

    public static double Root(double cost) => Math.Sqrt(cost);

    public static double Power(double distance) => distance * distance;
}
