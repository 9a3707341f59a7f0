using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>Computes a function.</summary>
/// <param name="context">The run.</param>
/// <param name="arguments">As many as the definition allows.</param>
/// <param name="position">Where the call stands, for errors.</param>
public delegate Value FunctionBody(QueryContext context, ReadOnlySpan<Value> arguments, TextPosition position);

/// <summary>A function of the language that is no aggregation.</summary>
/// <param name="Name">Full name with dots, as the documentation writes it; found without regard to case.</param>
/// <param name="LeastArguments">Fewest arguments.</param>
/// <param name="MostArguments">Most arguments; <see cref="int.MaxValue"/> = any number.</param>
/// <param name="Body">The computation. It deals with null arguments itself.</param>
/// <param name="Deterministic">Whether equal arguments give equal results within one run (all but <c>rand()</c> and its like).</param>
public sealed record FunctionDefinition(string Name, int LeastArguments, int MostArguments, FunctionBody Body, bool Deterministic = true);

/// <summary>Collects the values of one group for one aggregation.</summary>
public abstract class Aggregator
{
    /// <summary>Takes the values of one row, nulls included; the aggregation decides what nulls mean. <c>DISTINCT</c> is applied before.</summary>
    /// <param name="context">The run; memory that is kept is charged here.</param>
    /// <param name="value">First argument.</param>
    /// <param name="second">Second argument (percentiles); null for the others.</param>
    public abstract void Add(QueryContext context, Value value, Value second);

    /// <summary>The result over what was taken.</summary>
    public abstract Value Result(QueryContext context);
}

/// <summary>An aggregation of the language (<c>count(*)</c> apart, which has a syntax of its own).</summary>
/// <param name="Name">As the documentation writes it; found without regard to case.</param>
/// <param name="Arguments">1, or 2 for percentiles.</param>
/// <param name="Create">Makes the collector of a group. The position is the call's, for errors.</param>
public sealed record AggregationDefinition(string Name, int Arguments, Func<TextPosition, Aggregator> Create);
