namespace Kiln.Samples.Recurrent;

/// <summary>Writes a text character by character, each drawn by what the network says after those before. Nothing is allocated after construction.</summary>
/// <param name="net">Its states are of one row.</param>
/// <param name="sampler">Draws the characters.</param>
internal sealed class Writer(CharRnn net, Sampler sampler)
{
    private readonly int[] _character = new int[1];
    private readonly float[] _scores = new float[Characters.Count];

    /// <summary>Forgets everything and reads the beginning of a text.</summary>
    /// <param name="beginning">At least one character.</param>
    public void Begin(ReadOnlySpan<char> beginning)
    {
        ArgumentOutOfRangeException.ThrowIfZero(beginning.Length, nameof(beginning));
        net.States.Reset();
        foreach (var character in beginning) Read(Characters.Encode(character));
    }

    /// <summary>Writes the next character.</summary>
    public char Next()
    {
        var token = sampler.Draw(_scores);
        Read(token);
        return Characters.Decode(token);
    }

    /// <summary>Writes a text as it comes.</summary>
    /// <param name="beginning">What it begins with, at least one character.</param>
    /// <param name="count">Characters to write after that.</param>
    /// <param name="output">Receives them.</param>
    public void Write(string beginning, int count, TextWriter output)
    {
        Begin(beginning);
        output.Write(beginning.TrimStart('\n'));
        for (var i = 0; i < count; i++)
        {
            output.Write(Next());
            output.Flush();
        }
        output.WriteLine();
    }

    private void Read(int token)
    {
        _character[0] = token;
        net.Step(_character, _scores);
    }
}
