using Kiln.Data;

namespace Kiln.Samples.Recurrent;

/// <summary>Writes the most probable character, then the most probable one after it, until all of an answer are there.</summary>
/// <param name="scores">Of the token after each of the given ones.</param>
/// <param name="batch">Dates at once.</param>
internal sealed class DateTranslator(DateScores scores, int batch)
{
    /// <summary>The answers for some dates.</summary>
    public string[] Translate(string[] dates)
    {
        var set = SequenceSet.OfTokens([.. dates.Select(DateStrings.Encode)], DateStrings.Symbols, DateStrings.MostCharacters);
        var rows = new SequenceRows(set, batch);
        var answers = new string[dates.Length];
        for (var first = 0; first < dates.Length; first += batch)
        {
            rows.Take(first);
            var tokens = Write(rows);
            for (var i = 0; i < rows.Count; i++) answers[first + i] = DateStrings.Decode(tokens[i]);
        }
        return answers;
    }

    /// <summary>The program is given all that was written so far, one token more each time.</summary>
    private int[][] Write(SequenceRows rows)
    {
        var written = Enumerable.Range(0, rows.Count).Select(_ => new int[DateStrings.AnswerLength]).ToArray();
        for (var step = 1; step <= DateStrings.AnswerLength; step++)
        {
            var (given, lengths) = (new int[rows.Count * step], new int[rows.Count]);
            var answer = new float[given.Length * DateStrings.AnswerVocabulary];
            for (var i = 0; i < rows.Count; i++)
            {
                given[i * step] = DateStrings.Start;
                written[i].AsSpan(0, step - 1).CopyTo(given.AsSpan(i * step + 1));
                lengths[i] = step;
            }
            scores(rows.Tokens, rows.Lengths, given, lengths, answer);
            for (var i = 0; i < rows.Count; i++)
                written[i][step - 1] = Best(answer.AsSpan(((i + 1) * step - 1) * DateStrings.AnswerVocabulary, DateStrings.AnswerVocabulary));
        }
        return written;
    }

    private static int Best(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var c = 1; c < scores.Length; c++)
        {
            if (scores[c] > scores[best]) best = c;
        }
        return best;
    }
}
