namespace Kiln.GpuBenchmark;

/// <summary>A line of the table: a work at a size of the batch.</summary>
/// <param name="Name">The work's, the rival's too.</param>
/// <param name="Batch">Rows.</param>
/// <param name="Create">Makes it ready on a device.</param>
/// <param name="Operations">Floating-point operations, where they are of interest.</param>
internal sealed record Row(string Name, int Batch, Func<Device, Work> Create, double Operations = 0)
{
    /// <summary>All.</summary>
    public static readonly IReadOnlyList<Row> All =
    [
        Step("mlp-step", 64, Learner.Mlp), Step("mlp-step", 1024, Learner.Mlp),
        Step("lenet-step", 64, Learner.LeNet), Step("lenet-step", 1024, Learner.LeNet),
        Step("resnet20-step", 64, Learner.ResNet), Step("resnet20-step", 512, Learner.ResNet),
        new("mlp-predict", 1, Prediction),
        new("product-4096", 4096, Products, 2.0 * 4096 * 4096 * 4096),
        new("tf32-product-4096", 4096, RoundedProducts, 2.0 * 4096 * 4096 * 4096),
    ];

    private static Row Step(string name, int batch, Func<int, Device?, Learner> create) => new(name, batch, device =>
    {
        var learner = create(batch, device);
        return new Work(seconds => Timing.Median(() => learner.Learn(), seconds), learner);
    });

    private static Work Prediction(Device device)
    {
        var network = new Mlp(seed: 1, batch: 1, device: device);
        var (image, _) = Data.Rows(1, 784);
        var logits = new float[10];
        return new Work(seconds => Timing.Median(() => network.Predict(image, logits), seconds), network);
    }

    private static Work Products(Device device)
    {
        var (one, five) = (new OneProduct(seed: 1, batch: 4096, device: device), new FiveProducts(seed: 1, batch: 4096, device: device));
        return Product((rows, answers) => one.Predict(rows, answers), (rows, answers) => five.Predict(rows, answers), one, five);
    }

    private static Work RoundedProducts(Device device)
    {
        var (one, five) = (new OneRoundedProduct(seed: 1, batch: 4096, device: device), new FiveRoundedProducts(seed: 1, batch: 4096, device: device));
        return Product((rows, answers) => one.Predict(rows, answers), (rows, answers) => five.Predict(rows, answers), one, five);
    }

    /// <summary>One product: a quarter of what five take longer than one, so that the copies of rows and results are left out.</summary>
    private static Work Product(Action<byte[], float[]> one, Action<byte[], float[]> five, params IDisposable[] owned)
    {
        var (rows, _) = Data.Rows(4096, 4096);
        var answers = new float[4096 * 16];
        return new Work(seconds => (Timing.Median(() => five(rows, answers), seconds / 2) - Timing.Median(() => one(rows, answers), seconds / 2)) / 4, owned);
    }
}

/// <summary>A work that is ready.</summary>
/// <param name="measure">Microseconds, from so many seconds of measurement.</param>
/// <param name="owned">What it holds.</param>
internal sealed class Work(Func<double, double> measure, params IDisposable[] owned) : IDisposable
{
    /// <summary>Microseconds of one call.</summary>
    /// <param name="seconds">How long it is measured.</param>
    public double Microseconds(double seconds) => measure(seconds);

    public void Dispose()
    {
        foreach (var thing in owned) thing.Dispose();
    }
}
