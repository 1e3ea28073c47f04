using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Kiln.Generators;
using Kiln.Generators.Emission.Cpu;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;
using Kiln.Kernels;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Networks.Tests;

/// <summary>Compiles networks' kernels in memory and runs their programs on plain arrays.</summary>
internal sealed unsafe class KernelHost
{
    public delegate void Entry(Frame* frame, Workers workers);
    private delegate void Constants(float* constants);

    /// <summary>Runs a program whose frame points into these blocks of memory: on a device, over copies of them.</summary>
    public delegate void Runner(Entry program, Frame* frame, Workers workers, IReadOnlyList<(nint First, long Bytes)> blocks);

    /// <summary>Runs the programs; null for the CPU.</summary>
    public Runner? OnDevice { get; init; }

    private readonly CompiledNetwork _network;
    private readonly Type _kernels;

    private KernelHost(CompiledNetwork network, Type kernels) => (_network, _kernels) = (network, kernels);

    /// <summary>One compilation for all of them, checked as users' projects may be. Its methods are not optimised by force: hundreds of small networks run once each.</summary>
    public static KernelHost[] Compile(params Network[] networks) => Compile(LayoutChoice.Cheapest, networks);

    public static KernelHost[] Compile(LayoutChoice layouts, params Network[] networks) => Compile(layouts, WinogradChoice.Cheapest, networks);

    public static KernelHost[] Compile(LayoutChoice layouts, WinogradChoice winograd, params Network[] networks) => Compile(layouts, winograd, null, networks);

    /// <param name="devices">From the compiled networks to what runs their programs on a device; null for the CPU.</param>
    public static KernelHost[] Compile(LayoutChoice layouts, WinogradChoice winograd, Func<IReadOnlyList<CompiledNetwork>, Runner[]>? devices, params Network[] networks)
    {
        var compiled = networks.Select(n => NetworkCompiler.Compile(n, default, layouts, winograd, gpu: devices is not null)).ToArray();
        var runners = devices?.Invoke(compiled);
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, checkOverflow: true, optimizationLevel: OptimizationLevel.Release);
        var parse = new CSharpParseOptions(LanguageVersion.CSharp12);
        var compilation = CSharpCompilation.Create("Kernels" + Guid.NewGuid().ToString("N"), compiled.SelectMany(c => c.Gpu is null ? [c.KernelsSource] : new[] { c.KernelsSource, c.Gpu.Host }).Select(source => CSharpSyntaxTree.ParseText(source.Replace("MethodImplOptions.AggressiveOptimization | ", ""), parse)), References.All, options);
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(10)) + "\n" + (result.Success ? "" : compiled[0].KernelsSource));
        image.Position = 0;
        var assembly = new AssemblyLoadContext(null).LoadFromStream(image);
        return [.. compiled.Select((c, i) => new KernelHost(c, assembly.GetType(KernelsEmitter.FullName(c.Network.Class)["global::".Length..].Replace("@", ""))!) { OnDevice = runners?[i] })];
    }

    public string Source => _network.KernelsSource;

    /// <summary>What a run leaves: outputs in the program's order, gradients by parameter (row-major as declared) and by [Optimized] input, values to assign by parameter, scalars, states to assign.</summary>
    public sealed record Result(float[][] Outputs, Dictionary<string, float[]> Gradients, Dictionary<string, float[]> InputGradients, Dictionary<string, float[]> Assigned, float[] Scalars, Dictionary<string, float[]> States)
    {
        /// <summary>Sequence states to assign: the live steps of each row.</summary>
        public Dictionary<string, float[][]> Sequences { get; init; } = [];
    }

    /// <param name="time">The rows' lengths, of a program over time.</param>
    /// <param name="states">Of a program that reads states: rows × elements by name.</param>
    public Result Run(
        string entryPoint, int rows, IReadOnlyList<Array> inputs, IReadOnlyDictionary<string, float[]> parameters, int[] outputLengths, int threads = 1, int capacity = 0, ulong seed = 1, ulong step = 0,
        TimeBatch? time = null, IReadOnlyDictionary<string, float[]>? states = null)
    {
        var program = _network.Programs.Single(p => p.EntryPoint == entryPoint);
        capacity = Math.Max(rows, capacity);
        if (capacity > 16 || !program.RowsApart) capacity = (capacity + 15) / 16 * 16;
        using var workers = new Workers(threads);
        var memory = new List<nint>();
        var blocks = new List<(nint, long)>();
        float* Floats(long count)
        {
            var p = (float*)NativeMemory.AlignedAlloc((nuint)(count * 4 + 64), 64);
            new Span<float>(p, (int)count + 16).Fill(float.NaN);                // reading what was never written must show
            memory.Add((nint)p);
            blocks.Add(((nint)p, count * 4 + 64));
            return p;
        }

        var handles = new List<GCHandle>();
        try
        {
            var block = Floats(_network.ParameterFloats);
            var gradients = Floats(_network.ParameterFloats);
            new Span<float>(block, _network.ParameterFloats).Clear();
            foreach (var stored in _network.Parameters) WriteParameter(stored, block, parameters[stored.Parameter.Name]);
            var constants = Floats(_network.ConstantFloats);
            _kernels.GetMethod("WriteConstants")!.CreateDelegate<Constants>()(constants);
            Frame frame = default;
            frame.Parameters = block;
            frame.Gradients = gradients;
            frame.Constants = constants;
            frame.Rows = rows;
            frame.Capacity = capacity;
            var floats = program.FixedFloats + (long)program.FloatsPerRow * capacity;
            for (var axis = 0; axis < time?.Steps.Length; axis++)
            {
                frame.Steps[axis] = time.Steps[axis];
                frame.Lengths[axis] = Pin(time.Lengths[axis]);
            }
            var (pools, rowsOfPools) = (new List<long>(), new List<long>());
            foreach (var pool in program.Pools)
            {
                floats = (floats + 15) / 16 * 16;
                pools.Add(floats);
                var poolRows = pool.Axes.Aggregate((long)capacity, (n, axis) => n * (1 + ((axis.Fixed > 0 ? axis.Fixed : time!.Steps[axis.Axis]) + axis.Stride - 1) / axis.Stride));
                frame.PoolRows[pools.Count] = poolRows;
                rowsOfPools.Add(poolRows);
                floats += poolRows * pool.FloatsPerRow;
            }
            var arena = Floats(floats);
            frame.Arena = arena;
            for (var pool = 0; pool < pools.Count; pool++) frame.Pools[pool + 1] = (ulong)(arena + pools[pool]);
            if (_network.Network.States.Count > 0) frame.States = WriteStates(Floats(_network.Network.States.Sum(s => (long)Padded(s) * capacity)), capacity, rows, states!);
            frame.Seed = seed;
            frame.Step = step;
            if (_network.PreparedFloats > 0)
            {
                frame.Prepared = Floats(_network.PreparedFloats);
                Execute(KernelsEmitter.Prepare, &frame);
            }
            for (var i = 0; i < inputs.Count; i++) frame.Inputs[i] = Pin(inputs[i]);
            var outputs = outputLengths.Select(l => new float[l]).ToArray();
            for (var i = 0; i < outputs.Length; i++) frame.Outputs[i] = Pin(outputs[i]);
            Execute(entryPoint, &frame);
            var scalars = new float[program.Scalars];
            for (var i = 0; i < scalars.Length; i++) scalars[i] = frame.Scalars[i];
            var trained = program.HasGradients ? program.Program.Trained : [];
            var inputGradients = program.InputGradients.ToDictionary(g => program.Program.Inputs[g.Input].Name, g =>
                new Span<float>(arena + g.Fixed + (long)g.PerRow * capacity, rows * program.Program.Inputs[g.Input].Shape.Aggregate(1, (a, d) => a * d)).ToArray());
            var assigned = program.Assigned.ToDictionary(a => _network.Parameters[a.Parameter].Parameter.Name, a => ReadParameter(_network.Parameters[a.Parameter], arena + a.Offset - _network.Parameters[a.Parameter].Offset));
            var left = program.States.ToDictionary(s => _network.Network.States[s.State].Name, s => ReadState(_network.Network.States[s.State], arena + program.FixedFloats + (long)s.Offset * capacity, rows));
            return new Result(outputs, trained.ToDictionary(n => n, n => ReadParameter(_network.Parameters.Single(p => p.Parameter.Name == n), gradients)), inputGradients, assigned, scalars, left)
            {
                Sequences = program.Sequences.ToDictionary(s => _network.Network.SequenceStates[s.State].Name, s => ReadSequence(
                    _network.Network.SequenceStates[s.State], arena + pools[s.Pool - 1] + s.Offset * rowsOfPools[s.Pool - 1], arena + program.FixedFloats + (long)s.Lengths * capacity, rows)),
            };
        }
        finally
        {
            foreach (var p in memory) NativeMemory.AlignedFree((void*)p);
            foreach (var handle in handles) handle.Free();
        }

        void Execute(string name, Frame* frame)
        {
            if (OnDevice is { } run) run(Method(name), frame, workers, blocks);
            else Method(name)(frame, workers);
        }

        Entry Method(string name) => _kernels.GetMethod(name, BindingFlags.Public | BindingFlags.Static, [typeof(Frame*), typeof(Workers)])!.CreateDelegate<Entry>();

        ulong Pin(Array array)
        {
            var handle = GCHandle.Alloc(array, GCHandleType.Pinned);
            handles.Add(handle);
            blocks.Add((handle.AddrOfPinnedObject(), System.Buffer.ByteLength(array)));
            return (ulong)handle.AddrOfPinnedObject();
        }
    }

    private static int Padded(State state) => (state.Length + 15) / 16 * 16;

    private float* WriteStates(float* block, int capacity, int rows, IReadOnlyDictionary<string, float[]> values)
    {
        var place = block;
        foreach (var state in _network.Network.States)
        {
            for (var row = 0; row < rows; row++)
            {
                var elements = new Span<float>(place + (long)row * Padded(state), Padded(state));
                elements.Clear();
                values[state.Name].AsSpan(row * state.Length, state.Length).CopyTo(elements);
            }
            place += (long)capacity * Padded(state);
        }
        return block;
    }

    private static float[] ReadState(State state, float* place, int rows)
    {
        var values = new float[rows * state.Length];
        for (var row = 0; row < rows; row++) new Span<float>(place + (long)row * Padded(state), state.Length).CopyTo(values.AsSpan(row * state.Length));
        return values;
    }

    private static float[][] ReadSequence(State state, float* values, float* lengths, int rows) =>
        [.. Enumerable.Range(0, rows).Select(row => Enumerable.Range(0, (int)lengths[row * 16]).SelectMany(step => new Span<float>(values + ((long)step * rows + row) * Padded(state), state.Length).ToArray()).ToArray())];

    private static void WriteParameter(StoredParameter stored, float* block, float[] values)
    {
        var shape = stored.Parameter.Shape;
        var (k, m) = ParameterPlacement.Matrix(stored.Parameter, stored.Storage);
        fixed (float* flat = values)
            if (stored.Storage == Kiln.Generators.Kernels.ParameterStorage.Flat) Layouts.Copy(flat, block + stored.Offset, values.Length);
            else if (stored.Storage == Kiln.Generators.Kernels.ParameterStorage.ConvolutionPanels) Layouts.KernelToPanels(flat, block + stored.Offset, m, shape[1], k / shape[1]);
            else Layouts.FlatToPanels(flat, block + stored.Offset, k, m, transposed: false);
    }

    private static float[] ReadParameter(StoredParameter stored, float* block)
    {
        var shape = stored.Parameter.Shape;
        var (k, m) = ParameterPlacement.Matrix(stored.Parameter, stored.Storage);
        var values = new float[stored.Parameter.Length];
        fixed (float* flat = values)
            if (stored.Storage == Kiln.Generators.Kernels.ParameterStorage.Flat) Layouts.Copy(block + stored.Offset, flat, values.Length);
            else if (stored.Storage == Kiln.Generators.Kernels.ParameterStorage.ConvolutionPanels) Layouts.PanelsToKernel(block + stored.Offset, flat, m, shape[1], k / shape[1]);
            else Layouts.PanelsToFlat(block + stored.Offset, flat, k, m, transposed: false);
        return values;
    }
}
