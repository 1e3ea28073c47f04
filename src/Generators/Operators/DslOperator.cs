using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators;

/// <summary>
/// The meaning of one word of the language: a method of Tensor (<c>x.Dense(120)</c>), a layer class of the same name
/// (<c>[Dense(120)]</c>, <c>new Dense(120)</c>), or both. The file in src/Dsl/Operators bears the same name.
/// Discovered by <see cref="DslOperators"/>; there is no table to extend.
/// </summary>
internal abstract class DslOperator
{
    /// <summary>The method's and the layer class's name: "Dense". C# operators go by their metadata name: "op_Addition".</summary>
    public abstract IEnumerable<string> Names { get; }

    /// <summary>Builds the graph of one application and returns its value: a Node, a Node[] or a value of the language.</summary>
    /// <exception cref="ShapeException">An argument or a shape is wrong; the message says what was expected and what came.</exception>
    public abstract object? Apply(DslCall call);
}

/// <summary>One application of a <see cref="DslOperator"/>, as the front end saw it.</summary>
internal abstract class DslCall(GraphBuilder graph, string name)
{
    public GraphBuilder Graph => graph;

    /// <summary>Which of the operator's names was called.</summary>
    public string Name => name;

    /// <summary>The tensor the method is called on, or the layer is applied to. Null for static methods.</summary>
    public abstract Node? Receiver { get; }

    /// <summary>The labels the method is called on: <c>labels.OneHot()</c>. Null elsewhere.</summary>
    public abstract LabelsValue? Labels { get; }

    /// <summary>The receiver, where there must be one.</summary>
    public Node Operand => Receiver ?? throw new ShapeException($"{Name}: a tensor expected");

    /// <summary>The axis of time of the sequence or the tokens that the method is called on.</summary>
    /// <exception cref="ShapeException">It is called on something else.</exception>
    public virtual TimeAxis Time => Operand.Type.Time is { Count: > 0 } time ? time[time.Count - 1] : throw new ShapeException($"{Name}: expected a Sequence, got {Operand.Type}");

    /// <summary>The axes of the loops around, the outermost first: the call is evaluated once for all their steps.</summary>
    public virtual EquatableArray<TimeAxis> Open => [];

    /// <summary>Whether one of them is a recurrence, whose steps are computed one after the other.</summary>
    public virtual bool IsInScan => false;

    /// <summary>
    /// An argument by its parameter's name, compared without regard to case (a method's <c>kernel:</c> and a layer's
    /// <c>Kernel =</c> are one), or the fallback where it is absent. Tensors arrive as Node (or Node[]), numbers as int or
    /// double, a Size as (int Height, int Width) and absent where it is its default (or either as a list of its numbers), a Padding as a list of numbers, enums of the language as the enum of the same
    /// name here, lists of numbers and of tensors as arrays. The language's conversions are made: int to double, a number to a
    /// scalar Constant where a Node is asked for, an int to a square where a Size is. Labels arrive as <see cref="LabelsValue"/>, or as their Node where a Node is asked for.
    /// </summary>
    public abstract T Argument<T>(string name, T fallback);

    /// <summary>Whether the argument was given (or has a default in the method's signature that is not default(T)).</summary>
    public abstract bool Has(string name);

    /// <summary>True inside a [Learn] program, unless Mode.Inference or Mode.Training says otherwise: dropout acts.</summary>
    public abstract bool IsTraining { get; }

    /// <summary>
    /// A parameter of the layer being applied: created on first use under the current owner and path, reused after
    /// (its shape must then agree, else a ShapeException). <paramref name="suffix"/> is "weight", "bias", …
    /// L1, L2, the initialiser and its scale are taken from the layer's properties of these names where it has them (the
    /// weight only). Initial values are multiplied by <paramref name="scale"/>. One that is not trainable is the layer's own record, such as running statistics.
    /// </summary>
    public abstract Node Parameter(string suffix, IEnumerable<int> shape, ParameterKind kind, int fanIn, int fanOut, Initializer fallback, bool trainable = true, double scale = 1);

    /// <summary>
    /// A parameter that is not trainable takes this value (without batch axis) at the end of a successful step of a program
    /// that trains the layer; in every other program nothing is written.
    /// </summary>
    public abstract void Assign(Node parameter, Node value);

    /// <summary>A draw of random numbers, afresh at each application. Its stream's name is stable under unrelated edits.</summary>
    public abstract Node Random(Primitives.Distribution distribution, bool batched, IEnumerable<int> shape);

    /// <summary>A draw for each sample that all steps of the layer being applied share: it is made outside of their loop.</summary>
    /// <param name="single">The call is one step of the loop around it, or one of several without a loop: all of them share the draw.</param>
    public abstract Node RandomOfAllSteps(Primitives.Distribution distribution, IEnumerable<int> shape, bool single);
}

/// <summary>Whole numbers per sample, and how many classes they tell apart (0 where that is not known).</summary>
internal sealed record LabelsValue(Node Node, int Classes);
