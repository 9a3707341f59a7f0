namespace AuraMemory.Graph.Storage;

/// <summary>The ends and the type of a relationship: 12 bytes.</summary>
/// <param name="Source">Node it comes from.</param>
/// <param name="Target">Node it goes to.</param>
/// <param name="TypePlusOne">One above its type; 0 = there is no such relationship.</param>
internal readonly record struct RelationshipRecord(int Source, int Target, int TypePlusOne)
{
    /// <summary>Its type.</summary>
    public int Type => TypePlusOne - 1;

    /// <summary>Whether there is such a relationship.</summary>
    public bool Exists => TypePlusOne != 0;
}
