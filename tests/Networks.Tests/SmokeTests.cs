using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;
using P = Kiln.Generators.Graph.Parameter;

namespace Networks.Tests;

public class SmokeTests
{
    [Fact]
    public void A_dense_layer_with_bias_and_relu()
    {
        var g = new GraphBuilder();
        var x = g.Add(new InputRead(0, TensorType.Float(true, [5])));
        var w = g.Add(new ParameterRead("w", [5, 3]));
        var b = g.Add(new ParameterRead("b", [3]));
        var y = g.Add(new Add(), g.Add(new Einsum([0], [0, 1], [1]), x, w), b);
        var z = g.Add(new Multiply(), y, y);
        var program = new Program("Predict", 0, ProgramKind.Predict, "", [new Input("x", InputKind.Tensor, [5], 0, false, false, 1, 0)], [], g.Build([new Output(Role.Prediction, "", z.Id)]));
        P[] parameters =
        [
            new("w", "", [5, 3], ParameterKind.DenseWeight, Kiln.Generators.Graph.Initializer.Default, 1, 5, 3, true, 0, 0),
            new("b", "", [3], ParameterKind.Bias, Kiln.Generators.Graph.Initializer.Zeros, 1, 5, 3, true, 0, 0),
        ];
        var network = new Network(new ClassInfo("N", [], "public", "Net", true), parameters.ToEquatable(), [program]);
        var host = KernelHost.Compile(network)[0];
        var input = Enumerable.Range(0, 35).Select(i => i * 0.1f).ToArray();
        var weights = Enumerable.Range(0, 15).Select(i => i * 0.01f - 0.05f).ToArray();
        var result = host.Run("Predict", 7, [input], new Dictionary<string, float[]> { ["w"] = weights, ["b"] = [1, 2, 3] }, [21]);
        for (var n = 0; n < 7; n++)
            for (var m = 0; m < 3; m++)
            {
                var sum = m + 1.0;
                for (var k = 0; k < 5; k++) sum += input[n * 5 + k] * weights[k * 3 + m];
                Assert.Equal(sum * sum, result.Outputs[0][n * 3 + m], 1e-4);
            }
    }
}
