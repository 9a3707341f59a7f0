using System.Buffers;
using System.IO.Pipelines;

namespace AuraMemory.Cli.Transfer;

/// <summary>One line of an input.</summary>
/// <param name="Number">Line number, from 1.</param>
/// <param name="End">Byte offset behind its line feed.</param>
/// <param name="Text">Its bytes without line end; empty when <paramref name="TooLong"/>.</param>
/// <param name="TooLong">True when it was longer than the limit and has been skipped.</param>
internal readonly record struct InputLine(long Number, long End, ReadOnlyMemory<byte> Text, bool TooLong);

/// <summary>Reads lines with their numbers and byte offsets, in memory bounded by the longest line allowed.</summary>
internal sealed class LineReader(Stream input, long offset, long linesBefore, int longestLine)
{
    /// <summary>Lines until the end; the last one need not end with a line feed.</summary>
    public async IAsyncEnumerable<InputLine> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        PipeReader pipe = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: 1 << 17, leaveOpen: true));
        long position = offset;
        long number = linesBefore;
        bool skipping = false;
        while (true)
        {
            ReadResult read = await pipe.ReadAsync(cancellation).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } feed)
            {
                ReadOnlySequence<byte> line = buffer.Slice(0, feed);
                buffer = buffer.Slice(buffer.GetPosition(1, feed));
                position += line.Length + 1;
                number++;
                bool tooLong = skipping || line.Length > longestLine;
                skipping = false;
                yield return new InputLine(number, position, tooLong ? default : Trim(line, number), tooLong);
            }

            if (!read.IsCompleted && buffer.Length > longestLine)
            {
                // Nothing of a line that will be refused is worth keeping; only its length counts from here on.
                skipping = true;
                position += buffer.Length;
                buffer = buffer.Slice(buffer.End);
            }

            if (read.IsCompleted)
            {
                if (!buffer.IsEmpty || skipping)
                {
                    position += buffer.Length;
                    bool tooLong = skipping || buffer.Length > longestLine;
                    yield return new InputLine(number + 1, position, tooLong ? default : Trim(buffer, number + 1), tooLong);
                }

                await pipe.CompleteAsync().ConfigureAwait(false);
                yield break;
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static byte[] Trim(ReadOnlySequence<byte> line, long number)
    {
        byte[] bytes = line.ToArray();
        ReadOnlySpan<byte> text = bytes;
        if (number == 1 && text.StartsWith("\uFEFF"u8))
        {
            text = text[3..];
        }

        text = text.Trim(" \t\r"u8);
        return text.Length == bytes.Length ? bytes : text.ToArray();
    }
}
