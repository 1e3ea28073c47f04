using Kiln.Kernels;
using Kiln.Training;
using Xunit;

namespace Kiln.Runtime.Tests;

/// <summary>Initial values are drawn when they are first wanted, and not at all where a checkpoint sets them before.</summary>
public sealed unsafe class InitialDrawsTests : IDisposable
{
    private static readonly ParameterInfo[] Table =
    [
        new("first", "", [40, 30], ParameterStorage.Panels, 0, 40 * 32, Initializer.Normal, 1, 40, 30, true),
        new("second", "", [50], ParameterStorage.Flat, 1280, 64, Initializer.Uniform, 1, 50, 1, true),
        new("third", "", [7, 7], ParameterStorage.Flat, 1344, 64, Initializer.Orthogonal, 1, 7, 7, true),
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("kiln").FullName;

    private string File => Path.Combine(folder, "net.safetensors");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static NetworkCore Core(ulong seed, params int[] parameters) =>
        new("Net", parameters.Length == 0 ? Table : [.. parameters.Select(p => Table[p])], 1408, 16, &NoConstants, seed);

    private static void NoConstants(float* constants)
    {
    }

    private static float[] Expected(int parameter, ulong seed)
    {
        var values = new float[Table[parameter].Length];
        fixed (float* pinned = values) InitialValues.Draw(Table[parameter], seed, pinned);
        return values;
    }

    private static void AssertInitial(NetworkCore core, ulong seed)
    {
        for (var i = 0; i < Table.Length; i++) Assert.Equal(Expected(i, seed), core.Parameters[i].ToArray());
    }

    [Fact]
    public void Nothing_is_drawn_for_a_network_and_its_sessions()
    {
        using var core = Core(1);
        using var session = new Session(core, 1, 1, 0, [(16, 16, false)]);
        using var training = new TrainingSession(core, 1, 1, 0, [(16, 16, false)], [new LearnProgram("Learn", new Sgd(0.5), [0], HasLoss: false, Updates: true)]);
        Assert.Equal((0, 3), (core.Parameters.Drawn, core.Parameters.Waiting));
    }

    [Fact]
    public void A_view_draws_its_own_parameter_once()
    {
        using var core = Core(2);
        Assert.Equal(Expected(1, 2), core.Parameters["second"].ToArray());
        Assert.Equal(Expected(1, 2)[3], core.Parameters["second"][3]);
        Assert.Equal((1, 2), (core.Parameters.Drawn, core.Parameters.Waiting));
        AssertInitial(core, 2);
        Assert.Equal((3, 0), (core.Parameters.Drawn, core.Parameters.Waiting));
    }

    [Fact]
    public void A_single_value_is_set_among_initial_ones()
    {
        using var core = Core(3);
        core.Parameters["third"][4] = 5;
        var expected = Expected(2, 3);
        expected[4] = 5;
        Assert.Equal(expected, core.Parameters["third"].ToArray());
    }

    [Fact]
    public void A_call_draws_all()
    {
        using var core = Core(4);
        using var session = new Session(core, 1, 1, 0, [(16, 16, false)]);
        float first;
        using (var call = session.Enter(0, 1))
        {
            Assert.Equal((3, 0), (core.Parameters.Drawn, core.Parameters.Waiting));
            first = core.Parameters.Pointer[1280];
        }
        Assert.Equal(Expected(1, 4)[0], first);
        AssertInitial(core, 4);
    }

    [Fact]
    public void A_checkpoint_is_loaded_without_a_draw()
    {
        using (var other = Core(5)) other.Save(File);
        using var core = Core(6);
        core.LoadWeights(File);
        Assert.Equal((0, 0), (core.Parameters.Drawn, core.Parameters.Waiting));
        AssertInitial(core, 5);
        Assert.Equal(0, core.Parameters.Drawn);
    }

    [Fact]
    public void A_checkpoint_that_fails_leaves_the_initial_values()
    {
        using (var other = Core(7)) other.Save(File);
        var bytes = System.IO.File.ReadAllBytes(File);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), float.NaN);
        System.IO.File.WriteAllBytes(File, bytes);
        using var core = Core(8);
        Assert.Throws<CheckpointException>(() => core.LoadWeights(File));
        Assert.Equal((0, 3), (core.Parameters.Drawn, core.Parameters.Waiting));
        AssertInitial(core, 8);
    }

    [Fact]
    public void What_a_matching_checkpoint_leaves_is_drawn()
    {
        using (var other = Core(9, 1)) other.Save(File);
        using var core = Core(10);
        Assert.Equal(["second"], core.LoadMatching(File));
        Assert.Equal((0, 2), (core.Parameters.Drawn, core.Parameters.Waiting));
        Assert.Equal(Expected(0, 10), core.Parameters["first"].ToArray());
        Assert.Equal(Expected(1, 9), core.Parameters["second"].ToArray());
        Assert.Equal(Expected(2, 10), core.Parameters["third"].ToArray());
    }

    [Fact]
    public void Zeros_are_no_initial_values()
    {
        using var core = Core(11);
        core.Parameters.Clear();
        Assert.All(core.Parameters.Views, view => Assert.All(view.ToArray(), value => Assert.Equal(0, value)));
        Assert.Equal(0, core.Parameters.Drawn);
    }

    [Fact]
    public void Threads_that_want_them_at_once_draw_them_once()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            using var core = Core(seed);
            Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
            {
                if (thread == 0) _ = *core.Parameters.Pointer;
                else Assert.Equal(Expected(thread - 1, seed), core.Parameters[thread - 1].ToArray());
            });
            Assert.Equal((3, 0), (core.Parameters.Drawn, core.Parameters.Waiting));
        }
    }
}
