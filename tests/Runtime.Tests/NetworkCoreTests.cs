using Kiln.Checkpoints;
using Kiln.Kernels;
using Kiln.Training;
using Xunit;

namespace Kiln.Runtime.Tests;

/// <summary>A network's memory among threads.</summary>
public sealed unsafe class NetworkCoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kiln").FullName;

    private string File => Path.Combine(folder, "net.safetensors");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static NetworkCore Core() =>
        new("Net", [new ParameterInfo("w", "", [20_000], ParameterStorage.Flat, 0, 20_000, Initializer.Normal, 1, 1, 1, true)], 20_000, 16, &NoConstants, seed: 1);

    private static TrainingSession Train(NetworkCore core) =>
        new(core, 1, 1, 0, [(0, 0, false)], [new LearnProgram("Learn", new Sgd(0.5), [0], HasLoss: false, Updates: true)]);

    private static void NoConstants(float* constants)
    {
    }

    private static void GradientsOfOne(Frame* frame, Workers workers) => new Span<float>(frame->Gradients, 20_000).Fill(1);

    [Fact]
    public void A_save_waits_for_the_update_under_way()
    {
        using var core = Core();
        using var training = Train(core);
        using (var learn = training.Enter(0, 1)) learn.Gradients(&GradientsOfOne);
        var saver = new Thread(() => core.Save(File));
        using (var update = training.EnterApply(0))
        {
            saver.Start();
            while (saver.IsAlive && (saver.ThreadState & ThreadState.WaitSleepJoin) == 0) Thread.Yield();
            Assert.True(saver.IsAlive);
            update.Update();
            update.Done();
        }
        saver.Join();
        var updated = core.Parameters["w"].ToArray();
        core.LoadWeights(File);
        Assert.Equal(updated, core.Parameters["w"].ToArray());
    }

    /// <summary>What is given back under a copy would be read or written by it, and given back twice by the second disposal.</summary>
    [Theory, InlineData("save"), InlineData("load"), InlineData("clear"), InlineData("train")]
    public void Disposal_by_two_threads_under_anything_is_told_and_frees_once(string what)
    {
        using (var core = Core()) core.Save(File);
        for (var round = 0; round < 20; round++)
        {
            var core = Core();
            var training = Train(core);
            using var running = new ManualResetEventSlim();
            var user = new Thread(() =>
            {
                try
                {
                    while (true)
                    {
                        Use(core, training, what);
                        running.Set();
                    }
                }
                catch (ObjectDisposedException)
                {
                }
            });
            user.Start();
            running.Wait();
            for (var i = 0; i < round; i++) Thread.Yield();
            Parallel.Invoke(core.Dispose, core.Dispose, training.Dispose, training.Dispose);
            user.Join();
        }
    }

    private void Use(NetworkCore core, TrainingSession training, string what)
    {
        switch (what)
        {
            case "save":
                core.Save(Path.Combine(folder, "other"));
                break;
            case "load":
                core.LoadWeights(File);
                break;
            case "clear":
                training.Gradients.Clear();
                break;
            default:
                try
                {
                    using (var learn = training.Enter(0, 1)) learn.Gradients(&GradientsOfOne);
                    using var update = training.EnterApply(0);
                    update.Update();
                    update.Done();
                }
                catch (InvalidOperationException e) when (e is not ObjectDisposedException)
                {
                    // Whoever disposes is a caller too.
                }
                break;
        }
    }
}
