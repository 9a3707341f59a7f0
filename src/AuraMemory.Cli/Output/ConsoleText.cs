using System.Text;
using Spectre.Console;

namespace AuraMemory.Cli.Output;

/// <summary>Lets the parser write its help and errors to a console as they are, without wrapping or markup.</summary>
internal sealed class ConsoleText(IAnsiConsole console) : TextWriter
{
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        _line.Append(value);
        if (value == '\n')
        {
            Flush();
        }
    }

    public override void Flush()
    {
        console.Profile.Out.Writer.Write(_line.ToString());
        console.Profile.Out.Writer.Flush();
        _line.Clear();
    }

    protected override void Dispose(bool disposing)
    {
        Flush();
        base.Dispose(disposing);
    }
}
