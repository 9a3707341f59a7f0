using System.Globalization;
using AuraMemory.Engine;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Configuration;
using Microsoft.Extensions.Configuration;

namespace AuraMemory.Architecture.Tests;

/// <summary><c>docs/configuration.md</c> against what the service does with each setting.</summary>
public class SettingsDocumentTests
{
    private static readonly IReadOnlyList<SettingsRow> Rows = SettingsRow.ReadAll();

    public static TheoryData<string> Names => [.. Rows.Select(r => r.Name)];

    [Fact]
    public void The_document_lists_the_settings_there_are_and_no_others()
    {
        IEnumerable<string> there = StoreSettings.All.Select(s => s.Name).Concat(SettingsReader.ServerNames);
        Assert.Equal(there.Order(StringComparer.Ordinal), Rows.SelectMany(Expand).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_ends_of_the_range_are_taken_and_what_lies_beyond_is_refused(string name)
    {
        SettingsRow row = Rows.Single(r => r.Name == name);
        string setting = Expand(row).First();
        if (row.Bounds is { } bounds)
        {
            Assert.Empty(Errors(setting, bounds.Least));
            Assert.Empty(Errors(setting, bounds.Most));
            Assert.NotEmpty(Errors(setting, bounds.Least >= 1 ? bounds.Least - 1 : bounds.Least == 0 ? -1 : bounds.Least / 2));
            Assert.NotEmpty(Errors(setting, bounds.Most + 1));
        }
        else if (row.Range == "true, false")
        {
            Assert.Empty(Read(setting, "true").Errors);
            Assert.Empty(Read(setting, "false").Errors);
            Assert.NotEmpty(Read(setting, "perhaps").Errors);
        }
        else if (row.DefaultNumber is not null)
        {
            Assert.Fail($"{name} is a number and the document gives no range.");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_default_is_the_one_in_the_document(string name)
    {
        SettingsRow row = Rows.Single(r => r.Name == name);
        string? usual = Default(Expand(row).First());
        if (row.DefaultNumber is { } number)
        {
            Assert.Equal(number, decimal.Parse(usual!, CultureInfo.InvariantCulture));
        }
        else if (row.Range is "true, false" or "a name" || row.Default.Contains("://", StringComparison.Ordinal) || row.Name == "durability")
        {
            Assert.Equal(row.Default, usual);
        }
        else if (row.Name != "data_folder")
        {
            Assert.True(usual is null, $"The document has no figure for {name}; the default is {usual}.");
        }
    }

    private static IEnumerable<string> Expand(SettingsRow row)
    {
        if (!row.Name.Contains("TIER", StringComparison.Ordinal))
        {
            return [row.Name];
        }

        return Enumerable.Range(0, TierIds.Count).Select(rank => ((TierId)rank).Name())
            .Where(tier => !row.Name.EndsWith(":path", StringComparison.Ordinal) || row.Range.Contains($"`{tier}`", StringComparison.Ordinal))
            .Select(tier => row.Name.Replace("TIER", tier, StringComparison.Ordinal));
    }

    private static string? Default(string setting)
    {
        if (StoreSettings.Find(setting) is { } known)
        {
            return known.Show(new StoreOptions { DataFolder = "data" });
        }

        string property = string.Concat(setting.Split('_').Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
        object? value = typeof(ServerSettings).GetProperty(property)?.GetValue(new ServerSettings());
        return value switch
        {
            bool flag => flag ? "true" : "false",
            IReadOnlyList<string> { Count: 0 } => null,
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null,
        };
    }

    private static IReadOnlyList<string> Errors(string setting, decimal value) =>
        Read(setting, value.ToString(CultureInfo.InvariantCulture)).Errors;

    private static ReadSettings Read(string setting, string value) =>
        SettingsReader.Read(new ConfigurationBuilder().Build(), [$"--{setting}", value]);
}
