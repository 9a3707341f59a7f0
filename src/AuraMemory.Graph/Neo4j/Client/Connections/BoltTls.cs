using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace AuraMemory.Graph.Neo4j.Client.Connections;

/// <summary>Which certificates of servers are accepted.</summary>
internal static class BoltTls
{
    /// <summary>Settings of a TLS client.</summary>
    public static SslClientAuthenticationOptions Options(Neo4jSettings settings, string host) => new()
    {
        TargetHost = host,
        RemoteCertificateValidationCallback = settings.Address.Encryption == Neo4jEncryption.AnyCertificate
            ? AcceptAny
            : (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors, settings.TrustedCertificates),
    };

    private static bool AcceptAny(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => true;

    // The name of the host must be right in any case; an authority of the settings can only stand in for one of the system.
    private static bool IsTrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection? trusted)
    {
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || trusted is not { Count: > 0 } || certificate is null)
        {
            return errors == SslPolicyErrors.None;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(trusted);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (X509ChainElement element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        using var leaf = new X509Certificate2(certificate);
        return own.Build(leaf);
    }
}
