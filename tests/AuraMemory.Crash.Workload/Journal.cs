using System.Globalization;
using System.Text;

namespace AuraMemory.Crash.Workload;

/// <summary>Tells the parent, line by line and flushed, what is about to be asked of the store and what it acknowledged.</summary>
/// <remarks>A line is one write to a pipe: it is there, whole, even if the process dies in the next instruction.</remarks>
internal sealed class Journal(Stream output)
{
    private readonly Lock _gate = new();

    /// <summary>Writes a line.</summary>
    public void Line(FormattableString text)
    {
        byte[] line = Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture) + "\n");
        lock (_gate)
        {
            output.Write(line);
            output.Flush();
        }
    }
}
