using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kiln.Kernels;

/// <summary>
/// Limits the Euclidean norm of each unit's incoming weights: the columns of the panels. A column is summed by itself, its rows ascending, so that bits depend
/// neither on the vector width nor on threads.
/// </summary>
internal static unsafe class VectorNorms
{
    private const int PanelWidth = 32, Group = 16;

    public static void Limit(float* block, ParameterInfo[] parameters, ReadOnlySpan<ParameterRange> ranges, float limit, Workers workers)
    {
        foreach (var range in ranges)
        {
            foreach (var parameter in parameters)
            {
                if (parameter.Storage == ParameterStorage.Flat || parameter.Offset < range.Offset || parameter.Offset >= range.Offset + range.Floats) continue;
                var arguments = new Arguments { Values = block + parameter.Offset, Rows = parameter.Depth, Columns = parameter.Columns, Limit = limit };
                var groups = (parameter.Columns + Group - 1) / Group;
                if (Vector512.IsHardwareAccelerated && Processor.VectorBits == 512) workers.Run(&Stage<V512>, &arguments, groups);
                else if (Vector256.IsHardwareAccelerated && Processor.VectorBits >= 256) workers.Run(&Stage<V256>, &arguments, groups);
                else workers.Run(&Stage<V128>, &arguments, groups);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Stage<V>(void* pointer, int first, int end) where V : struct, IVector<V>
    {
        var arguments = *(Arguments*)pointer;
        var limit = V.Broadcast(arguments.Limit);
        for (var group = first; group < end; group++)
        {
            var panel = group * Group / PanelWidth * PanelWidth;
            var width = arguments.Columns - panel <= Group ? Group : PanelWidth;
            for (var lane = 0; lane < Group; lane += V.Count)
            {
                var column = arguments.Values + (long)panel * arguments.Rows + (group * Group - panel) + lane;
                var sum = V.Zero;
                for (var row = 0L; row < arguments.Rows; row++)
                {
                    var weight = V.Load(column + row * width);
                    sum = V.MultiplyAdd(weight, weight, sum);
                }

                // Of a column that is short enough not a bit changes; one that is all zeros is.
                var norm = V.Sqrt(sum);
                var factor = V.SelectGreater(norm, limit, limit / norm, V.Broadcast(1));
                for (var row = 0L; row < arguments.Rows; row++) (V.Load(column + row * width) * factor).Store(column + row * width);
            }
        }
    }

    private struct Arguments
    {
        public float* Values;
        public int Rows;
        public int Columns;
        public float Limit;
    }
}
