using System.Text;
using AuraMemory.Engine.Objects;
using AuraMemory.Engine.Tiers;

namespace AuraMemory.Conformance.Tests;

/// <summary>Objects whose bytes tell their key and version, so that a mixture of two versions is recognised.</summary>
internal static class TestObject
{
    public static byte[] Key(int number) => Encoding.ASCII.GetBytes($"key:{number}");

    public static byte[] Bytes(long version, int length)
    {
        var bytes = new byte[length];
        new Random((int)(version * 7919)).NextBytes(bytes);
        return bytes;
    }

    public static ObjectHeader Header(long version) => new(
        version, 0, 0, version % 2 == 0 ? 0 : long.MaxValue / 2 - version, (ObjectFlags)(version % 4));

    public static ObjectImage Image(byte[] key, long version, int length, int metadata = 0) =>
        new(key, Header(version), Bytes(-version, metadata), Bytes(version, length));

    public static PlaceStatus Place(
        this ITierBackend backend, byte[] key, long version, int length, PlaceMode mode = PlaceMode.Force, int metadata = 0) =>
        backend.Place(Image(key, version, length, metadata), mode);

    /// <summary>The version that a backend holds; 0 = none. Fails when what was read is not one whole version.</summary>
    public static long Held(this ITierBackend backend, byte[] key, Func<long, (int Length, int Metadata)> shape)
    {
        using var buffer = new ObjectBuffer();
        ReadStatus status = backend.Read(key, buffer);
        if (status == ReadStatus.NotFound)
        {
            return 0;
        }

        Assert.Equal(ReadStatus.Found, status);
        Assert.Equal(backend.Tier, buffer.Tier);
        long version = buffer.Header.Version;
        (int length, int metadata) = shape(version);
        Assert.Equal(length, buffer.DataBytes);
        var data = new byte[length];
        Assert.True(buffer.TryCopyData(0, data));
        Assert.Equal(Bytes(version, length), data);
        Assert.Equal(Bytes(-version, metadata), buffer.Metadata.ToArray());
        Assert.Equal(Header(version).ExpiresAtMs, buffer.Header.ExpiresAtMs);
        Assert.Equal(Header(version).Flags, buffer.Header.Flags);
        return version;
    }
}
