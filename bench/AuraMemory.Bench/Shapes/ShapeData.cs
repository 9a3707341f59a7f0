using System.Globalization;
using AuraMemory.Topology;
using AuraMemory.Topology.Filtrations;

namespace AuraMemory.Bench.Shapes;

/// <summary>Shapes to search: entry i of a source is the same in every run. Negative numbers are queries, which are no entries.</summary>
internal abstract class ShapeData
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>The source of a name.</summary>
    /// <param name="folder">For <c>real</c>: where the series are.</param>
    public static ShapeData Of(string name, string folder) => name switch
    {
        "clustered" => new Clustered(),
        "noise" => new Noise(),
        "real" => new Real(folder),
        _ => throw new BenchException($"--data is '{name}'; it must be clustered, noise or real."),
    };

    /// <summary>Bars of an entry or query.</summary>
    public abstract Barcode Barcode(long number);

    /// <summary>Numbers that depend on the number given and on nothing else.</summary>
    protected static Random Seeded(long number)
    {
        ulong x = ((ulong)number + 0x1234567) * Golden;
        return new Random((int)((x ^ (x >> 31)) & int.MaxValue));
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>2000 prototypes of 4 to 24 bars; an entry is one with every end moved a little and up to six short bars more.</summary>
    private sealed class Clustered : ShapeData
    {
        private readonly Bar[][] _prototypes = new Bar[2000][];

        public Clustered()
        {
            for (int p = 0; p < _prototypes.Length; p++)
            {
                Random random = Seeded(1_000_000_007L + p);
                _prototypes[p] = new Bar[random.Next(4, 25)];
                for (int i = 0; i < _prototypes[p].Length; i++)
                {
                    double birth = random.NextDouble();
                    _prototypes[p][i] = new Bar(birth, birth + 0.1 + (0.6 * random.NextDouble()));
                }
            }
        }

        public override Barcode Barcode(long number)
        {
            Random random = Seeded(number);
            Bar[] prototype = _prototypes[random.Next(_prototypes.Length)];
            int extra = random.Next(7);
            var bars = new Bar[prototype.Length + extra];
            for (int i = 0; i < bars.Length; i++)
            {
                double birth = i < prototype.Length ? prototype[i].Birth + (0.02 * Normal(random)) : random.NextDouble();
                double death = i < prototype.Length ? prototype[i].Death + (0.02 * Normal(random)) : birth + (0.02 * random.NextDouble());
                bars[i] = new Bar(birth, Math.Max(birth, death));
            }

            return new Barcode(new Diagram(bars));
        }
    }

    /// <summary>Minima of two sines and noise of a level of its own, 83 samples: about 27 bars of H0, nearly all of them of the noise.</summary>
    private sealed class Noise : ShapeData
    {
        public override Barcode Barcode(long number)
        {
            Random random = Seeded(number);
            double noise = 0.1 + (0.6 * random.NextDouble());
            Span<double> series = stackalloc double[83];
            for (int s = 0; s < 2; s++)
            {
                double amplitude = 2 * random.NextDouble();
                double frequency = 1 + (5 * random.NextDouble());
                double phase = 2 * Math.PI * random.NextDouble();
                for (int t = 0; t < series.Length; t++)
                {
                    series[t] += amplitude * Math.Sin((2 * Math.PI * frequency * t / series.Length) + phase);
                }
            }

            for (int t = 0; t < series.Length; t++)
            {
                series[t] += noise * Normal(random);
            }

            return new Barcode(SeriesPersistence.Sublevel(series));
        }
    }

    /// <summary>Windows of 32 to 192 samples of the UCR series, each at a random place; windows overlap, so near twins are common.</summary>
    private sealed class Real : ShapeData
    {
        private readonly List<double[]> _series = [];

        public Real(string folder)
        {
            if (folder.Length == 0 || !Directory.Exists(folder))
            {
                throw new BenchException("--data real needs --folder FOLDER with ucr_*.csv: a label and the values of one series a line.");
            }

            foreach (string file in Directory.GetFiles(folder, "ucr_*.csv").Order(StringComparer.Ordinal))
            {
                foreach (string line in File.ReadLines(file))
                {
                    double[] series = [.. line.Split(',').Skip(1).Where(v => v.Length > 0).Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
                    if (series.Length >= 64)
                    {
                        _series.Add(series);
                    }
                }
            }

            if (_series.Count == 0)
            {
                throw new BenchException($"{folder} has no ucr_*.csv with series of at least 64 samples.");
            }
        }

        public override Barcode Barcode(long number)
        {
            Random random = Seeded(number);
            double[] series = _series[random.Next(_series.Count)];
            int length = random.Next(32, Math.Min(192, series.Length) + 1);
            return new Barcode(SeriesPersistence.Sublevel(series.AsSpan(random.Next(series.Length - length + 1), length)));
        }
    }
}
