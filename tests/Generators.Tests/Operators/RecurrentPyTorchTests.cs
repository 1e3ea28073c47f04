using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Passes;
using Kiln.Generators.Tests.Reference;

namespace Kiln.Generators.Tests.Operators;

/// <summary>PyTorch's recurrent layers over samples of several lengths, by its equations: results, last states and the gradients of all that they come from.</summary>
public sealed class RecurrentPyTorchTests
{
    private static readonly TimeAxis T = new("t");
    private static readonly string[] Weights = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("rnnTanh")]
    [InlineData("rnnRelu")]
    public void Results_and_gradients_are_PyTorchs(string layer)
    {
        var file = new Fixture("recurrent");
        double[] Of(string key) => file[$"{layer}/{key}"];
        var (rows, steps, units) = (file.Shape(layer + "/y")[0], file.Shape(layer + "/y")[1], file.Shape(layer + "/y")[2]);
        var lengths = Of("lengths").Select(v => (int)v).ToArray();
        var (graph, inputs, evaluator) = (new GraphBuilder(), new List<Input>(), new ReferenceEvaluator(rows) { Lengths = { ["t"] = lengths } });
        var x = Read("x", Of("x"), over: true);
        var (hidden, cell) = (Read("hidden", Of("initial/hidden")), layer == "lstm" ? Read("cell", Of("initial/cell")) : null);
        var weights = Weights.Select(name => graph.Add(new ParameterRead(name, [.. file.Shape($"{layer}/initial/{name}")]))).ToArray();
        foreach (var name in Weights) evaluator.Parameters[name] = Of("initial/" + name);

        var (states, last) = layer switch
        {
            "lstm" => graph.Lstm("layer", T, x, hidden, cell!, weights),
            "gru" => graph.Gru("layer", T, x, hidden, weights),
            _ => graph.Rnn("layer", T, x, hidden, weights, layer == "rnnTanh" ? new Tanh() : new Relu()),
        };
        var results = new Dictionary<string, Node> { ["y"] = graph.WhereLive(T, states[0], graph.Number(0)), ["hidden"] = last[0] };
        if (layer == "lstm") results["cell"] = last[1];
        var loss = results.Select(r => (r.Value, Cotangent: Read("cotangent " + r.Key, Of("cotangent/" + r.Key), r.Key == "y")))
            .Select(r => graph.Add(new Multiply(), r.Value, r.Cotangent)).Select(p => p.Type.Time.Count > 0 ? graph.SumOverTime(T, p) : p)
            .Aggregate((a, b) => graph.Add(new Add(), a, b));
        loss = graph.Sum(loss, [0]);
        var outputs = results.Select(r => new Output(Role.Monitor, r.Key, r.Value.Id)).Append(new(Role.Loss, "", loss.Id));
        var main = Pipeline.Run(new Program("Learn", 0, ProgramKind.Learn, "", inputs.ToEquatable(), Weights.ToEquatable(), graph.Build(outputs))).Main;

        foreach (var (name, value) in evaluator.Outputs(main, Role.Monitor)) Numbers.Close(Of(name), value, 1e-6, $"{layer}: {name}");
        foreach (var (name, gradient) in evaluator.Outputs(main, Role.InputGradient).Where(g => !g.Key.StartsWith("cotangent", StringComparison.Ordinal)))
            Numbers.Close(Of("gradient/" + name), [.. gradient.Select(v => v * rows)], 2e-6, $"{layer}: d/d{name}");
        var gradients = evaluator.Outputs(main, Role.Gradient);
        foreach (var name in Weights) Numbers.Close(Of("gradient/" + name), gradients[name], 2e-6, $"{layer}: d/d{name}");

        Node Read(string name, double[] values, bool over = false)
        {
            var type = TensorType.Float(true, [values.Length / rows / (over ? steps : 1)]) with { Time = over ? [T] : [] };
            evaluator.Inputs[inputs.Count] = values;
            inputs.Add(new(name, InputKind.Tensor, type.Shape, 0, true, false, 0, 0) { Time = type.Time });
            return graph.Add(new InputRead(inputs.Count - 1, type));
        }
    }
}
