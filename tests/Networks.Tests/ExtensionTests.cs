using Kiln;

namespace Networks.Tests;

/// <summary>Helpers in extension blocks: of values of the language, of numbers, of any type.</summary>
internal static class Extensions
{
    extension(Tensor x)
    {
        public Tensor Doubled => x + x;

        public Tensor Wide(int units) => x.Dense(units, bias: false).Doubled;

        public static Tensor Half() => Tensor.Ones(4) / 2;
    }

    extension(int n)
    {
        public int Twice()
        {
            Func<int> twice = () => n * 2;
            return twice();
        }
    }

    extension<T>(T value)
    {
        public T Self() => value;
    }
}

/// <summary>A network whose helpers stand in extension blocks.</summary>
[Network]
public sealed partial class Extended
{
    [Predict] static Tensor Run([Shape(3)] Tensor x) => (x.Wide(2.Twice()) * Tensor.Half()).Self().Wide(6);
}

public class ExtensionTests
{
    [Fact]
    public void Extension_blocks_are_evaluated()
    {
        using var net = new Extended();
        net.Parameters.Run.Wide1.Dense1.Weight.CopyFrom([.. Enumerable.Repeat(1f, 12)]);
        net.Parameters.Run.Wide2.Dense1.Weight.CopyFrom([.. Enumerable.Repeat(0.5f, 24)]);
        var y = new float[6];
        net.Run([1, 2, 3], y);
        Assert.All(y, value => Assert.Equal(24, value));
    }
}
