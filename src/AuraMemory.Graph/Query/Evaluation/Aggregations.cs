using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;
using AuraMemory.Graph.Values.Temporal;

namespace AuraMemory.Graph.Query.Evaluation;

/// <summary>Functions of the values of a group. All leave nulls out.</summary>
internal static class Aggregations
{
    /// <summary>All of them.</summary>
    public static IEnumerable<AggregationDefinition> All { get; } =
    [
        new("count", 1, _ => new Counter()),
        new("collect", 1, _ => new Collector()),
        new("min", 1, _ => new Extreme(-1)),
        new("max", 1, _ => new Extreme(1)),
        new("sum", 1, at => new Summing("sum", at, isMean: false)),
        new("avg", 1, at => new Summing("avg", at, isMean: true)),
        new("stDev", 1, at => new Deviation("stDev", at, isSample: true)),
        new("stDevP", 1, at => new Deviation("stDevP", at, isSample: false)),
        new("percentileCont", 2, at => new Percentile("percentileCont", at, isContinuous: true)),
        new("percentileDisc", 2, at => new Percentile("percentileDisc", at, isContinuous: false)),
    ];

    private sealed class Counter : Aggregator
    {
        private long _count;

        public override void Add(QueryContext context, Value value, Value second) => _count += value.IsNull ? 0 : 1;

        public override Value Result(QueryContext context) => Value.Of(_count);
    }

    private sealed class Collector : Aggregator
    {
        private readonly List<Value> _values = [];

        public override void Add(QueryContext context, Value value, Value second)
        {
            if (!value.IsNull)
            {
                context.Charge(ValueSize.Of(value));
                _values.Add(value);
            }
        }

        public override Value Result(QueryContext context) => Value.Of(_values.ToArray());
    }

    private sealed class Extreme(int sign) : Aggregator
    {
        private Value _found;

        public override void Add(QueryContext context, Value value, Value second)
        {
            if (!value.IsNull && (_found.IsNull || ValueOrder.Compare(value, _found) * sign > 0))
            {
                _found = value;
            }
        }

        public override Value Result(QueryContext context) => _found;
    }

    // Integers are summed exactly; floats with Neumaier's compensation (ZAMM 54, 1974), so that the order of rows hardly matters.
    private sealed class Summing(string name, TextPosition at, bool isMean) : Aggregator
    {
        private Int128 _integers;
        private double _floats;
        private double _lost;
        private DurationValue? _durations;
        private long _count;
        private bool _hasFloats;

        public override void Add(QueryContext context, Value value, Value second)
        {
            if (value.IsNull)
            {
                return;
            }

            if (value.Kind == ValueKind.Duration ? _count > 0 && _durations is null : !value.IsNumber || _durations is not null)
            {
                throw TypeErrors.Kind($"{name}()", "numbers, or durations alone", value, at);
            }

            _count++;
            switch (value.Kind)
            {
                case ValueKind.Integer:
                    _integers += value.Integer;
                    break;
                case ValueKind.Float:
                    _hasFloats = true;
                    double sum = _floats + value.Float;
                    _lost += Math.Abs(_floats) >= Math.Abs(value.Float) ? _floats - sum + value.Float : value.Float - sum + _floats;
                    _floats = sum;
                    break;
                default:
                    _durations = Ranged(() => (_durations ?? DurationValue.Zero).Plus((DurationValue)value.Temporal));
                    break;
            }
        }

        public override Value Result(QueryContext context)
        {
            if (_durations is not null)
            {
                return Value.Of(isMean ? Ranged(() => _durations.DividedBy(_count)) : _durations);
            }

            if (isMean && _count == 0)
            {
                return Value.Null;
            }

            // Beyond the greatest float, and with NaN, what was lost has no meaning.
            double total = (double)_integers + (double.IsFinite(_floats) && double.IsFinite(_lost) ? _floats + _lost : _floats);
            if (isMean)
            {
                return Value.Of(total / _count);
            }

            return _hasFloats ? Value.Of(total)
                : _integers >= long.MinValue && _integers <= long.MaxValue ? Value.Of((long)_integers)
                : throw TypeErrors.Overflow("The sum", at);
        }

        private DurationValue Ranged(Func<DurationValue> compute)
        {
            try
            {
                return compute();
            }
            catch (OverflowException e)
            {
                throw TemporalErrors.Range($"The result of {name}() is out of range. {e.Message}", isDuration: true, at);
            }
        }
    }

    // Welford, Technometrics 4(3), 1962: no difference of two great sums.
    private sealed class Deviation(string name, TextPosition at, bool isSample) : Aggregator
    {
        private long _count;
        private double _mean;
        private double _squares;

        public override void Add(QueryContext context, Value value, Value second)
        {
            if (value.IsNull)
            {
                return;
            }

            double number = Arguments.NeedNumber(name, value, at);
            _count++;
            double difference = number - _mean;
            _mean += difference / _count;
            _squares += difference * (number - _mean);
        }

        public override Value Result(QueryContext context) =>
            _count == 0 ? Value.Null : Value.Of(_count < 2 ? 0.0 : Math.Sqrt(_squares / (isSample ? _count - 1 : _count)));
    }

    private sealed class Percentile(string name, TextPosition at, bool isContinuous) : Aggregator
    {
        private readonly List<Value> _numbers = [];
        private double? _share;

        public override void Add(QueryContext context, Value value, Value second)
        {
            double share = _share ??= Arguments.NeedNumber(name, second, at);
            if (share is not (>= 0 and <= 1))
            {
                throw TypeErrors.Range($"The second argument of {name}() is between 0.0 and 1.0, not {second}.", at);
            }

            if (!value.IsNull)
            {
                _ = Arguments.NeedNumber(name, value, at);
                context.Charge(ValueSize.Of(value));
                _numbers.Add(value);
            }
        }

        public override Value Result(QueryContext context)
        {
            if (_numbers.Count == 0)
            {
                return Value.Null;
            }

            _numbers.Sort(ValueOrder.Compare);
            if (!isContinuous)
            {
                return _numbers[Math.Max(0, (int)Math.Ceiling(_share!.Value * _numbers.Count) - 1)];
            }

            double place = _share!.Value * (_numbers.Count - 1);
            int below = (int)Math.Floor(place);
            if (place == below)
            {
                return _numbers[below];
            }

            double low = _numbers[below].Number;
            double high = _numbers[below + 1].Number;
            return Value.Of((low * (below + 1 - place)) + (high * (place - below)));
        }
    }
}
