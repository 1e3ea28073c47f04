using Programs = Kiln.Networks.Tests.Api.Outer.Programs;

namespace Kiln.Networks.Tests.Api;

/// <summary>Programs beyond a stack's: what reaches the kernels, and what comes back.</summary>
public sealed class ProgramsTests
{
    [Fact]
    public void Bytes_go_in_and_several_outputs_come_out_over_chunks_of_rows()
    {
        using var net = new Programs();
        net.Parameters.Class[0] = 7;
        var bytes = Enumerable.Range(0, 20 * 4).Select(i => (byte)i).ToArray();
        var (code, numbers, shift) = (new float[80], new int[20], new float[1]);
        net.Encode(bytes, code, numbers, shift);
        Assert.Equal(79 / 255f, code[79]);
        Assert.Equal(Enumerable.Range(0, 20), numbers);
        Assert.Equal(7, shift[0]);
        var error = Assert.Throws<ArgumentException>(() => net.Encode(bytes, code, numbers, new float[20]));
        Assert.Equal("shift", error.ParamName);
    }

    [Fact]
    public void Dimensions_choose_among_declared_shapes()
    {
        using var net = new Programs();
        var (small, large) = (new float[8], new float[32]);
        net.Sized(Enumerable.Repeat(1f, 8).ToArray(), 2, 2, small);
        net.Sized(Enumerable.Repeat(1f, 32).ToArray(), 4, 4, large);
        Assert.All(small, x => Assert.Equal(2, x));
        Assert.All(large, x => Assert.Equal(3, x));
        var error = Assert.Throws<ArgumentException>(() => net.Sized(new float[9], 3, 3, new float[9]));
        Assert.Contains("2×2, 4×4", error.Message);
        Assert.Contains("3×3", error.Message);
        Assert.Throws<ArgumentException>(() => net.Sized(new float[8], 4, 4, new float[16]));
    }

    [Fact]
    public void A_program_without_input_takes_rows_and_draws_afresh_at_each_call()
    {
        using var net = new Programs();
        var output = new float[20];
        net.Sample(20, output);
        Assert.Equal(19, output[19]);
        net.Sample(20, output);
        Assert.Equal(119, output[19]);
        Assert.Throws<ArgumentOutOfRangeException>(() => net.Sample(0, []));
        Assert.Throws<ArgumentException>(() => net.Sample(3, output));
    }

    [Fact]
    public void Monitors_come_with_the_loss_and_assigned_parameters_are_written_at_the_end()
    {
        using var net = new Programs();
        net.Parameters.Encoder.Item0.Scale[0] = 2;
        using var training = net.Train(new Sgd(0.1), batch: 2, threads: 1);
        var (loss, accuracy) = training.JudgeGradients([1, 1, 1, 1, 2, 2, 2, 2], [0, 1]);
        Assert.Equal((12f, 0.5f), (loss, accuracy));
        Assert.NotEqual(6, net.Parameters.Encoder.Item0.Mean[0]);
        Assert.Equal((training.JudgeLoss([1, 1, 1, 1, 2, 2, 2, 2], [0, 1]).Item1, -accuracy), training.EvaluateJudge([1, 1, 1, 1, 2, 2, 2, 2], [0, 1]));
        training.JudgeGradients([1, 1, 1, 1, 2, 2, 2, 2], [0, 1]);
        training.ApplyJudge();
        Assert.Equal(6, net.Parameters.Encoder.Item0.Mean[0]);
        Assert.Equal(2 - 0.1f * 6, net.Parameters.Encoder.Item0.Scale[0], 1e-6f);

        // A step that fails assigns nothing either.
        Assert.Throws<NonFiniteLossException>(() => training.Judge([float.PositiveInfinity, 0, 0, 0], [0]));
        Assert.Equal(6, net.Parameters.Encoder.Item0.Mean[0]);

        training.Reset([3, 0, 0, 0]);
        Assert.Equal(3, net.Parameters.Class[0]);
    }

    [Fact]
    public void An_optimized_input_is_moved_by_the_optimizer_each_shape_apart()
    {
        using var net = new Programs();
        using var training = net.Train(new Sgd(0.5, momentum: 0.5), batch: 2, threads: 1);
        float[] image = [1, 2, 3, 4, 5, 6, 7, 8];
        training.Dream(image, 2, 2);
        Assert.Equal([0.75f, 1.5f, 2.25f, 3, 3.75f, 4.5f, 5.25f, 6], image);
        training.Dream(image, 2, 2);
        // Velocity 0.5·0.5 + 0.375, times 0.5.
        Assert.Equal(0.75f - 0.5f * 0.625f, image[0], 1e-6f);
        var large = Enumerable.Repeat(2f, 16).ToArray();
        training.Dream(large, 4, 4);
        Assert.All(large, x => Assert.Equal(1, x));
        training.DreamGradients(large, 4, 4);
        var error = Assert.Throws<ArgumentException>(() => training.ApplyDream(image));
        Assert.Equal("image", error.ParamName);
    }

    [Fact]
    public void Each_program_has_its_optimizer_and_its_count_of_steps()
    {
        using var net = new Programs();
        net.Parameters.Class[0] = 1;
        using var training = net.Train(batch: 2, fool: new Sgd(0.25), threads: 1);
        Assert.Equal(1, training.Fool(rows: 2));
        Assert.Equal(0.5f, net.Parameters.Class[0]);
        Assert.Equal(100.25f, training.FoolLoss(2));
        Assert.Equal(100.25f, training.FoolGradients(1));
        var error = Assert.Throws<InvalidOperationException>(() => training.Judge([1, 1, 1, 1], [0]));
        Assert.Contains("Judge", error.Message);
        training.LearningRate = 0.125;
        training.Fool(2);
        Assert.Equal(0.375f, net.Parameters.Class[0]);
        Assert.Equal(2, training.Step);
    }
}
