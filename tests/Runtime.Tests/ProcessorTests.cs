using System.Runtime.Intrinsics;
using Kiln.Kernels;
using Xunit;

namespace Kiln.Runtime.Tests;

/// <summary>Tests that set the process-wide vector width, and so run by themselves.</summary>
[CollectionDefinition(nameof(VectorWidth), DisableParallelization = true)]
public sealed class VectorWidth;

[Collection(nameof(VectorWidth))]
public class ProcessorTests
{
    [Fact]
    public void The_widest_vectors_are_the_default_and_others_can_be_asked_for()
    {
        Assert.Equal(Processor.WidestVectorBits, Processor.VectorBits);
        if (Vector512.IsHardwareAccelerated) Assert.Equal(512, Processor.WidestVectorBits);
        try
        {
            Processor.VectorBits = 128;
            Assert.Equal(128, Processor.VectorBits);
        }
        finally
        {
            Processor.VectorBits = Processor.WidestVectorBits;
        }

        foreach (var bits in new[] { 0, 64, 300, 1024 })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Processor.VectorBits = bits);
        }
    }
}
