using AuraMemory.Engine.Objects;

namespace AuraMemory.Engine.Tests;

public class KeyTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("sensor_123:x.y-z", true)]
    [InlineData("...", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("ä", false)]
    [InlineData("a b", false)]
    public void Keys_follow_the_published_pattern(string key, bool valid) =>
        Assert.Equal(valid, ObjectKey.IsValid(System.Text.Encoding.UTF8.GetBytes(key)));

    [Fact]
    public void A_key_of_512_bytes_is_the_longest()
    {
        Assert.True(ObjectKey.IsValid(new string('k', 512).Select(c => (byte)c).ToArray()));
        Assert.False(ObjectKey.IsValid(new string('k', 513).Select(c => (byte)c).ToArray()));
    }
}
