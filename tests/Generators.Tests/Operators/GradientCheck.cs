using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Passes;
using Kiln.Generators.Tests.Reference;

namespace Kiln.Generators.Tests.Operators;

/// <summary>A small program over inputs and parameters of given shapes, its value, and its derivatives by central differences.</summary>
internal sealed class GradientCheck
{
    private readonly GraphBuilder _graph = new();
    private readonly List<(TensorType Type, int Classes)> _inputs = [];
    private readonly Dictionary<string, EquatableArray<int>> _parameters = [];

    public GraphBuilder Graph => _graph;
    public double Low { get; init; } = -1;
    public double High { get; init; } = 1;

    /// <summary>The live steps of every sample, by the name of the axis.</summary>
    public Dictionary<string, int[]> Lengths { get; init; } = [];

    /// <summary>The steps of an axis where there are more than those of the longest sample.</summary>
    public Dictionary<string, int> Steps { get; init; } = [];

    public Node Input(params int[] shape) => Declare(TensorType.Float(true, shape));

    /// <summary>An input over time.</summary>
    public Node Input(TimeAxis axis, params int[] shape) => Declare(TensorType.Float(true, shape) with { Time = [axis] });

    /// <summary>Whole numbers over time, or one for each sample.</summary>
    public Node Tokens(int classes, params TimeAxis[] time) => Declare(new(DType.Int32, true, []) { Time = time.ToEquatable() }, classes);

    private Node Declare(TensorType type, int classes = 0)
    {
        _inputs.Add((type, classes));
        return _graph.Add(new InputRead(_inputs.Count - 1, type));
    }

    public Node Parameter(string name, params int[] shape)
    {
        _parameters[name] = [.. shape];
        return _graph.Add(new ParameterRead(name, [.. shape]));
    }

    public ReferenceEvaluator Evaluator(int rows, int seed)
    {
        var evaluator = new ReferenceEvaluator(rows);
        evaluator.Draw = d => Numbers.Draw(evaluator.Count(d.Infer([])), 0, 1, seed + 77 + d.Stream.Sum(c => c));
        foreach (var (axis, lengths) in Lengths) evaluator.Lengths[axis] = lengths;
        foreach (var (axis, steps) in Steps) evaluator.Steps[axis] = steps;
        for (var i = 0; i < _inputs.Count; i++)
        {
            var (type, classes) = _inputs[i];
            evaluator.Inputs[i] = classes == 0 ? Numbers.Draw(evaluator.Count(type), Low, High, seed + i) : [.. Numbers.Draw(evaluator.Count(type), 0, classes, seed + i).Select(Math.Floor)];
        }
        foreach (var read in _graph.Nodes.Select(n => n.Operator).OfType<ParameterRead>())
            evaluator.Parameters[read.Name] = Numbers.Draw(Length(read.Shape), Low, High, seed + 100 + read.Name.Sum(c => c));
        return evaluator;
    }

    /// <summary>The value of y on drawn inputs.</summary>
    public (double[] Value, ReferenceEvaluator Evaluator) Value(Node y, int rows, int seed = 1)
    {
        var evaluator = Evaluator(rows, seed);
        return (evaluator.Run(_graph.Build([]))[y.Id], evaluator);
    }

    /// <summary>The graph a Learn program of Σ y·constant would have.</summary>
    public Program Program(Node y)
    {
        if (y.Type.Rank > 0)
        {
            var weights = Numbers.Draw(y.Type.Length, 0.5, 1.5, 5).Select(v => (float)v).ToEquatable();
            y = _graph.Add(new Multiply(), y, _graph.Add(new Constant(weights, y.Type.Shape)));
            y = _graph.Sum(y, [.. Enumerable.Range(0, y.Type.Rank)]);
        }

        var inputs = _inputs.Select((x, i) => new Input($"x{i}", x.Classes > 0 ? InputKind.Labels : InputKind.Tensor, x.Type.Shape, x.Classes, x.Classes == 0, false, 0, 0) { Time = x.Type.Time }).ToEquatable();
        var trained = _graph.Nodes.Select(n => n.Operator).OfType<ParameterRead>().Select(p => p.Name).Distinct().ToEquatable();
        return new("Learn", 0, ProgramKind.Learn, "", inputs, trained, _graph.Build([new Output(Role.Loss, "", y.Id)]));
    }

    /// <summary>Every derivative of the mean loss, optimised, against central differences of the unoptimised graph.</summary>
    /// <param name="constants">Parameters that are not differentiated.</param>
    public void Run(Node y, int rows, string what, double tolerance = 1e-6, params string[] constants)
    {
        var program = Program(y);
        var (optimised, plain) = (Pipeline.Run(program), DropDead.Run(program.Graph));
        var evaluator = Evaluator(rows, 1);
        var (gradients, inputs) = (evaluator.Outputs(optimised.Main, Role.Gradient), evaluator.Outputs(optimised.Main, Role.InputGradient));
        Numbers.Close([Loss()], [evaluator.Outputs(optimised.LossOnly!, Role.Loss)[""].Average()], 1e-7, what + ": loss");
        for (var i = 0; i < _inputs.Count; i++)
            if (_inputs[i].Classes == 0) Numbers.Close(Differences(evaluator.Inputs[i]), inputs[$"x{i}"], tolerance, $"{what}: d/dx{i}");
        foreach (var (name, value) in evaluator.Parameters.Where(p => !constants.Contains(p.Key))) Numbers.Close(Differences(value), gradients[name], tolerance, $"{what}: d/d{name}");

        double Loss() => evaluator.Outputs(plain, Role.Loss)[""].Average();

        double[] Differences(double[] x)
        {
            const double step = 1e-5;
            var result = new double[x.Length];
            for (var i = 0; i < x.Length; i++)
            {
                var kept = x[i];
                x[i] = kept + step;
                var up = Loss();
                x[i] = kept - step;
                result[i] = (up - Loss()) / (2 * step);
                x[i] = kept;
            }

            return result;
        }
    }

    private static int Length(EquatableArray<int> shape) => shape.Aggregate(1, (n, d) => n * d);
}
