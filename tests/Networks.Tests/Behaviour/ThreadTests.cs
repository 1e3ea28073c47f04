using Kiln;

namespace Networks.Tests.Behaviour;

/// <summary>Many threads on one network.</summary>
public sealed class ThreadTests
{
    [Fact]
    public void Many_workspaces_on_many_threads_give_the_same_bits()
    {
        using var net = new LeNet5(seed: 2, batch: 16);
        var images = Some.Numbers(9 * 784);
        var expected = new float[90];
        net.Predict(images, expected);
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, i =>
        {
            using var workspace = net.CreateWorkspace(batch: 1 + i, threads: 1 + i % 2);
            var logits = new float[90];
            for (var round = 0; round < 8; round++)
            {
                Array.Clear(logits);
                workspace.Predict(images, logits);
                Assert.Equal(expected, logits);
            }
        });
    }

    [Fact]
    public void One_workspace_on_two_threads_refuses_or_is_right()
    {
        using var net = new Mlp(seed: 2, batch: 16);
        var images = Some.Numbers(64 * 784);
        var expected = new float[640];
        net.Predict(images, expected);
        var (answers, refusals) = (0, 0);
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            var logits = new float[640];
            for (var round = 0; round < 50; round++)
            {
                try
                {
                    net.Predict(images, logits);
                    Assert.Equal(expected, logits);
                    Interlocked.Increment(ref answers);
                }
                catch (InvalidOperationException error)
                {
                    Assert.Contains("one call at a time", error.Message);
                    Interlocked.Increment(ref refusals);
                }
            }
        });
        Assert.Equal(200, answers + refusals);
        Assert.True(answers > 0);
    }

    [Fact]
    public async Task A_workspace_that_refused_a_second_caller_goes_on()
    {
        using var net = new Mlp(seed: 2);
        using var workspace = net.CreateWorkspace(batch: 16);
        var (images, one) = (Some.Numbers(256 * 784), Some.Numbers(784));
        var (logits, expected, many) = (new float[10], new float[10], new float[2560]);
        net.Predict(one, expected);

        // Two callers without a pause, until one is refused for the sake of the other.
        var refusals = 0;
        var other = Task.Factory.StartNew(() => CallUntilOneIsRefused(images, many), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        CallUntilOneIsRefused(one, logits);
        await other;
        Array.Clear(logits);
        workspace.Predict(one, logits);
        Assert.Equal(expected, logits);

        void CallUntilOneIsRefused(float[] input, float[] output)
        {
            while (Volatile.Read(ref refusals) == 0)
            {
                try
                {
                    workspace.Predict(input, output);
                }
                catch (InvalidOperationException error)
                {
                    Interlocked.Increment(ref refusals);
                    Assert.Contains("under way on another thread", error.Message);
                }
            }
        }
    }

    [Fact]
    public void A_training_refuses_a_second_caller()
    {
        using var net = new Mlp(seed: 2);
        using var training = net.Train(new Sgd(0.1), batch: 8, threads: 1);
        var (images, labels) = (Some.Numbers(8 * 784), Some.Classes(8, 10));
        var steps = 0;
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            for (var round = 0; round < 25; round++)
            {
                try
                {
                    training.LearnGradients(images, labels);
                    training.ApplyLearn();
                    Interlocked.Increment(ref steps);
                }
                catch (InvalidOperationException)
                {
                    // Another thread was in between.
                }
            }
        });
        Assert.Equal(steps, training.Step);
        Assert.All(net.AllParameters, p => Assert.All(p.ToArray(), x => Assert.True(float.IsFinite(x))));
    }

    [Fact]
    public void Disposing_of_the_network_waits_for_the_calls_under_way()
    {
        for (var round = 0; round < 10; round++)
        {
            var net = new Mlp(seed: 2);
            var images = Some.Numbers(32 * 784);
            var expected = new float[320];
            net.Predict(images, expected);
            using var running = new CountdownEvent(2);
            var tasks = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(() =>
            {
                using var workspace = net.CreateWorkspace(batch: 16);
                var logits = new float[320];
                running.Signal();
                while (true)
                {
                    workspace.Predict(images, logits);
                    Assert.Equal(expected, logits);
                }
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
            running.Wait();
            net.Dispose();
            Assert.All(tasks, task => Assert.IsType<ObjectDisposedException>(Assert.Throws<AggregateException>(task.Wait).InnerException));
        }
    }
}
