using Kiln;

namespace Networks.Tests.Energy;

/// <summary>A restricted Boltzmann machine in plain double precision.</summary>
internal sealed class DoubleRbm(double[] w, double[] a, double[] b)
{
    /// <summary>With the parameters of a network's machine.</summary>
    public static DoubleRbm Of(INetwork net, string path)
    {
        double[] Values(string name) => [.. net.AllParameters.Single(p => p.Name == $"{path}.{name}").ToArray().Select(v => (double)v)];
        return new(Values("w"), Values("a"), Values("b"));
    }

    public int Visible => a.Length;

    public int Hidden => b.Length;

    public double[] Up(double[] v) => [.. b.Select((bias, j) => Sigmoid(bias + v.Select((value, i) => value * w[i * Hidden + j]).Sum()))];

    public double[] Down(double[] h) => [.. a.Select((bias, i) => Sigmoid(bias + h.Select((value, j) => value * w[i * Hidden + j]).Sum()))];

    /// <summary>−log Σₕ exp(−E(v, h)), each term of the sum by itself.</summary>
    public double FreeEnergy(double[] v) => -Math.Log(Enumerable.Range(0, 1 << Hidden).Sum(h => Math.Exp(-Energy(v, Bits(h, Hidden)))));

    /// <summary>p(v) of all configurations.</summary>
    public double[] Distribution()
    {
        var unscaled = Enumerable.Range(0, 1 << Visible).Select(v => Math.Exp(-FreeEnergy(Bits(v, Visible)))).ToArray();
        return [.. unscaled.Select(p => p / unscaled.Sum())];
    }

    /// <summary>Directions of contrastive divergence, means over the rows.</summary>
    public (double[] W, double[] A, double[] B) Contrast(double[][] data, double[][] model)
    {
        var (dw, da, db) = (new double[w.Length], new double[a.Length], new double[b.Length]);
        foreach (var (rows, sign) in new[] { (data, 1.0 / data.Length), (model, -1.0 / model.Length) })
            foreach (var v in rows)
            {
                var h = Up(v);
                for (var i = 0; i < Visible; i++)
                    for (var j = 0; j < Hidden; j++) dw[i * Hidden + j] += sign * v[i] * h[j];
                for (var i = 0; i < Visible; i++) da[i] += sign * v[i];
                for (var j = 0; j < Hidden; j++) db[j] += sign * h[j];
            }
        return (dw, da, db);
    }

    public static double[] Bits(int number, int count) => [.. Enumerable.Range(0, count).Select(i => (double)(number >> i & 1))];

    private double Energy(double[] v, double[] h)
    {
        var sum = 0.0;
        for (var i = 0; i < Visible; i++) sum -= v[i] * a[i];
        for (var j = 0; j < Hidden; j++) sum -= h[j] * b[j];
        for (var i = 0; i < Visible; i++)
            for (var j = 0; j < Hidden; j++) sum -= v[i] * w[i * Hidden + j] * h[j];
        return sum;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
