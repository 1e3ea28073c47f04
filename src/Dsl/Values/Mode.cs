namespace Kiln;

/// <summary>Runs a piece of a program in the other mode than the program's own.</summary>
public static class Mode
{
    /// <summary>As in inference: no dropout, running statistics, nothing written.</summary>
    /// <typeparam name="T">What the piece returns.</typeparam>
    /// <param name="program">The piece.</param>
    public static T Inference<T>(Func<T> program) => throw new BuildTimeOnly();

    /// <summary>As in training: dropout acts, in a Predict program too, where every call draws afresh.</summary>
    /// <typeparam name="T">What the piece returns.</typeparam>
    /// <param name="program">The piece.</param>
    public static T Training<T>(Func<T> program) => throw new BuildTimeOnly();
}
