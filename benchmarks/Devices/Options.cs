namespace Kiln.GpuBenchmark;

/// <summary>What the command line says.</summary>
internal sealed class Options
{
    public const string Usage = """
        usage: gpu-benchmark [--device cuda | opencl] [--number N] [--rows NAME,…] [--quick] [--python PYTHON]
          Compares the bits of training with the CPU's, then times the rows. --quick: rows of a batch of 64 at
          most, and short turns. --python: one with PyTorch and CUDA, which does the same works in turns.
        """;

    private string[]? _rows;

    public string Device { get; private set; } = "cuda";

    public int Number { get; private set; }

    public bool Quick { get; private set; }

    public string? Python { get; private set; }

    /// <summary>The rows that are asked for.</summary>
    public IReadOnlyCollection<Row> Chosen => [.. Row.All.Where(row => (!Quick || row.Batch <= 64) && (_rows is null || _rows.Contains(row.Name)))];

    /// <summary>Null where they cannot be understood.</summary>
    public static Options? Parse(string[] args)
    {
        var options = new Options();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--quick")
            {
                options.Quick = true;
                continue;
            }
            if (++i == args.Length || !options.Set(args[i - 1], args[i])) return null;
        }
        return options;
    }

    private bool Set(string name, string value)
    {
        switch (name)
        {
            case "--device" when value is "cuda" or "opencl":
                Device = value;
                return true;
            case "--number" when int.TryParse(value, out var number):
                Number = number;
                return true;
            case "--rows" when value.Split(',').All(asked => Row.All.Any(row => row.Name == asked)):
                _rows = value.Split(',');
                return true;
            case "--python":
                Python = value;
                return true;
            default:
                return false;
        }
    }
}
