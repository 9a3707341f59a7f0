namespace AuraMemory.Topology.Filtrations;

/// <summary>Union-find by the elder rule: members are numbered by age, and the root of a component is its oldest member.</summary>
/// <remarks>
/// Linking by age instead of by size makes the root what persistence asks for; with path halving an operation still takes O(log n) amortized
/// (Tarjan and van Leeuwen, Worst-case analysis of set union algorithms, 1984).
/// </remarks>
internal static class UnionFind
{
    /// <summary>Each member by itself.</summary>
    public static int[] Singletons(int count)
    {
        var roots = new int[count];
        for (int i = 0; i < count; i++)
        {
            roots[i] = i;
        }

        return roots;
    }

    /// <summary>The oldest member of a component.</summary>
    public static int Find(int[] roots, int member)
    {
        while (roots[member] != member)
        {
            roots[member] = roots[roots[member]];
            member = roots[member];
        }

        return member;
    }

    /// <summary>Joins two components.</summary>
    /// <returns>The root that ceased to be one, the younger; -1 when they were one component already.</returns>
    public static int Join(int[] roots, int a, int b)
    {
        a = Find(roots, a);
        b = Find(roots, b);
        if (a == b)
        {
            return -1;
        }

        (int elder, int younger) = a < b ? (a, b) : (b, a);
        roots[younger] = elder;
        return younger;
    }
}
