using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Execution.Steps;

/// <summary>The relationships that a row of one <c>MATCH</c> has walked already, and must not walk again.</summary>
/// <param name="run">The run.</param>
/// <param name="slots">Slots of relationships, or of lists of relationships.</param>
internal readonly struct UsedRelationships(QueryRun run, int[] slots)
{
    private readonly Value[] _slots = run.Slots;

    /// <summary>Whether there is anything to compare with.</summary>
    public bool Any => slots.Length > 0;

    /// <summary>Whether a relationship is among them.</summary>
    public bool Has(int relationship)
    {
        foreach (int slot in slots)
        {
            ref readonly Value value = ref _slots[slot];
            if (value.Kind == ValueKind.Relationship)
            {
                if (value.Relationship == relationship)
                {
                    return true;
                }
            }
            else if (value.Kind == ValueKind.List)
            {
                foreach (Value element in value.List)
                {
                    if (element.Kind == ValueKind.Relationship && element.Relationship == relationship)
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }
}
