using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Kiln.Comparison;

/// <summary>Runs exported models in ONNX Runtime for the comparison: a line "run, work, seconds" asks, a line "microseconds, setting, threads" answers.</summary>
internal static class OnnxServer
{
    /// <summary>What this program is started with to be a server; then come the folder of the models and the number of threads.</summary>
    public const string Argument = "--onnx-runtime";

    /// <summary>Optimised as far as it goes, or without the layouts of images that only this processor has; threads that wait actively, or asleep.</summary>
    private sealed record Setting(GraphOptimizationLevel Level, bool Spinning)
    {
        public string Describe() => $"{(Level == GraphOptimizationLevel.ORT_ENABLE_ALL ? "all optimisations" : "no layouts")}, {(Spinning ? "active" : "passive")} waiting";
    }

    public static int Serve(string folder, int threads)
    {
        Console.WriteLine($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}");
        var chosen = new Dictionary<string, (Model Model, Setting Setting)>();
        while (Console.ReadLine()?.Split('\t') is [_, var work, var seconds, ..])
        {
            try
            {
                var budget = double.Parse(seconds, CultureInfo.InvariantCulture);
                if (!chosen.TryGetValue(work, out var choice))
                    chosen[work] = choice = Fastest(Path.Combine(folder, $"{work}.onnx"), threads, budget);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Timing.Microseconds(choice.Model.Run, budget):F3}\t{choice.Setting.Describe()}\tthreads={threads}"));
            }
            catch (OnnxRuntimeException error)
            {
                Console.WriteLine($"error: {error.Message.ReplaceLineEndings(" ")}");
            }
        }
        return 0;
    }

    /// <summary>The fastest setting: each is tried twice, in turns, so that a change of clock or load meets them all. One model at a time is in memory.</summary>
    private static (Model Model, Setting Setting) Fastest(string path, int threads, double seconds)
    {
        var settings =
            from level in new[] { GraphOptimizationLevel.ORT_ENABLE_ALL, GraphOptimizationLevel.ORT_ENABLE_EXTENDED }
            from spinning in threads > 1 ? new[] { true, false } : [true]
            select new Setting(level, spinning);
        var fastest = settings.Concat(settings)
            .Select(setting =>
            {
                using var model = new Model(path, threads, setting);
                return (Setting: setting, Time: Timing.Microseconds(model.Run, seconds));
            })
            .ToList().MinBy(trial => trial.Time).Setting;
        return (new Model(path, threads, fastest), fastest);
    }

    /// <summary>A session whose input and output lie in memory of their own, bound once: a run allocates nothing.</summary>
    private sealed class Model : IDisposable
    {
        private readonly InferenceSession _session;
        private readonly OrtIoBinding _binding;
        private readonly RunOptions _options = new();
        private readonly OrtValue _input;
        private readonly OrtValue _output;

        public Model(string path, int threads, Setting setting)
        {
            using var options = new SessionOptions
            {
                GraphOptimizationLevel = setting.Level,
                ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
                IntraOpNumThreads = threads,
                InterOpNumThreads = 1,
                EnableCpuMemArena = true,
                EnableMemoryPattern = true,
            };
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", setting.Spinning ? "1" : "0");
            options.AddSessionConfigEntry("session.set_denormal_as_zero", "1");
            _session = new InferenceSession(path, options);
            var (input, output) = (_session.InputMetadata.Single(), _session.OutputMetadata.Single());
            (_input, _output) = (Tensor(input.Value), Tensor(output.Value));
            var random = new Random(1);
            foreach (ref var pixel in _input.GetTensorMutableDataAsSpan<float>())
                pixel = random.NextSingle();
            _binding = _session.CreateIoBinding();
            _binding.BindInput(input.Key, _input);
            _binding.BindOutput(output.Key, _output);
        }

        public void Run() => _session.RunWithBinding(_options, _binding);

        public void Dispose()
        {
            _binding.Dispose();
            _input.Dispose();
            _output.Dispose();
            _options.Dispose();
            _session.Dispose();
        }

        private static OrtValue Tensor(NodeMetadata metadata) =>
            OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, [.. metadata.Dimensions.Select(size => (long)size)]);
    }
}
