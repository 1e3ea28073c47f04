using Kiln.Samples.Experiments;

namespace Kiln.Samples.Recurrent;

/// <summary>The commands that give a table and a picture.</summary>
internal static class Catalogue
{
    public static readonly (string Name, string About, Func<Bench, Task<Outcome>> Run)[] Experiments =
    [
        ("mnist-rows", "digits row by row: LSTM, GRU, RNN, and LSTM in both directions", MnistRows.Run),
        ("adding", "the adding problem: RNN against LSTM, and the gradient at each step", bench => Task.FromResult(Lags.Adding(bench))),
        ("long-lag", "a symbol that must be known again after a long time: RNN against LSTM", Lags.LongTimeLag),
        ("digit-strings", "strings of digits without places, by connectionist temporal classification, both ways", DigitReading.Run),
        ("dates", "dates in many formats into one, with and without attention", bench => Task.FromResult(Dates.Run(bench))),
    ];
}
