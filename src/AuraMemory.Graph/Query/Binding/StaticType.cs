namespace AuraMemory.Graph.Query.Binding;

/// <summary>What a value may be, as far as the query tells before it runs: one kind or several.</summary>
[Flags]
internal enum StaticKind
{
    /// <summary>It is null.</summary>
    Null = 0,

    /// <summary>A boolean, or null; and so on below.</summary>
    Boolean = 1 << 0,

    /// <summary>An integer.</summary>
    Integer = 1 << 1,

    /// <summary>A float.</summary>
    Float = 1 << 2,

    /// <summary>Text.</summary>
    String = 1 << 3,

    /// <summary>A list.</summary>
    List = 1 << 4,

    /// <summary>A map.</summary>
    Map = 1 << 5,

    /// <summary>A node.</summary>
    Node = 1 << 6,

    /// <summary>A relationship.</summary>
    Relationship = 1 << 7,

    /// <summary>A path.</summary>
    Path = 1 << 8,

    /// <summary>A date, a time, or both.</summary>
    Moment = 1 << 9,

    /// <summary>A duration.</summary>
    Duration = 1 << 10,

    /// <summary>An integer or a float.</summary>
    Number = Integer | Float,

    /// <summary>What a property of a node or a relationship may be: anything but a part of the graph.</summary>
    Property = Boolean | Number | String | List | Map | Moment | Duration,

    /// <summary>Nothing is known.</summary>
    Any = Property | Node | Relationship | Path,
}

/// <summary>The type of an expression as far as its text tells. Whatever the type, the value may be null.</summary>
/// <param name="Kind">What it may be.</param>
/// <param name="Element">Of the elements where it is a list; null where that is not known.</param>
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

    /// <summary>A property's value, or one inside it.</summary>
    public static StaticType Property { get; } = new(StaticKind.Property);

    /// <summary>What has properties that are asked for by name.</summary>
    public static StaticType Owner { get; } = new(StaticKind.Map | StaticKind.Node | StaticKind.Relationship);

    /// <summary>A number or a duration.</summary>
    public static StaticType Length { get; } = new(StaticKind.Number | StaticKind.Duration);

    /// <summary>Text or a list.</summary>
    public static StaticType TextOrList { get; } = new(StaticKind.String | StaticKind.List);

    /// <summary>Whether it is null, or may be of kinds that have little in common.</summary>
    public bool IsUnknown => !IsNumber && !int.IsPow2((int)Kind);

    /// <summary>Whether it is an integer, a float, or either.</summary>
    public bool IsNumber => Kind is StaticKind.Integer or StaticKind.Float or StaticKind.Number;

    /// <summary>What its elements are where it is a list.</summary>
    public StaticType Elements => Element ?? (Kind == StaticKind.Property ? Property : Any);

    /// <summary>A list of elements of a type.</summary>
    public static StaticType ListOf(StaticType element) => new(StaticKind.List, element);

    /// <summary>The type of elements of a list that has elements of either type. Of unlike ones nothing is known.</summary>
    public static StaticType Common(StaticType a, StaticType b) =>
        a == b ? a
        : a.IsNumber && b.IsNumber ? Number
        : a.Kind == StaticKind.List && b.Kind == StaticKind.List ? ListOf(Common(a.Elements, b.Elements))
        : Any;

    /// <summary>The type of a value that is of one type or the other.</summary>
    public static StaticType Either(StaticType a, StaticType b) =>
        a == b ? a
        : a.Kind == StaticKind.Null || b.Kind == StaticKind.Null ? Any
        : new StaticType(a.Kind | b.Kind, a.MayBe(StaticKind.List) && b.MayBe(StaticKind.List) ? Common(a.Elements, b.Elements) : a.Element ?? b.Element);

    /// <summary>Whether a value of this type may be of one of the kinds; null is of any.</summary>
    public bool MayBe(params ReadOnlySpan<StaticKind> kinds)
    {
        if (Kind == StaticKind.Null)
        {
            return true;
        }

        foreach (StaticKind kind in kinds)
        {
            if ((kind & Kind) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>In words, for messages.</summary>
    public override string ToString() => Kind switch
    {
        StaticKind.Any => "anything",
        StaticKind.Null => "null",
        StaticKind.Number => "a number",
        StaticKind.Property => "the value of a property",
        _ => string.Join(" or ", Enum.GetValues<StaticKind>().Where(k => int.IsPow2((int)k) && Kind.HasFlag(k)).Select(k => (k == StaticKind.Integer ? "an " : "a ") + k.ToString().ToLowerInvariant())),
    };
}
