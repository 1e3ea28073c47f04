namespace Kiln;

/// <summary>What the Training of every [Network] class has in common, whatever its programs.</summary>
public interface ITraining : IDisposable
{
    /// <summary>Updates made so far, by all programs together.</summary>
    long Step { get; }

    /// <summary>Epochs that Fit has completed.</summary>
    int Epoch { get; }

    /// <summary>The most rows a step takes.</summary>
    int Batch { get; }

    /// <summary>The learning rate of the (first) optimizer; setting it sets that of all.</summary>
    double LearningRate { get; set; }

    /// <inheritdoc cref="Kiln.Training.TrainingSession.Save"/>
    void Save(string path);

    /// <inheritdoc cref="Kiln.Training.TrainingSession.Load"/>
    void Load(string path);
}
