using Kiln.Samples.Experiments;

namespace Kiln.Samples.Recurrent;

/// <summary>Which characters of a date the decoder looks at while it writes each character of the answer.</summary>
internal static class AttentionMap
{
    /// <summary>The weights, [characters of the answer][characters of the date].</summary>
    public static float[][] Weights(AttentiveDates net, WrittenDate date)
    {
        var source = DateStrings.Encode(date.Text);
        var places = new float[source.Length * DateStrings.MostCharacters];
        for (var t = 0; t < source.Length; t++) places[t * DateStrings.MostCharacters + t] = 1;
        var given = new int[date.Answer.Length];
        DateStrings.DecoderInputs(DateStrings.EncodeAnswer(date.Answer).AsSpan(0, given.Length), 1, given);
        var weights = new float[given.Length * DateStrings.MostCharacters];
        net.Weights(source, [source.Length], places, given, [given.Length], weights);
        return [.. Enumerable.Range(0, given.Length).Select(step => weights.AsSpan(step * DateStrings.MostCharacters, source.Length).ToArray())];
    }

    /// <summary>A picture of them.</summary>
    public static Chart Of(AttentiveDates net, WrittenDate date) =>
        new Chart($"What is looked at: {date.Text} → {date.Answer}", new Scale("character of the date", Letters: date.Text), new Scale("character of the answer", Letters: date.Answer)).Map(Weights(net, date));
}
