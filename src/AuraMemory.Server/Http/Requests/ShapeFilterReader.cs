using System.Text;
using AuraMemory.Engine.Objects;
using AuraMemory.Server.Http.Json;
using AuraMemory.Server.Http.Problems;
using AuraMemory.Server.Shapes;

namespace AuraMemory.Server.Http.Requests;

/// <summary>Reads the member <c>filters</c> of a query by shape.</summary>
/// <remarks>
/// <c>tier</c>: a name or an array of names. <c>size</c>, <c>age</c>: <c>{"min": …, "max": …}</c>, bytes and seconds.
/// <c>metadata.NAME</c>: a value without parts, an array of such values (any of them), or a range.
/// </remarks>
internal static class ShapeFilterReader
{
    private const int MostFilters = 32;
    private const int MostValues = 100;
    private const string MetadataPrefix = "metadata.";
    private const string RangeExpectation = "an object with min, max or both, numbers";

    public static bool TryRead(ref RequestReader reader, out ShapeFilter filter)
    {
        filter = ShapeFilter.None;
        if (!reader.NextIs('{'))
        {
            return reader.Expected("filters", "a JSON object");
        }

        reader.TryOpenObject("filters");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var metadata = new List<MetadataFilter>();
        while (reader.Next(out ReadOnlySpan<byte> raw))
        {
            string name = Encoding.UTF8.GetString(raw);
            string path = "filters." + name;
            reader.Named(path);
            if (!seen.Add(name))
            {
                return reader.Reject(new Problem(ProblemType.InvalidJson, $"{path} is named twice.", path));
            }

            if (seen.Count > MostFilters)
            {
                return reader.Reject(Problem.Invalid("filters", $"filters has more than {MostFilters} members."));
            }

            bool read;
            if (name == "tier")
            {
                read = TryTiers(ref reader, path, out List<TierId> tiers);
                filter = filter with { Tiers = tiers };
            }
            else if (name == "size")
            {
                read = TryRange(ref reader, path, 0, out NumberRange range);
                filter = filter with { Size = range };
            }
            else if (name == "age")
            {
                read = TryRange(ref reader, path, 0, out NumberRange range);
                filter = filter with { AgeSeconds = range };
            }
            else if (name.StartsWith(MetadataPrefix, StringComparison.Ordinal) && name.Length > MetadataPrefix.Length)
            {
                read = TryMetadata(ref reader, path, name[MetadataPrefix.Length..], metadata);
            }
            else
            {
                return reader.UnknownIn("filters", raw, "tier, size, age and metadata.NAME");
            }

            if (!read)
            {
                return false;
            }

            reader.Named("filters");
        }

        filter = filter with { Metadata = metadata };
        return reader.Fault is null;
    }

    private static bool TryTiers(ref RequestReader reader, string path, out List<TierId> tiers)
    {
        tiers = [];
        if (!reader.NextIs('['))
        {
            bool one = reader.TryTier(out TierId tier);
            tiers.Add(tier);
            return one;
        }

        reader.TryOpenArray("an array of tiers");
        while (reader.NextElement())
        {
            string element = $"{path}[{tiers.Count}]";
            reader.Named(element);
            if (!reader.TryTier(out TierId tier))
            {
                return false;
            }

            if (tiers.Contains(tier))
            {
                return reader.Reject(Problem.Invalid(element, $"{path} names {tier.Name()} twice."));
            }

            tiers.Add(tier);
            reader.Named(path);
        }

        return reader.Fault is null
            && (tiers.Count > 0 || reader.Reject(Problem.Invalid(path, $"{path} is empty; leave it out to search all tiers.")));
    }

    private static bool TryRange(ref RequestReader reader, string path, double least, out NumberRange range)
    {
        range = default;
        if (!reader.NextIs('{'))
        {
            return reader.Expected(path, RangeExpectation);
        }

        reader.TryOpenObject(path);
        uint seen = 0;
        double? min = null;
        double? max = null;
        while (reader.Next(out ReadOnlySpan<byte> name))
        {
            bool isMin = name.SequenceEqual("min"u8);
            if (!isMin && !name.SequenceEqual("max"u8))
            {
                return reader.UnknownIn(path, name, "min and max");
            }

            string end = path + (isMin ? ".min" : ".max");
            if (!reader.Once(ref seen, isMin ? 0 : 1, end) || !TryEnd(ref reader, end, least, out double? value))
            {
                return false;
            }

            (min, max) = isMin ? (value, max) : (min, value);
        }

        if (reader.Fault is null && min is null && max is null)
        {
            return reader.Reject(Problem.Invalid(path, $"{path} must be {RangeExpectation}."));
        }

        range = new NumberRange(min, max);
        return reader.Fault is null && (!(min > max) || reader.Reject(Problem.Invalid(path, $"{path} has a min above its max.")));
    }

    private static bool TryEnd(ref RequestReader reader, string path, double least, out double? value)
    {
        value = null;
        if (reader.IsNull())
        {
            return true;
        }

        bool read = reader.TryNumber(out double number);
        value = number;
        return read && (number >= least || reader.Reject(Problem.Invalid(path, $"{path} must not be below {least}.")));
    }

    private static bool TryMetadata(ref RequestReader reader, string path, string name, List<MetadataFilter> into)
    {
        if (reader.NextIs('{'))
        {
            bool isRange = TryRange(ref reader, path, double.NegativeInfinity, out NumberRange range);
            into.Add(new MetadataFilter(name, [], range));
            return isRange;
        }

        var values = new List<ScalarValue>();
        if (!reader.NextIs('['))
        {
            bool one = TryScalar(ref reader, path, values);
            into.Add(new MetadataFilter(name, values, null));
            return one;
        }

        reader.TryOpenArray("an array of values");
        while (reader.NextElement())
        {
            if (values.Count == MostValues)
            {
                return reader.Reject(Problem.Invalid(path, $"{path} has more than {MostValues} values."));
            }

            string element = $"{path}[{values.Count}]";
            reader.Named(element);
            if (!TryScalar(ref reader, element, values))
            {
                return false;
            }

            reader.Named(path);
        }

        into.Add(new MetadataFilter(name, values, null));
        return reader.Fault is null
            && (values.Count > 0 || reader.Reject(Problem.Invalid(path, $"{path} is empty; nothing would pass.")));
    }

    private static bool TryScalar(ref RequestReader reader, string path, List<ScalarValue> into)
    {
        const string Expectation = "a string, a number, true, false or null";
        if (reader.NextIs('"'))
        {
            bool text = reader.TryString(Expectation, out ReadOnlySpan<byte> value);
            into.Add(new ScalarValue(ScalarKind.Text, Encoding.UTF8.GetString(value)));
            return text;
        }

        if (reader.NextIs('t') || reader.NextIs('f'))
        {
            bool flag = reader.TryBool(out bool value);
            into.Add(new ScalarValue(value ? ScalarKind.True : ScalarKind.False));
            return flag;
        }

        if (reader.NextIs('n'))
        {
            into.Add(new ScalarValue(ScalarKind.Null));
            return reader.IsNull() || reader.Expected(path, Expectation);
        }

        if (reader.NextIs('{') || reader.NextIs('['))
        {
            return reader.Expected(path, Expectation);
        }

        bool read = reader.TryNumber(out double number);
        into.Add(new ScalarValue(ScalarKind.Number, Number: number));
        return read;
    }
}
