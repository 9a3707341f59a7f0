using AuraMemory.Engine.Objects;

namespace AuraMemory.Server.Shapes;

/// <summary>What an object must be, besides alike, to be a result; applied during the search.</summary>
internal sealed record ShapeFilter
{
    /// <summary>Everything passes.</summary>
    public static ShapeFilter None { get; } = new();

    /// <summary>The object's fastest tier is one of these; empty = any.</summary>
    public IReadOnlyList<TierId> Tiers { get; init; } = [];

    /// <summary>Length of the data, bytes.</summary>
    public NumberRange? Size { get; init; }

    /// <summary>Seconds since the version was stored.</summary>
    public NumberRange? AgeSeconds { get; init; }

    /// <summary>All of these hold for the metadata.</summary>
    public IReadOnlyList<MetadataFilter> Metadata { get; init; } = [];

    /// <summary>True when everything passes.</summary>
    public bool IsNone => Tiers.Count == 0 && Size is null && AgeSeconds is null && Metadata.Count == 0;
}

/// <summary>Numbers from one to another, both included.</summary>
/// <param name="Min">Least; null = none.</param>
/// <param name="Max">Largest; null = none.</param>
internal readonly record struct NumberRange(double? Min, double? Max)
{
    /// <summary>True when a number lies within.</summary>
    public bool Contains(double value) => !(value < Min) && !(value > Max) && !double.IsNaN(value);
}

/// <summary>A condition on one member of the metadata.</summary>
/// <param name="Name">Name of a member of the metadata object itself, exactly; members of members are not reached.</param>
/// <param name="AnyOf">
/// The member equals one of these, or is an array that has one of them; empty = not asked for. Each is a string, a number, true,
/// false or null; numbers are compared by value, so 1 equals 1.0. A member that is missing equals nothing, null included.
/// </param>
/// <param name="Range">The member is a number within; null = not asked for.</param>
internal sealed record MetadataFilter(string Name, IReadOnlyList<ScalarValue> AnyOf, NumberRange? Range);

/// <summary>A JSON value without parts.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Text">A string's text.</param>
/// <param name="Number">A number's value.</param>
internal readonly record struct ScalarValue(ScalarKind Kind, string? Text = null, double Number = 0);

/// <summary>Kinds of JSON values without parts.</summary>
internal enum ScalarKind : byte
{
    /// <summary>null.</summary>
    Null,

    /// <summary>false.</summary>
    False,

    /// <summary>true.</summary>
    True,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A string.</summary>
    Text,
}
