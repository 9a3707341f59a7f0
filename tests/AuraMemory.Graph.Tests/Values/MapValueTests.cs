using AuraMemory.Graph.Values;
using CsCheck;

namespace AuraMemory.Graph.Tests.Values;

/// <summary>Maps of any size beside a dictionary.</summary>
public class MapValueTests
{
    [Fact]
    public void A_map_finds_what_a_dictionary_finds() =>
        Gen.Dictionary(Gen.String[Gen.Char['a', 'd'], 0, 3], Gen.Long)[0, 30].Sample(model =>
        {
            string[] keys = [.. model.Keys];
            var map = new MapValue(keys, [.. model.Values.Select(v => Value.Of(v))]);
            Assert.Equal(model.Count, map.Count);
            foreach (string key in (string[])[.. keys, "", "a", "abcd", "zz"])
            {
                Assert.Equal(model.TryGetValue(key, out long expected), map.TryGet(key, out Value found));
                Assert.Equal(model.ContainsKey(key) ? Value.Of(expected) : Value.Null, found);
                Assert.Equal(found, map[key]);
            }
        });
}
