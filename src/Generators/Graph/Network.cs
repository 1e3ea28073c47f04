namespace Kiln.Generators.Graph;

/// <summary>Everything about a [Network] class that the back end needs: no symbol, no syntax, compared by value.</summary>
internal sealed record Network(
    ClassInfo Class,
    EquatableArray<Parameter> Parameters,
    EquatableArray<Program> Programs)
{
    /// <summary>It stands in for a network that is wrong: programs with arguments and results, and nothing between.</summary>
    public bool IsOutline { get; init; }

    /// <summary>Values that outlive a call, in the order of their memory.</summary>
    public EquatableArray<State> States { get; init; } = [];

    /// <summary>Sequences that outlive a call, each row's with a length of its own. The shape is that of a step, and there is none to begin with.</summary>
    public EquatableArray<State> SequenceStates { get; init; } = [];

    /// <summary>Winograd's algorithm may compute its convolutions.</summary>
    public bool Winograd { get; init; } = true;

    /// <summary>Whether there are kernels for GPUs; null where the project decides.</summary>
    public bool? Gpu { get; init; }

    /// <summary>What products are computed with on a GPU.</summary>
    public Precision Precision { get; init; }
}

/// <summary>The same names as Kiln.Precision.</summary>
internal enum Precision { Float32, TensorFloat32 }

/// <summary>Where the class stands, so that its other half can be emitted.</summary>
/// <param name="Namespace">Empty for the global namespace.</param>
/// <param name="Containers">The partial types around it, outermost first.</param>
/// <param name="Accessibility">public, internal, …: as declared.</param>
internal sealed record ClassInfo(string Namespace, EquatableArray<Container> Containers, string Accessibility, string Name, bool IsSealed)
{
    /// <summary>Names of the [Predict], [Learn] and [Shared] methods the user wrote (a stack has none): a generated list of nameofs keeps the editor from calling them unused.</summary>
    public EquatableArray<string> Methods { get; init; }

    /// <summary>The class has a member called Accuracy: it gets none generated.</summary>
    public bool HasAccuracy { get; init; }

    /// <summary>The namespace of the kernels, within the class's own: a name that nothing else has there.</summary>
    public string Kernels { get; init; } = "KilnKernels";
}

/// <param name="Declaration">How it is declared, up to the name: <c>public static partial class</c>.</param>
/// <param name="Name">Without @.</param>
internal sealed record Container(string Declaration, string Name);

/// <summary>How initial values are drawn; the same names as Kiln.Initializer. Constant fills with <see cref="Parameter.Scale"/>.</summary>
internal enum Initializer { Default, Zeros, Ones, Normal, Uniform, TruncatedNormal, GlorotUniform, GlorotNormal, HeNormal, HeUniform, LeCunNormal, Orthogonal, Identity }

/// <summary>What a parameter is to the outside: decides the axes order of the checkpoint.</summary>
internal enum ParameterKind
{
    /// <summary>Stored and saved as declared.</summary>
    Plain,

    /// <summary>Dense weight: in the graph [inputs, units]; in checkpoints [units, inputs], as PyTorch has it.</summary>
    DenseWeight,

    /// <summary>Convolution weight: [channels out, channels in, height, width] everywhere.</summary>
    ConvolutionWeight,

    /// <summary>A vector, one per unit or channel.</summary>
    Bias,
}

/// <param name="Name">Unique in the network, stable: <c>conv1.weight</c>. Checkpoints and initial values depend on it.</param>
/// <param name="Owner">The part it belongs to (field or method name as written in C#), "" for a program's own.</param>
/// <param name="Shape">As the graph sees it.</param>
/// <param name="FanIn">Inputs per output, and <paramref name="FanOut"/>, for the initialisers.</param>
internal sealed record Parameter(
    string Name, string Owner, EquatableArray<int> Shape, ParameterKind Kind,
    Initializer Initializer, double Scale, int FanIn, int FanOut, bool Trainable, double L1, double L2)
{
    public int Length
    {
        get
        {
            var length = 1;
            foreach (var size in Shape) length = checked(length * size);
            return length;
        }
    }
}

/// <summary>A value per row that outlives a call: kept by a workspace or a training, for all its programs.</summary>
/// <param name="Name">The field's, unique in the network; of an array's elements with their number: <c>h.0</c>.</param>
/// <param name="Shape">Of one row.</param>
/// <param name="Initial">Every element after a reset.</param>
internal sealed record State(string Name, EquatableArray<int> Shape, double Initial)
{
    public int Length => Shape.Aggregate(1, (length, size) => checked(length * size));
}

internal enum ProgramKind { Predict, Learn }

internal enum InputKind { Tensor, Labels }

/// <summary>An input as the caller passes it. Dimensions of one sample; labels have a shape too ([] for one class per sample).</summary>
/// <param name="Classes">Labels: the number of classes, else 0.</param>
/// <param name="Optimized">Marked [Optimized]: a Span the call updates.</param>
/// <param name="Bytes">Passed as bytes, widened as (b - Mean) * Scale.</param>
internal sealed record Input(string Name, InputKind Kind, EquatableArray<int> Shape, int Classes, bool Optimized, bool Bytes, float Scale, float Mean)
{
    /// <summary>Its axes of time, at most one; the dimensions are those of a step. Labels over time are tokens.</summary>
    public EquatableArray<TimeAxis> Time { get; init; } = [];

    /// <summary>It is not the caller's, but the state of that name, whose memory the call reads as it reads an argument; "" where it is the caller's. Such inputs come last.</summary>
    public string State { get; init; } = "";

    /// <summary>What the caller passes, in C#.</summary>
    public string Element => Kind == InputKind.Labels ? "int" : Bytes ? "byte" : "float";
}

/// <param name="Name">The C# method's name; "Predict" and "Learn" for a stack.</param>
/// <param name="Variant">0, 1, … where an input declares several shapes: one program each.</param>
/// <param name="Trained">Names of the parameters that a Learn program trains.</param>
/// <param name="Graph">As evaluated: forward values, and outputs of the roles Prediction, Loss, Monitor, Assign, Update.</param>
internal sealed record Program(
    string Name, int Variant, ProgramKind Kind, string Documentation,
    EquatableArray<Input> Inputs, EquatableArray<string> Trained, Graph Graph)
{
    /// <summary>The axes of time whose lengths the caller gives, in the order of the inputs that have them; then those of states.</summary>
    public EquatableArray<TimeAxis> TimeAxes => Inputs.SelectMany(i => i.Time).Distinct().ToEquatable();

    /// <summary>Where the steps of an axis are found: the number of the axis that the caller gives the lengths of, every how many of its steps, or the number of steps if that is fixed.</summary>
    public (int Axis, int Stride, int Fixed) PlaceOf(TimeAxis axis) => axis.Fixed > 0 ? (0, axis.Stride, axis.Fixed) : (TimeAxes.Items.IndexOf(axis.Whole), axis.Stride, 0);

    /// <summary>The backward pass computes segments of the forward pass again, rather than that their values are kept for it.</summary>
    public bool Recompute { get; init; }

    /// <summary>Of a Learn program: loss and monitors as the network is used, without dropout and with running statistics. Null where that is the same.</summary>
    public Graph? InUse { get; init; }

    public bool HasLoss => Graph.Outputs.Any(o => o.Role == Role.Loss);

    /// <summary>Loss, monitors and metrics alone.</summary>
    public Graph Results => Graph with { Outputs = Graph.Outputs.Where(o => o.Role is Role.Loss or Role.Monitor or Role.Metric).ToEquatable() };

    /// <summary>
    /// What a full-batch optimizer solves equations with, in the role of predictions: residuals and their Jacobian, or a Hessian; null where the program was not asked for it.
    /// </summary>
    public Graph? Curvature { get; init; }

    /// <summary>Elements of the residuals of one sample, of a program that returns Residuals; else 0.</summary>
    public int Residuals { get; init; }
}
