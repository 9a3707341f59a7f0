using AuraMemory.Graph.Values.Temporal;
using CsCheck;

namespace AuraMemory.Graph.Tests.Temporal;

/// <summary>Zones beside .NET where it is exact, and by the tz database itself where it is not: mean times, and rules at hour -1 or 24.</summary>
public class TemporalZoneTests
{
    [Fact]
    public void Offsets_since_1970_are_those_of_the_platform()
    {
        string[] names =
        [
            "Europe/Stockholm", "Europe/London", "Europe/Dublin", "America/New_York", "America/St_Johns", "America/Sao_Paulo", "Australia/Lord_Howe",
            "Asia/Kathmandu", "Asia/Tehran", "Pacific/Apia", "Antarctica/Troll", "Etc/GMT+5", "UTC",
        ];
        foreach (string name in names)
        {
            TimeZoneInfo platform = TimeZoneInfo.FindSystemTimeZoneById(name);
            Assert.True(TemporalZone.TryFind(name, out TemporalZone? zone));
            Gen.Long[0, 4_000_000_000].Sample(
                second => Assert.Equal((int)platform.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(second)).TotalSeconds, zone.OffsetAt(second)),
                iter: 1_000);
        }
    }

    [Theory]
    [InlineData("Europe/Berlin", -5_000_000_000, 3_208)]
    [InlineData("Europe/Stockholm", -5_000_000_000, 3_208)]
    [InlineData("America/New_York", -5_000_000_000, -17_762)]
    [InlineData("Asia/Tokyo", -5_000_000_000, 33_539)]
    [InlineData("Europe/Stockholm", 253_000_000_000_000, 3_600)]
    [InlineData("America/Nuuk", 3_762_791_092, -3_600)]
    [InlineData("Africa/Cairo", 2_266_835_233, 10_800)]
    public void Offsets_far_off_are_those_of_the_database(string name, long second, int offset)
    {
        Assert.True(TemporalZone.TryFind(name, out TemporalZone? zone));
        Assert.Equal(offset, zone.OffsetAt(second));
    }

    [Theory]
    [InlineData("europe/stockholm", "Europe/Stockholm")]
    [InlineData("America/New York", "America/New_York")]
    [InlineData("UTC", "UTC")]
    [InlineData("+01:00", null)]
    [InlineData("Z", null)]
    public void Names_are_found_in_any_case(string name, string? id)
    {
        Assert.True(TemporalZone.TryFind(name, out TemporalZone? zone));
        Assert.Equal(id, zone.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Nowhere/Land")]
    [InlineData("../../../etc/passwd")]
    [InlineData("Europe")]
    [InlineData("Europe/")]
    [InlineData("/Europe/London")]
    [InlineData("posix/Europe/London")]
    [InlineData("right/Europe/London")]
    [InlineData("tzdata.zi")]
    [InlineData("zone1970")]
    [InlineData("localtime")]
    [InlineData("+19:00")]
    [InlineData("+01")]
    public void What_is_no_zone_is_not_found(string name) => Assert.False(TemporalZone.TryFind(name, out _));

    /// <summary>The notations that the files' last lines use, and the moments around their changes.</summary>
    [Theory]
    [InlineData("CET-1CEST,M3.5.0,M10.5.0/3", 1_774_745_999, 3_600)]
    [InlineData("CET-1CEST,M3.5.0,M10.5.0/3", 1_774_746_000, 7_200)]
    [InlineData("CET-1CEST,M3.5.0,M10.5.0/3", 1_792_889_999, 7_200)]
    [InlineData("CET-1CEST,M3.5.0,M10.5.0/3", 1_792_890_000, 3_600)]
    [InlineData("AEST-10AEDT,M10.1.0,M4.1.0/3", 1_768_000_000, 39_600)]
    [InlineData("AEST-10AEDT,M10.1.0,M4.1.0/3", 1_784_000_000, 36_000)]
    [InlineData("IST-1GMT0,M10.5.0,M3.5.0/1", 1_768_000_000, 0)]
    [InlineData("IST-1GMT0,M10.5.0,M3.5.0/1", 1_784_000_000, 3_600)]
    [InlineData("<+0545>-5:45", 0, 20_700)]
    [InlineData("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1_784_000_000, -3_600)]
    [InlineData("EST5EDT,J60/2,J300/2", 1_784_000_000, -14_400)]
    [InlineData("EST5EDT,59/2,299/2", 1_768_000_000, -18_000)]
    public void A_recurring_rule_gives_the_offset_of_any_year(string rule, long second, int offset)
    {
        Assert.True(RecurringChange.TryParse(rule, out RecurringChange? parsed));
        Assert.Equal(offset, parsed.OffsetAt(second));
    }

    [Fact]
    public void Broken_files_and_rules_are_refused()
    {
        Gen.String[Gen.Char["CETM0123456789,./<>-:J"], 0, 20].Sample(text => { _ = RecurringChange.TryParse(text, out _); }, iter: 20_000);
        Gen.Byte.Array[0, 200].Sample(
            bytes =>
            {
                byte[] file = [.. "TZif2"u8, .. bytes];
                _ = TimeZoneRules.TryRead(file, out _);
                Assert.False(TimeZoneRules.TryRead(bytes, out _));
            },
            iter: 20_000);
    }
}
