namespace Kiln.Training;

/// <summary>Takes the norms of weights, gradients and updates of every so many steps. One copy of the weights is its memory.</summary>
internal sealed unsafe class StatisticsProbe(TrainingSession session, int program, int every)
{
    private readonly float[] _before = GC.AllocateUninitializedArray<float>(checked((int)session.Core.Parameters.Length));
    private bool _isDue;

    /// <summary>The latest; null before the first.</summary>
    public TrainingStatistics? Latest { get; private set; }

    /// <summary>Keeps the weights that the step will move, if it is one of those.</summary>
    public void BeforeStep()
    {
        _isDue = session.Step % every == 0;
        if (_isDue) new ReadOnlySpan<float>(session.Core.Parameters.Pointer, _before.Length).CopyTo(_before);
    }

    public void AfterStep()
    {
        if (!_isDue) return;
        var parameters = new List<ParameterStatistics>();
        foreach (var number in session.Programs[program].Trained)
        {
            var parameter = session.Core.Parameters.Parameters[number];
            var range = new Range((Index)(int)parameter.Offset, (int)(parameter.Offset + parameter.Floats));
            var weights = new ReadOnlySpan<float>(session.Core.Parameters.Pointer, _before.Length)[range];
            var gradients = new ReadOnlySpan<float>(session.Gradients.Pointer, _before.Length)[range];
            parameters.Add(new(parameter.Name, Norm(weights), Norm(gradients), Distance(weights, _before.AsSpan(range))));
        }
        Latest = new(session.Step, parameters);
    }

    private static double Norm(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (double value in values) sum += value * value;
        return Math.Sqrt(sum);
    }

    private static double Distance(ReadOnlySpan<float> to, ReadOnlySpan<float> from)
    {
        var sum = 0.0;
        for (var i = 0; i < to.Length; i++)
        {
            var change = (double)to[i] - from[i];
            sum += change * change;
        }
        return Math.Sqrt(sum);
    }
}
