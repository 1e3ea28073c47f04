using System.Collections.Immutable;

namespace Kiln.Generators.Graph;

/// <summary>
/// The members generated into a network class: the emission writes them, and the frontend keeps the user from declaring them
/// once more. What only generated code calls starts with Kiln or _kiln.
/// </summary>
internal static class MemberNames
{
    // Of the class.
    public const string Core = "_kilnCore";
    public const string OwnWorkspace = "_kilnWorkspace";
    public const string Layout = "KilnLayout";
    public const string Methods = "KilnMethods";

    // Of Workspace and Training.
    public const string Session = "_kilnSession"; // of Workspace
    public const string TrainingSession = "KilnSession"; // of Training: NetworkTraining's
    public const string Network = "_kilnNetwork";
    public const string EvaluationField = "_kilnEvaluation";
    public const string Evaluation = "KilnEvaluation";

    /// <summary>Left out where the user has a member of that name.</summary>
    public const string Accuracy = "Accuracy";

    /// <summary>Members of the class besides its [Predict] programs, and of what lies in it, which the programs are members of too.</summary>
    public static readonly ImmutableHashSet<string> OfClass =
    [
        Core, OwnWorkspace, Layout, Methods, Session, Network, EvaluationField, Evaluation,
        "ParameterViews", "StateViews", "Training", "Workspace", "CreateWorkspace", "Train", "Load", "LoadWeights", "LoadMatching", "Save", "Dispose",
        .. Properties("Parameters", "AllParameters", "States", "Summary", "Item"),
    ];

    /// <summary>Members of the nested Training besides its [Learn] programs.</summary>
    public static readonly ImmutableHashSet<string> OfTraining =
    [
        .. Properties("Gradients", "States", "Step", "Epoch", "Batch", "LearningRate", TrainingSession),
        "SwapAverages",
        "Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "ReferenceEquals", "Finalize",
    ];

    public static string Loss(string program) => program + "Loss";
    public static string Evaluate(string program) => "Evaluate" + program;
    public static string Gradients(string program) => program + "Gradients";
    public static string Apply(string program) => "Apply" + program;
    public static string Fit(string program) => "Fit" + program;
    public static string FitRows(string program) => "KilnFit" + program;
    public static string Run(string program) => "KilnRun" + program;

    /// <summary>What comes with a [Learn] program.</summary>
    public static ImmutableHashSet<string> With(string program) => [Loss(program), Evaluate(program), Gradients(program), Apply(program), Fit(program), FitRows(program), Run(program)];

    /// <summary>A property takes the names of its accessors too.</summary>
    private static IEnumerable<string> Properties(params string[] names) => names.SelectMany(name => new[] { name, "get_" + name, "set_" + name });
}
