using AuraMemory.Graph.Query.Syntax;

namespace AuraMemory.Graph.Query.Binding;

/// <summary>Types of sums, products and their like, where both operands are known well enough to refuse a query before it runs.</summary>
internal static class ArithmeticTypes
{
    private static readonly StaticKind[] Numbers = [StaticKind.Number];
    private static readonly StaticKind[] Addable = [StaticKind.Number, StaticKind.String, StaticKind.List, StaticKind.Moment, StaticKind.Duration];
    private static readonly StaticKind[] Shiftable = [StaticKind.Number, StaticKind.Moment, StaticKind.Duration];
    private static readonly StaticKind[] Lengths = [StaticKind.Number, StaticKind.Duration];
    private static readonly StaticKind[] Joinable = [StaticKind.String, StaticKind.List];

    /// <summary>Checks the operands and gives the type of the result.</summary>
    /// <exception cref="CypherException">They can never be what the operator takes.</exception>
    public static StaticType Of(BinaryExpression binary, StaticType left, StaticType right)
    {
        switch (binary.Operator)
        {
            case BinaryOperator.Add:
                return Sum(binary, left, right);
            case BinaryOperator.Concatenate:
                Need(binary, Joinable, left, binary.Left);
                Need(binary, left.IsUnknown ? Joinable : [left.Kind], right, binary.Right);
                return left.IsUnknown || right.IsUnknown ? StaticType.TextOrList : Joined(left, right);
            case BinaryOperator.Subtract:
                Need(binary, Shiftable, left, binary.Left);
                Need(binary, left.IsUnknown ? Lengths : left.IsNumber ? Numbers : [StaticKind.Duration], right, binary.Right);
                return left.IsNumber ? Arithmetic(left, right, StaticType.Number)
                    : !left.IsUnknown ? left
                    : right.IsNumber ? StaticType.Number : new StaticType(StaticKind.Number | StaticKind.Moment | StaticKind.Duration);
            case BinaryOperator.Multiply:
                Need(binary, Lengths, left, binary.Left);
                Need(binary, left.Kind == StaticKind.Duration ? Numbers : Lengths, right, binary.Right);
                return left.IsUnknown || right.IsUnknown ? StaticType.Length
                    : left.Kind == StaticKind.Duration || right.Kind == StaticKind.Duration ? StaticType.Duration
                    : Arithmetic(left, right, StaticType.Length);
            case BinaryOperator.Divide:
                Need(binary, Lengths, left, binary.Left);
                Need(binary, Numbers, right, binary.Right);
                return left.Kind == StaticKind.Duration ? left : Arithmetic(left, right, left.IsNumber ? StaticType.Number : StaticType.Length);
            default:
                Need(binary, Numbers, left, binary.Left);
                Need(binary, Numbers, right, binary.Right);
                return binary.Operator == BinaryOperator.Power ? new StaticType(StaticKind.Float) : Arithmetic(left, right, StaticType.Number);
        }
    }

    private static StaticType Sum(BinaryExpression binary, StaticType left, StaticType right)
    {
        if (left.Kind == StaticKind.List || right.Kind == StaticKind.List)
        {
            return Joined(left, right);
        }

        if (left.IsUnknown || right.IsUnknown)
        {
            return Unknown(left, right);
        }

        bool isText = left.Kind == StaticKind.String || right.Kind == StaticKind.String;
        StaticType other = left.Kind == StaticKind.String ? right : left;
        if (isText && (other.Kind == StaticKind.String || other.IsNumber))
        {
            return StaticType.Text;
        }

        Need(binary, Addable, left, binary.Left);
        switch (left.Kind)
        {
            case StaticKind.Moment:
                Need(binary, [StaticKind.Duration], right, binary.Right);
                return left;
            case StaticKind.Duration:
                Need(binary, [StaticKind.Moment, StaticKind.Duration], right, binary.Right);
                return right;
            default:
                Need(binary, Numbers, left, binary.Left);
                Need(binary, Numbers, right, binary.Right);
                return Arithmetic(left, right, StaticType.Number);
        }
    }

    // Of a sum with what may be anything: a list may always hide there, and text beside text and numbers.
    private static StaticType Unknown(StaticType left, StaticType right)
    {
        StaticType known = left.IsUnknown ? right : left;
        return known.Kind == StaticKind.String ? StaticType.TextOrList
            : known.IsNumber ? new StaticType(StaticKind.Number | StaticKind.String | StaticKind.List)
            : left.Kind is StaticKind.Moment ? new StaticType(StaticKind.Moment | StaticKind.List)
            : left.Kind is StaticKind.Duration ? new StaticType(StaticKind.Moment | StaticKind.Duration | StaticKind.List)
            : known.Kind is StaticKind.Moment or StaticKind.Duration || (left.Kind == StaticKind.Property && right.Kind == StaticKind.Property)
                ? new StaticType(StaticKind.Number | StaticKind.String | StaticKind.List | StaticKind.Moment | StaticKind.Duration)
            : known.IsUnknown ? StaticType.Any
            : StaticType.ListOf(StaticType.Any);
    }

    private static StaticType Joined(StaticType left, StaticType right) =>
        left.Kind == StaticKind.List && right.Kind == StaticKind.List ? StaticType.ListOf(StaticType.Common(left.Element!, right.Element!))
        : left.Kind == StaticKind.String ? left
        : left.Kind == StaticKind.List && left.Elements == right ? left
        : right.Kind == StaticKind.List && right.Elements == left ? right
        : StaticType.ListOf(StaticType.Any);

    private static StaticType Arithmetic(StaticType left, StaticType right, StaticType otherwise) =>
        !left.IsNumber || !right.IsNumber ? otherwise
        : left.Kind == StaticKind.Integer && right.Kind == StaticKind.Integer ? StaticType.Integer
        : left.Kind == StaticKind.Float || right.Kind == StaticKind.Float ? new StaticType(StaticKind.Float) : StaticType.Number;

    private static StaticType Need(BinaryExpression binary, StaticKind[] kinds, StaticType type, Expression operand) =>
        type.MayBe(kinds) ? type : throw FunctionTypes.Mismatch($"The operator of {binary.Operator.ToString().ToLowerInvariant()}", kinds, type, operand.Position);
}
