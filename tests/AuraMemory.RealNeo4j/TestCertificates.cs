using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AuraMemory.RealNeo4j;

/// <summary>An authority made for a test, and the certificate that it gives to a server on this machine.</summary>
public sealed class TestCertificates : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddDays(-1);

    /// <summary>An authority and a server's certificate.</summary>
    /// <param name="name">The host that the certificate is for, besides its number when it is <c>localhost</c>.</param>
    public TestCertificates(string name = "localhost")
    {
        using var authorityKey = RSA.Create(2048);
        var authority = new CertificateRequest("CN=Authority of a test", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        Authority = authority.CreateSelfSigned(From, From.AddDays(30));
        using var key = RSA.Create(2048);
        var server = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (name == "localhost")
        {
            names.AddIpAddress(IPAddress.Loopback);
        }

        server.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = server.Create(Authority, From, From.AddDays(20), RandomNumberGenerator.GetBytes(16));
        Server = signed.CopyWithPrivateKey(key);
        Folder = Directory.CreateTempSubdirectory("aura-certificates-").FullName;
        File.WriteAllText(Path.Combine(Folder, "private.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(Folder, "public.crt"), Server.ExportCertificatePem());
    }

    /// <summary>The authority.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>The server's certificate with its key.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>A folder with both in PEM files: <c>private.key</c>, <c>public.crt</c>.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Authority.Dispose();
        Server.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
