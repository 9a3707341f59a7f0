using AuraMemory.Graph.Query.Parsing;

namespace AuraMemory.Graph.Query;

/// <summary>When a query was found wrong.</summary>
public enum ErrorPhase
{
    /// <summary>Before it ran.</summary>
    CompileTime,

    /// <summary>While it ran.</summary>
    Runtime,
}

/// <summary>A query that cannot be answered: the reason in the terms of the openCypher TCK, a sentence for people, and the place.</summary>
/// <remarks>An outcome of user input, thrown because it may arise deep inside an expression; the door that took the query catches it.</remarks>
public sealed class CypherException : Exception
{
    /// <summary>Describes what is wrong.</summary>
    /// <param name="type">Class of the error, for example <c>SyntaxError</c> or <c>TypeError</c>.</param>
    /// <param name="phase">When it was found.</param>
    /// <param name="detail">The exact reason, for example <c>UndefinedVariable</c>.</param>
    /// <param name="message">What is wrong and what to do, in a sentence.</param>
    /// <param name="position">Where in the query.</param>
    public CypherException(string type, ErrorPhase phase, string detail, string message, TextPosition position)
        : base(message)
    {
        Type = type;
        Phase = phase;
        Detail = detail;
        Position = position;
    }

    /// <summary>Class of the error: <c>SyntaxError</c>, <c>SemanticError</c>, <c>TypeError</c>, <c>ArgumentError</c>, <c>ArithmeticError</c>,
    /// <c>EntityNotFound</c>, <c>ParameterMissing</c>, <c>ProcedureError</c>, or of our own <c>LimitExceeded</c>, <c>NotSupported</c>, <c>ReadOnly</c>.</summary>
    public string Type { get; }

    /// <summary>When it was found.</summary>
    public ErrorPhase Phase { get; }

    /// <summary>The exact reason.</summary>
    public string Detail { get; }

    /// <summary>Where in the query; <see cref="TextPosition.None"/> when it cannot be said.</summary>
    public TextPosition Position { get; }

    /// <summary>An error found while compiling.</summary>
    public static CypherException Syntax(string detail, string message, TextPosition position) =>
        new("SyntaxError", ErrorPhase.CompileTime, detail, message, position);

    /// <summary>An error found while running.</summary>
    public static CypherException Runtime(string type, string detail, string message, TextPosition position) =>
        new(type, ErrorPhase.Runtime, detail, message, position);
}
