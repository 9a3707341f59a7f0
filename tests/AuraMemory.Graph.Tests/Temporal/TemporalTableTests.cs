using AuraMemory.Graph.Query;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;
using AuraMemory.Graph.Values.Temporal;

namespace AuraMemory.Graph.Tests.Temporal;

/// <summary>Expressions and their results, in rows.</summary>
public class TemporalTableTests
{
    private static readonly DateTimeOffset Moment = new(2026, 11, 24, 3, 4, 5, 678, TimeSpan.Zero);

    [Fact]
    public void Every_row_that_was_measured_on_a_Neo4j_has_the_same_result()
    {
        var wrong = new List<string>();
        int rows = 0;
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Temporal", "measured.txt")))
        {
            string[] row = line.Split("  =>  ");
            if (row.Length != 2)
            {
                continue;
            }

            rows++;
            string result = Result(row[0]);
            if (result != row[1])
            {
                wrong.Add($"{row[0]} is {row[1]}, not {result}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.InRange(rows, 1_000, int.MaxValue);
    }

    /// <summary>Where Neo4j wraps around, takes null for the year 0, or cannot read what it writes, this project does not follow.</summary>
    [Theory]
    [InlineData("date({year: null})", "refused")]
    [InlineData("duration({hours: 9223372036854775807})", "refused")]
    [InlineData("duration('P1D') / 0.0", "refused")]
    [InlineData("duration('PT9223372036854775807S').nanoseconds", "refused")]
    [InlineData("datetime({epochSeconds: 99999999999999999})", "refused")]
    [InlineData("datetime('1969-12-31T23:59:59.9995Z').epochSeconds", "-1")]
    [InlineData("time('21:40+01:30:15')", "'21:40+01:30:15'")]
    [InlineData("datetime('1850-07-21T21:40:32+00:53:28[Europe/Berlin]')", "'1850-07-21T21:40:32+00:53:28[Europe/Berlin]'")]
    public void Where_it_differs_it_is_on_purpose(string expression, string result) => Assert.Equal(result, Result(expression));

    /// <summary>The clock of this test stands in November, so that Stockholm is an hour ahead of UTC whatever the day.</summary>
    [Theory]
    [InlineData("date()", "'2026-11-24'")]
    [InlineData("localtime.statement()", "'03:04:05.678'")]
    [InlineData("time.transaction('Asia/Kolkata')", "'08:34:05.678+05:30'")]
    [InlineData("datetime.statement('Europe/Stockholm')", "'2026-11-24T04:04:05.678+01:00[Europe/Stockholm]'")]
    [InlineData("datetime.realtime('-10:30')", "'2026-11-23T16:34:05.678-10:30'")]
    [InlineData("date({timezone: 'Pacific/Honolulu'})", "'2026-11-23'")]
    [InlineData("localdatetime.statement({timezone: 'Z'})", "refused")]
    [InlineData("datetime.statement(3)", "refused")]
    [InlineData("time({hour: 12, timezone: 'Europe/Stockholm'})", "'12:00+01:00'")]
    [InlineData("time({time: datetime('2015-07-21T21:40[Europe/London]'), timezone: 'America/New_York'})", "'15:40-05:00'")]
    [InlineData("time.truncate('minute', time('21:40:30+05:00'), {timezone: 'Europe/Stockholm'})", "'21:40+01:00'")]
    [InlineData("date.realtime(null)", "null")]
    [InlineData("duration.between(date(), null)", "null")]
    public void Now_is_the_run_s_clock(string expression, string result) => Assert.Equal(result, Result(expression));

    [Theory]
    [InlineData("date('2015-07-21')", "hour")]
    [InlineData("date('2015-07-21')", "epochSeconds")]
    [InlineData("localtime('12:00')", "year")]
    [InlineData("localdatetime('2015-07-21T12:00')", "timezone")]
    [InlineData("time('12:00Z')", "epochMillis")]
    [InlineData("duration('PT1S')", "hoursOfDay")]
    public void A_component_that_a_kind_does_not_have_is_not_found(string expression, string component) =>
        Assert.False(TemporalExpression.Evaluate(expression, Context()).Temporal.TryComponent(component, out _));

    [Fact]
    public void Operators_that_are_not_defined_for_the_types_say_so()
    {
        Value date = Value.Of(new DateValue(0));
        Value duration = Value.Of(DurationValue.Zero);
        Value one = Value.Of(1L);
        TextPosition at = TextPosition.None;
        Assert.False(TemporalArithmetic.TryAdd(date, date, at, out _));
        Assert.False(TemporalArithmetic.TryAdd(one, duration, at, out _));
        Assert.False(TemporalArithmetic.TrySubtract(duration, date, at, out _));
        Assert.False(TemporalArithmetic.TrySubtract(date, date, at, out _));
        Assert.False(TemporalArithmetic.TryMultiply(duration, duration, at, out _));
        Assert.False(TemporalArithmetic.TryMultiply(one, one, at, out _));
        Assert.False(TemporalArithmetic.TryDivide(one, duration, at, out _));
        Assert.False(TemporalArithmetic.TryDivide(date, one, at, out _));
    }

    private static string Result(string expression)
    {
        try
        {
            return TemporalExpression.Show(TemporalExpression.Evaluate(expression, Context()));
        }
        catch (CypherException)
        {
            return "refused";
        }
    }

    private static QueryContext Context() => new(null!, MapValue.Empty, QueryLimits.Default, new StandingClock(), 0, default);

    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Moment;
    }
}
