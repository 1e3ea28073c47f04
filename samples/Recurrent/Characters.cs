namespace Kiln.Samples.Recurrent;

/// <summary>The characters of texts as tokens: the end of a line and the 95 printable characters of ASCII.</summary>
internal static class Characters
{
    /// <summary>How many there are.</summary>
    public const int Count = 96;

    private const char First = ' ', Last = '~', Unknown = '?';

    /// <summary>The token of a character. What is none of them is a question mark.</summary>
    public static int Encode(char character) => character switch
    {
        '\n' => 0,
        >= First and <= Last => character - First + 1,
        _ => Unknown - First + 1,
    };

    /// <summary>The tokens of a text; lines may end in CR LF.</summary>
    public static int[] Encode(string text) => [.. text.Replace("\r\n", "\n").Select(Encode)];

    /// <summary>The character of a token.</summary>
    public static char Decode(int token) => token == 0 ? '\n' : (char)(First + token - 1);
}
