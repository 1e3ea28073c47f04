extern alias recurrent;

using System.Globalization;
using System.Text.RegularExpressions;
using Kiln.Data;
using recurrent::Kiln.Samples.Recurrent;
using Xunit;

namespace Kiln.Samples.Tests;

/// <summary>The sequences that samples learn from.</summary>
public class SequenceTasksTests
{
    [Fact]
    public void A_string_of_one_digit_is_that_digit()
    {
        var digits = Digits.Generate(30, seed: 4);
        var set = DigitStrings.Make(digits, 50, seed: 1, least: 1, most: 1);
        Assert.Equal((50, 28, 36, 11, SequenceLabels.Sequence), (set.Count, set.Features, set.MaxLength, set.Classes, set.LabelKind));
        for (var i = 0; i < set.Count; i++)
        {
            // It is one of the set's digits, moved: all of its ink, but for a row or two that may be cut off.
            var (ink, label) = (set.FramesOf(i).ToArray().Sum(), set.LabelsOf(i)[0]);
            var same = Enumerable.Range(0, digits.Count).Where(d => digits.Labels[d] == label).Select(d => digits[d].ToArray().Sum(p => p / 255f));
            Assert.Contains(same, other => ink <= other + 0.01f && ink > 0.9f * other);
        }
    }

    [Fact]
    public void Digits_of_a_string_overlap_and_are_all_there()
    {
        var set = DigitStrings.Draw(40, seed: 2);
        var again = DigitStrings.Draw(40, seed: 2);
        Assert.NotEqual(set.FramesOf(0).ToArray(), DigitStrings.Draw(40, seed: 3).FramesOf(0).ToArray());
        Assert.Equal(8, set.MaxLabels);
        var longest = 0;
        for (var i = 0; i < set.Count; i++)
        {
            Assert.Equal(set.FramesOf(i).ToArray(), again.FramesOf(i).ToArray());
            Assert.Equal(set.LabelsOf(i).ToArray(), again.LabelsOf(i).ToArray());
            Assert.InRange(set.LabelsOf(i).Length, 5, 8);
            Assert.InRange(set.LengthOf(i), set.LabelsOf(i).Length * 16, DigitStrings.MaxColumns(set.LabelsOf(i).Length));
            Assert.All(set.FramesOf(i).ToArray(), pixel => Assert.InRange(pixel, 0, 1));
            Assert.All(set.LabelsOf(i).ToArray(), digit => Assert.InRange(digit, 0, 9));
            longest = Math.Max(longest, set.LabelsOf(i).Length);
        }
        Assert.Equal(8, longest);
    }

    /// <summary>Digits of one pixel show where each stands.</summary>
    [Fact]
    public void Digits_stand_in_the_order_of_their_labels()
    {
        var images = new byte[10 * 784];
        for (var d = 0; d < 10; d++) images[d * 784 + 14 * 28 + 14] = (byte)(25 * (d + 1));
        var set = DigitStrings.Make(images, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 30, seed: 5);
        var heights = new HashSet<int>();
        for (var i = 0; i < set.Count; i++)
        {
            var frames = set.FramesOf(i).ToArray();
            int[] places = [.. Enumerable.Range(0, frames.Length).Where(p => frames[p] > 0)];
            Assert.Equal(set.LabelsOf(i).ToArray(), places.Select(p => (int)MathF.Round(frames[p] * 255 / 25) - 1));
            Assert.All(places.Zip(places.Skip(1)), pair => Assert.InRange(pair.Second / 28 - pair.First / 28, 16, 24));
            heights.UnionWith(places.Select(p => p % 28));
        }
        Assert.Equal([12, 13, 14, 15, 16], heights.Order());
    }

    [Fact]
    public void Dates_are_written_in_many_formats_and_answered()
    {
        var dates = DateStrings.Training(20_000, seed: 1).Concat(DateStrings.UnseenFormatsAndDates(5_000, seed: 1)).ToArray();
        Assert.Equal(DateStrings.Training(300, seed: 1), DateStrings.Training(300, seed: 1));
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.Calendar.TwoDigitYearMax = 2069;
        foreach (var format in (string[])["d MMMM yyyy", "d/M/yy", "ddd, d MMM yyyy", "dddd, MMMM d, yyyy", "dd.MM.yyyy", "yyyyMMdd", "yyyy/MM/dd", "MMM-dd-\\'yy"])
        {
            var written = dates.Where(d => DateOnly.TryParseExact(d.Text, format, culture, DateTimeStyles.None, out _)).ToArray();
            Assert.True(written.Length > 5, $"{format}: {written.Length}");
            Assert.All(written, d => Assert.Equal(d.Answer, DateOnly.ParseExact(d.Text, format, culture).ToString("yyyy-MM-dd", culture)));
        }
        foreach (var (day, ordinal) in (IEnumerable<(int, string)>)[(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"), (22, "22nd"), (23, "23rd"), (30, "30th"), (31, "31st")])
        {
            Assert.Equal(ordinal, DateFormats.Ordinal(day));
            Assert.Contains(dates, d => d.Text.StartsWith($"the {ordinal} of ", StringComparison.Ordinal) && d.Answer.EndsWith($"-{day:00}", StringComparison.Ordinal));
        }
        Assert.All(dates, d => Assert.InRange(d.Text.Length, 6, DateStrings.MostCharacters));
        Assert.Equal("Wednesday, September the 30th, 2026".Length, DateStrings.MostCharacters);
        Assert.Equal(DateStrings.Symbols, DateStrings.Characters.Distinct().Count());
    }

    /// <summary>No two dates that are not the same are written alike, in whatever formats, years of two digits being from 1970 to 2069.</summary>
    [Fact]
    public void What_is_written_has_one_answer()
    {
        var answers = new Dictionary<string, string>();
        foreach (var date in DateStrings.Training(40_000, seed: 4).Concat(DateStrings.UnseenDates(10_000, seed: 5)).Concat(DateStrings.UnseenFormatsAndDates(20_000, seed: 6)))
            Assert.Equal(date.Answer, answers.TryAdd(date.Text, date.Answer) ? date.Answer : answers[date.Text]);
    }

    [Fact]
    public void Test_dates_and_formats_are_not_those_of_the_training()
    {
        var training = DateStrings.Training(20_000, seed: 1);
        var known = training.Select(d => d.Answer).ToHashSet();
        var (dates, formats) = (DateStrings.UnseenDates(500, seed: 2), DateStrings.UnseenFormatsAndDates(500, seed: 2));
        Assert.DoesNotContain(dates.Concat(formats), d => known.Contains(d.Answer));
        var shapes = training.Select(Shape).ToHashSet();
        Assert.All(dates, d => Assert.Contains(Shape(d), shapes));
        Assert.All(formats, d => Assert.DoesNotContain(Shape(d), shapes));

        // What stands between numbers, months and weekdays, whatever these are, and which of them is the year where it begins.
        static string Shape(WrittenDate date)
        {
            var text = Regex.Replace(date.Text.ToLowerInvariant(), "(mon|tue|wed|thu|fri|sat|sun)(day|sday|nesday|rsday|urday)?", "W");
            text = Regex.Replace(text, "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(uary|ruary|ch|il|e|y|ust|tember|ober|ember)?", "M");
            return Regex.Replace(Regex.Replace(Regex.Replace(text, "[0-9]{4}(?=.)", "Y"), "[0-9]+(st|nd|rd|th)", "N"), "'?[0-9]+", "9");
        }
    }

    /// <summary>An arrangement that a test asks for is in no date of the training, but its pieces are.</summary>
    [Fact]
    public void An_unseen_shape_is_a_new_arrangement_of_known_pieces()
    {
        Assert.Equal(DateFormats.Known.Length, DateFormats.Known.Distinct().Count());
        Assert.Equal(DateFormats.Unseen.Length, DateFormats.Unseen.Distinct().Count());
        Assert.All(DateFormats.Unseen, shape =>
        {
            Assert.DoesNotContain(DateFormats.Known, known => known with { Weekday = shape.Weekday, Before = shape.Before } == shape);
            Assert.Contains(DateFormats.Known, known => (known.Weekday, known.Before) == (shape.Weekday, shape.Before));
            Assert.Contains(DateFormats.Known, known => (known.Order, known.Named, known.Ordinal) == (shape.Order, shape.Named, shape.Ordinal));
            Assert.Contains(DateFormats.Known, known => known.First == shape.First);
            Assert.Contains(DateFormats.Known, known => known.Second == shape.Second);
        });
    }

    [Fact]
    public void Dates_become_tokens_and_answers_text_again()
    {
        var dates = DateStrings.UnseenFormatsAndDates(300, seed: 2);
        var set = DateStrings.ToSet(dates);
        Assert.Equal((300, DateStrings.Symbols, DateStrings.MostCharacters, DateStrings.AnswerLength), (set.Count, set.Vocabulary, set.MaxLength, set.MaxLabels));
        for (var i = 0; i < set.Count; i++)
        {
            Assert.Equal(dates[i].Text, string.Concat(set.TokensOf(i).ToArray().Select(t => DateStrings.Characters[t])));
            Assert.Equal(dates[i].Answer, DateStrings.Decode(set.LabelsOf(i)));
            Assert.Equal(DateStrings.End, set.LabelsOf(i)[^1]);
        }
        var inputs = new int[6];
        DateStrings.DecoderInputs([1, 2, DateStrings.End, 4, 5, DateStrings.End], 2, inputs);
        Assert.Equal([DateStrings.Start, 1, 2, DateStrings.Start, 4, 5], inputs);
        Assert.Throws<ArgumentException>(() => DateStrings.Encode("3 März 2026"));
        Assert.Throws<ArgumentException>(() => DateStrings.EncodeAnswer("2026/03/03"));
    }

    [Fact]
    public void The_marked_numbers_add_up()
    {
        const int Length = 100;
        var (set, targets) = AddingProblem.Make(500, Length, seed: 1);
        Assert.Equal((500, 2, 110), (set.Count, set.Features, set.MaxLength));
        for (var i = 0; i < set.Count; i++)
        {
            Assert.InRange(set.LengthOf(i), Length, 110);
            var frames = set.FramesOf(i).ToArray();
            int[] marked = [.. Enumerable.Range(0, set.LengthOf(i)).Where(t => frames[2 * t + 1] == 1)];
            Assert.Equal(2, marked.Length);
            Assert.InRange(marked[0], 0, 9);
            Assert.InRange(marked[1], 1, Length / 2 - 1);
            Assert.Equal(0.5f + (frames[2 * marked[0]] + frames[2 * marked[1]]) / 4, targets[i], 1e-6f);
            Assert.Equal(-1, frames[^1]);
            if (marked[0] == 0) Assert.Equal(0, frames[0]);
            else Assert.Equal(-1, frames[1]);
        }
        Assert.Equal(targets, AddingProblem.Make(500, Length, seed: 1).Targets);
        Assert.InRange(targets.Average(), 0.47, 0.53);
        Assert.Throws<ArgumentOutOfRangeException>(() => AddingProblem.Make(1, 21, 1));
    }

    [Fact]
    public void What_is_asked_for_lies_far_back()
    {
        SequenceSet set = LongLag.Make(200, lag: 50, seed: 3), again = LongLag.Make(200, lag: 50, seed: 3);
        Assert.Equal((200, 14, 58, 2), (set.Count, set.Vocabulary, set.MaxLength, set.Classes));
        for (var i = 0; i < set.Count; i++)
        {
            var tokens = set.TokensOf(i).ToArray();
            Assert.InRange(tokens.Length, 53, 58);
            Assert.Equal((LongLag.Begin, LongLag.X + set.LabelsOf(i)[0], LongLag.End), (tokens[0], tokens[1], tokens[^1]));
            Assert.All(tokens[2..^1], token => Assert.InRange(token, LongLag.Distractors, 13));
            Assert.Equal(tokens, again.TokensOf(i).ToArray());
        }
        Assert.InRange(Enumerable.Range(0, 200).Count(i => set.LabelsOf(i)[0] == 0), 70, 130);
    }
}
