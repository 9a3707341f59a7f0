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

    // Levenshtein, Soviet Physics Doklady 10(8), 1966; one row at a time.
    private static int Distance(string a, string b)
    {
        Span<int> row = stackalloc int[LongestName + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
