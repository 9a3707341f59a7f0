namespace AuraMemory.Graph.Query.Binding;

/// <summary>"Did you mean": the nearest of the names there are.</summary>
internal static class NameSuggestion
{
    private const int LongestName = 60;

    /// <summary>A sentence with the nearest name, or nothing when none is near: a third of the letters or fewer differ.</summary>
    public static string For(string name, IEnumerable<string> known)
    {
        if (name.Length > LongestName)
        {
            return "";
        }

        string? nearest = null;
        int least = Math.Max(1, (name.Length + 1) / 3);
        foreach (string candidate in known)
        {
            int distance = candidate.Length > LongestName ? int.MaxValue : Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < least || (distance == least && nearest is null))
            {
                (nearest, least) = (candidate, distance);
            }
        }

        return nearest is null ? "" : $" Did you mean `{nearest}`?";
    }

    // Levenshtein, Soviet Physics Doklady 10(8), 1966, with neighbours changing places as one change (optimal string alignment).
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                int replaced = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, replaced);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[a.Length, b.Length];
    }
}
