using System.Globalization;
using System.Text;

namespace Kiln.Generators.Emission;

/// <summary>A text taken apart at its whole numbers: what differs in numbers alone has one pattern.</summary>
internal sealed class NumberedText
{
    /// <summary>Where a number was.</summary>
    private const char Gap = '\0';

    private NumberedText(string pattern, IReadOnlyList<string> numbers) => (Pattern, Numbers) = (pattern, numbers);

    public string Pattern { get; }
    public IReadOnlyList<string> Numbers { get; }

    /// <summary>Of code, the numbers of type int from <paramref name="least"/> on; digits of names and of other literals stay.</summary>
    public static NumberedText OfCode(string text, int least = 0) => Of(text, (start, end) =>
        (start == 0 || !IsName(text[start - 1])) && (end == text.Length || !IsName(text[end]))
        && int.TryParse(text.Substring(start, end - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least);

    /// <summary>Of a comment, all digits.</summary>
    private static NumberedText OfComment(string text) => Of(text, (_, _) => true);

    /// <summary>The text with other numbers.</summary>
    /// <param name="number">From the number's place to what is written there.</param>
    public string With(Func<int, string> number)
    {
        var parts = Pattern.Split(Gap);
        var text = new StringBuilder(parts[0]);
        for (var i = 1; i < parts.Length; i++) text.Append(number(i - 1)).Append(parts[i]);
        return text.ToString();
    }

    /// <summary>What several comments say alike, with _ for numbers that differ.</summary>
    public static string Common(IReadOnlyList<string> comments)
    {
        var distinct = comments.Distinct().Select(OfComment).ToArray();
        var first = distinct[0];
        return distinct.All(c => c.Pattern == first.Pattern)
            ? first.With(i => distinct.All(c => c.Numbers[i] == first.Numbers[i]) ? first.Numbers[i] : "_")
            : comments[0] + ", and others alike";
    }

    /// <summary>What stands before a number, on its line.</summary>
    public string Before(int number)
    {
        var gap = -1;
        for (var i = 0; i <= number; i++) gap = Pattern.IndexOf(Gap, gap + 1);
        return Pattern.Substring(0, gap).Substring(Pattern.LastIndexOf('\n', gap) + 1);
    }

    private static bool IsName(char c) => char.IsLetterOrDigit(c) || c is '_' or '.' or '@';

    private static NumberedText Of(string text, Func<int, int, bool> isNumber)
    {
        var (pattern, numbers, written) = (new StringBuilder(text.Length), new List<string>(), 0);
        for (var start = 0; start < text.Length; start++)
        {
            if (text[start] is < '0' or > '9') continue;
            var end = start + 1;
            while (end < text.Length && text[end] is >= '0' and <= '9') end++;
            if (isNumber(start, end))
            {
                numbers.Add(text.Substring(start, end - start));
                pattern.Append(text, written, start - written).Append(Gap);
                written = end;
            }
            start = end - 1;
        }
        return new(pattern.Append(text, written, text.Length - written).ToString(), numbers);
    }
}
