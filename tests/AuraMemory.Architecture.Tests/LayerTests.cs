using System.Reflection;

namespace AuraMemory.Architecture.Tests;

/// <summary>The parts of the engine, each using only what lies below it.</summary>
public class LayerTests
{
    private const string Root = "AuraMemory.Engine";

    /// <summary>Bottom first. A part is a namespace below the engine's own, or a name given by <see cref="PartOf"/>.</summary>
    private static readonly string[] Order =
    [
        "Objects", "contracts", "Machine", "address space", "Tiers", "Access", "Durability", "Catalog", "Placement",
        "Tiers.Persistent", "Tiers.Memory", "Writing", "StoreParts", "Reading", "Tiers.Calibration", "Movement", "Reporting", "MemoryStore",
    ];

    private static readonly string[] AddressSpace =
        ["MemoryRegion", "RegionPlacement", "MemoryRegionException", "UnixMemory", "WindowsMemory"];

    /// <summary>Plain values that lie higher than their users; everything else points down.</summary>
    private static readonly (string From, string To)[] Upward =
    [
        ("StoreOptions", "IStagePoints"), ("StoreOptions", "NoStagePoints"), ("TierReport", "BackendDescription"),
        ("TierReport", "TierUsage"), ("EvictionFacts", "ArenaQueue"), ("EvictionRule", "ArenaQueue"),
    ];

    private static readonly Assembly Engine = typeof(AuraMemory.Engine.MemoryStore).Assembly;

    [Fact]
    public void Parts_of_the_engine_use_only_what_lies_below_them()
    {
        IEnumerable<string> wrong = UsesBetweenParts().Where(IsUpward).Where(u => !Upward.Contains((u.From.Name, u.To.Name)))
            .Select(u => $"{u.From.FullName} ({PartOf(u.From)}) uses {u.To.FullName} ({PartOf(u.To)})");
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_exception_from_the_order_is_still_needed()
    {
        var needed = UsesBetweenParts().Where(IsUpward).Select(u => (u.From.Name, u.To.Name)).ToHashSet();
        Assert.Equal(Upward.Order(), needed.Order());
    }

    [Fact]
    public void The_order_names_every_part()
    {
        IEnumerable<string> parts = Engine.GetTypes().Where(IsOwn).Select(PartOf).Distinct();
        Assert.Equal(Order.Order(), parts.Order());
    }

    [Fact]
    public void Placement_is_pure()
    {
        string[] impure = ["System.IO", "System.Net", "System.Diagnostics", "System.Runtime.InteropServices", "Microsoft.Win32"];
        string[] impureTypes = ["Thread", "Task", "Timer", "TimeProvider", "DateTime", "DateTimeOffset", "Random", "Environment", "StoreClock"];
        IEnumerable<string> uses = CompiledTypes.Uses(Engine)
            .Where(u => u.From.Namespace == Root + ".Placement")
            .Where(u => impureTypes.Contains(u.To.Name)
                || impure.Any(i => u.To.Namespace == i || u.To.Namespace?.StartsWith(i + ".", StringComparison.Ordinal) == true))
            .Select(u => $"{u.From.Name} uses {u.To.FullName}");
        Assert.Empty(uses);
    }

    [Fact]
    public void The_storage_engine_is_known_to_the_home_only()
    {
        IEnumerable<string?> users = CompiledTypes.Uses(Engine)
            .Where(u => u.To.Name == "RocksNative" && u.From != u.To).Select(u => u.From.Namespace).Distinct();
        Assert.Equal([Root + ".Durability"], users);
    }

    private static bool IsUpward(TypeUse use) => Array.IndexOf(Order, PartOf(use.To)) > Array.IndexOf(Order, PartOf(use.From));

    private static IEnumerable<TypeUse> UsesBetweenParts() =>
        CompiledTypes.Uses(Engine).Where(u => IsOwn(u.From) && IsOwn(u.To) && PartOf(u.From) != PartOf(u.To));

    private static bool IsOwn(Type type) => type.Assembly == Engine && type.Namespace?.StartsWith(Root, StringComparison.Ordinal) == true;

    private static string PartOf(Type type)
    {
        Type outer = type;
        while (outer.DeclaringType is { } declaring)
        {
            outer = declaring;
        }

        if (outer.Namespace == Root)
        {
            return outer.Name is "MemoryStore" or "StoreParts" ? outer.Name : "contracts";
        }

        string part = outer.Namespace![(Root.Length + 1)..];
        return AddressSpace.Contains(outer.Name) ? "address space" : part == "Objects.Json" ? "Objects" : part;
    }
}
