using System.Globalization;
using Kiln.Data;

namespace Kiln.Samples.Recurrent;

/// <summary>A date as somebody writes it, and in ISO 8601.</summary>
/// <param name="Text">3 March 2026, 03/03/26, Tue, 3 Mar 2026 …</param>
/// <param name="Answer">2026-03-03.</param>
internal readonly record struct WrittenDate(string Text, string Answer);

/// <summary>
/// Dates in many formats (<see cref="DateFormats"/>), to be translated into 2026-03-03, character by character: the weekday means nothing, and years of two digits are those from 1970 to 2069.
/// </summary>
internal static class DateStrings
{
    /// <summary>Tokens of an answer beside its characters: what comes before the first, and what ends it.</summary>
    public const int Start = 11, End = 12;

    /// <summary>Different tokens of an answer: the ten digits, the hyphen, start and end.</summary>
    public const int AnswerVocabulary = 13;

    /// <summary>Tokens of an answer: ten characters and the end.</summary>
    public const int AnswerLength = 11;

    /// <summary>Characters of dates; a token is a place in it.</summary>
    public const string Characters = " ',-./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>How many these are, and the most that a date has: Wednesday, September the 30th, 2026.</summary>
    public const int Symbols = 68, MostCharacters = 35;

    private const string AnswerCharacters = "0123456789-";

    /// <summary>One date in ten is for tests only.</summary>
    private const int TestEvery = 10;

    private static readonly DateOnly First = new(1970, 1, 1), Last = new(2069, 12, 31);

    /// <summary>Dates to learn from.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Chooses dates and formats.</param>
    public static WrittenDate[] Training(int count, int seed) => Make(DateFormats.Known, count, seed, test: false);

    /// <summary>Other dates in the same formats.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Chooses dates and formats.</param>
    public static WrittenDate[] UnseenDates(int count, int seed) => Make(DateFormats.Known, count, seed, test: true);

    /// <summary>Other dates in formats of shapes that the training has not.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Chooses dates and formats.</param>
    public static WrittenDate[] UnseenFormatsAndDates(int count, int seed) => Make(DateFormats.Unseen, count, seed, test: true);

    /// <summary>The characters of the dates as tokens, labelled with the tokens of their answers, the end among them.</summary>
    public static SequenceSet ToSet(ReadOnlySpan<WrittenDate> dates)
    {
        var (sources, answers) = (new int[dates.Length][], new int[dates.Length][]);
        for (var i = 0; i < dates.Length; i++) (sources[i], answers[i]) = (Encode(dates[i].Text), EncodeAnswer(dates[i].Answer));
        return SequenceSet.OfTokens(sources, Symbols, MostCharacters).WithLabelSequences(answers, AnswerVocabulary, AnswerLength);
    }

    /// <summary>The tokens of a date.</summary>
    /// <exception cref="ArgumentException">A character is in no date.</exception>
    public static int[] Encode(string text) => [.. text.Select(c => Characters.IndexOf(c) is var token and >= 0 ? token : throw new ArgumentException($"expected characters of {Characters}, but '{text}' has '{c}'", nameof(text)))];

    /// <summary>The tokens of an answer, and the end.</summary>
    /// <exception cref="ArgumentException">A character is in no answer.</exception>
    public static int[] EncodeAnswer(string answer) =>
        [.. answer.Select(c => AnswerCharacters.IndexOf(c) is var token and >= 0 ? token : throw new ArgumentException($"expected characters of {AnswerCharacters}, but '{answer}' has '{c}'", nameof(answer))), End];

    /// <summary>What a decoder is given while it learns: the start, then the tokens that it should have said.</summary>
    /// <param name="answers">Tokens of answers, [rows, time].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="inputs">Receives as many tokens.</param>
    public static void DecoderInputs(ReadOnlySpan<int> answers, int rows, Span<int> inputs)
    {
        var time = answers.Length / rows;
        for (var row = 0; row < rows; row++)
        {
            inputs[row * time] = Start;
            answers.Slice(row * time, time - 1).CopyTo(inputs[(row * time + 1)..]);
        }
    }

    /// <summary>The text of an answer's tokens, up to the end.</summary>
    public static string Decode(ReadOnlySpan<int> tokens)
    {
        var text = new List<char>();
        foreach (var token in tokens)
        {
            if (token == End) break;
            text.Add(token < AnswerCharacters.Length ? AnswerCharacters[token] : '?');
        }
        return new([.. text]);
    }

    private static WrittenDate[] Make(DateShape[] shapes, int count, int seed, bool test)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var random = new Random(seed);
        var dates = new WrittenDate[count];
        for (var i = 0; i < count; i++)
        {
            DateOnly date;
            do date = First.AddDays(random.Next(Last.DayNumber - First.DayNumber + 1));
            while (IsForTests(date) != test);
            dates[i] = new(shapes[random.Next(shapes.Length)].Write(date, random), date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }
        return dates;
    }

    /// <summary>Mixed, so that tests have all days, months and years.</summary>
    private static bool IsForTests(DateOnly date) => unchecked((uint)date.DayNumber * 2654435761u >> 16) % TestEvery == 0;
}
