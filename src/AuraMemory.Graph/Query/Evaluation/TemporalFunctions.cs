using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;
using AuraMemory.Graph.Values.Temporal;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>The functions that make, cut off and compare temporal values.</summary>
/// <remarks>Times that name no zone are UTC's, as on a Neo4j that nobody configured: an answer does not depend on where the server stands.</remarks>
public static class TemporalFunctions
{
    private static readonly ValueKind[] Moments =
        [ValueKind.Date, ValueKind.LocalTime, ValueKind.Time, ValueKind.LocalDateTime, ValueKind.DateTime];

    /// <summary>All of them.</summary>
    public static IEnumerable<FunctionDefinition> All { get; } = Build();

    private static List<FunctionDefinition> Build()
    {
        var all = new List<FunctionDefinition>();
        foreach (ValueKind kind in Moments)
        {
            string name = TemporalParts.NameOf(kind);
            all.Add(Define(name, 0, 1, (context, arguments, at) => arguments.Length == 0
                ? Value.Of(TemporalParts.Now(kind, context.Started, TemporalZone.Utc))
                : Make(kind, arguments[0], context, at)));
            all.Add(Define(name + ".transaction", 0, 1, (context, arguments, at) => Now(kind, context.Started, arguments, at)));
            all.Add(Define(name + ".statement", 0, 1, (context, arguments, at) => Now(kind, context.Started, arguments, at)));
            all.Add(Define(name + ".realtime", 0, 1, (context, arguments, at) => Now(kind, context.Now, arguments, at)) with { Deterministic = false });
            all.Add(Define(name + ".truncate", 1, 3, (context, arguments, at) => Truncate(kind, arguments, context, at)));
        }

        all.Add(Define("datetime.fromEpoch", 2, 2, FromEpoch));
        all.Add(Define("datetime.fromEpochMillis", 1, 1, FromEpochMillis));
        all.Add(Define("duration", 1, 1, MakeDuration));
        all.Add(Difference("duration.between", (from, to, _) => DurationBetween.Between(from, to)));
        all.Add(Difference("duration.inMonths", DurationBetween.InMonths));
        all.Add(Difference("duration.inDays", DurationBetween.InDays));
        all.Add(Difference("duration.inSeconds", (from, to, _) => DurationBetween.InSeconds(from, to)));
        return all;
    }

    /// <summary>A function whose result may be out of range.</summary>
    private static FunctionDefinition Define(string name, int least, int most, FunctionBody body) => new(name, least, most, (context, arguments, at) =>
    {
        try
        {
            return body(context, arguments, at);
        }
        catch (OverflowException e)
        {
            throw TemporalErrors.Range($"The result of {name}() is out of range. {e.Message}", name.StartsWith("duration", StringComparison.Ordinal), at);
        }
    });

    private static FunctionDefinition Difference(string name, Func<TemporalValue, TemporalValue, TextPosition, DurationValue> between) =>
        Define(name, 2, 2, (_, arguments, at) => arguments[0].IsNull || arguments[1].IsNull
            ? Value.Null
            : Value.Of(between(NeedMoment(name, arguments[0], at), NeedMoment(name, arguments[1], at), at)));

    private static Value Make(ValueKind kind, Value argument, QueryContext context, TextPosition at)
    {
        switch (argument.Kind)
        {
            case ValueKind.Null:
                return Value.Null;
            case ValueKind.String:
                return Value.Of(Parse(kind, argument.Text, at));
            case ValueKind.Map:
                return Value.Of(TemporalBuilder.Build(kind, argument.Map, context.Started, at));
            default:
                return Value.Of(TemporalParts.Select(kind, NeedMoment(TemporalParts.NameOf(kind), argument, at), at));
        }
    }

    private static TemporalValue Parse(ValueKind kind, string text, TextPosition at)
    {
        string? error;
        TemporalValue? parsed = kind switch
        {
            ValueKind.Date => TemporalParser.TryDate(text, out DateValue? date, out error) ? date : null,
            ValueKind.LocalTime => TemporalParser.TryLocalTime(text, out LocalTimeValue? time, out error) ? time : null,
            ValueKind.Time => TemporalParser.TryTime(text, out TimeValue? time, out error) ? time : null,
            ValueKind.LocalDateTime => TemporalParser.TryLocalDateTime(text, out LocalDateTimeValue? local, out error) ? local : null,
            _ => TemporalParser.TryDateTime(text, TemporalZone.Utc, out DateTimeValue? instant, out error) ? instant : null,
        };
        return parsed ?? throw TemporalErrors.Unreadable(error!, at);
    }

    private static Value Now(ValueKind kind, DateTimeOffset moment, ReadOnlySpan<Value> arguments, TextPosition at)
    {
        if (arguments.Length == 1 && arguments[0].IsNull)
        {
            return Value.Null;
        }

        TemporalZone zone = arguments.Length == 0 ? TemporalZone.Utc : TemporalFields.ReadZone(arguments[0], at);
        return Value.Of(TemporalParts.Now(kind, moment, zone));
    }

    private static Value Truncate(ValueKind kind, ReadOnlySpan<Value> arguments, QueryContext context, TextPosition at)
    {
        string name = TemporalParts.NameOf(kind) + ".truncate";
        if (arguments[0].Kind != ValueKind.String)
        {
            throw TemporalErrors.Type($"The unit of {name}() is text, for example 'month', not {arguments[0]}.", at);
        }

        Value components = arguments.Length == 3 ? arguments[2] : Value.Null;
        if (components.Kind is not (ValueKind.Map or ValueKind.Null))
        {
            throw TemporalErrors.Type($"The components of {name}() are a map, not {components}.", at);
        }

        TemporalValue moment = arguments.Length > 1 ? NeedMoment(name, arguments[1], at) : TemporalParts.Now(kind, context.Started, TemporalZone.Utc);
        return Value.Of(TemporalTruncation.Truncate(
            kind, arguments[0].Text, moment, components.IsNull ? null : components.Map, context.Started, at));
    }

    private static Value FromEpoch(QueryContext context, ReadOnlySpan<Value> arguments, TextPosition at)
    {
        long seconds = NeedInteger("datetime.fromEpoch", arguments[0], at);
        long nanos = NeedInteger("datetime.fromEpoch", arguments[1], at);
        return nanos is >= 0 and < Calendar.NanosPerSecond
            ? Value.Of(DateTimeValue.FromInstant(seconds, nanos, TemporalZone.Utc))
            : throw TemporalErrors.Argument($"The nanoseconds of datetime.fromEpoch() are 0 to 999999999, not {nanos}.", at);
    }

    private static Value FromEpochMillis(QueryContext context, ReadOnlySpan<Value> arguments, TextPosition at) =>
        Value.Of(TemporalBuilder.FromMillis(NeedInteger("datetime.fromEpochMillis", arguments[0], at)));

    private static Value MakeDuration(QueryContext context, ReadOnlySpan<Value> arguments, TextPosition at)
    {
        Value argument = arguments[0];
        return argument.Kind switch
        {
            ValueKind.Null => Value.Null,
            ValueKind.Map => Value.Of(DurationBuilder.Build(argument.Map, at)),
            ValueKind.String => DurationParser.TryParse(argument.Text, out DurationValue? duration, out string? error)
                ? Value.Of(duration)
                : throw TemporalErrors.Unreadable(error, at),
            _ => throw TemporalErrors.Type($"duration() takes text or a map of components, not {argument}.", at),
        };
    }

    private static TemporalValue NeedMoment(string name, Value value, TextPosition at) =>
        value.IsTemporal && value.Kind != ValueKind.Duration
            ? value.Temporal
            : throw TemporalErrors.Type($"{name}() takes a date, a time, or both, not {value}.", at);

    private static long NeedInteger(string name, Value value, TextPosition at) =>
        value.Kind == ValueKind.Integer ? value.Integer : throw TemporalErrors.Type($"{name}() takes integers, not {value}.", at);
}
