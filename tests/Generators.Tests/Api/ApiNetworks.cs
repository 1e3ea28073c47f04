using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Tests.Api;

/// <summary>Compiled networks written by hand: the emitter of the class sees their declarations only, whoever wrote the kernels.</summary>
internal static class ApiNetworks
{
    /// <summary>A stack: y = x·w + b on 4 features, 3 classes.</summary>
    public static CompiledNetwork Linear()
    {
        var weight = Parameter("dense.weight", [4, 3], ParameterKind.DenseWeight);
        var bias = Parameter("dense.bias", [3], ParameterKind.Bias);
        var input = Tensor("input", [4]);

        var predict = new GraphBuilder();
        var logits = Dense(predict);
        var learn = new GraphBuilder();
        Dense(learn);
        var loss = learn.Add(new InputRead(0, TensorType.Float(true, [])));

        return new CompiledNetwork(
            new Network(
                new ClassInfo("Kiln.Networks.Tests.Api", [], "public", "Linear", true), [weight, bias],
                []),
            [new(weight, ParameterStorage.TransposedPanels, 0, 64), new(bias, ParameterStorage.Flat, 64, 16)], 80, 16, 0,
            [
                Compiled(Program("Predict", ProgramKind.Predict, [input], predict, new Output(Role.Prediction, "", logits.Id)), "Predict", 0, 3),
                Compiled(Learn(), "Learn", 16, 8, gradients: true, scalars: 1),
                Compiled(Learn(), "LearnLoss", 16, 8, scalars: 1),
            ], "");

        Graph.Program Learn() => Program("Learn", ProgramKind.Learn, [input, Labels("target", 3)], learn, new Output(Role.Loss, "", loss.Id)) with { Trained = ["dense.weight", "dense.bias"] };

        Node Dense(GraphBuilder graph)
        {
            var x = graph.Add(new InputRead(0, TensorType.Float(true, [4])));
            graph.Origin = "Dense(3)";
            var w = graph.Add(new ParameterRead("dense.weight", [4, 3]));
            var product = graph.Add(new Einsum([0], [0, 1], [1]), x, w);
            var y = graph.Add(new Add(), product, graph.Add(new ParameterRead("dense.bias", [3])));
            graph.Origin = "";
            return y;
        }
    }

    /// <summary>
    /// What else the language has, in a nested internal class with keywords for names: two Learn programs, monitors, an assigned
    /// parameter, bytes, several shapes, an optimized input, several outputs, a program of rows alone, a constant output.
    /// </summary>
    public static CompiledNetwork Programs()
    {
        var scale = Parameter("encoder.0.scale", [1], ParameterKind.Plain);
        var mean = Parameter("encoder.0.mean", [1], ParameterKind.Plain) with { Trainable = false };
        var shift = Parameter("class", [1], ParameterKind.Plain);

        var graph = new GraphBuilder();
        var image = graph.Add(new InputRead(0, TensorType.Float(true, [1, 2, 2])));
        var large = graph.Add(new InputRead(0, TensorType.Float(true, [1, 4, 4])));
        var scalar = graph.Add(new InputRead(0, TensorType.Float(true, [])));
        var index = graph.Add(new InputRead(0, new TensorType(DType.Int32, true, [])));
        var constant = graph.Add(new ParameterRead("class", [1]));

        var encode = Program("Encode", ProgramKind.Predict, [Tensor("class", [1, 2, 2]) with { Bytes = true, Scale = 1 / 255f }], graph,
            new Output(Role.Prediction, "Code", image.Id), new Output(Role.Prediction, "int", index.Id), new Output(Role.Prediction, "Shift", constant.Id));
        var sized = Program("Sized", ProgramKind.Predict, [Tensor("image", [1, 2, 2])], graph, new Output(Role.Prediction, "", image.Id));
        var sizedLarge = sized with { Variant = 1, Inputs = [Tensor("image", [1, 4, 4])], Graph = graph.Build([new Output(Role.Prediction, "", large.Id)]) };
        var sample = Program("Sample", ProgramKind.Predict, [], graph, new Output(Role.Prediction, "", scalar.Id));
        var judge = Program("Judge", ProgramKind.Learn, [Tensor("image", [1, 2, 2]), Tensor("rows", [])], graph,
            new Output(Role.Loss, "loss", scalar.Id), new Output(Role.Monitor, "accuracy", scalar.Id), new Output(Role.Assign, "encoder.0.mean", scalar.Id)) with
        { Trained = ["encoder.0.scale", "encoder.0.mean"] };
        var dream = Program("Dream", ProgramKind.Learn, [Tensor("image", [1, 2, 2]) with { Optimized = true }], graph, new Output(Role.Loss, "", scalar.Id));
        var dreamLarge = dream with { Variant = 1, Inputs = [Tensor("image", [1, 4, 4]) with { Optimized = true }] };
        var fool = Program("Fool", ProgramKind.Learn, [], graph, new Output(Role.Loss, "", scalar.Id)) with { Trained = ["class"] };
        var reset = Program("Reset", ProgramKind.Learn, [Tensor("image", [1, 2, 2])], graph, new Output(Role.Assign, "class", scalar.Id));

        return new CompiledNetwork(
            new Network(
                new ClassInfo("Kiln.Networks.Tests.Api", [new Container("public static partial class", "Outer")], "internal", "Programs", false) { Methods = ["Encode", "Judge"] },
                [scale, mean, shift], []),
            [new(scale, ParameterStorage.Flat, 0, 16), new(mean, ParameterStorage.Flat, 16, 16), new(shift, ParameterStorage.Flat, 32, 16)], 48, 0, 0,
            [
                Compiled(encode, "Encode", 0, 4), Compiled(sized, "Sized", 0, 4), Compiled(sizedLarge, "Sized1", 0, 16), Compiled(sample, "Sample", 0, 1),
                Compiled(judge, "Judge", 16, 4, gradients: true, scalars: 2) with { Assigned = [new(1, 0)] }, Compiled(judge, "JudgeLoss", 16, 4, scalars: 2), Compiled(judge, "JudgeInUse", 16, 4, scalars: 2),
                Compiled(dream, "Dream", 0, 4, gradients: true, scalars: 1) with { InputGradients = [new(0, 0, 0)] }, Compiled(dream, "DreamLoss", 0, 4, scalars: 1),
                Compiled(dreamLarge, "Dream1", 0, 16, gradients: true, scalars: 1) with { InputGradients = [new(0, 0, 0)] }, Compiled(dreamLarge, "Dream1Loss", 0, 16, scalars: 1),
                Compiled(fool, "Fool", 0, 1, gradients: true, scalars: 1), Compiled(fool, "FoolLoss", 0, 1, scalars: 1),
                Compiled(reset, "Reset", 16, 0) with { Assigned = [new(2, 0)] },
            ], "");
    }

    /// <summary>
    /// Programs over time: tokens in and out, strides, two axes that meet, lengths that several inputs share, bounds; and states, one alone and an array of them,
    /// which a program of one step shares with one over time.
    /// </summary>
    public static CompiledNetwork Sequences()
    {
        var weight = Parameter("weight", [1], ParameterKind.Plain);
        TimeAxis time = new("t", Max: 6), source = new("source");

        var graph = new GraphBuilder();
        var text = graph.Add(new InputRead(0, new TensorType(DType.Int32, true, []) { Time = [time] }));
        var scores = graph.Add(new InputRead(0, TensorType.Float(true, [2]) with { Time = [time] }));
        var halves = graph.Add(new EveryStep(time, 2), scores);
        var meeting = graph.Add(new InputRead(0, TensorType.Float(true, []) with { Time = [time, source] }));
        var scalar = graph.Add(new InputRead(0, TensorType.Float(true, [])));
        var pair = graph.Add(new InputRead(0, TensorType.Float(true, [2])));

        var read = Program("Read", ProgramKind.Predict, [Tokens("text", 5, time)], graph,
            new Output(Role.Prediction, "scores", scores.Id), new Output(Role.Prediction, "best", text.Id), new Output(Role.Prediction, "halves", halves.Id));
        var align = Program("Align", ProgramKind.Predict, [Tensor("gain", []), Tokens("text", 5, time), Tensor("source", [2]) with { Time = [source] }], graph, new Output(Role.Prediction, "", meeting.Id));
        var step = Program("Step", ProgramKind.Predict, [Labels("character", 5)], graph,
            new Output(Role.Prediction, "", scalar.Id), new Output(Role.State, "total", scalar.Id), new Output(Role.State, "h.0", pair.Id), new Output(Role.State, "h.1", pair.Id));
        var learn = Program("Learn", ProgramKind.Learn, [Tokens("text", 5, time), Tokens("next", 5, time)], graph, new Output(Role.Loss, "", scalar.Id), new Output(Role.State, "total", scalar.Id)) with { Trained = ["weight"] };
        var classify = Program("Classify", ProgramKind.Learn, [Tensor("frames", [2]) with { Time = [source] }, Labels("label", 3)], graph, new Output(Role.Loss, "", scalar.Id)) with { Trained = ["weight"] };

        TimePool perStep = new([(0, 1, 0)], 16), perPair = new([(0, 1, 0), (1, 1, 0)], 3), perHalf = new([(0, 2, 0)], 5);
        return new CompiledNetwork(
            new Network(new ClassInfo("Kiln.Networks.Tests.Api", [], "public", "Sequences", true), [weight], []) { States = [new("total", [], 0.5), new("h.0", [2], 0), new("h.1", [2], 1)] },
            [new(weight, ParameterStorage.Flat, 0, 16)], 16, 0, 0,
            [
                Compiled(read, "Read", 0, 1) with { Pools = [perStep, perHalf] }, Compiled(align, "Align", 7, 1) with { Pools = [perStep, perPair] },
                Compiled(step, "Step", 16, 48) with { States = [new(0, 0), new(1, 16), new(2, 32)] },
                Compiled(learn, "Learn", 0, 16, gradients: true, scalars: 1) with { Pools = [perStep], States = [new(0, 0)] }, Compiled(learn, "LearnLoss", 0, 16, scalars: 1) with { Pools = [perStep] },
                Compiled(classify, "Classify", 0, 16, gradients: true, scalars: 1) with { Pools = [perStep] }, Compiled(classify, "ClassifyLoss", 0, 16, scalars: 1) with { Pools = [perStep] },
            ], "");
    }

    private static Input Tokens(string name, int vocabulary, TimeAxis time) => Labels(name, vocabulary) with { Time = [time] };

    private static Graph.Parameter Parameter(string name, EquatableArray<int> shape, ParameterKind kind) =>
        new(name, "", shape, kind, Graph.Initializer.Default, 1, shape[0], 1, true, 0, 0);

    private static Input Tensor(string name, EquatableArray<int> shape) => new(name, InputKind.Tensor, shape, 0, false, false, 1, 0);

    private static Input Labels(string name, int classes) => new(name, InputKind.Labels, [], classes, false, false, 1, 0);

    private static Graph.Program Program(string name, ProgramKind kind, EquatableArray<Input> inputs, GraphBuilder graph, params Output[] outputs) =>
        new(name, 0, kind, "", inputs, [], graph.Build(outputs));

    private static CompiledProgram Compiled(Graph.Program program, string entry, int fixedFloats, int perRow, bool gradients = false, int scalars = 0) =>
        new(program, entry.EndsWith("Loss", StringComparison.Ordinal) ? Entry.Loss : entry.EndsWith("InUse", StringComparison.Ordinal) ? Entry.InUse : Entry.Main, entry, gradients, scalars, [], [], fixedFloats, perRow, RowsApart: perRow % 16 == 0);
}
