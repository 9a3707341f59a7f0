using System.Reflection;
using System.Reflection.Emit;

namespace AuraMemory.Architecture.Tests;

/// <summary>One use of a type by another, as the compiler left it: in a signature, a field or a body.</summary>
internal readonly record struct TypeUse(Type From, Type To);

/// <summary>Who uses whom in an assembly, read from signatures and instruction streams.</summary>
/// <remarks>
/// Source text would miss what is reached through an enclosing namespace or <c>var</c>; the compiled form does not. Types made
/// by the compiler (closures, state machines) count for the type that encloses them.
/// </remarks>
internal static class CompiledTypes
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = ReadCodes();

    /// <summary>Uses of types by the types of an assembly, outermost types on both sides, without uses of itself.</summary>
    public static IReadOnlySet<TypeUse> Uses(Assembly assembly)
    {
        var uses = new HashSet<TypeUse>();
        foreach (Type type in assembly.GetTypes())
        {
            Type from = Outermost(type);
            var met = new HashSet<Type>();
            Collect(type, met);
            foreach (Type to in met)
            {
                if (Outermost(to) != from)
                {
                    uses.Add(new TypeUse(from, Outermost(to)));
                }
            }
        }

        return uses;
    }

    /// <summary>Outermost types of an assembly whose code calls one of the methods.</summary>
    public static IReadOnlySet<Type> CallersOf(Assembly assembly, Func<MethodBase, bool> wanted)
    {
        var callers = new HashSet<Type>();
        foreach (Type type in assembly.GetTypes())
        {
            foreach (MethodBase method in type.GetMembers(Declared).OfType<MethodBase>())
            {
                Walk(method, member =>
                {
                    if (member is MethodBase called && wanted(called))
                    {
                        callers.Add(Outermost(type));
                    }
                });
            }
        }

        return callers;
    }

    private static void Collect(Type type, HashSet<Type> into)
    {
        Add(type.BaseType, into);
        foreach (Type contract in type.GetInterfaces())
        {
            Add(contract, into);
        }

        foreach (FieldInfo field in type.GetFields(Declared))
        {
            Add(field.FieldType, into);
        }

        foreach (MethodBase method in type.GetMembers(Declared).OfType<MethodBase>())
        {
            Add((method as MethodInfo)?.ReturnType, into);
            foreach (ParameterInfo parameter in method.GetParameters())
            {
                Add(parameter.ParameterType, into);
            }

            foreach (LocalVariableInfo local in method.GetMethodBody()?.LocalVariables ?? [])
            {
                Add(local.LocalType, into);
            }

            Walk(method, member =>
            {
                Add(member as Type ?? member.DeclaringType, into);
                Add((member as FieldInfo)?.FieldType ?? (member as MethodInfo)?.ReturnType, into);
                foreach (Type argument in (member as MethodInfo)?.GetGenericArguments() ?? [])
                {
                    Add(argument, into);
                }
            });
        }
    }

    private static void Walk(MethodBase method, Action<MemberInfo> met)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[] ofType = method.DeclaringType?.GetGenericArguments() ?? [];
        Type[] ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : [];
        int at = 0;
        while (at < code.Length)
        {
            short value = code[at++];
            if (value == 0xFE)
            {
                value = unchecked((short)(0xFE00 | code[at++]));
            }

            OpCode operation = Codes[value];
            switch (operation.OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    if (method.Module.ResolveMember(BitConverter.ToInt32(code, at), ofType, ofMethod) is { } member)
                    {
                        met(member);
                    }

                    at += 4;
                    break;
                case OperandType.InlineSwitch:
                    at += 4 + (4 * BitConverter.ToInt32(code, at));
                    break;
                default:
                    at += Size(operation.OperandType);
                    break;
            }
        }
    }

    private static int Size(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };

    private static void Add(Type? type, HashSet<Type> into)
    {
        while (type is { HasElementType: true })
        {
            type = type.GetElementType();
        }

        if (type is null || type.IsGenericParameter || type.IsFunctionPointer)
        {
            return;
        }

        into.Add(type.IsGenericType ? type.GetGenericTypeDefinition() : type);
        foreach (Type argument in type.GetGenericArguments())
        {
            if (argument != type)
            {
                Add(argument, into);
            }
        }
    }

    private static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type;
    }

    private static Dictionary<short, OpCode> ReadCodes()
    {
        var codes = new Dictionary<short, OpCode>();
        foreach (FieldInfo field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var code = (OpCode)field.GetValue(null)!;
            codes[code.Value] = code;
        }

        return codes;
    }
}
