namespace AuraMemory.Graph.Query.Binding;

/// <summary>What is known of a value before the query runs.</summary>
internal enum StaticKind
{
    /// <summary>Nothing.</summary>
    Any,

    /// <summary>It is null.</summary>
    Null,

    /// <summary>A boolean, or null; and so on below.</summary>
    Boolean,

    /// <summary>An integer.</summary>
    Integer,

    /// <summary>A float.</summary>
    Float,

    /// <summary>An integer or a float.</summary>
    Number,

    /// <summary>Text.</summary>
    String,

    /// <summary>A list.</summary>
    List,

    /// <summary>A map.</summary>
    Map,

    /// <summary>A node.</summary>
    Node,

    /// <summary>A relationship.</summary>
    Relationship,

    /// <summary>A path.</summary>
    Path,

    /// <summary>A date, a time, or both.</summary>
    Moment,

    /// <summary>A duration.</summary>
    Duration,
}

/// <summary>The type of an expression as far as its text tells. Whatever the type, the value may be null.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Element">Of the elements of a list; null for others.</param>
internal sealed record StaticType(StaticKind Kind, StaticType? Element = null)
{
    /// <summary>Nothing is known.</summary>
    public static StaticType Any { get; } = new(StaticKind.Any);

    /// <summary>A boolean.</summary>
    public static StaticType Boolean { get; } = new(StaticKind.Boolean);

    /// <summary>An integer.</summary>
    public static StaticType Integer { get; } = new(StaticKind.Integer);

    /// <summary>A number.</summary>
    public static StaticType Number { get; } = new(StaticKind.Number);

    /// <summary>Text.</summary>
    public static StaticType Text { get; } = new(StaticKind.String);

    /// <summary>A date, a time, or both.</summary>
    public static StaticType Moment { get; } = new(StaticKind.Moment);

    /// <summary>A duration.</summary>
    public static StaticType Duration { get; } = new(StaticKind.Duration);

    /// <summary>Whether nothing is known but that it may be null.</summary>
    public bool IsUnknown => Kind is StaticKind.Any or StaticKind.Null;

    /// <summary>Whether it is an integer, a float, or either.</summary>
    public bool IsNumber => Kind is StaticKind.Integer or StaticKind.Float or StaticKind.Number;

    /// <summary>A list of elements of a type.</summary>
    public static StaticType ListOf(StaticType element) => new(StaticKind.List, element);

    /// <summary>The type that values of either type have in common.</summary>
    public static StaticType Common(StaticType a, StaticType b)
    {
        if (a == b || b.Kind == StaticKind.Null)
        {
            return a;
        }

        return a.Kind == StaticKind.Null ? b : a.IsNumber && b.IsNumber ? Number : Any;
    }

    /// <summary>Whether a value of this type may be of one of the kinds; what is not known may be anything.</summary>
    public bool MayBe(params ReadOnlySpan<StaticKind> kinds)
    {
        if (Kind is StaticKind.Any or StaticKind.Null)
        {
            return true;
        }

        foreach (StaticKind kind in kinds)
        {
            if (kind == Kind || (kind == StaticKind.Number && IsNumber) || (Kind == StaticKind.Number && kind is StaticKind.Integer or StaticKind.Float))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>In words, for messages.</summary>
    public override string ToString() => Kind switch
    {
        StaticKind.Integer => "an integer",
        StaticKind.Any => "anything",
        StaticKind.Null => "null",
        _ => "a " + Kind.ToString().ToLowerInvariant(),
    };
}
