using System.Collections.ObjectModel;
using System.Diagnostics;

namespace Kiln.Training;

/// <summary>Adds up what the steps of one epoch gave: means over its samples, and the time they took.</summary>
/// <param name="monitored">Names of what the program monitors.</param>
/// <param name="activations">Layers of which it gives three statistics each, after that.</param>
internal sealed class EpochMeter(string[] monitored, string[] activations)
{
    private readonly Stopwatch _watch = new();
    private readonly double[] _sums = new double[monitored.Length + 3 * activations.Length];
    private double _loss;
    private int _samples;

    /// <summary>Time of its steps; validation and saving are not counted.</summary>
    public TimeSpan Elapsed => _watch.Elapsed;

    public double Loss => _loss / _samples;

    /// <summary>The last step's loss.</summary>
    public double StepLoss { get; private set; }

    public double SamplesPerSecond => _samples / Math.Max(Elapsed.TotalSeconds, 1e-9);

    /// <summary>A dictionary of its own, which later steps leave as it is.</summary>
    public IReadOnlyDictionary<string, double> Metrics
    {
        get
        {
            if (monitored.Length == 0) return ReadOnlyDictionary<string, double>.Empty;
            var means = new OrderedDictionary<string, double>(monitored.Length);
            for (var i = 0; i < monitored.Length; i++) means.Add(monitored[i], Mean(i));
            return means;
        }
    }

    /// <summary>Statistics of the layers in their order.</summary>
    public IReadOnlyList<ActivationStatistics> Activations
    {
        get
        {
            if (activations.Length == 0) return [];
            return [.. activations.Select((layer, i) => new ActivationStatistics(layer, Mean(monitored.Length + 3 * i), Mean(monitored.Length + 3 * i + 1), Mean(monitored.Length + 3 * i + 2)))];
        }
    }

    private double Mean(int i) => _sums[i] / _samples;

    public void Start() => _watch.Start();

    public void Stop() => _watch.Stop();

    /// <param name="loss">The step's mean loss.</param>
    /// <param name="values">The step's means of what is monitored.</param>
    /// <param name="samples">Its samples.</param>
    public void Add(float loss, ReadOnlySpan<float> values, int samples)
    {
        _loss += (double)loss * samples;
        for (var i = 0; i < _sums.Length; i++) _sums[i] += (double)values[i] * samples;
        _samples += samples;
        StepLoss = loss;
    }
}
