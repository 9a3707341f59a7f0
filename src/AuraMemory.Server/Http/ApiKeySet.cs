using System.Security.Cryptography;
using System.Text;

namespace AuraMemory.Server.Http;

/// <summary>The configured API keys, compared in a time that says nothing about them.</summary>
internal sealed class ApiKeySet(IEnumerable<string> keys)
{
    private readonly byte[][] _hashes = [.. keys.Select(k => SHA256.HashData(Encoding.UTF8.GetBytes(k)))];

    /// <summary>Whether no key is asked for.</summary>
    public bool IsEmpty => _hashes.Length == 0;

    /// <summary>Whether it is one of the keys.</summary>
    public bool Has(string? key)
    {
        // Digests have one length whatever was sent, and every key is compared, so time tells nothing about any key.
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key ?? ""), digest);
        bool found = false;
        foreach (byte[] hash in _hashes)
        {
            found |= CryptographicOperations.FixedTimeEquals(digest, hash);
        }

        return found && key is not null;
    }
}
