using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;
using AuraMemory.Graph.Values.Temporal;
using CsCheck;

namespace AuraMemory.Graph.Tests.Temporal;

/// <summary>What holds for all temporal values.</summary>
public class TemporalPropertyTests
{
    private const long NanosPerDay = 86_400_000_000_000;

    private static readonly string[] ZoneNames =
        ["Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca", "Europe/Dublin", "UTC"];

    private static readonly Gen<long> Day = Gen.Frequency(
        (3, Gen.Long[-60_000, 60_000]), (1, Gen.Long[Calendar.LeastDay + 10, Calendar.MostDay - 10]));

    private static readonly Gen<long> Nano = Gen.Frequency(
        (1, Gen.Long[0, NanosPerDay - 1]), (1, Gen.Long[0, 1_439].Select(minute => minute * 60_000_000_000)), (1, Gen.Long[0, 86_399].Select(s => s * 1_000_000_000)));

    private static readonly Gen<TemporalZone> Zone = Gen.OneOf(
        Gen.Int[-64_800, 64_800].Select(TemporalZone.OfOffset),
        Gen.Int[0, ZoneNames.Length - 1].Select(at => ZoneNames[at]).Select(name => TemporalZone.TryFind(name, out TemporalZone? zone) ? zone : TemporalZone.Utc));

    private static readonly Gen<DurationValue> Duration = Gen.Select(
        Gen.Long[-3_000, 3_000], Gen.Long[-9_000, 9_000], Gen.Long[-900_000, 900_000], Gen.Long[-2_000_000_000, 2_000_000_000],
        (months, days, seconds, nanos) => new DurationValue(months, days, seconds, nanos));

    private static readonly Gen<TemporalValue> Moment = Gen.Select(Gen.Int[0, 4], Day, Nano, Zone).Select(TemporalValue (kind, day, nano, zone) => kind switch
    {
        0 => new DateValue(day),
        1 => new LocalTimeValue(nano),
        2 => new TimeValue(nano, zone.OffsetAt(0)),
        3 => new LocalDateTimeValue(day, nano),
        _ => DateTimeValue.FromLocal(new LocalDateTimeValue(day, nano), zone),
    });

    [Fact]
    public void What_is_written_is_read_as_the_same_value() => Gen.Select(Moment, Gen.Bool).Sample(
        (value, withSeconds) =>
        {
            string text = withSeconds ? value.ToLongText() : value.ToString();
            string? error;
            TemporalValue? read = value.Kind switch
            {
                ValueKind.Date => TemporalParser.TryDate(text, out DateValue? date, out error) ? date : null,
                ValueKind.LocalTime => TemporalParser.TryLocalTime(text, out LocalTimeValue? time, out error) ? time : null,
                ValueKind.Time => TemporalParser.TryTime(text, out TimeValue? time, out error) ? time : null,
                ValueKind.LocalDateTime => TemporalParser.TryLocalDateTime(text, out LocalDateTimeValue? local, out error) ? local : null,
                _ => TemporalParser.TryDateTime(text, TemporalZone.Utc, out DateTimeValue? instant, out error) ? instant : null,
            };
            Assert.Equal<object>(value, read);
            Assert.Equal(value.GetHashCode(), read!.GetHashCode());
            Assert.Null(error);
        },
        iter: 20_000);

    [Fact]
    public void Durations_that_are_written_are_read_as_the_same() => Duration.Sample(
        value =>
        {
            Assert.True(DurationParser.TryParse(value.ToString(), out DurationValue? read, out _));
            Assert.Equal(value, read);
        },
        iter: 20_000);

    [Fact]
    public void The_duration_from_one_to_another_leads_there() => Gen.Select(Moment, Moment).Sample(
        (from, to) =>
        {
            if (from.Kind != to.Kind)
            {
                return;
            }

            TemporalValue arrived = TemporalArithmetic.Shift(from, DurationBetween.Between(from, to));
            Assert.Equal<object>(Comparable(to, from), Comparable(arrived, from));
            arrived = TemporalArithmetic.Shift(from, DurationBetween.InSeconds(from, to));
            Assert.Equal<object>(Comparable(to, from), Comparable(arrived, from));
        },
        iter: 20_000);

    [Fact]
    public void Whole_months_and_days_do_not_pass_the_end() => Gen.Select(Day, Nano, Day, Nano).Sample(
        (day, nano, dayTo, nanoTo) =>
        {
            var from = new LocalDateTimeValue(day, nano);
            var to = new LocalDateTimeValue(dayTo, nanoTo);
            int way = to.CompareTo(from);
            DurationValue months = DurationBetween.InMonths(from, to, TextPosition.None);
            DurationValue days = DurationBetween.InDays(from, to, TextPosition.None);
            Assert.True(way >= 0 ? TemporalArithmetic.Shift(from, days).CompareTo(to) <= 0 : TemporalArithmetic.Shift(from, days).CompareTo(to) >= 0);
            Assert.True(way >= 0 ? months.Months >= 0 : months.Months <= 0);
            TemporalValue reached = TemporalArithmetic.Shift(from, months);
            Assert.True(way >= 0 ? reached.CompareTo(to) <= 0 : reached.CompareTo(to) >= 0);
        },
        iter: 20_000);

    [Fact]
    public void Truncation_is_idempotent_and_never_goes_forward()
    {
        string[] units = ["millennium", "century", "decade", "year", "weekYear", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond"];
        Gen.Select(Day, Nano, Gen.Int[0, units.Length - 1].Select(at => units[at])).Sample(
            (day, nano, unit) =>
            {
                var value = new LocalDateTimeValue(day, nano);
                TemporalValue once = TemporalTruncation.Truncate(ValueKind.LocalDateTime, unit, value, null, default, TextPosition.None);
                TemporalValue twice = TemporalTruncation.Truncate(ValueKind.LocalDateTime, unit, once, null, default, TextPosition.None);
                Assert.Equal<object>(once, twice);

                // The years of decades and more are cut by their digits, so years before 0 go forward.
                if (Calendar.FromEpochDay(day).Year >= 0)
                {
                    Assert.True(once.CompareTo(value) <= 0);
                }
            },
            iter: 20_000);
    }

    [Fact]
    public void The_order_is_total_and_agrees_with_equality() => Gen.Select(Moment, Moment, Moment).Sample(
        (a, b, c) =>
        {
            if (a.Kind != b.Kind || b.Kind != c.Kind)
            {
                return;
            }

            Assert.Equal(Math.Sign(a.CompareTo(b)), -Math.Sign(b.CompareTo(a)));
            Assert.Equal(a.Equals(b), a.CompareTo(b) == 0);
            TemporalValue[] sorted = [a, b, c];
            Array.Sort(sorted, (x, y) => x.CompareTo(y));
            Assert.True(sorted[0].CompareTo(sorted[2]) <= 0);
        },
        iter: 20_000);

    [Fact]
    public void Sums_of_durations_commute_and_undo_each_other() => Gen.Select(Duration, Duration, Gen.Long[-50, 50]).Sample(
        (a, b, factor) =>
        {
            Assert.Equal(a.Plus(b), b.Plus(a));
            Assert.Equal(a, a.Plus(b).Plus(b.Negated()));
            Assert.Equal(a.Times(factor).Plus(a), a.Times(factor + 1));
            Assert.Equal(a, a.Times(1.0));
            Assert.Equal(a, a.DividedBy(1));
            Assert.Equal(Math.Sign(a.CompareTo(b)), -Math.Sign(b.CompareTo(a)));
            Assert.Equal(a.Equals(b), a.CompareTo(b) == 0);
        },
        iter: 20_000);

    [Fact]
    public void Any_text_is_read_or_refused_with_a_sentence() =>
        Gen.String[Gen.Char["0123456789-+:.,TZWQPYMDHS[]/ EuropeLondon\u0661\0"], 0, 24].Sample(
            text =>
            {
                Assert.Equal(TemporalParser.TryDate(text, out _, out string? error), error is null);
                Assert.Equal(TemporalParser.TryLocalTime(text, out _, out error), error is null);
                Assert.Equal(TemporalParser.TryTime(text, out _, out error), error is null);
                Assert.Equal(TemporalParser.TryLocalDateTime(text, out _, out error), error is null);
                Assert.Equal(TemporalParser.TryDateTime(text, TemporalZone.Utc, out _, out error), error is null);
                Assert.Equal(DurationParser.TryParse(text, out _, out error), error is null);
                Assert.Equal(DurationParser.TryParse("P" + text, out _, out error), error is null);
            },
            iter: 50_000);

    /// <summary>On the clock of the first: the difference is counted there.</summary>
    private static TemporalValue Comparable(TemporalValue value, TemporalValue onClockOf) => (value, onClockOf) switch
    {
        (DateTimeValue instant, DateTimeValue clock) => instant.WithZoneSameInstant(clock.Zone),
        (TimeValue time, TimeValue clock) => new TimeValue(time.WithOffsetSameMoment(clock.OffsetSeconds).NanoOfDay, clock.OffsetSeconds),
        _ => value,
    };
}
