using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;

namespace Kiln.Comparison;

/// <summary>All rivals: each Python with PyTorch, and ONNX Runtime; a process for every setting that only the environment can make. The best counts.</summary>
internal sealed class Rivals : IDisposable
{
    private const string PyTorch = "PyTorch", OnnxRuntime = "ONNX Runtime";

    private readonly Dictionary<(string Program, int Threads, bool Passive), Rival?> _processes = [];
    private readonly Dictionary<string, bool> _exported = [];
    private readonly string _models = Directory.CreateTempSubdirectory("kiln-models-").FullName;
    private readonly string[] _pythons;

    /// <summary>Pythons are those of KILN_PYTHON, a list like PATH; where it is not set, the first of the usual ones that has PyTorch.</summary>
    public Rivals()
    {
        string[] usual = ["/usr/bin/python3", "python3", "python"];
        _pythons = Environment.GetEnvironmentVariable("KILN_PYTHON") is { Length: > 0 } chosen
            ? [.. chosen.Split(Path.PathSeparator).Where(python => Python(python, 1, passive: false) is not null)]
            : [.. usual.Where(python => Python(python, 1, passive: false) is not null).Take(1)];
    }

    /// <summary>What each says of itself.</summary>
    public IEnumerable<string> Versions => Of("", 1).Select(rival => rival.Versions);

    /// <summary>Whether ONNX Runtime runs on this machine.</summary>
    public bool HasOnnxRuntime => Onnx(1) is not null;

    /// <summary>The PyTorch processes of one thread, one for each Python.</summary>
    public IEnumerable<Rival> PyTorches => _pythons.Select(python => Python(python, 1, passive: false)!);

    /// <summary>
    /// The processes for a work and a number of threads: how several threads wait for each other is a setting, and so is to use one of them only.
    /// ONNX Runtime does what is made for it: works that can be exported.
    /// </summary>
    public IReadOnlyList<Rival> Of(string work, int threads)
    {
        var counts = threads == 1 ? [1] : new[] { threads, 1 };
        var pythons = _pythons.SelectMany(python => counts.SelectMany(count => (count == 1 ? [false] : new[] { false, true }).Select(passive => Python(python, count, passive))));
        var onnx = work == "" || IsExported(work) ? counts.Select(Onnx) : [];
        return [.. pythons.Concat(onnx).OfType<Rival>()];
    }

    public void Dispose()
    {
        foreach (var process in _processes.Values)
            process?.Dispose();
        Directory.Delete(_models, recursive: true);
    }

    // Some Pythons have a root directory of their own: what counts is that the file is here.
    private bool IsExported(string work)
    {
        var path = Path.Combine(_models, $"{work}.onnx");
        if (!_exported.TryGetValue(work, out var exported))
            _exported[work] = exported = PyTorches.Any(python => python.Ask($"export\t{work}\t{path}") == "done" && File.Exists(path));
        return exported;
    }

    private Rival? Python(string python, int threads, bool passive) => Get(python, threads, passive, () =>
    {
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "rival.py")]);
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = start.Environment["MKL_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);

        // glibc keeps its heap, or every step would map and fault in its activations anew.
        start.Environment["MALLOC_MMAP_MAX_"] = "0";
        start.Environment["MALLOC_TRIM_THRESHOLD_"] = "8589934592";
        start.Environment["MALLOC_TOP_PAD_"] = "67108864";
        if (passive)
            start.Environment["OMP_WAIT_POLICY"] = "passive";

        // OpenBLAS does not know processors younger than itself.
        if (Vector512.IsHardwareAccelerated)
            start.Environment["OPENBLAS_CORETYPE"] = "SkylakeX";
        return Rival.Start(PyTorch, start);
    });

    /// <summary>This program once more, as a server: threads that wait actively can be stopped only with their process.</summary>
    private Rival? Onnx(int threads) => Get(OnnxRuntime, threads, passive: false, () =>
        Rival.Start(OnnxRuntime, new ProcessStartInfo(Environment.ProcessPath!, [OnnxServer.Argument, _models, threads.ToString(CultureInfo.InvariantCulture)])));

    private Rival? Get(string program, int threads, bool passive, Func<Rival?> start)
    {
        if (!_processes.TryGetValue((program, threads, passive), out var process))
            _processes[(program, threads, passive)] = process = start();
        return process;
    }
}
