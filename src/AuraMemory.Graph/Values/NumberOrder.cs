namespace AuraMemory.Graph.Values;

/// <summary>Integers and floats compared by what they are, not by what is left of an integer in a double.</summary>
internal static class NumberOrder
{
    private const double TwoTo63 = 9223372036854775808.0;

    /// <summary>Order of two numbers. NaN is equal to itself and greater than everything.</summary>
    public static int Compare(Value a, Value b)
    {
        if (a.Kind == ValueKind.Integer)
        {
            return b.Kind == ValueKind.Integer ? a.Integer.CompareTo(b.Integer) : Compare(a.Integer, b.Float);
        }

        if (b.Kind == ValueKind.Integer)
        {
            return -Compare(b.Integer, a.Float);
        }

        (double x, double y) = (a.Float, b.Float);
        return x < y ? -1 : x > y ? 1 : x == y ? 0 : double.IsNaN(x).CompareTo(double.IsNaN(y));
    }

    /// <summary>Whether it is a float that is no number.</summary>
    public static bool IsNaN(Value value) => value.Kind == ValueKind.Float && double.IsNaN(value.Float);

    /// <summary>A hash that equal numbers share, whichever kind they are.</summary>
    public static int Hash(Value value)
    {
        if (value.Kind == ValueKind.Integer)
        {
            return value.Integer.GetHashCode();
        }

        double number = value.Float;
        if (number is >= -TwoTo63 and < TwoTo63 && Math.Truncate(number) == number)
        {
            return ((long)number).GetHashCode();
        }

        return double.IsNaN(number) ? int.MinValue : number.GetHashCode();
    }

    private static int Compare(long a, double b)
    {
        if (double.IsNaN(b) || b >= TwoTo63)
        {
            return -1;
        }

        if (b < -TwoTo63)
        {
            return 1;
        }

        long whole = (long)b;
        return a != whole ? a.CompareTo(whole) : 0.0.CompareTo(b - whole);
    }
}
