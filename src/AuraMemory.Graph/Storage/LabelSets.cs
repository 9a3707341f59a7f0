namespace AuraMemory.Graph.Storage;

/// <summary>The different sets of labels that nodes have, numbered from 1: a node holds a number. Sets are never taken back. One writer.</summary>
internal sealed class LabelSets
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private int[][] _sets = [[], []];

    /// <summary>The set without labels.</summary>
    public LabelSets() => _numbers[string.Empty] = 1;

    /// <summary>Sets by number; entries up to the numbers given out before are final.</summary>
    public int[][] Sets => _sets;

    /// <summary>The labels of a set, ascending.</summary>
    public int[] this[int number] => _sets[number];

    /// <summary>Number of a set.</summary>
    /// <param name="labels">Labels in any order; double ones count once.</param>
    public int Intern(ReadOnlySpan<int> labels)
    {
        if (labels.IsEmpty)
        {
            return 1;
        }

        int[] set = labels.ToArray();
        Array.Sort(set);
        int kept = 1;
        for (int i = 1; i < set.Length; i++)
        {
            if (set[i] != set[kept - 1])
            {
                set[kept++] = set[i];
            }
        }

        Array.Resize(ref set, kept);
        string name = string.Join(',', set);
        if (!_numbers.TryGetValue(name, out int number))
        {
            number = _numbers.Count + 1;
            if (number == _sets.Length)
            {
                Array.Resize(ref _sets, 2 * number);
            }

            _sets[number] = set;
            _numbers[name] = number;
        }

        return number;
    }
}
