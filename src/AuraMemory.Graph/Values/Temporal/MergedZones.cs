using System.Collections.Frozen;

namespace AuraMemory.Graph.Values.Temporal;

/// <summary>Zones that the tz database treats as another name of one that has been the same since 1970.</summary>
/// <remarks>Some systems (Debian's among them) compile the database with what is kept apart for such zones before 1970, others do not. The
/// database as released does not, nor do the tables of Java; so the same query has the same answer everywhere.</remarks>
internal static class MergedZones
{
    /// <summary>The zone that stands for all, then the others.</summary>
    private static readonly string[] Groups =
    [
        "Africa/Abidjan Africa/Accra Africa/Bamako Africa/Banjul Africa/Conakry Africa/Dakar Africa/Freetown Africa/Lome "
            + "Africa/Nouakchott Africa/Ouagadougou Atlantic/Reykjavik Atlantic/St_Helena Africa/Timbuktu Iceland",
        "Africa/Johannesburg Africa/Maseru Africa/Mbabane",
        "Africa/Lagos Africa/Bangui Africa/Brazzaville Africa/Douala Africa/Kinshasa Africa/Libreville Africa/Luanda "
            + "Africa/Malabo Africa/Niamey Africa/Porto-Novo",
        "Africa/Maputo Africa/Blantyre Africa/Bujumbura Africa/Gaborone Africa/Harare Africa/Kigali Africa/Lubumbashi "
            + "Africa/Lusaka",
        "Africa/Nairobi Africa/Addis_Ababa Africa/Asmara Africa/Dar_es_Salaam Africa/Djibouti Africa/Kampala Africa/Mogadishu "
            + "Indian/Antananarivo Indian/Comoro Indian/Mayotte Africa/Asmera",
        "America/Chicago CST6CDT",
        "America/Denver MST7MDT",
        "America/Los_Angeles PST8PDT",
        "America/New_York EST5EDT",
        "America/Panama America/Atikokan America/Cayman America/Coral_Harbour",
        "America/Phoenix America/Creston",
        "America/Puerto_Rico America/Anguilla America/Antigua America/Aruba America/Blanc-Sablon America/Curacao "
            + "America/Dominica America/Grenada America/Guadeloupe America/Montserrat America/Port_of_Spain America/St_Kitts "
            + "America/St_Lucia America/St_Thomas America/St_Vincent America/Tortola "
            + "America/Kralendijk America/Lower_Princes America/Marigot America/St_Barthelemy America/Virgin",
        "America/Toronto America/Nassau",
        "Asia/Bangkok Asia/Phnom_Penh Asia/Vientiane Indian/Christmas",
        "Asia/Dubai Asia/Muscat Indian/Mahe Indian/Reunion",
        "Asia/Kuching Asia/Brunei",
        "Asia/Qatar Asia/Bahrain",
        "Asia/Riyadh Antarctica/Syowa Asia/Aden Asia/Kuwait",
        "Asia/Singapore Asia/Kuala_Lumpur",
        "Asia/Yangon Indian/Cocos",
        "Europe/Athens EET",
        "Europe/Belgrade Europe/Ljubljana Europe/Sarajevo Europe/Skopje Europe/Zagreb",
        "Europe/Berlin Europe/Copenhagen Europe/Oslo Europe/Stockholm Arctic/Longyearbyen Atlantic/Jan_Mayen",
        "Europe/Brussels CET Europe/Amsterdam Europe/Luxembourg MET",
        "Europe/Lisbon WET",
        "Europe/London Europe/Guernsey Europe/Isle_of_Man Europe/Jersey",
        "Europe/Paris Europe/Monaco",
        "Europe/Zurich Europe/Vaduz",
        "Indian/Maldives Indian/Kerguelen",
        "Pacific/Auckland Antarctica/McMurdo Antarctica/South_Pole",
        "Pacific/Guadalcanal Pacific/Pohnpei Pacific/Ponape",
        "Pacific/Guam Pacific/Saipan",
        "Pacific/Pago_Pago Pacific/Midway Pacific/Samoa US/Samoa",
        "Pacific/Port_Moresby Antarctica/DumontDUrville Pacific/Chuuk Pacific/Truk Pacific/Yap",
        "Pacific/Tarawa Pacific/Funafuti Pacific/Majuro Pacific/Wake Pacific/Wallis",
    ];

    private static readonly FrozenDictionary<string, string> Targets = Groups
        .Select(group => group.Split(' '))
        .SelectMany(names => names.Skip(1).Select(name => KeyValuePair.Create(name, names[0])))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The zone whose rules a zone has: itself unless it is merged.</summary>
    internal static string TargetOf(string id) => Targets.GetValueOrDefault(id, id);
}
