using Kiln.Kernels;
using Xunit;
using static Kiln.Runtime.Tests.Reference;

namespace Kiln.Runtime.Tests;

/// <summary>Every result is compared bit for bit with the order of sums written out, so the three registers agree, too.</summary>
public unsafe class DenseTilesTests
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 1, 784, 256 }, { 1, 128, 10 }, { 1, 300, 100 }, { 1, 64, 16 }, { 1, 130, 32 }, { 1, 700, 150 }, { 1, 257, 17 }, { 1, 600, 40 }, { 1, 448, 31 }, { 1, 8500, 140 }, { 1, 256, 64 }, { 1, 520, 112 },
        { 1, 64, 256 }, { 1, 64, 192 }, { 1, 80, 280 }, { 1, 67, 300 }, { 1, 61, 96 }, { 1, 33, 224 }, { 1, 256, 112 }, { 1, 32, 32 }, { 2, 3, 5 },
        { 3, 65, 16 }, { 4, 64, 17 }, { 5, 256, 32 }, { 6, 257, 33 }, { 7, 100, 48 }, { 8, 129, 49 }, { 12, 512, 64 }, { 13, 513, 65 }, { 15, 31, 96 }, { 16, 700, 100 },
        { 17, 2, 79 }, { 23, 255, 80 }, { 24, 33, 81 }, { 31, 300, 10 }, { 33, 128, 1 }, { 400, 5, 34 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_is_the_segmented_sum(int rows, int depth, int columns)
    {
        Product<V512>(rows, depth, columns);
        Product<V256>(rows, depth, columns);
        Product<V128>(rows, depth, columns);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(5, 2)]
    [InlineData(1, 3)]
    public void A_large_product_in_a_stage_of_one_item_is_shared_and_the_same(int rows, int threads)
    {
        const int depth = 300, columns = 450, stride = 464;
        using var a = new Floats(rows * depth, 1);
        using var b = Panels(depth, columns, 2);
        using var c = new Floats(rows * stride);
        using var workers = new Workers(threads);
        using var bias = new Floats(stride, 3);
        var call = new SharedCall { A = a, B = b, C = c, Bias = bias, Rows = rows };
        for (var i = 0; i < 200; i++)
        {
            call.Backward = i % 2 == 1;
            workers.Run(&Stage, &call, 1);
        }
        for (var r = 0; r < rows; r++)
            for (var m = 0; m < columns; m++) Same(Math.Max(0, Sum(depth, 256, k => a[r * depth + k], k => b[InPanels(k, m, depth, columns)]) + bias[m]), c[r * stride + m], $"C[{r}, {m}]");
        c.CheckGuard();

        static void Stage(void* arguments, int first, int end)
        {
            var s = (SharedCall*)arguments;
            DenseTiles.Multiply<V256>(s->A, depth, 1, s->B, s->C, stride, s->Rows, depth, columns, s->Bias, relu: true, backward: s->Backward);
        }
    }

    private struct SharedCall
    {
        public float* A, B, C, Bias;
        public int Rows;
        public bool Backward;
    }

    [Fact]
    public void Rows_whole_pages_apart_give_the_same_sums()
    {
        const int rows = 110, depth = 300, columns = 130, stride = 144, aRow = 1024;
        using var a = new Floats(rows * aRow, 6);
        using var b = Panels(depth, columns, 7);
        using var c = new Floats(rows * stride);
        DenseTiles.Multiply<V512>(a, aRow, 1, b, c, stride, rows, depth, columns);
        Check();
        DenseTiles.Multiply<V256>(a, aRow, 1, b, c, stride, rows, depth, columns);
        Check();

        void Check()
        {
            for (var r = 0; r < rows; r++)
                for (var m = 0; m < columns; m++) Same(Sum(depth, 256, k => a[r * aRow + k], k => b[InPanels(k, m, depth, columns)]), c[r * stride + m], $"C[{r}, {m}]");
            c.CheckGuard();
        }
    }

    private static void Product<V>(int rows, int depth, int columns) where V : struct, IVector<V>
    {
        var segment = columns <= 32 ? 64 : 256;
        var stride = (columns + 15) & -16;
        foreach (var (aRow, aColumn) in new[] { (depth, 1), (1, rows), (depth + 3, 1) })
        {
            using var a = new Floats(rows * (depth + 3), 1);
            using var b = Panels(depth, columns, 2);
            using var c = new Floats(rows * stride);
            using var bias = new Floats(stride, 5);
            for (var m = columns; m < stride; m++) bias[m] = 0;
            var addedRow = stride + 16;
            using var added = new Floats(rows * addedRow, 8);
            foreach (var (biased, relu, backward, adds) in new[] { (false, false, false, false), (true, false, true, false), (true, true, false, false), (false, false, true, true) })
            {
                DenseTiles.Multiply<V>(a, aRow, aColumn, b, c, stride, rows, depth, columns, biased ? bias : (float*)null, relu, backward, adds ? added : (float*)null, addedRow);
                for (var r = 0; r < rows; r++)
                {
                    for (var m = 0; m < stride; m++)
                    {
                        var sum = m < columns ? Sum(depth, segment, k => a[r * aRow + k * aColumn], k => b[InPanels(k, m, depth, columns)]) : 0;
                        if (biased) sum += bias[m];
                        if (adds) sum += added[r * addedRow + m];
                        Same(relu ? Math.Max(0, sum) : sum, c[r * stride + m], $"{typeof(V).Name} C[{r}, {m}]");
                    }
                }
                c.CheckGuard();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_weight_gradient_is_the_segmented_sum_over_rows(int depth, int rows, int columns)
    {
        WeightGradient<V512>(rows, depth, columns);
        WeightGradient<V256>(rows, depth, columns);
        WeightGradient<V128>(rows, depth, columns);
    }

    private static void WeightGradient<V>(int rows, int depth, int columns) where V : struct, IVector<V>
    {
        var stride = (columns + 15) & -16;
        foreach (var lanes in new[] { false, true })
        {
            var (xBlock, xRow, xColumn) = lanes ? (16 * depth, 1, 16) : (16 * (depth + 3), depth + 3, 1);
            using var x = new Floats((rows + 15) / 16 * xBlock, 3);
            using var dy = new Floats(rows * stride, 4);
            using var dw = new Floats(PanelFloats(depth, columns));
            for (var n = 0; n < rows; n++)
                for (var m = columns; m < stride; m++) dy[n * stride + m] = float.NaN;
            var items = DenseTiles.WeightGradientItems(depth, columns);
            for (var (item, step) = (0, 1); item < items; item += step++)
                DenseTiles.WeightGradient<V>([new(x, xBlock, xRow, xColumn, dw, depth)], dy, stride, rows, columns, item, Math.Min(items, item + step));
            for (var k = 0; k < depth; k++)
                for (var m = 0; m < stride; m++)
                {
                    var expected = m < columns ? Sum(rows, 256, n => x[n / 16 * xBlock + n % 16 * xRow + k * xColumn], n => dy[n * stride + m]) : 0;
                    Same(expected, dw[InPanels(k, m, depth, columns)], $"{typeof(V).Name} dW[{k}, {m}]");
                }
            dw.CheckGuard();
        }
    }

    [Theory]
    [InlineData(40, 100, 70, 90)]
    [InlineData(600, 48, 17, 33)]
    [InlineData(15, 1, 200, 16)]
    public void Weights_that_share_a_gradient_get_what_they_get_alone_and_the_bias_its_sum(int rows, int depth, int otherDepth, int columns)
    {
        SharedGradient<V512>(rows, depth, otherDepth, columns);
        SharedGradient<V256>(rows, depth, otherDepth, columns);
        SharedGradient<V128>(rows, depth, otherDepth, columns);
    }

    private static void SharedGradient<V>(int rows, int depth, int otherDepth, int columns) where V : struct, IVector<V>
    {
        var stride = (columns + 15) & -16;
        var padded = (rows + 15) & -16;
        using var x = new Floats(padded * depth, 3);
        using var other = new Floats(padded * otherDepth, 4);
        using var dy = new Floats(rows * stride, 5);
        using var alone = new Floats(PanelFloats(depth, columns));
        using var otherAlone = new Floats(PanelFloats(otherDepth, columns));
        using var dw = new Floats(PanelFloats(depth, columns));
        using var otherDw = new Floats(PanelFloats(otherDepth, columns));
        using var sums = new Floats(stride);
        using var bias = new Floats(stride);
        var (items, otherItems) = (DenseTiles.WeightGradientItems(depth, columns), DenseTiles.WeightGradientItems(otherDepth, columns));
        DenseTiles.WeightGradient<V>([new(x, 16 * depth, depth, 1, alone, depth)], dy, stride, rows, columns, 0, items);
        DenseTiles.WeightGradient<V>([new(other, 16 * otherDepth, otherDepth, 1, otherAlone, otherDepth)], dy, stride, rows, columns, 0, otherItems);
        Sums.OfRows<V>(dy, stride, columns, rows, sums, 0, stride / 16);
        for (var (item, step) = (0, 1); item < items + otherItems; item += step++)
        {
            DenseTiles.WeightGradient<V>(
                [new(x, 16 * depth, depth, 1, dw, depth), new(other, 16 * otherDepth, otherDepth, 1, otherDw, otherDepth)],
                dy, stride, rows, columns, item, Math.Min(items + otherItems, item + step), bias);
        }
        for (var i = 0; i < PanelFloats(depth, columns); i++) Same(alone[i], dw[i], $"dW[{i}]");
        for (var i = 0; i < PanelFloats(otherDepth, columns); i++) Same(otherAlone[i], otherDw[i], $"the other dW[{i}]");
        for (var m = 0; m < stride; m++) Same(sums[m], bias[m], $"the sum of column {m}");
        dw.CheckGuard();
        otherDw.CheckGuard();
        bias.CheckGuard();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 16)]
    [InlineData(33, 17)]
    [InlineData(48, 100)]
    [InlineData(100, 48)]
    [InlineData(130, 65)]
    public void Panels_are_transposed(int depth, int columns)
    {
        using var from = Panels(depth, columns, 5);
        using var to = new Floats(PanelFloats(columns, depth));
        var items = DenseTiles.TransposePanelsItems(depth);
        DenseTiles.TransposePanels(from, to, depth, columns, 0, 1);
        DenseTiles.TransposePanels(from, to, depth, columns, 1, items);
        for (var m = 0; m < columns; m++)
            for (var k = 0; k < ((depth + 15) & -16); k++)
                Assert.Equal(k < depth ? from[InPanels(k, m, depth, columns)] : 0, to[InPanels(m, k, columns, depth)]);
        to.CheckGuard();
    }

    private static Floats Panels(int depth, int columns, int seed)
    {
        var panels = new Floats(PanelFloats(depth, columns), seed);
        for (var k = 0; k < depth; k++)
            for (var m = columns; m < ((columns + 15) & -16); m++) panels[InPanels(k, m, depth, columns)] = 0;
        return panels;
    }
}
