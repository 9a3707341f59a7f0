using System.Text;
using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests.Store;

/// <summary>What a store is to its users, as a dictionary: the reference the real one is compared with.</summary>
internal sealed class StoreModel
{
    public const int Keys = 12;

    private readonly Dictionary<string, Item> _items = [];
    private readonly Dictionary<(string From, string Type, string To), double> _edges = [];

    public long Newest { get; private set; }

    public static string Key(int number) => "k" + number;

    public Item? Live(string key, long nowMs)
    {
        if (_items.TryGetValue(key, out Item? item) && item.ExpiresAtMs != 0 && item.ExpiresAtMs <= nowMs)
        {
            Remove(key);
            return null;
        }

        return item;
    }

    public void Store(string key, Item item, IReadOnlyList<Relationship> relationships)
    {
        Assert.True(item.Version > Newest, $"{key}: version {item.Version} after {Newest} was given out");
        Newest = item.Version;
        _items[key] = item;
        foreach (Relationship relationship in relationships)
        {
            _edges[(key, relationship.Type, relationship.Target)] = relationship.Weight;
        }
    }

    public void Remove(string key)
    {
        _items.Remove(key);
        foreach ((string From, string Type, string To) edge in _edges.Keys.Where(e => e.From == key || e.To == key).ToList())
        {
            _edges.Remove(edge);
        }
    }

    public bool HasEdges(string key) => _edges.Keys.Any(e => e.From == key || e.To == key);

    /// <summary>True when an object that has just expired takes relationships with it.</summary>
    public bool ExpiryTouchesEdges(long nowMs) =>
        _items.Any(i => i.Value.ExpiresAtMs != 0 && i.Value.ExpiresAtMs <= nowMs && HasEdges(i.Key));

    public int EdgesWith(string key, IReadOnlyList<Relationship> added) =>
        _edges.Keys.Where(e => e.From == key).Select(e => (e.Type, e.To))
            .Union(added.Select(r => (r.Type, r.Target))).Count();

    public IEnumerable<string> Related(string key) =>
        _edges.Where(e => e.Key.From == key).Select(e => $"{e.Key.From} {e.Key.Type} {e.Key.To} {e.Value}").Order(StringComparer.Ordinal);

    public IEnumerable<string> RelatedTo(string key) =>
        _edges.Where(e => e.Key.To == key).Select(e => $"{e.Key.From} {e.Key.Type} {e.Key.To} {e.Value}").Order(StringComparer.Ordinal);

    public List<(string Key, Item Item)> All(long nowMs)
    {
        foreach (string key in _items.Keys.ToList())
        {
            Live(key, nowMs);
        }

        return [.. _items.OrderBy(i => i.Key, StringComparer.Ordinal).Select(i => (i.Key, i.Value))];
    }

    internal sealed record Item(long Version, byte[] Data, byte[] Metadata, long ExpiresAtMs)
    {
        public static byte[] MetadataOf(int length) => length == 0 ? [] : Encoding.ASCII.GetBytes("{\"" + new string('m', length) + "\":1}");
    }
}
