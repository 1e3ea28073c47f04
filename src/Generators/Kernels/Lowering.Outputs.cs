using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Kernels;

// What becomes of a program's results.
internal sealed partial class Lowering
{
    // What the steps write, of which so many were looked at.
    private readonly HashSet<Buffer> _written = [];
    private int _searched;

    private (List<ScalarResult> Scalars, List<(StoredParameter, Buffer)> Assigned, List<(int, Buffer)> InputGradients, List<(string, Buffer)> States, List<(string, Buffer, Buffer)> Sequences) LowerOutputs()
    {
        var scalars = new List<ScalarResult>();
        var assigned = new List<(StoredParameter, Buffer)>();
        var inputGradients = new List<(int, Buffer)>();
        var states = new List<(string, Buffer)>();
        var sequences = new List<(string, Buffer)>();
        var lengths = new Dictionary<string, Buffer>();
        var predictions = 0;
        foreach (var output in _graph.Outputs)
        {
            var node = _graph[output.Node];
            switch (output.Role)
            {
                case Role.Prediction: WritePrediction(node, predictions++); break;
                case Role.Loss or Role.Monitor or Role.Metric or Role.Activation: scalars.Add(Mean(node, output.Role == Role.Loss ? 0 : scalars.Count)); break;
                case Role.Gradient: Store(node, _parameters[output.Name], Space.Gradients); break;
                case Role.Assign: assigned.Add((_parameters[output.Name], Staged(node, _parameters[output.Name]))); break;
                case Role.State: states.Add((output.Name, NextOf(node, output.Name))); break;
                case Role.SequenceState: sequences.Add((output.Name, NextOf(node, output.Name))); break;
                case Role.SequenceLengths: lengths.Add(output.Name, NextOf(node, output.Name + "Lengths")); break;
                case Role.InputGradient:
                    var input = _program.Inputs.Items.ToList().FindIndex(i => i.Name == output.Name);
                    var place = new Buffer($"{output.Name}Gradient", Storage.Raw, node.Type.Length, Space.Arena);
                    _steps.Add(new Move($"gradient of {output.Name}", Batched(node), place));
                    inputGradients.Add((input, place));
                    break;
                default: throw new InvalidOperationException($"{output.Role} is resolved before kernels are made");
            }
        }
        return (scalars, assigned, inputGradients, states, [.. sequences.Select(s => (s.Item1, s.Item2, lengths[s.Item1]))]);
    }

    /// <summary>What a state is after the call, apart from all else until that has succeeded.</summary>
    private Buffer NextOf(Node node, string state)
    {
        var staged = new Buffer($"{state}Next", Storage.Rows, node.Type.Length, Space.Arena) { Time = node.Type.Time };
        _steps.Add(new Move(staged.Name, Demand(node.Id, Storage.Rows), staged));
        return staged;
    }

    private Buffer Batched(Node node) => Demand(node.Id, WhereIs(node.Id) switch
    {
        Storage.Channels => Storage.Rows,
        { } place and not Storage.Flat and not Storage.Panels => place,
        _ => Storage.Lanes,
    });

    private void WritePrediction(Node node, int number)
    {
        var from = node.Type.Batched ? Batched(node) : Demand(node.Id, Storage.Flat);
        var target = new Buffer($"output{number}", node.Type.Batched ? Storage.Raw : Storage.Flat, node.Type.Length, Space.Output) { Offset = number, Time = node.Type.Time };
        _steps.Add(new WriteOutput($"output {number} {node.Type}", from, target, node.Type.DType == DType.Int32));
    }

    /// <summary>The mean over elements and live rows.</summary>
    private ScalarResult Mean(Node node, int number)
    {
        var elements = node.Type.Length;
        if (!node.Type.Batched) return new ScalarResult(number, Total(node, Storage.Flat, elements), elements, PerRow: false);
        var perSample = Total(node, Storage.Lanes, elements);
        var sum = new Buffer($"scalar{number}", Storage.Flat, 1, Space.Arena);
        _steps.Add(new SumOverBatch($"mean of {Comment(node)}", perSample, sum));
        return new ScalarResult(number, sum, elements, PerRow: true);
    }

    private Buffer Total(Node node, Storage storage, int elements)
    {
        var from = Demand(node.Id, storage);
        if (elements == 1) return from;
        var total = new Buffer($"total{node.Id}", storage, 1, Space.Arena);
        var loop = NewLoop(elements);
        _steps.Add(new Map($"total of {Comment(node)}", storage == Storage.Lanes ? MapMode.Lanes : MapMode.Scalars, total, [], Affine.Zero, new Load(from, Affine.Of(loop)), Reduction.Sum, [loop], [from]));
        return total;
    }

    /// <summary>Has the value computed where it is wanted, or moved there.</summary>
    private void Store(Node node, StoredParameter parameter, Space space)
    {
        var target = ParameterBuffer(parameter, space);
        var primary = _primary.TryGetValue(Source(node.Id).Id, out var known) ? known : Demand(node.Id, Storage.Flat);
        var fits = primary.Storage == target.Storage && primary.K == target.K && primary.M == target.M && ConvolutionOf(Source(node.Id)) == KernelOf(parameter);
        if (fits && primary.Space == Space.Arena && IsWritten(primary))
        {
            primary.Space = space;
            primary.Offset = target.Offset;
            return;
        }
        _steps.Add(MoveTo(node, primary, fits, target, parameter));
    }

    /// <summary>Whether a step so far writes it.</summary>
    private bool IsWritten(Buffer buffer)
    {
        for (; _searched < _steps.Count; _searched++) _written.UnionWith(_steps[_searched].Writes);
        return _written.Contains(buffer);
    }

    private Buffer Staged(Node node, StoredParameter parameter)
    {
        var target = ParameterBuffer(parameter, Space.Arena);
        var staged = new Buffer($"{parameter.Parameter.Name}Next", target.Storage, target.Features, Space.Arena, target.K, target.M);
        var primary = _primary.TryGetValue(Source(node.Id).Id, out var known) ? known : Demand(node.Id, Storage.Flat);
        var fits = primary.Storage == target.Storage && primary.K == target.K && primary.M == target.M && ConvolutionOf(Source(node.Id)) == KernelOf(parameter);
        _steps.Add(MoveTo(node, primary, fits, staged, parameter));
        return staged;
    }

    private Move MoveTo(Node node, Buffer primary, bool fits, Buffer target, StoredParameter parameter) =>
        new($"{target.Name}", fits ? primary : Demand(node.Id, Storage.Flat), target,
            fits ? null : KernelOf(parameter));

    private static ConvolutionAxes? KernelOf(StoredParameter parameter) =>
        parameter.Storage == ParameterStorage.ConvolutionPanels ? ConvolutionAxes.Of(parameter.Parameter.Shape) : null;
}
