using System.Text.RegularExpressions;

namespace Kiln.Generators.Tests;

/// <summary>Stages and kernels that differ in numbers alone are one method, and equal layers are a loop over a table of their numbers.</summary>
public class SharedStagesTests
{
    [Fact]
    public void Equal_blocks_are_as_long_as_one()
    {
        var (few, many) = (Source(blocks: 12), Source(blocks: 24));
        Assert.Equal(Count(few, "private static void "), Count(many, "private static void "));
        Assert.Equal(Count(few, "workers.Run"), Count(many, "workers.Run"));
        Assert.Contains("numbers.Slice(each", many);
        // What is longer are tables of numbers.
        Assert.Equal(Code(few), Code(many));

        static int Code(string text) => text.Split('\n').Count(line => !Regex.IsMatch(line, @"^[\s\d,]*$"));
    }

    [Fact]
    public void Steps_that_follow_each_other_many_times_are_a_loop()
    {
        var source = Source(blocks: 6);
        Assert.Contains("Shares of the outputs: 6 times map.", source);
        Assert.Contains("for (var each = at; each < at + 18; each += 3)", source);
        Assert.DoesNotContain("for (var each = at;", Source(blocks: 3));
    }

    [Theory]
    [InlineData(40, 80, 1)]
    [InlineData(4, 8, 2)]
    public void Sizes_are_arguments_where_calls_differ_in_them_but_small_ones_stay_constants(int first, int second, int kernels)
    {
        var source = NetworkCompiler.Compile(GeneratorHost.Network(
            $$"""
            [Network]
            public partial class Net
            {
                [Predict]
                static Tensor Run([Shape({{first}})] Tensor a, [Shape({{second}})] Tensor b) => a.Tanh().Sum() + b.Tanh().Sum();
            }
            """)).KernelsSource;
        Assert.Equal(kernels, Count(source, "y = Σ tanh(a)"));
        Assert.Equal(kernels == 1, source.Contains("int first, int last, nint step, nint n0)"));
    }

    [Fact]
    public void A_single_stage_has_its_numbers_in_it()
    {
        var source = NetworkCompiler.Compile(GeneratorHost.Network("[Network, Input(8), Dense(4), Tanh] public partial class Net;")).KernelsSource;
        Assert.DoesNotContain("frame->Places", source);
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
