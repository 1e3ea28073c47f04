using Kiln.Kernels;

namespace Kiln.Comparison;

/// <summary>Recurrent networks: loss and gradients of one layer, a step of training, and single steps of inference whose state goes on.</summary>
internal static class RecurrentSteps
{
    private const int Batch = 32, Steps = 50, Units = 128, Characters = 65, CharacterSteps = 64;

    private static readonly int[] Lengths = [.. Enumerable.Repeat(Steps, Batch)];

    public static IEnumerable<Work> All()
    {
        foreach (var (rival, gates, gradients) in new (string, int, Func<int, Action>)[] { ("lstm128", 4, Lstm), ("gru128", 3, Gru), ("rnn128", 1, Rnn), ("peephole128", 4, Peephole) })
            foreach (var threads in new[] { 1, 2 })
                yield return new Work($"{rival}-b{Batch}-t{Steps}", rival, threads, Processor.VectorBits, 3 * 2.0 * Batch * Steps * 2 * Units * gates * Units, 0, () => gradients(threads));

        // Forward and two gradients.
        const double CharacterTerms = (4 * 256 * (64 + (5 * 256))) + (256 * Characters);
        foreach (var threads in new[] { 1, 2 })
            yield return new Work("charrnn-step", "charrnn-step", threads, Processor.VectorBits, 3 * 2 * Batch * CharacterSteps * CharacterTerms, 0, () => CharacterStep(threads));

        foreach (var (rival, weights, step) in new (string, int, Func<int, Action>)[] { ("lstm64-streaming", 4 * 64 * 128, LstmStreaming), ("gru64-streaming", 3 * 64 * 128, GruStreaming), ("mlp32x3-streaming", 3 * 32 * 32, MlpStreaming) })
            foreach (var threads in new[] { 1, 2 })
                yield return new Work(rival, rival, threads, Processor.VectorBits, 0, sizeof(float) * weights, () => step(threads));
    }

    private static Action Lstm(int threads)
    {
        var training = new LstmLayer(seed: 1).Train(new Sgd(0), Batch, threads);
        var x = Data(Batch * Steps * Units);
        return () => training.LearnGradients(x, Lengths);
    }

    private static Action Gru(int threads)
    {
        var training = new GruLayer(seed: 1).Train(new Sgd(0), Batch, threads);
        var x = Data(Batch * Steps * Units);
        return () => training.LearnGradients(x, Lengths);
    }

    private static Action Rnn(int threads)
    {
        var training = new RnnLayer(seed: 1).Train(new Sgd(0), Batch, threads);
        var x = Data(Batch * Steps * Units);
        return () => training.LearnGradients(x, Lengths);
    }

    private static Action Peephole(int threads)
    {
        var training = new PeepholeLayer(seed: 1).Train(new Sgd(0), Batch, threads);
        var x = Data(Batch * Steps * Units);
        return () => training.LearnGradients(x, Lengths);
    }

    private static Action CharacterStep(int threads)
    {
        var training = new CharRnn(seed: 1).Train(new Adam(1e-4), Batch, threads);
        int[] text = [.. Enumerable.Range(0, Batch * CharacterSteps).Select(i => i * 7919 % Characters)], next = [.. text.Skip(1), 0];
        int[] lengths = [.. Enumerable.Repeat(CharacterSteps, Batch)];
        return () => training.Learn(text, lengths, next);
    }

    private static Action LstmStreaming(int threads)
    {
        var net = new LstmStream(seed: 1, batch: 1, threads);
        var (x, y) = (Data(64), new float[64]);
        return () => net.Step(x, y);
    }

    private static Action GruStreaming(int threads)
    {
        var net = new GruStream(seed: 1, batch: 1, threads);
        var (x, y) = (Data(64), new float[64]);
        return () => net.Step(x, y);
    }

    private static Action MlpStreaming(int threads)
    {
        var net = new MlpStream(seed: 1, batch: 1, threads);
        var (x, y) = (Data(32), new float[32]);
        return () => net.Step(x, y);
    }

    /// <summary>Numbers that rival.py has too.</summary>
    private static float[] Data(int count) => [.. Enumerable.Range(0, count).Select(i => (i * 7919L % 1000 / 1000f) - 0.5f)];
}
