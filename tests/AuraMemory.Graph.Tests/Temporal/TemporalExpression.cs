using System.Globalization;
using AuraMemory.Graph.Query.Evaluation;
using AuraMemory.Graph.Query.Parsing;
using AuraMemory.Graph.Values;
using AuraMemory.Graph.Values.Temporal;

namespace AuraMemory.Graph.Tests.Temporal;

/// <summary>Evaluates what tables of temporal tests are written in: literals, lists, maps, calls, components, + - * /, = and the brackets.
/// A few lines of its own, so that these tests say nothing about the language's parser.</summary>
internal sealed class TemporalExpression
{
    private static readonly Dictionary<string, FunctionDefinition> Functions =
        TemporalFunctions.All.ToDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);

    private readonly string _text;
    private readonly QueryContext _context;
    private int _at;

    private TemporalExpression(string text, QueryContext context)
    {
        _text = text;
        _context = context;
    }

    /// <summary>The value of an expression.</summary>
    internal static Value Evaluate(string text, QueryContext context)
    {
        var expression = new TemporalExpression(text, context);
        Value value = expression.Sum();
        if (expression.Take("="))
        {
            value = Value.Of(value.Temporal.Equals(expression.Sum().Temporal));
        }

        expression.Blank();
        Assert.True(expression._at == text.Length, $"'{text[expression._at..]}' is left of '{text}'.");
        return value;
    }

    /// <summary>The value as the language's tables write it.</summary>
    internal static string Show(Value value) => value.Kind switch
    {
        ValueKind.String => "'" + value.Text + "'",
        ValueKind.List => "[" + string.Join(", ", value.List.Select(Show)) + "]",
        _ when value.IsTemporal => "'" + value.Temporal + "'",
        _ => value.ToString(),
    };

    private Value Sum()
    {
        Value left = Product();
        while (true)
        {
            if (Take("+"))
            {
                Value right = Product();
                Assert.True(TemporalArithmetic.TryAdd(left, right, TextPosition.None, out left), "No such sum.");
            }
            else if (Take("-"))
            {
                Value right = Product();
                Assert.True(TemporalArithmetic.TrySubtract(left, right, TextPosition.None, out left), "No such difference.");
            }
            else
            {
                return left;
            }
        }
    }

    private Value Product()
    {
        Value left = Component();
        while (true)
        {
            if (Take("*"))
            {
                Value right = Component();
                Assert.True(TemporalArithmetic.TryMultiply(left, right, TextPosition.None, out left), "No such product.");
            }
            else if (Take("/"))
            {
                Value right = Component();
                Assert.True(TemporalArithmetic.TryDivide(left, right, TextPosition.None, out left), "No such quotient.");
            }
            else
            {
                return left;
            }
        }
    }

    private Value Component()
    {
        Value value = Atom();
        while (Take("."))
        {
            string name = Name();
            Assert.True(value.Temporal.TryComponent(name, out value), $"No component {name}.");
        }

        return value;
    }

    private Value Atom()
    {
        Blank();
        if (Take("("))
        {
            Value inner = Sum();
            Assert.True(Take(")"));
            return inner;
        }

        if (Take("'"))
        {
            int close = _text.IndexOf('\'', _at);
            string text = _text[_at..close];
            _at = close + 1;
            return Value.Of(text);
        }

        if (Take("["))
        {
            var items = new List<Value>();
            while (!Take("]"))
            {
                items.Add(Sum());
                _ = Take(",");
            }

            return Value.Of(items.ToArray());
        }

        if (Take("{"))
        {
            return Map();
        }

        return char.IsAsciiLetter(_text[_at]) ? Call() : Number();
    }

    private Value Map()
    {
        var keys = new List<string>();
        var values = new List<Value>();
        while (!Take("}"))
        {
            keys.Add(Name());
            Assert.True(Take(":"));
            values.Add(Sum());
            _ = Take(",");
        }

        return Value.Of(new MapValue([.. keys], [.. values]));
    }

    private Value Call()
    {
        string name = Name();
        while (_text.AsSpan(_at).StartsWith(".") && Functions.Keys.Any(f => f.StartsWith(name + ".", StringComparison.OrdinalIgnoreCase)))
        {
            _at++;
            name += "." + Name();
        }

        switch (name)
        {
            case "null":
                return Value.Null;
            case "true":
                return Value.True;
            case "false":
                return Value.False;
        }

        Assert.True(Take("("), $"'{name}' is not called in '{_text}'.");
        var arguments = new List<Value>();
        while (!Take(")"))
        {
            arguments.Add(Sum());
            _ = Take(",");
        }

        if (name == "toString")
        {
            return arguments[0].IsNull ? Value.Null : Value.Of(arguments[0].Temporal.ToLongText());
        }

        FunctionDefinition function = Functions[name];
        Assert.InRange(arguments.Count, function.LeastArguments, function.MostArguments);
        return function.Body(_context, arguments.ToArray(), TextPosition.None);
    }

    private Value Number()
    {
        int start = _at;
        _at += _text[_at] == '-' ? 1 : 0;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || (_text[_at] is '.' or 'e' && _text.Length > _at + 1 && char.IsAsciiDigit(_text[_at + 1]))))
        {
            _at++;
        }

        string number = _text[start.._at];
        return long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)
            ? Value.Of(whole)
            : Value.Of(double.Parse(number, CultureInfo.InvariantCulture));
    }

    private string Name()
    {
        Blank();
        int start = _at;
        while (_at < _text.Length && char.IsAsciiLetterOrDigit(_text[_at]))
        {
            _at++;
        }

        return _text[start.._at];
    }

    private bool Take(string token)
    {
        Blank();
        bool found = _text.AsSpan(_at).StartsWith(token);
        _at += found ? token.Length : 0;
        return found;
    }

    private void Blank()
    {
        while (_at < _text.Length && _text[_at] == ' ')
        {
            _at++;
        }
    }
}
