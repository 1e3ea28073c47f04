namespace Kiln.Training;

// What full-batch optimizers ask of their programs and of the rows.
public sealed unsafe partial class TrainingSession
{
    /// <summary>Why an optimizer cannot serve its program; null where all can.</summary>
    private static ArgumentException? Unsuited(LearnProgram[] programs)
    {
        foreach (var program in programs)
        {
            if (program.Optimizer is not FullBatchOptimizer optimizer) continue;
            var name = optimizer.GetType().Name;
            ArgumentException Because(string problem) => new($"{program.Name}: {name} {problem}");
            if (!program.HasLoss) return Because("compares losses, but this program returns none.");
            if (program.Trained.Length == 0 || program.Optimized.Length > 0) return Because("moves parameters only, but this program has an [Optimized] input.");
            if (programs.Count(p => p.Optimizer == optimizer) > 1)
                return Because("remembers what is of one program's weights together, but another program was given the same instance; give each an optimizer of its own, and null to those that make no steps.");
            if (optimizer is not { ClipNorm: null, ClipValue: null, MaxNorm: null, GradientNoise: null, AverageDecay: null, Accumulate: 1, Groups.Count: 0 })
                return Because("sets the length of its steps itself and looks at all rows: ClipNorm, ClipValue, MaxNorm, GradientNoise, AverageDecay, Accumulate and Groups are not for it.");
            if (optimizer.Needs == program.Curvature || optimizer.Needs == Curvature.None) continue;
            return Because(optimizer.Needs == Curvature.Jacobian
                ? "needs the Jacobian of residuals, but this program returns a Loss; let it return Residuals, or use LBfgs, ConjugateGradient or Newton."
                : program.Curvature == Curvature.Jacobian
                    ? "needs the Hessian of a Loss, but this program returns Residuals; LevenbergMarquardt and GaussNewton are for those."
                    : "needs the Hessian, which is computed only where it is asked for: mark the program [Learn(Hessian = true)].");
        }
        return null;
    }

    /// <summary>Within a Fit, all rows of the data in each step.</summary>
    private void ThrowIfPart(int program, int rows)
    {
        if (Volatile.Read(ref _fitting) != 0 && rows < _samples)
            throw new ArgumentException($"{Programs[program].Name}: {Programs[program].Optimizer!.GetType().Name} looks at all rows in each step: expected a batch of at least the {_samples} rows of the data, but the training was made for {Batch}.");
    }
}
