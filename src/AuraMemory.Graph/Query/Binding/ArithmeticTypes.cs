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
                return left.IsUnknown ? Need(binary, Joinable, right, binary.Right) : Joined(left, Need(binary, [left.Kind], right, binary.Right));
            case BinaryOperator.Subtract:
                Need(binary, Shiftable, left, binary.Left);
                Need(binary, left.IsUnknown ? Lengths : left.IsNumber ? Numbers : [StaticKind.Duration], right, binary.Right);
                return left.IsNumber ? Arithmetic(left, right) : left.IsUnknown ? StaticType.Any : left;
            case BinaryOperator.Multiply:
                Need(binary, Lengths, left, binary.Left);
                Need(binary, left.Kind == StaticKind.Duration ? Numbers : Lengths, right, binary.Right);
                return left.Kind == StaticKind.Duration || right.Kind == StaticKind.Duration ? StaticType.Duration : Arithmetic(left, right);
            case BinaryOperator.Divide:
                Need(binary, Lengths, left, binary.Left);
                Need(binary, Numbers, right, binary.Right);
                return left.Kind == StaticKind.Duration ? left : Arithmetic(left, right);
            default:
                Need(binary, Numbers, left, binary.Left);
                Need(binary, Numbers, right, binary.Right);
                return binary.Operator == BinaryOperator.Power && left.IsNumber && right.IsNumber ? new StaticType(StaticKind.Float) : Arithmetic(left, right);
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
            return StaticType.Any;
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
                return Arithmetic(left, right);
        }
    }

    private static StaticType Joined(StaticType left, StaticType right) =>
        left.Kind == StaticKind.List && right.Kind == StaticKind.List ? StaticType.ListOf(StaticType.Common(left.Element!, right.Element!))
        : left.Kind == StaticKind.String ? left
        : StaticType.ListOf(StaticType.Any);

    // Durations and moments may hide behind what is unknown: only two numbers surely give a number.
    private static StaticType Arithmetic(StaticType left, StaticType right) =>
        !left.IsNumber || !right.IsNumber ? StaticType.Any
        : left.Kind == StaticKind.Integer && right.Kind == StaticKind.Integer ? StaticType.Integer
        : left.Kind == StaticKind.Float || right.Kind == StaticKind.Float ? new StaticType(StaticKind.Float) : StaticType.Number;

    private static StaticType Need(BinaryExpression binary, StaticKind[] kinds, StaticType type, Expression operand) =>
        type.MayBe(kinds) ? type : throw FunctionTypes.Mismatch($"The operator of {binary.Operator.ToString().ToLowerInvariant()}", kinds, type, operand.Position);
}
