using AuraMemory.Graph.Values.Temporal;
using CsCheck;
using ISOWeek = System.Globalization.ISOWeek;

namespace AuraMemory.Graph.Tests.Temporal;

/// <summary>Calendar arithmetic beside .NET's where that reaches, and by its own rules where it does not.</summary>
public class CalendarTests
{
    private static readonly long FirstDay = Days(DateTime.MinValue);

    [Fact]
    public void Days_weeks_and_quarters_are_those_of_DateTime() =>
        Gen.Int[0, (int)(DateTime.MaxValue - DateTime.MinValue).TotalDays - 7].Sample(
            offset =>
            {
                DateTime date = DateTime.MinValue.AddDays(offset);
                long day = FirstDay + offset;
                Assert.Equal((date.Year, date.Month, date.Day), Calendar.FromEpochDay(day));
                Assert.Equal(day, Calendar.ToEpochDay(date.Year, date.Month, date.Day));
                Assert.Equal(date.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)date.DayOfWeek, Calendar.DayOfWeek(day));
                Assert.Equal(date.DayOfYear, Calendar.DayOfYear(day));
                Assert.Equal(DateTime.DaysInMonth(date.Year, date.Month), Calendar.DaysInMonth(date.Year, date.Month));
                Assert.Equal(DateTime.IsLeapYear(date.Year), Calendar.IsLeapYear(date.Year));
                if (date.Year is > 1 and < 9999)
                {
                    Assert.Equal((ISOWeek.GetYear(date), ISOWeek.GetWeekOfYear(date)), Calendar.WeekOf(day));
                    Assert.Equal(ISOWeek.GetWeeksInYear(date.Year), Calendar.WeeksInYear(date.Year));
                    Assert.Equal(Days(ISOWeek.GetYearStart(date.Year)), Calendar.WeekYearStart(date.Year));
                }
            },
            iter: 20_000);

    [Fact]
    public void Adding_months_is_that_of_DateTime() =>
        Gen.Select(Gen.Int[0, 3_000_000], Gen.Int[-5_000, 5_000]).Sample(
            (offset, months) =>
            {
                DateTime date = DateTime.MinValue.AddDays(offset);
                int total = (date.Year * 12) + date.Month - 1 + months;
                if (total >= 12 && total < 120_000)
                {
                    Assert.Equal(Days(date.AddMonths(months)), Calendar.AddMonths(FirstDay + offset, months));
                }
            },
            iter: 20_000);

    [Fact]
    public void The_whole_range_of_years_goes_there_and_back_and_repeats_every_400_years() =>
        Gen.Long[Calendar.LeastDay, Calendar.MostDay].Sample(
            day =>
            {
                (long year, int month, int dayOfMonth) = Calendar.FromEpochDay(day);
                Assert.InRange(month, 1, 12);
                Assert.InRange(dayOfMonth, 1, Calendar.DaysInMonth(year, month));
                Assert.Equal(day, Calendar.ToEpochDay(year, month, dayOfMonth));
                Assert.Equal((year + 400, month, dayOfMonth), Calendar.FromEpochDay(day + 146_097));
                Assert.Equal(day + 146_097, Calendar.ToEpochDay(year + 400, month, dayOfMonth));
                (long weekYear, int week) = Calendar.WeekOf(day);
                Assert.Equal(day, Calendar.WeekYearStart(weekYear) + ((week - 1) * 7) + Calendar.DayOfWeek(day) - 1);
                Assert.InRange(week, 1, Calendar.WeeksInYear(weekYear));
            },
            iter: 20_000);

    /// <summary>Known days of the calendar: julian day numbers less 2 440 588, week dates from ISO 8601's rule of the Thursday.</summary>
    [Theory]
    [InlineData(1970, 1, 1, 0)]
    [InlineData(2000, 2, 29, 11_016)]
    [InlineData(2000, 3, 1, 11_017)]
    [InlineData(1969, 12, 31, -1)]
    [InlineData(0, 3, 1, -719_468)]
    [InlineData(-1, 12, 31, -719_529)]
    [InlineData(1582, 10, 15, -141_427)]
    public void Known_days_have_their_numbers(long year, int month, int day, long number)
    {
        Assert.Equal(number, Calendar.ToEpochDay(year, month, day));
        Assert.Equal((year, month, day), Calendar.FromEpochDay(number));
    }

    [Fact]
    public void A_year_outside_the_range_is_refused()
    {
        Assert.Throws<OverflowException>(() => new DateValue(Calendar.MostDay + 1));
        Assert.Throws<OverflowException>(() => new DateValue(Calendar.LeastDay - 1));
        Assert.Throws<OverflowException>(() => Calendar.AddMonths(Calendar.MostDay, 1));
        Assert.Throws<OverflowException>(() => Calendar.AddMonths(0, long.MaxValue));
    }

    private static long Days(DateTime date) => (long)(date - DateTime.UnixEpoch).TotalDays;
}
