using AuraMemory.Graph.Neo4j.Client;

namespace AuraMemory.Graph.Tests.Neo4j.Client;

public class Neo4jAddressTests
{
    [Theory]
    [InlineData("bolt://graph", "bolt://graph:7687", false, Neo4jEncryption.None)]
    [InlineData("BOLT+S://graph.example.org:7688/", "bolt+s://graph.example.org:7688", false, Neo4jEncryption.Verified)]
    [InlineData("bolt+ssc://10.0.0.1:1", "bolt+ssc://10.0.0.1:1", false, Neo4jEncryption.AnyCertificate)]
    [InlineData("neo4j://[::1]:65535", "neo4j://[::1]:65535", true, Neo4jEncryption.None)]
    [InlineData("neo4j+s://[fe80::1]", "neo4j+s://[fe80::1]:7687", true, Neo4jEncryption.Verified)]
    [InlineData("neo4j+ssc://graph?policy=eu%20west&region=1", "neo4j+ssc://graph:7687", true, Neo4jEncryption.AnyCertificate)]
    public void An_address_is_read(string text, string shown, bool isRouted, Neo4jEncryption encryption)
    {
        Neo4jAddress address = Neo4jAddress.Parse(text);
        Assert.Equal((shown, isRouted, encryption), (address.ToString(), address.IsRouted, address.Encryption));
    }

    [Fact]
    public void The_query_string_is_for_routing()
    {
        IReadOnlyDictionary<string, string> context = Neo4jAddress.Parse("neo4j://graph?policy=eu%20west&region=1").RoutingContext;
        Assert.Equal([("policy", "eu west"), ("region", "1")], context.Select(e => (e.Key, e.Value)));
        Assert.Equal("::1", Neo4jAddress.Parse("neo4j://[::1]").Endpoint.Host);
    }

    [Theory]
    [InlineData("graph:7687", "begins with bolt://")]
    [InlineData("http://graph", "begins with bolt://")]
    [InlineData("bolt+x://graph", "begins with bolt://")]
    [InlineData("bolt://", "has no host")]
    [InlineData("bolt://:7687", "has no host")]
    [InlineData("bolt://::1", "has no host")]
    [InlineData("bolt://a b", "has no host")]
    [InlineData("bolt://graph:", "no port between 1 and 65535")]
    [InlineData("bolt://graph:0", "no port between 1 and 65535")]
    [InlineData("bolt://graph:65536", "no port between 1 and 65535")]
    [InlineData("bolt://graph:+1", "no port between 1 and 65535")]
    [InlineData("bolt://[::1]7687", "no port between 1 and 65535")]
    [InlineData("bolt://neo4j:secret@graph", "no user and no password")]
    [InlineData("bolt://graph/db", "no path")]
    [InlineData("bolt://graph#x", "no path")]
    [InlineData("bolt://graph?policy=eu", "does not route")]
    [InlineData("neo4j://graph?policy", "not NAME=VALUE")]
    [InlineData("neo4j://graph?policy=", "not NAME=VALUE")]
    [InlineData("neo4j://graph?policy=a&policy=b", "there twice")]
    [InlineData("neo4j://graph?address=a", "reserved")]
    public void What_is_wrong_with_an_address_is_told(string text, string why)
    {
        FormatException e = Assert.Throws<FormatException>(() => Neo4jAddress.Parse(text));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_do_not_show_the_password() =>
        Assert.DoesNotContain(
            "secret", new Neo4jSettings { Address = Neo4jAddress.Parse("bolt://graph"), User = "u", Password = "secret" }.ToString(), StringComparison.Ordinal);
}
