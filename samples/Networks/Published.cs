using System.Text.RegularExpressions;

namespace Kiln.Samples.Networks;

/// <summary>A network as a paper has it.</summary>
/// <param name="Name">Its class.</param>
/// <param name="Summary">The compiler's table of its layers.</param>
/// <param name="IsLarge">Whether it takes gigabytes.</param>
/// <param name="Try">Predicts for images of random pixels, makes one step of training, predicts again; gives all predictions and the loss.</param>
internal sealed partial record Published(string Name, string Summary, bool IsLarge, Func<(float[] Predicted, float Loss)> Try)
{
    /// <summary>Rows of a prediction and of a step.</summary>
    public const int Rows = 2;

    /// <summary>The image: 1×28×28.</summary>
    public string Input => InputShape().Match(Summary).Groups[1].Value;

    /// <summary>How many parameters are trained: 60,850.</summary>
    public string Parameters => TrainedCount().Match(Summary).Groups[1].Value;

    /// <summary>One prediction, one step, one prediction; gives the loss.</summary>
    /// <exception cref="ArithmeticException">A number is not finite.</exception>
    public float Check()
    {
        var (predicted, loss) = Try();
        return Array.TrueForAll(predicted, float.IsFinite) ? loss : throw new ArithmeticException("a prediction is not a finite number");
    }

    /// <summary>Floats in [0, 1): the same in every run.</summary>
    public static float[] Random(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }

    /// <summary>The elements of a shape: 784 of 1×28×28.</summary>
    public static int Length(string shape) => shape.Split('×').Aggregate(1, (product, size) => product * int.Parse(size));

    [GeneratedRegex(@"\n\w+\(\w+: ([\d×]+)")]
    private static partial Regex InputShape();

    // "25,610,152 parameters, 25,557,032 of them trainable", or "60,850 parameters" where all are.
    [GeneratedRegex(@"([\d,]+)(?= of them| parameters\n)")]
    private static partial Regex TrainedCount();
}
