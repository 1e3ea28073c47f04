namespace Kiln.Generators.Tests;

/// <summary>Stages of layers that differ in their places alone are one method.</summary>
public class SharedStagesTests
{
    [Fact]
    public void Equal_blocks_have_the_methods_of_one()
    {
        var (few, many) = (Source(blocks: 4), Source(blocks: 12));
        Assert.Equal(Count(few, "private static void "), Count(many, "private static void "));
        Assert.True(Count(many, "    workers.Run") > 2 * Count(few, "    workers.Run"));
    }

    private static string Source(int blocks) => NetworkCompiler.Compile(GeneratorHost.Network(
        $$"""
        [Network]
        public partial class Net
        {
            [Predict]
            static Tensor Logits([Shape(16, 8, 8)] Tensor image)
            {
                var x = image;
                for (var i = 0; i < {{blocks}}; i++) x = (x.Conv2D(16, 3, padding: 1, bias: false).BatchNorm() + x).Relu();
                return x.GlobalAveragePool().Dense(10);
            }

            [Learn] static Loss Learn([Shape(16, 8, 8)] Tensor image, [Classes(10)] Labels label) => Logits(image).CrossEntropy(label);
        }
        """)).KernelsSource;

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
