using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Diagnostics;

/// <summary>Everything the compiler can say. Each has a page under docs/diagnostics with an example and the cure, to which <see cref="Pages"/> adds the link.</summary>
internal static class Descriptors
{
    private const string Category = "Kiln";

    // What is evaluated at build time.
    public static readonly DiagnosticDescriptor NotEvaluable = Error("KILN001", "Not evaluable at build time", "'{0}' cannot be evaluated at build time: {1}");
    public static readonly DiagnosticDescriptor NoSource = Error("KILN002", "No source to evaluate", "'{0}' cannot be evaluated at build time: its source is not part of this project");
    public static readonly DiagnosticDescriptor Endless = Error("KILN003", "Evaluation takes too long", "The evaluation was stopped at '{0}': {1}");
    public static readonly DiagnosticDescriptor InitialisationCycle = Error("KILN004", "Fields initialise each other", "'{0}' needs its own value while it is being initialised");
    public static readonly DiagnosticDescriptor Thrown = Error("KILN005", "An exception was thrown at build time", "{0}{1}");
    public static readonly DiagnosticDescriptor NotAvailable = Error("KILN006", "Operator not available yet", "'{0}': operator not available yet");

    // Shapes and arguments.
    public static readonly DiagnosticDescriptor Shape = Error("KILN007", "Shapes do not fit", "{0}");
    public static readonly DiagnosticDescriptor Argument = Error("KILN008", "Invalid argument of an operator", "{0}");
    public static readonly DiagnosticDescriptor LossNotScalar = Error("KILN009", "A loss is one number per sample", "{0} must be one number per sample, but this has the shape {1}: use Sum or Mean");
    public static readonly DiagnosticDescriptor Classes = Error("KILN010", "Classes and logits differ", "The labels have {0}, but the logits {1} have {2}");
    public static readonly DiagnosticDescriptor SharedShape = Error("KILN011", "A shared parameter has two shapes", "The parameter '{0}' has the shape {1} elsewhere, but would need {2} here{3}");

    // The class.
    public static readonly DiagnosticDescriptor NotPartial = Error("KILN012", "A network class must be partial", "'{0}' must be declared partial, so that its other half can be generated{1}");
    public static readonly DiagnosticDescriptor ClassForm = Error("KILN013", "Unsupported network class", "The network class '{0}' cannot {1}");
    public static readonly DiagnosticDescriptor Stack = Error("KILN014", "Malformed layer stack", "{0}");
    public static readonly DiagnosticDescriptor NoPrograms = Error("KILN015", "A network without layers or programs", "'{0}' declares neither a layer stack nor a [Predict] or [Learn] method");
    public static readonly DiagnosticDescriptor ReservedName = Error("KILN016", "Reserved name", "'{0}' is reserved: Kiln generates a member of that name into '{1}'");
    public static readonly DiagnosticDescriptor DuplicateName = Error("KILN017", "Duplicate name", "The name '{0}' is already used by another parameter or layer of the network");
    public static readonly DiagnosticDescriptor LanguageVersion = Error("KILN018", "C# version too old", "A network class needs C# 12 or newer; this project is compiled as C# {0}");
    public static readonly DiagnosticDescriptor NoNetwork = Error("KILN032", "A class without [Network]", "'{0}' {1} and is not marked [Network], so nothing is generated for it: add [Network]{2}");
    public static readonly DiagnosticDescriptor NamedLikeAWord = Error("KILN033", "A network named like a type of Kiln", "Within '{0}' the name '{0}' means this class, and not Kiln.{0}: rename the class, or write Kiln.{0} there");

    // Values over time.
    public static readonly DiagnosticDescriptor TimeAxes = Error("KILN036", "Values over different times", "{0}");
    public static readonly DiagnosticDescriptor StateShape = Error("KILN037", "A state changes its shape", "The state of a Scan is {0} before a step and {1} after it: it keeps its shape");
    public static readonly DiagnosticDescriptor NotState = Error("KILN038", "Not a state of tensors", "{0}");
    public static readonly DiagnosticDescriptor LossOverTime = Error("KILN039", "A sequence where one number per sample is wanted", "{0} is one number per sample, and this has one for each step: use MeanOverTime or SumOverTime");

    // The programs.
    public static readonly DiagnosticDescriptor Signature = Error("KILN019", "Unsupported program signature", "{0}");
    public static readonly DiagnosticDescriptor UnsharedHelper = Error("KILN020", "Parameters of a helper used by two programs", "'{0}' makes parameters and is called from both '{1}' and '{2}': mark it [Shared] to share them, or call it from a [Predict] method that both use");
    public static readonly DiagnosticDescriptor UnknownPart = Error("KILN021", "Unknown part", "'{1}' has no part '{0}'. A part is a static readonly field with layers or parameters, a [Shared] method or a [Predict] method");
    public static readonly DiagnosticDescriptor UnreadPart = Error("KILN022", "A part that the program does not use", "'{0}' uses no trainable parameter of '{1}'");
    public static readonly DiagnosticDescriptor NothingTrained = Error("KILN023", "A program that trains nothing", "The loss of '{0}' depends on no trainable parameter");
    public static readonly DiagnosticDescriptor Untrained = Warning("KILN024", "A prediction reads untrained parameters", "'{0}' reads parameters that no program trains: {1}");
    public static readonly DiagnosticDescriptor AssignedTwice = Error("KILN025", "A parameter or state is assigned twice", "'{0}' is assigned twice in one program");
    public static readonly DiagnosticDescriptor DenseOnLastAxis = Warning("KILN028", "Dense acts on the last axis only", "Dense replaces only the last axis of {0}: the logits {1} are {2} classifications per sample. Is a Flatten missing before it?");
    public static readonly DiagnosticDescriptor LossOfProbabilities = Warning("KILN029", "A loss of logits is given probabilities", "{0} takes logits and applies the {1} itself: remove the {1} before it");
    public static readonly DiagnosticDescriptor NoLoss = Information("KILN030", "A network without a loss has no Train", "'{0}' has no loss and so no Train: it can only load weights. {1}");

    public static readonly DiagnosticDescriptor NothingRecomputed = Warning("KILN031", "Recompute without a backward pass", "'{0}' has no program that learns by gradients, so Recompute has no effect: remove it");

    public static readonly DiagnosticDescriptor NothingRounded = Warning("KILN040", "A precision of GPUs without a GPU", "'{0}' has no kernels for GPUs, so its Precision has no effect: remove it, or add Target.Gpu to its Targets");

    // The back end.
    public static readonly DiagnosticDescriptor NoGpuPackage = Error("KILN041", "A network for GPUs without the package Kiln.Gpu", "'{0}' is for GPUs, but this project does not have the package Kiln.Gpu, which compiles kernels for them: add it (dotnet add package Kiln.Gpu --prerelease), or remove Target.Gpu");
    public static readonly DiagnosticDescriptor Unsupported = Error("KILN026", "No kernel for this yet", "'{0}' cannot be compiled yet: {1}");
    public static readonly DiagnosticDescriptor Fault = Error("KILN027", "A bug in the compiler", "'{0}' could not be compiled. This is a bug in Kiln: {1}");

    private static DiagnosticDescriptor Warning(string id, string title, string message) =>
        new(id, title, message, Category, DiagnosticSeverity.Warning, isEnabledByDefault: true);

    private static DiagnosticDescriptor Information(string id, string title, string message) =>
        new(id, title, message, Category, DiagnosticSeverity.Info, isEnabledByDefault: true);

    // Not configurable: suppressed by a #pragma or an .editorconfig, an error would leave a build that succeeds without the class.
    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, Category, DiagnosticSeverity.Error, isEnabledByDefault: true, customTags: WellKnownDiagnosticTags.NotConfigurable);
}
