using AuraMemory.Server.Http.Problems;
using AuraMemory.Topology;

namespace AuraMemory.Server.Http;

/// <summary>Analyses the data of a request within the limits, and says in the caller's terms why there is no shape.</summary>
internal static class ShapeAnalyses
{
    /// <summary>Computes the shape of data; exactly one of the shape and the problem is there.</summary>
    /// <param name="server">Limits and the mathematics.</param>
    /// <param name="data">A validated JSON value, which stays in place until the task has completed.</param>
    /// <param name="options">What the caller said about the shape.</param>
    /// <param name="member">Member of the request that is analysed.</param>
    /// <param name="cancellation">The caller has gone away.</param>
    public static async ValueTask<(ShapeAnalysis? Shape, Problem? Problem)> OfAsync(
        ServerContext server, ReadOnlyMemory<byte> data, ShapeOptions options, string member, CancellationToken cancellation)
    {
        ShapeLimits limits = server.Shapes.Limits;
        long estimate = server.Mathematics.EstimateCost(data.Span, options, limits);
        (Analysed? done, Problem? problem) = await server.ShapeWork.RunAsync(
            estimate, c => new Analysed(server.Mathematics.Analyze(data.Span, options, limits, c)), cancellation);
        if (problem is not null)
        {
            return (null, problem with { Member = member });
        }

        return done!.Outcome.Analysis is { } shape
            ? (shape, null)
            : (null, new Problem(ProblemType.NoShape, $"{member} has no shape: {done.Outcome.Reason}", member));
    }

    /// <summary>The signature of a barcode, of the length that the setting says.</summary>
    public static float[] SignatureOf(ServerContext server, Barcode barcode)
    {
        float[] signature = new float[server.Store.Options.TdaFeatureDim];
        server.Mathematics.Signature(barcode, signature);
        return signature;
    }

    private sealed record Analysed(ShapeOutcome Outcome);
}
