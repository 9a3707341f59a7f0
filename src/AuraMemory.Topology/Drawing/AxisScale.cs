using System.Globalization;

namespace AuraMemory.Topology.Drawing;

/// <summary>A linear scale from values to pixels with ticks at round numbers (1, 2 or 5 times a power of ten).</summary>
internal sealed class AxisScale
{
    // The difference of two numbers below this is still a number.
    private const double Largest = 8e307;
    private const int MostTicks = 12;

    private readonly double _low;
    private readonly double _span;
    private readonly double _step;

    /// <summary>Makes a scale for values from low to high; equal ends are spread.</summary>
    /// <param name="low">Smallest value.</param>
    /// <param name="high">Largest value, not below it.</param>
    /// <param name="wanted">Number of ticks aimed at.</param>
    public AxisScale(double low, double high, int wanted)
    {
        low = Math.Clamp(low, -Largest, Largest);
        high = Math.Clamp(high, -Largest, Largest);
        if (!(high > low))
        {
            double spread = Math.Max(Math.Abs(low) * 0.5, 0.5);
            low -= spread;
            high += spread;
        }

        double margin = (high - low) * 0.03;
        _low = low >= 0 && low < margin * 2 ? low : Math.Max(low - margin, -Largest);
        _span = Math.Min(high + margin, Largest) - _low;
        _step = Step(_span / Math.Max(wanted, 1));
    }

    /// <summary>Smallest value of the axis.</summary>
    public double Low => _low;

    /// <summary>Largest value of the axis.</summary>
    public double High => _low + _span;

    /// <summary>Where a value is, 0 to 1, values outside moved to the nearer end.</summary>
    public double At(double value) => Math.Clamp((Math.Clamp(value, -Largest, Largest) - _low) / _span, 0, 1);

    /// <summary>What share of the axis a length is, at most 1.</summary>
    public double Share(double length) => Math.Clamp(length / _span, 0, 1);

    /// <summary>Round numbers along the axis with their labels, at most twelve.</summary>
    public IEnumerable<(double Value, string Label)> Ticks()
    {
        if (!(_step > 0))
        {
            yield break;
        }

        double first = Math.Ceiling(_low / _step);
        for (int k = 0; k < MostTicks; k++)
        {
            double value = (first + k) * _step;
            if (!(value <= _low + _span))
            {
                yield break;
            }

            yield return (value, Label(value, _step));
        }
    }

    /// <summary>A number for people: as many digits as tell neighbouring ticks apart.</summary>
    public static string Label(double value, double step)
    {
        int exponent = step > 0 && double.IsFinite(step) ? (int)Math.Floor(Math.Log10(step) + 1e-9) : 0;
        double size = Math.Abs(value);
        string text = exponent >= -4 && size < 1e6
            ? value.ToString("F" + Math.Max(0, -exponent).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            : value.ToString(size == 0 ? "0" : "0.####e+0", CultureInfo.InvariantCulture);
        return text.StartsWith('-') && double.Parse(text, CultureInfo.InvariantCulture) == 0 ? text[1..] : text.Replace('-', '\u2212');
    }

    private static double Step(double rough)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double share = rough / power;
        return power * (share <= 1.5 ? 1 : share <= 3.5 ? 2 : share <= 7.5 ? 5 : 10);
    }
}
