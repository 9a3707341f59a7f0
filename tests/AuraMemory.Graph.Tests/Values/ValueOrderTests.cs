using AuraMemory.Graph.Values;
using CsCheck;

namespace AuraMemory.Graph.Tests.Values;

/// <summary>The three kinds of sameness and the order of values, held together.</summary>
public class ValueOrderTests
{
    private static readonly Gen<Value> Scalar = Gen.OneOf(
        Gen.Const(Value.Null),
        Gen.Bool.Select(b => Value.Of(b)),
        Gen.Long[-2, 2].Select(i => Value.Of(i)),
        Gen.OneOf(0.0, -0.0, 1.0, 1.5, -2.0, 9007199254740992.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity).Select(f => Value.Of(f)),
        Gen.OneOf(long.MaxValue, long.MinValue, 9007199254740993).Select(i => Value.Of(i)),
        Gen.OneOf("", "a", "A", "ab", "é", "\uFFFD", "𝒳").Select(s => Value.Of(s)),
        Gen.OneOf(
            "date('2020-01-01')", "date('2019-12-31')", "localtime('10:00')", "time('10:00+01:00')", "time('09:00Z')", "localdatetime('2020-01-01T00:00')",
            "datetime('2020-01-01T00:00+01:00')", "datetime('2019-12-31T23:00Z')", "datetime('2020-01-01T00:00[Europe/Paris]')", "duration('P1M')", "duration('P30D')", "duration('PT24H')",
            "duration('P1D')").Select(t => TinyGraph.Evaluate(t)));

    private static readonly Gen<Value> Any = Gen.OneOf(
        Scalar,
        Scalar.Array[0, 3].Select(a => Value.Of(a)),
        Scalar.Array[0, 2].Array[0, 2].Select(a => Value.Of(Array.ConvertAll(a, e => Value.Of(e)))),
        Gen.Select(Gen.OneOf("a", "b"), Scalar).Select((k, v) => Value.Of(new MapValue([k], [v]))),
        Gen.Select(Scalar, Scalar).Select((v, w) => Value.Of(new MapValue(["a", "b"], [v, w]))));

    [Fact]
    public void The_order_is_total() => Gen.Select(Any, Any, Any).Sample((a, b, c) =>
    {
        Assert.Equal(0, ValueOrder.Compare(a, a));
        Assert.Equal(Math.Sign(ValueOrder.Compare(a, b)), -Math.Sign(ValueOrder.Compare(b, a)));
        if (ValueOrder.Compare(a, b) <= 0 && ValueOrder.Compare(b, c) <= 0)
        {
            Assert.True(ValueOrder.Compare(a, c) <= 0, $"{a} <= {b} <= {c}, yet not {a} <= {c}");
        }
    });

    [Fact]
    public void What_is_equivalent_is_of_one_rank_and_has_one_hash() => Gen.Select(Any, Any).Sample((a, b) =>
    {
        Assert.Equal(ValueEquality.AreEquivalent(a, b), ValueEquality.AreEquivalent(b, a));
        Assert.Equal(ValueEquality.AreEquivalent(a, b), ValueOrder.Compare(a, b) == 0 && !HasNaN(a));
        if (ValueEquality.AreEquivalent(a, b))
        {
            Assert.Equal(ValueEquality.Hash(a), ValueEquality.Hash(b));
        }
    });

    [Fact]
    public void What_is_equal_is_equivalent_and_neither_less_nor_greater() => Gen.Select(Any, Any).Sample((a, b) =>
    {
        if (ValueEquality.AreEqual(a, b) == true)
        {
            Assert.True(ValueEquality.AreEquivalent(a, b));
            Assert.NotEqual(true, ValueOrder.Less(a, b));
            Assert.NotEqual(true, ValueOrder.Less(b, a));
        }

        Assert.False(ValueOrder.Less(a, b) == true && ValueOrder.Less(b, a) == true);
    });

    [Fact]
    public void Null_is_last_and_NaN_is_the_greatest_number() => Any.Sample(a =>
    {
        Value nan = Value.Of(double.NaN);
        Assert.Equal(a.IsNull ? 0 : 1, Math.Sign(ValueOrder.Compare(Value.Null, a)));
        Assert.Equal(a.IsNull ? -1 : HasNaN(a) && a.IsNumber ? 0 : 1, Math.Sign(ValueOrder.Compare(nan, a)));
        Assert.Null(ValueEquality.AreEqual(a, Value.Null));
        Assert.NotEqual(true, ValueEquality.AreEqual(nan, a));
    });

    private static bool HasNaN(Value value) => value.Kind switch
    {
        ValueKind.Float => double.IsNaN(value.Float),
        ValueKind.List => value.List.Any(HasNaN),
        ValueKind.Map => value.Map.Values.ToArray().Any(HasNaN),
        _ => false,
    };
}
