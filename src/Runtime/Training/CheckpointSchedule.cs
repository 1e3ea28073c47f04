using System.Diagnostics;

namespace Kiln.Training;

/// <summary>Writes a run's checkpoints when they are due.</summary>
internal sealed class CheckpointSchedule(CheckpointFolder folder, TrainingSession session)
{
    private readonly Stopwatch _sinceSave = Stopwatch.StartNew();
    private long _saved = session.Step;

    /// <summary>Makes the folder: where that cannot be, the run does not begin.</summary>
    /// <exception cref="CheckpointException">The folder cannot be made.</exception>
    public void Begin()
    {
        try
        {
            Directory.CreateDirectory(folder.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(folder.Path, $"the folder for checkpoints could not be made. {e.Message}", inner: e);
        }
    }

    public void AfterStep()
    {
        if (session.Step - _saved >= folder.EverySteps || _sinceSave.Elapsed >= folder.Every) Save();
    }

    public void AfterEpoch()
    {
        if (folder is { EverySteps: null, Every: null }) Save();
        else AfterStep();
    }

    private void Save()
    {
        session.Save(folder.FileOf(session.Step));
        folder.Prune();
        _saved = session.Step;
        _sinceSave.Restart();
    }
}
