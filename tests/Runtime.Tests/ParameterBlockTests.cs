using Kiln.Kernels;
using Xunit;

namespace Kiln.Runtime.Tests;

public unsafe class ParameterBlockTests
{
    internal static long FloatsOf(int[] shape, ParameterStorage storage)
    {
        var length = shape.Aggregate(1, (a, b) => a * b);
        var columns = storage switch { ParameterStorage.Panels => shape[1], ParameterStorage.Flat => length, _ => shape[0] };
        return (columns + 15) / 16 * 16 * (storage == ParameterStorage.Flat ? 1 : length / columns);
    }

    /// <summary>A table one after another in the order given.</summary>
    internal static ParameterBlock Block(params (string Name, int[] Shape, ParameterStorage Storage, Initializer Initializer)[] parameters)
    {
        var offset = 0L;
        var infos = new List<ParameterInfo>();
        foreach (var (name, shape, storage, initializer) in parameters)
        {
            var floats = FloatsOf(shape, storage);
            var fanIn = shape.Skip(1).Aggregate(1, (a, b) => a * b);
            infos.Add(new ParameterInfo(name, "", shape, storage, offset, floats, initializer, 1, fanIn, shape.FirstOrDefault(1), true));
            offset += floats;
        }

        return new ParameterBlock([.. infos], offset);
    }

    internal static float[] All(ParameterBlock block) => new ReadOnlySpan<float>(block.Pointer, (int)block.Length).ToArray();

    [Theory]
    [InlineData(ParameterStorage.Flat)]
    [InlineData(ParameterStorage.Flat, 5)]
    [InlineData(ParameterStorage.Flat, 7, 3, 2)]
    [InlineData(ParameterStorage.Panels, 3, 33)]
    [InlineData(ParameterStorage.TransposedPanels, 49, 5)]
    [InlineData(ParameterStorage.ConvolutionPanels, 17, 2, 3, 3)]
    public void Values_go_in_and_out_and_pads_stay_zero(ParameterStorage storage, params int[] shape)
    {
        using var block = Block(("before", [3], ParameterStorage.Flat, Initializer.Zeros), ("p", shape, storage, Initializer.Zeros), ("after", [3], ParameterStorage.Flat, Initializer.Zeros));
        var view = block["p"];
        var values = Enumerable.Range(1, view.Length).Select(i => (float)i).ToArray();
        view.CopyFrom(values);
        Assert.Equal(values, view.ToArray());
        Assert.Equal(values.Length, All(block).Count(v => v != 0));
        for (var i = 0; i < values.Length; i++) Assert.Equal(values[i], view[i]);
        Assert.Equal(values[^1], view[values.Length - 1]);
        view[0] = -5;
        Assert.Equal(-5, view[0]);
        Assert.Equal(values[1..], view.ToArray()[1..]);
        Assert.All(block["before"].ToArray().Concat(block["after"].ToArray()), v => Assert.Equal(0, v));
    }

    [Fact]
    public void Names_and_shapes_are_the_checkpoints()
    {
        using var block = Block(("a", [2, 3], ParameterStorage.TransposedPanels, Initializer.Zeros), ("b", [], ParameterStorage.Flat, Initializer.Zeros));
        Assert.Same(block[0], block["a"]);
        Assert.Equal([2, 3], block["a"].Shape.ToArray());
        Assert.Equal(1, block["b"].Length);
        Assert.Equal("a [2, 3]", block["a"].ToString());
        Assert.Equal(["a", "b"], block.Views.Select(v => v.Name));
        Assert.Contains("'c'", Assert.Throws<KeyNotFoundException>(() => block["c"]).Message);
    }

    [Fact]
    public void Copying_from_another_parameter_checks_shapes_and_may_transpose()
    {
        using var block = Block(("a", [2, 3], ParameterStorage.TransposedPanels, Initializer.Zeros), ("b", [3, 2], ParameterStorage.Panels, Initializer.Zeros), ("c", [2, 2], ParameterStorage.Flat, Initializer.Zeros));
        block["a"].CopyFrom([1, 2, 3, 4, 5, 6]);
        block["b"].CopyFrom(block["a"], transposed: true);
        Assert.Equal([1, 4, 2, 5, 3, 6], block["b"].ToArray());
        block["c"].CopyFrom([1, 2, 3, 4]);
        block["c"].CopyFrom(block["c"], transposed: true);
        Assert.Equal([1, 3, 2, 4], block["c"].ToArray());
        Assert.Contains("[3, 2]", Assert.Throws<ArgumentException>(() => block["a"].CopyFrom(block["b"])).Message);
        Assert.Throws<ArgumentException>(() => block["a"].CopyFrom(block["a"], transposed: true));
    }

    [Fact]
    public void Wrong_lengths_indexes_and_tables_are_refused()
    {
        using var block = Block(("a", [2, 3], ParameterStorage.Flat, Initializer.Zeros));
        Assert.Contains("6 values", Assert.Throws<ArgumentException>(() => block["a"].CopyTo(new float[5])).Message);
        Assert.Throws<ArgumentException>(() => block["a"].CopyFrom(new float[7]));
        Assert.Throws<ArgumentOutOfRangeException>(() => block["a"][6]);
        Assert.Throws<ArgumentOutOfRangeException>(() => block["a"][-1] = 0);
        var a = block.Parameters[0];
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => new ParameterBlock([a, a], 100)).Message);
        Assert.Throws<ArgumentException>(() => new ParameterBlock([a, new ParameterInfo("b", "", [3], ParameterStorage.Flat, 0, 16, Initializer.Zeros, 1, 1, 1, true)], 100));
        Assert.Throws<ArgumentException>(() => new ParameterBlock([a], 15));
    }

    [Fact]
    public void Views_of_a_disposed_block_refuse_to_work()
    {
        var block = Block(("a", [2, 3], ParameterStorage.Flat, Initializer.Zeros));
        var view = block["a"];
        block.Dispose();
        Assert.Throws<ObjectDisposedException>(() => view[0]);
        Assert.Throws<ObjectDisposedException>(() => view[0] = 1);
        Assert.Throws<ObjectDisposedException>(() => view.CopyTo(new float[6]));
        Assert.Throws<ObjectDisposedException>(() => view.CopyFrom(new float[6]));
        Assert.Throws<ObjectDisposedException>(() => block.Initialize(1));
    }
}
