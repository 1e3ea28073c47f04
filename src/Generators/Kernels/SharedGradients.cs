using Kiln.Generators.Graph;

namespace Kiln.Generators.Kernels;

/// <summary>
/// Gradients of weights that are products with the same gradient of a layer's output, and the gradient of its bias, pass over it once: those of a stage become one step. The bits are the same.
/// </summary>
internal static class SharedGradients
{
    public static IReadOnlyList<Stage> Of(IReadOnlyList<Stage> stages) => [.. stages.Select(stage => stage.Domain == Domain.Output ? stage with { Steps = Joined(stage.Steps) } : stage)];

    private static IReadOnlyList<Step> Joined(IReadOnlyList<Step> steps)
    {
        var gradients = steps.OfType<DenseWeightGradient>().GroupBy(g => g.Dy).ToDictionary(g => g.Key, g => g.ToArray());
        if (gradients.Count == 0) return steps;
        // A sum whose operand is another length of it goes on by itself.
        var biases = steps.OfType<SumOverBatch>().Where(s => gradients.ContainsKey(s.X) && s.X.Storage == Storage.Rows).GroupBy(s => s.X).ToDictionary(s => s.Key, s => s.First());
        return [.. steps.SelectMany<Step, Step>(step => step switch
        {
            DenseWeightGradient g when gradients[g.Dy] is var all => ReferenceEquals(all[0], g) ? [Join(all, biases.TryGetValue(g.Dy, out var bias) ? bias : null)] : [],
            SumOverBatch s when biases.TryGetValue(s.X, out var bias) && ReferenceEquals(bias, s) => [],
            _ => [step],
        })];
    }

    private static DenseWeightGradient Join(DenseWeightGradient[] all, SumOverBatch? bias) => all.Length == 1 && bias is null ? all[0]
        : new(string.Join("; ", all.Select(g => g.Comment).Concat(bias is null ? [] : [bias.Comment]).Distinct()), all.SelectMany(g => g.Factors).ToEquatable(), all[0].Dy, bias?.Target);
}
