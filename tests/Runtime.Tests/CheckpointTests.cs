using System.Text;
using Kiln.Checkpoints;
using Kiln.Kernels;
using Xunit;

namespace Kiln.Runtime.Tests;

public sealed unsafe class CheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kiln").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string File(string name = "net.safetensors") => Path.Combine(folder, name);

    private static ParameterBlock Network(ulong? seed = 1)
    {
        var block = ParameterBlockTests.Block(
            ("conv.weight", [17, 2, 3, 3], ParameterStorage.ConvolutionPanels, Initializer.Normal),
            ("dense.weight", [5, 40], ParameterStorage.TransposedPanels, Initializer.Normal),
            ("dense.bias", [5], ParameterStorage.Flat, Initializer.Normal),
            ("scale", [], ParameterStorage.Flat, Initializer.Normal));
        if (seed is { } s) block.Initialize(s);
        return block;
    }

    /// <summary>A file of one's own making: a header as text, then data.</summary>
    private string Write(string header, params byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        System.IO.File.WriteAllBytes(File(), [.. BitConverter.GetBytes((long)json.Length), .. json, .. data]);
        return File();
    }

    private static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static ParameterBlock Vector(int length = 2) => ParameterBlockTests.Block(("a", [length], ParameterStorage.Flat, Initializer.Ones));

    private CheckpointException Refused(string header, params byte[] data)
    {
        var path = Write(header, data);
        using var block = Vector();
        block.Initialize(1);
        var exception = Assert.Throws<CheckpointException>(() => Checkpoint.Load(path, CheckpointTensor.Of(block)));
        Assert.Equal([1, 1], block["a"].ToArray());
        Assert.Contains(path, exception.Message);
        Assert.Equal(path, exception.Path);
        return exception;
    }

    [Fact]
    public void What_is_saved_is_loaded_bit_for_bit()
    {
        using var saved = Network();
        using var loaded = Network(2);
        Checkpoint.Save(File(), CheckpointTensor.Of(saved));
        Checkpoint.Load(File(), CheckpointTensor.Of(loaded));
        Assert.Equal(ParameterBlockTests.All(saved), ParameterBlockTests.All(loaded));
        Assert.Equal([File()], Directory.GetFiles(folder));
    }

    [Fact]
    public void The_file_is_in_the_safetensors_format()
    {
        using var block = ParameterBlockTests.Block(("a", [2, 3], ParameterStorage.TransposedPanels, Initializer.Zeros), ("ü", [], ParameterStorage.Flat, Initializer.Zeros));
        block["a"].CopyFrom([1, 2, 3, 4, 5, 6]);
        block["ü"][0] = 7;
        Checkpoint.Save(File(), CheckpointTensor.Of(block));
        var bytes = System.IO.File.ReadAllBytes(File());
        var length = (int)BitConverter.ToInt64(bytes);
        Assert.Equal(0, (8 + length) % 8);
        Assert.Equal(
            """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"\u00FC":{"dtype":"F32","shape":[],"data_offsets":[24,28]}}""",
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal(Floats(1, 2, 3, 4, 5, 6, 7), bytes[(8 + length)..]);
    }

    [Fact]
    public void Other_element_types_are_converted()
    {
        void Check(string type, byte[] data)
        {
            using var block = Vector();
            Checkpoint.Load(Write($$"""{"a":{"dtype":"{{type}}","shape":[2],"data_offsets":[0,{{data.Length}}] } }   """, data), CheckpointTensor.Of(block));
            Assert.Equal([1.5f, -2], block["a"].ToArray());
        }

        Check("F32", Floats(1.5f, -2));
        Check("F64", [.. BitConverter.GetBytes(1.5), .. BitConverter.GetBytes(-2.0)]);
        Check("F16", [.. BitConverter.GetBytes((Half)1.5f), .. BitConverter.GetBytes((Half)(-2f))]);
        Check("BF16", [0xC0, 0x3F, 0x00, 0xC0]);
        Assert.Contains("I32", Refused("""{"a":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}""", new byte[8]).Message);
        Assert.Contains("F128", Refused("""{"a":{"dtype":"F128","shape":[2],"data_offsets":[0,32]}}""", new byte[32]).Message);
    }

    [Fact]
    public void Tensors_longer_than_the_buffer_are_whole()
    {
        using var saved = ParameterBlockTests.Block(("a", [20001], ParameterStorage.Flat, Initializer.Normal));
        saved.Initialize(3);
        using var loaded = ParameterBlockTests.Block(("a", [20001], ParameterStorage.Flat, Initializer.Normal));
        Checkpoint.Save(File(), CheckpointTensor.Of(saved));
        Checkpoint.Load(File(), CheckpointTensor.Of(loaded));
        Assert.Equal(saved["a"].ToArray(), loaded["a"].ToArray());
    }

    [Fact]
    public void Names_that_do_not_match_are_all_listed()
    {
        var exception = Refused("""{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"c":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}""", Floats(1));
        Assert.Equal(["a"], exception.Missing);
        Assert.Equal(["b", "c"], exception.Unknown);
        Assert.Contains("'a'", exception.Message);
        Assert.Contains("'b', 'c'", exception.Message);

        var many = string.Join(",", Enumerable.Range(0, 7).Select(i => $$"""  "x{{i}}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"""));
        exception = Refused("{" + many + "}");
        Assert.Equal(7, exception.Unknown.Count);
        Assert.Contains("'x4', …", exception.Message);
    }

    [Fact]
    public void Shapes_that_do_not_match_are_named()
    {
        var exception = Refused("""{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}""", Floats(1, 2));
        Assert.Equal("a", exception.Tensor);
        Assert.Contains("has shape [1, 2]; expected [2]", exception.Message);
    }

    [Fact]
    public void Loading_is_all_or_nothing()
    {
        using var block = ParameterBlockTests.Block(("a", [2], ParameterStorage.Flat, Initializer.Ones), ("b", [2], ParameterStorage.Flat, Initializer.Ones));
        block.Initialize(1);
        var before = ParameterBlockTests.All(block);

        // The first tensor is fine, the second is not.
        var path = Write("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", Floats(5, 6, 7, float.NaN));
        var exception = Assert.Throws<CheckpointException>(() => Checkpoint.Load(path, CheckpointTensor.Of(block)));
        Assert.Equal("b", exception.Tensor);
        Assert.Contains("NaN at element 1", exception.Message);
        Assert.Equal(before, ParameterBlockTests.All(block));
        Assert.Throws<CheckpointException>(() => Checkpoint.LoadMatching(path, CheckpointTensor.Of(block)));
        Assert.Equal(before, ParameterBlockTests.All(block));
        Checkpoint.Load(path, CheckpointTensor.Of(block), allowNonFinite: true);
        Assert.Equal([5, 6], block["a"].ToArray());
        Assert.True(float.IsNaN(block["b"][1]));
    }

    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Infinite_values_are_refused(float value) =>
        Assert.Equal("a", Refused("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", Floats(1, value)).Tensor);

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "9 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "expected 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "takes bytes 8 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "needs 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", 12, "needs 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "expected 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}""", 16, "expected 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "twice")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "two entries")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}""", 8, "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551617]}}""", 8, "integer")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "integer")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "integer")]
    [InlineData("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8, "integer")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "larger than any file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 0, "lacks")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 0, "lacks")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"extra":1}}""", 8, "'extra'")]
    [InlineData("""{"a":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", 8, "expected String")]
    [InlineData("""{"a":[]}""", 0, "expected StartObject")]
    [InlineData("""[]""", 0, "expected StartObject")]
    [InlineData("""{"a":""", 0, "header")]
    [InlineData("""{} {}""", 0, "header")]
    [InlineData("", 0, "header")]
    [InlineData("\0\0\0", 0, "header")]
    public void Damaged_files_are_refused(string header, int dataLength, string problem) =>
        Assert.Contains(problem, Refused(header, new byte[dataLength]).Message);

    [Fact]
    public void Names_that_are_not_Unicode_are_refused()
    {
        byte[] json = [.. "{\""u8, 0xFF, .. "\":{}}"u8];
        System.IO.File.WriteAllBytes(File(), [.. BitConverter.GetBytes((long)json.Length), .. json]);
        using var block = Vector();
        Assert.Throws<CheckpointException>(() => Checkpoint.Load(File(), CheckpointTensor.Of(block)));
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 10, 0, 0, 0, 0, 0, 0, 0, 123, 125 })] // a header longer than the file
    [InlineData(new byte[] { 0, 0, 0, 6, 0, 0, 0, 0, 123, 125 })] // of 100,663,296 bytes
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 123, 125 })]
    public void Files_that_are_no_checkpoints_are_refused(byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File(), bytes);
        using var block = Vector();
        Assert.Contains("header", Assert.Throws<CheckpointException>(() => Checkpoint.Load(File(), CheckpointTensor.Of(block))).Message);
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_refused()
    {
        using var saved = Network();
        Checkpoint.Save(File(), CheckpointTensor.Of(saved));
        var bytes = System.IO.File.ReadAllBytes(File());
        using var loaded = Network(2);
        var before = ParameterBlockTests.All(loaded);
        for (var length = 0; length < bytes.Length; length += 97)
        {
            System.IO.File.WriteAllBytes(File(), bytes[..length]);
            Assert.Throws<CheckpointException>(() => Checkpoint.Load(File(), CheckpointTensor.Of(loaded)));
        }

        Assert.Equal(before, ParameterBlockTests.All(loaded));
    }

    [Fact]
    public void What_fits_can_be_loaded_alone()
    {
        using var saved = Network();
        Checkpoint.Save(File(), CheckpointTensor.Of(saved));
        using var other = ParameterBlockTests.Block(
            ("conv.weight", [17, 2, 3, 3], ParameterStorage.Flat, Initializer.Zeros),
            ("dense.weight", [6, 40], ParameterStorage.TransposedPanels, Initializer.Ones),
            ("head.bias", [5], ParameterStorage.Flat, Initializer.Ones));
        other.Initialize(1);
        Assert.Equal(["conv.weight"], Checkpoint.LoadMatching(File(), CheckpointTensor.Of(other)).Select(t => t.Name));
        Assert.Equal(saved["conv.weight"].ToArray(), other["conv.weight"].ToArray());
        Assert.All(other["dense.weight"].ToArray().Concat(other["head.bias"].ToArray()), v => Assert.Equal(1, v));
    }

    [Fact]
    public void Missing_files_and_folders_are_told_from_bad_ones()
    {
        using var block = Vector();
        Assert.Throws<FileNotFoundException>(() => Checkpoint.Load(File("none"), CheckpointTensor.Of(block)));
        Assert.Throws<DirectoryNotFoundException>(() => Checkpoint.Load(File("none/none"), CheckpointTensor.Of(block)));
        Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder, CheckpointTensor.Of(block)));
    }

    [Fact]
    public void Paths_that_cannot_be_written_are_named()
    {
        using var block = Vector();
        System.IO.File.WriteAllText(File("file"), "");
        foreach (var path in new[] { File("none/net"), File("file/net"), folder })
        {
            var exception = Assert.Throws<CheckpointException>(() => Checkpoint.Save(path, CheckpointTensor.Of(block)));
            Assert.Contains(path, exception.Message);
            Assert.NotNull(exception.InnerException);
        }

        Assert.Equal([File("file")], Directory.GetFileSystemEntries(folder));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(folder)!, Path.GetFileName(folder) + ".*"));
    }

    [Fact]
    public void When_the_disk_is_full_the_old_file_survives()
    {
        using var old = Network();
        using var current = Network(2);
        Checkpoint.Save(File(), CheckpointTensor.Of(old));
        var bytes = System.IO.File.ReadAllBytes(File());
        for (var room = 0; room < bytes.Length; room += 211)
        {
            var exception = Assert.Throws<CheckpointException>(() =>
                Checkpoint.Save(File(), CheckpointTensor.Of(current), file => new FullDisk(file, room)));
            Assert.Contains("No space left", exception.Message);
        }

        // Full only when the last buffer goes out.
        Assert.Throws<CheckpointException>(() =>
            Checkpoint.Save(File(), CheckpointTensor.Of(current), file => new FullDisk(file, bytes.Length)));
        Assert.Equal(bytes, System.IO.File.ReadAllBytes(File()));
        Assert.Equal([File()], Directory.GetFiles(folder));
    }

    [Fact]
    public void A_disposed_network_leaves_the_old_file()
    {
        using var old = Network();
        Checkpoint.Save(File(), CheckpointTensor.Of(old));
        var bytes = System.IO.File.ReadAllBytes(File());
        var disposed = Network(2);
        disposed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Checkpoint.Save(File(), CheckpointTensor.Of(disposed)));
        Assert.Throws<ObjectDisposedException>(() => Checkpoint.Load(File(), CheckpointTensor.Of(disposed)));
        Assert.Equal(bytes, System.IO.File.ReadAllBytes(File()));
        Assert.Equal([File()], Directory.GetFiles(folder));
    }

    [Fact]
    public void Two_tensors_cannot_have_one_name()
    {
        using var block = Vector();
        Assert.Equal("a", Assert.Throws<CheckpointException>(() => Checkpoint.Save(File(), [.. CheckpointTensor.Of(block), .. CheckpointTensor.Of(block)])).Tensor);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_an_optimizer_remembers_is_saved_only_if_it_is_finite(float poison)
    {
        using var block = Network();
        using var state = new Adam().CreateState(block.Parameters, block.Length);
        IReadOnlyList<CheckpointTensor> tensors = [.. CheckpointTensor.Of(block), .. CheckpointTensor.Of(state, 0)];
        Checkpoint.Save(File(), tensors);
        var before = System.IO.File.ReadAllBytes(File());
        state.Slots[1]["dense.bias"][4] = poison;
        var exception = Assert.Throws<CheckpointException>(() => Checkpoint.Save(File(), tensors));
        Assert.Equal("optimizer.0.second_moment.dense.bias", exception.Tensor);
        Assert.Contains($"{poison} at element 4", exception.Message);
        Assert.Equal(before, System.IO.File.ReadAllBytes(File()));
        Assert.Equal([File()], Directory.GetFiles(folder));
    }

    public static TheoryData<Func<Optimizer>> Resumed() =>
    [
        () => new Adam(0.01), () => new AdamW(0.01), () => new AmsGrad(0.01), () => new NAdam(0.01), () => new Adamax(0.01), () => new Lion(0.01), () => new Rprop(0.01),
        () => new RmsProp(0.01, centred: true), () => new RmsProp(0.01, momentum: 0.9, centred: true), () => new AdaDelta(),
    ];

    [Theory]
    [MemberData(nameof(Resumed), DisableDiscoveryEnumeration = true)]
    public void A_training_goes_on_from_its_checkpoint_bit_for_bit(Func<Optimizer> make)
    {
        static void Steps(Optimizer optimizer, ParameterBlock parameters, OptimizerState state, int from, int count)
        {
            using var workers = new Workers(1);
            using var gradients = new ParameterBlock(parameters.Parameters, parameters.Length);
            for (var step = from; step < from + count; step++)
            {
                foreach (var view in gradients.Views)
                {
                    var values = new float[view.Length];
                    fixed (float* v = values) Philox.FillNormalRows<V128>(v, values.Length, 1, Philox.StreamOf(view.Name), (ulong)step, 0);
                    view.CopyFrom(values);
                }

                // The bias moves every other step only, so that steps differ between parameters.
                optimizer.Step(parameters.Pointer, gradients.Pointer, state, ParameterRange.Of(parameters.Parameters, step % 2 == 0 ? [0, 1, 2, 3] : [0, 1]), workers);
            }
        }

        IReadOnlyList<CheckpointTensor> All(OptimizerState state, ParameterBlock parameters, long[] counters) =>
            [.. CheckpointTensor.Of(parameters), .. CheckpointTensor.Of(state, 0), CheckpointTensor.Of("training.steps", counters)];

        var optimizer = make();
        using var straight = Network();
        using var straightState = optimizer.CreateState(straight.Parameters, straight.Length);
        Steps(optimizer, straight, straightState, 0, 3);
        Checkpoint.Save(File(), All(straightState, straight, [long.MaxValue - 1]));
        Steps(optimizer, straight, straightState, 3, 4);

        var again = make();
        using var resumed = Network(99);
        using var resumedState = again.CreateState(resumed.Parameters, resumed.Length);
        long[] counters = [0];
        Checkpoint.Load(File(), All(resumedState, resumed, counters));
        Assert.Equal(long.MaxValue - 1, counters[0]);
        Assert.Equal([3, 3, 2, 2], resumedState.Steps.ToArray());
        Steps(again, resumed, resumedState, 3, 4);
        Assert.Equal(ParameterBlockTests.All(straight), ParameterBlockTests.All(resumed));

        // Another optimizer remembers other things.
        var other = new AdaGrad();
        using var otherState = other.CreateState(resumed.Parameters, resumed.Length);
        var exception = Assert.Throws<CheckpointException>(() => Checkpoint.Load(File(), All(otherState, resumed, counters)));
        Assert.Contains("optimizer.0.square_sum.conv.weight", exception.Missing);
        Assert.Equal(resumedState.SlotNames.SelectMany(slot => resumed.Parameters.Select(p => $"optimizer.0.{slot}.{p.Name}")).Order(), exception.Unknown.Order());
        otherState.Reset();
        Assert.All(otherState.Steps.ToArray(), s => Assert.Equal(0, s));
    }

    /// <summary>A file on a disk that has room for so many bytes.</summary>
    private sealed class FullDisk(Stream inner, int room) : Stream
    {
        private int written;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => written;
        public override long Position { get => written; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (written + buffer.Length > room) throw new IOException("No space left on device");
            inner.Write(buffer);
            written += buffer.Length;
        }

        public override void Flush() => throw new IOException("No space left on device");
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
