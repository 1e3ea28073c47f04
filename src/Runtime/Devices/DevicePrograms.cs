using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// Runs programs of a device. Where it can, the second call over the same memory with as many rows and steps is written down, and those after it are one launch of what was written.
/// </summary>
internal sealed unsafe class DevicePrograms(Device device) : IDisposable
{
    /// <summary>Frames that are remembered: those used least recently are forgotten. The steps of a Fit have two for each number of rows and steps, since two sets of inputs take turns.</summary>
    private const int Most = 32;

    private readonly List<Call> _calls = [];
    private bool _canCapture = true;

    private sealed record Call(nint Program, byte[] Frame)
    {
        public DeviceGraph? Graph { get; set; }
    }

    public void Run(delegate*<Frame*, Workers, void> program, Frame* frame, Workers workers)
    {
        if (!_canCapture)
        {
            program(frame, workers);
            return;
        }
        var bytes = new ReadOnlySpan<byte>(frame, sizeof(Frame));
        if (Find((nint)program, bytes) is not { } call)
        {
            // The first time everything finds its memory.
            program(frame, workers);
            Remember(new Call((nint)program, bytes.ToArray()));
            return;
        }
        if (call.Graph is null)
        {
            if (!(_canCapture = device.BeginCapture()))
            {
                program(frame, workers);
                return;
            }
            program(frame, workers);
            call.Graph = device.EndCapture();
        }
        device.Replay(call.Graph);
    }

    public void Dispose()
    {
        foreach (var call in _calls) call.Graph?.Dispose();
        _calls.Clear();
    }

    private Call? Find(nint program, ReadOnlySpan<byte> frame)
    {
        for (var i = 0; i < _calls.Count; i++)
        {
            if (_calls[i].Program != program || !frame.SequenceEqual(_calls[i].Frame)) continue;
            var call = _calls[i];
            if (i > 0)
            {
                _calls.RemoveAt(i);
                _calls.Insert(0, call);
            }
            return call;
        }
        return null;
    }

    private void Remember(Call call)
    {
        if (_calls.Count == Most)
        {
            _calls[^1].Graph?.Dispose();
            _calls.RemoveAt(Most - 1);
        }
        _calls.Insert(0, call);
    }
}
