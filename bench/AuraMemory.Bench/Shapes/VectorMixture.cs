namespace AuraMemory.Bench.Shapes;

/// <summary>Vectors of 128 numbers: 2000 clusters, each spread over 16 of 64 common directions, and noise of 0.03 in every number.</summary>
internal sealed class VectorMixture
{
    /// <summary>Numbers of a vector.</summary>
    public const int Length = 128;

    private const int Clusters = 2000;
    private const int Directions = 64;
    private const int Latent = 16;
    private const double Spread = 0.3;
    private const double Noise = 0.03;

    private readonly float[][] _directions = new float[Directions][];
    private readonly (int[] Directions, double[] Centre)[] _clusters = new (int[], double[])[Clusters];

    public VectorMixture()
    {
        var random = new Random(7);
        for (int i = 0; i < Directions; i++)
        {
            _directions[i] = new float[Length];
            for (int j = 0; j < Length; j++)
            {
                _directions[i][j] = (float)(Normal(random) / Math.Sqrt(Length));
            }
        }

        for (int c = 0; c < Clusters; c++)
        {
            var chosen = new int[Latent];
            var centre = new double[Latent];
            for (int i = 0; i < Latent; i++)
            {
                chosen[i] = random.Next(Directions);
                centre[i] = Normal(random);
            }

            _clusters[c] = (chosen, centre);
        }
    }

    /// <summary>Vector of a number; negative ones are queries.</summary>
    public void Write(long number, Span<float> into)
    {
        ulong x = ((ulong)number + 0x7654321) * 0x9E3779B97F4A7C15;
        var random = new Random((int)((x ^ (x >> 31)) & int.MaxValue));
        (int[] directions, double[] centre) = _clusters[random.Next(Clusters)];
        into.Clear();
        for (int i = 0; i < Latent; i++)
        {
            var weight = (float)(centre[i] + (Spread * Normal(random)));
            float[] direction = _directions[directions[i]];
            for (int j = 0; j < Length; j++)
            {
                into[j] += weight * direction[j];
            }
        }

        for (int j = 0; j < Length; j++)
        {
            into[j] += (float)(Noise * Normal(random));
        }
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
