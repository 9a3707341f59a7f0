namespace AuraMemory.Cli.Shapes;

/// <summary>What was found of one kind of reference record.</summary>
internal sealed class ReferenceTally(string kind)
{
    private const int MostReasons = 10;

    /// <summary>Name of the kind.</summary>
    public string Kind { get; } = kind;

    /// <summary>Records looked at.</summary>
    public int Checked { get; private set; }

    /// <summary>Those within the tolerance.</summary>
    public int Passed { get; private set; }

    /// <summary>Those that are not, or could not be read.</summary>
    public int Failed => Checked - Passed;

    /// <summary>Largest relative deviation; positive infinity where something was missing.</summary>
    public double Worst { get; private set; }

    /// <summary>Why records failed; the first ones.</summary>
    public List<string> Reasons { get; } = [];

    /// <summary>Counts a record.</summary>
    /// <param name="record">Its id, or where it stands.</param>
    /// <param name="deviation">Relative.</param>
    /// <param name="wrong">What is wrong; null = judged by the deviation.</param>
    public void Add(string record, double deviation, string? wrong = null)
    {
        Checked++;
        Worst = Math.Max(Worst, deviation);
        if (wrong is null && deviation <= BarComparison.Tolerance)
        {
            Passed++;
        }
        else if (Reasons.Count < MostReasons)
        {
            Reasons.Add($"{Kind}: {record}: {wrong ?? $"off by {deviation:G3} relative"}");
        }
    }
}
