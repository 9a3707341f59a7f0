namespace AuraMemory.Graph.Query.Parsing;

/// <summary>A place among the tokens of a query, and what all parts of the parser do there.</summary>
internal sealed class TokenCursor
{
    private readonly List<Token> _tokens;
    private readonly int[] _partners;
    private readonly SourceText _source;
    private readonly int _deepest;
    private int _depth;

    /// <summary>Stands at the first token.</summary>
    /// <param name="source">The query.</param>
    /// <param name="limits">Of which the depth counts.</param>
    public TokenCursor(SourceText source, QueryLimits limits)
    {
        _source = source;
        _tokens = Lexer.Read(source);
        _partners = Partners(_tokens);
        _deepest = limits.Depth;
    }

    /// <summary>Number of the current token.</summary>
    public int Index { get; private set; }

    /// <summary>The current token.</summary>
    public Token Current => _tokens[Index];

    /// <summary>Where the current token begins.</summary>
    public TextPosition Position => _source.At(Current.Start);

    /// <summary>Whether the current token can be a name.</summary>
    public bool IsName => IsNameAt(0);

    /// <summary>A token further on; the end, beyond it.</summary>
    public Token Ahead(int count) => _tokens[Math.Min(Index + count, _tokens.Count - 1)];

    /// <summary>How many tokens further on the bracket is closed that stands there; 0 where it is not.</summary>
    public int Closing(int count) => Index + count < _partners.Length && _partners[Index + count] > 0 ? _partners[Index + count] - Index : 0;

    /// <summary>Whether a token further on can be a name.</summary>
    public bool IsNameAt(int count) => Ahead(count).Kind is TokenKind.Name or TokenKind.QuotedName;

    /// <summary>Whether a token further on is this symbol.</summary>
    public bool IsSymbol(string symbol, int count = 0) => Ahead(count) is { Kind: TokenKind.Symbol } token && token.Text == symbol;

    /// <summary>Whether a token further on is this keyword.</summary>
    public bool IsWord(string word, int count = 0) =>
        Ahead(count) is { Kind: TokenKind.Name } token && token.Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Goes on by one token.</summary>
    public Token Next()
    {
        Token token = Current;
        Index = Math.Min(Index + 1, _tokens.Count - 1);
        return token;
    }

    /// <summary>Goes over a symbol, if it is there.</summary>
    public bool TakeSymbol(string symbol)
    {
        bool found = IsSymbol(symbol);
        if (found)
        {
            Next();
        }

        return found;
    }

    /// <summary>Goes over a keyword, if it is there.</summary>
    public bool TakeWord(string word)
    {
        bool found = IsWord(word);
        if (found)
        {
            Next();
        }

        return found;
    }

    /// <summary>Goes over a symbol that must be there.</summary>
    public void Symbol(string symbol)
    {
        if (!TakeSymbol(symbol))
        {
            throw Unexpected($"'{symbol}'");
        }
    }

    /// <summary>Goes over a keyword that must be there.</summary>
    public void Word(string word)
    {
        if (!TakeWord(word))
        {
            throw Unexpected(word);
        }
    }

    /// <summary>Goes over a name that must be there.</summary>
    /// <param name="what">What it names, for the message.</param>
    public string Name(string what) => IsName ? Next().Text : throw Unexpected(what);

    /// <summary>The text from a token to the one before the current.</summary>
    public string TextFrom(int index) => _source.Text[_tokens[index].Start.._tokens[Index - 1].End];

    /// <summary>One level deeper.</summary>
    /// <exception cref="CypherException">That is too deep.</exception>
    public void Enter(int levels = 1)
    {
        _depth += levels;
        if (_depth > _deepest)
        {
            throw new CypherException(
                "LimitExceeded", ErrorPhase.CompileTime, "Depth",
                $"The query is nested more than {_deepest} levels deep here (brackets, subqueries and long chains of operators count). Put lists into parameters, or split the query with WITH.",
                Position);
        }
    }

    /// <summary>Back up.</summary>
    public void Leave(int levels = 1) => _depth -= levels;

    /// <summary>The error of finding something else.</summary>
    /// <param name="expected">What could stand here.</param>
    /// <param name="detail">The TCK's name for it.</param>
    public CypherException Unexpected(string expected, string detail = "UnexpectedSyntax")
    {
        string found = Current.Kind switch
        {
            TokenKind.End => "the end of the query",
            TokenKind.String => "a string",
            _ => $"'{(Current.Text.Length > 40 ? Current.Text[..40] + "…" : Current.Text)}'",
        };
        string hint = Current is { Kind: TokenKind.Symbol, Text: "!=" } ? " (unequal is written <>)"
            : Current is { Kind: TokenKind.Symbol, Text: "==" } ? " (equal is written =)" : "";
        return CypherException.Syntax(detail, $"Expected {expected}, found {found}{hint}.", Position);
    }

    // Where each opening bracket is closed, so that the parser can look behind brackets without reading what they hold.
    private static int[] Partners(List<Token> tokens)
    {
        var partners = new int[tokens.Count];
        var open = new Stack<int>();
        for (int i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind != TokenKind.Symbol)
            {
                continue;
            }

            switch (tokens[i].Text)
            {
                case "(" or "[" or "{":
                    open.Push(i);
                    break;
                case ")" or "]" or "}" when open.TryPop(out int start) && (tokens[start].Text, tokens[i].Text) is ("(", ")") or ("[", "]") or ("{", "}"):
                    partners[start] = i;
                    break;
            }
        }

        return partners;
    }
}
