using System.Net;
using AuraMemory.Engine;
using AuraMemory.Server.Bolt;
using AuraMemory.Server.Configuration;
using AuraMemory.Server.Http;
using AuraMemory.Server.Http.Endpoints;
using AuraMemory.Server.Http.Middleware;
using AuraMemory.Server.Http.OpenApi;
using AuraMemory.Server.Http.Routing;
using AuraMemory.Server.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Scalar.AspNetCore;

namespace AuraMemory.Server;

/// <summary>A setting, or several, with which the service cannot start; the message names them.</summary>
public sealed class SettingsException(string message) : Exception(message);

/// <summary>Puts the service together: settings, doors, and the store behind them.</summary>
public static class ServerHost
{
    /// <summary>Disk reads that may be under way at once before the pool has to grow; more threads take turns on the cores and lengthen the tail of hits.</summary>
    private const int DiskThreads = 8;

    /// <summary>Builds the service; call <c>RunAsync</c> or <c>StartAsync</c> on the result.</summary>
    /// <param name="args">Command line: <c>--urls</c>, <c>--data</c>, and <c>--name value</c> for any setting.</param>
    /// <param name="openStore">
    /// Opens and recovers the store. Called once, after the service has begun to listen; until it returns, liveness answers
    /// 200, readiness and the API 503.
    /// </param>
    /// <param name="time">Clock; null = the system's.</param>
    /// <exception cref="SettingsException">A setting is unknown or out of range, or the addresses need API keys.</exception>
    public static WebApplication Build(
        string[] args, Func<StoreOptions, CancellationToken, ValueTask<IObjectStore>> openStore, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(openStore);
        // Reads of cold objects block their thread for the length of a disk read: with only as many threads as cores, a few
        // of them would hold up every hit in memory.
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.SetMinThreads(Math.Max(workers, DiskThreads), ports);

        // Settings are read once, at the start. To be told of a changed file the framework would watch the whole tree below the
        // working folder, and with it every write of a store that lies there.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);

        // First, so that the environment and a file in the working folder win over the one beside the program.
        builder.Configuration.Sources.Insert(0, new JsonConfigurationSource
        {
            Path = "appsettings.json",
            FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory),
            Optional = true,
        });
        ReadSettings settings = SettingsReader.Read(builder.Configuration, args);
        List<string> errors = [.. settings.Errors];
        bool anonymous = AddressRules.Check(settings.Server, errors);
        if (errors.Count > 0)
        {
            throw new SettingsException(string.Join(Environment.NewLine, errors));
        }

        var server = new ServerContext(settings.Server, time ?? TimeProvider.System)
        {
            Warnings = anonymous
                ? [.. settings.Warnings, "The service listens beyond loopback without API keys (allow_anonymous_network): everybody who reaches it may read and write."]
                : settings.Warnings,
            ShownSettings = settings.Shown,
        };
        builder.WebHost.UseUrls(settings.Server.Urls);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // The door refuses bodies above the limit itself; up to twice the limit the rest is read away after the answer,
            // so that clients which send before they listen see the 413 instead of a broken connection.
            kestrel.Limits.MaxRequestBodySize = 2L * settings.Server.MaxBodyBytes;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // The program says in a sentence why it could not start; the host would say it first, as a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(settings.Server.ShutdownSeconds));
        builder.Services.AddSingleton(server);
        builder.Services.AddHostedService(services => new StoreLifetime(
            server, settings.Store, openStore, services.GetRequiredService<IServer>(),
            services.GetRequiredService<IHostApplicationLifetime>(), services.GetRequiredService<ILoggerFactory>().CreateLogger("AuraMemory")));
        if (settings.Server.BoltPort > 0)
        {
            builder.Services.AddSingleton(services => new BoltDoor(server, services.GetRequiredService<ILoggerFactory>().CreateLogger("AuraMemory")));
            builder.Services.AddHostedService(services => services.GetRequiredService<BoltDoor>());
        }

        if (settings.Store is { UseSpotInstances: true, TerminationNoticeFile: { } notice })
        {
            builder.Services.AddHostedService(services => new TerminationNotice(
                notice, server.Time, services.GetRequiredService<IHostApplicationLifetime>(),
                services.GetRequiredService<ILoggerFactory>().CreateLogger("AuraMemory")));
        }

        WebApplication app = builder.Build();
        var router = new Router(Routes(server));
        var door = new FrontDoor(router, server, app.Logger);
        app.Use(next => context => door.InvokeAsync(context, next));
        app.UseRouting();
        app.MapScalarApiReference("/api/docs", options =>
        {
            options.Title = "AURA Memory Tiers";
            options.OpenApiRoutePattern = "/api/openapi.json";
            options.DefaultFonts = false;

            // What leads to the maker's own services does not belong on the page of a service that works offline.
            options.DisableAgent().DisableMcp().DisableTelemetry().HideDeveloperTools().HideClientButton();
        });
        return app;
    }

    internal static IReadOnlyList<ApiRoute> Routes(ServerContext server)
    {
        var retrieve = new RetrieveEndpoint(server);
        var store = new StoreEndpoint(server);
        var objects = new ObjectsEndpoint(server);
        var tier = new TierEndpoint(server);
        var overview = new OverviewEndpoint(server);
        var metrics = new StoreMetrics(server);
        var benchmark = new BenchmarkEndpoint(server);
        var shapeQuery = new ShapeQueryEndpoint(server);
        var shape = new ShapeEndpoint(server);
        var objectShape = new ObjectShapeEndpoint(server);
        var graphQuery = new GraphQueryEndpoint(server);
        var relationships = new RelationshipsEndpoint(server);
        const string Base = "/api/v1";
        return
        [
            new("POST", Base + "/store", RouteAccess.Store, store.StoreAsync),
            new("POST", Base + "/retrieve", RouteAccess.Store, retrieve.RetrieveAsync),
            new("POST", Base + "/bulk/store", RouteAccess.Store, store.BulkStoreAsync),
            new("POST", Base + "/bulk/retrieve", RouteAccess.Store, retrieve.BulkRetrieveAsync),
            new("POST", Base + "/prefetch", RouteAccess.Store, tier.PrefetchAsync),
            new("POST", Base + "/query/shape", RouteAccess.Store, shapeQuery.QueryAsync),
            new("POST", Base + "/query/graph", RouteAccess.Store, graphQuery.QueryAsync),
            new("POST", Base + "/relationships", RouteAccess.Store, relationships.AssertAsync),
            new("DELETE", Base + "/relationships", RouteAccess.Store, relationships.RemoveAsync),
            new("POST", Base + "/shape/analyze", RouteAccess.Store, shape.AnalyzeAsync),
            new("POST", Base + "/shape/distance", RouteAccess.Store, shape.DistanceAsync),
            new("POST", Base + "/tier/migrate", RouteAccess.Store, tier.MigrateAsync),
            new("POST", Base + "/benchmark", RouteAccess.Store, benchmark.RunAsync),
            new("GET", Base + "/stats/efficiency", RouteAccess.Store, overview.StatsAsync),
            new("GET", Base + "/tiers", RouteAccess.Store, overview.TiersAsync),
            new("POST", Base + "/tiers/calibrate", RouteAccess.Store, overview.CalibrateAsync),
            new("GET", Base + "/features", RouteAccess.Store, overview.FeaturesAsync),
            new("GET", Base + "/health", RouteAccess.Store, overview.HealthAsync),
            new("GET", Base + "/objects", RouteAccess.Store, objects.ListAsync),
            new("GET", Base + "/objects/{key}", RouteAccess.Store, objects.GetAsync),
            new("HEAD", Base + "/objects/{key}", RouteAccess.Store, objects.GetAsync),
            new("PUT", Base + "/objects/{key}", RouteAccess.Store, objects.PutAsync),
            new("DELETE", Base + "/objects/{key}", RouteAccess.Store, objects.DeleteAsync),
            new("GET", Base + "/objects/{key}/relationships", RouteAccess.Store, objects.RelationshipsAsync),
            new("GET", Base + "/objects/{key}/shape", RouteAccess.Store, objectShape.GetAsync, ObjectShapeEndpoint.SvgType),
            new("GET", "/metrics", RouteAccess.Guarded, metrics.PageAsync),
            new("GET", "/health/live", RouteAccess.Open, overview.LiveAsync),
            new("GET", "/health/ready", RouteAccess.Open, overview.ReadyAsync),
            new("GET", "/api/openapi.json", RouteAccess.Open, OpenApiDocument.SendAsync),
            new("GET", "/", RouteAccess.Open, ToDocs),
        ];
    }

    private static Task ToDocs(HttpContext context)
    {
        context.Response.Redirect("/api/docs");
        return Task.CompletedTask;
    }
}

/// <summary>Where the service may listen.</summary>
internal static class AddressRules
{
    /// <summary>Checks the addresses; true when the service is open to a network without keys, by choice.</summary>
    public static bool Check(ServerSettings settings, List<string> errors)
    {
        bool beyondLoopback = false;
        foreach (string url in settings.Urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            BindingAddress address;
            try
            {
                address = BindingAddress.Parse(url);
            }
            catch (FormatException)
            {
                errors.Add($"urls has '{url}'; it must be an address such as http://localhost:8001.");
                continue;
            }

            beyondLoopback |= !IsLoopback(address);
        }

        if (!beyondLoopback || settings.ApiKeys.Count > 0)
        {
            return false;
        }

        if (!settings.AllowAnonymousNetwork)
        {
            errors.Add(
                $"urls is '{settings.Urls}', which others can reach, and api_keys is not set. Set api_keys, or listen on localhost, or set allow_anonymous_network to true.");
        }

        return true;
    }

    private static bool IsLoopback(BindingAddress address) =>
        address.IsUnixPipe || address.IsNamedPipe
        || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));
}
