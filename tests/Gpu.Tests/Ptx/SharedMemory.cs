using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gpu.Tests.Ptx;

/// <summary>
/// A group's shared memory. It knows of each word which thread wrote and read it since the last barrier, so that it finds every race: two threads at the same word, one of which writes, without a barrier
/// between them.
/// </summary>
internal sealed unsafe class SharedMemory : IDisposable
{
    /// <summary>Where it begins. An address of shared memory is one of device memory nowhere.</summary>
    public const int Base = 0x410;

    /// <summary>The most that a kernel may declare.</summary>
    public const int Most = 48 << 10;

    // A note is the number of the last barrier, 11 bits up, and the thread's number and 1.
    private const int ThreadBits = 11;
    private const uint Several = (1 << ThreadBits) - 1, LastBarrier = uint.MaxValue >> ThreadBits;

    private readonly byte* _bytes;
    private readonly uint* _wrote, _read;
    private readonly int _size, _words;
    private uint _barrier, _first;

    public SharedMemory(int bytes)
    {
        _size = bytes;
        _words = (bytes + 3) / 4;
        _bytes = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(16, bytes), 16);
        _wrote = (uint*)NativeMemory.AllocZeroed((nuint)_words + 1, sizeof(uint));
        _read = (uint*)NativeMemory.AllocZeroed((nuint)_words + 1, sizeof(uint));
    }

    /// <summary>For the next group. Nothing has been written yet.</summary>
    public void Begin()
    {
        if (_barrier > LastBarrier / 2) Forget();
        _first = ++_barrier;
    }

    /// <summary>All threads have met.</summary>
    public void Meet()
    {
        if (++_barrier == LastBarrier) throw new PtxException($"a group meets more than {LastBarrier / 2} barriers");
    }

    /// <summary>Where a thread reads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Read(Warp warp, Instruction instruction, int lane, ulong address, int bytes)
    {
        var at = Offset(warp, instruction, lane, address, bytes);
        var note = Note(warp.First + lane);
        for (var word = at / 4; word <= (at + bytes - 1) / 4; word++)
        {
            var wrote = _wrote[word];
            if (wrote != note)
            {
                if (wrote >> ThreadBits < _first) throw warp.Error(instruction, lane, $"byte {4 * word} of shared memory is read, which nobody wrote");
                if (wrote >> ThreadBits == _barrier) throw warp.Error(instruction, lane, $"a race: byte {4 * word} of shared memory is read, which {Thread(wrote)} wrote since the last barrier");
            }
            var read = _read[word];
            if (read >> ThreadBits != _barrier) _read[word] = note;
            else if (read != note) _read[word] = read | Several;
        }
        return _bytes + at;
    }

    /// <summary>Where a thread writes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Write(Warp warp, Instruction instruction, int lane, ulong address, int bytes)
    {
        var at = Offset(warp, instruction, lane, address, bytes);
        var note = Note(warp.First + lane);
        for (var word = at / 4; word <= (at + bytes - 1) / 4; word++)
        {
            uint wrote = _wrote[word], read = _read[word];
            if (wrote >> ThreadBits == _barrier && wrote != note) throw warp.Error(instruction, lane, $"a race: byte {4 * word} of shared memory is written, which {Thread(wrote)} wrote since the last barrier");
            if (read >> ThreadBits == _barrier && read != note) throw warp.Error(instruction, lane, $"a race: byte {4 * word} of shared memory is written, which {Thread(read)} read since the last barrier");
            _wrote[word] = note;
        }
        return _bytes + at;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_bytes);
        NativeMemory.Free(_wrote);
        NativeMemory.Free(_read);
    }

    private uint Note(int thread) => _barrier << ThreadBits | (uint)(thread + 1);

    private static string Thread(uint note) => (note & Several) == Several ? "another thread" : $"thread {(note & Several) - 1}";

    private int Offset(Warp warp, Instruction instruction, int lane, ulong address, int bytes)
    {
        var at = address - Base;
        if (at > (ulong)_size || at + (ulong)bytes > (ulong)_size) throw warp.Error(instruction, lane, $"address {address:X} is not in the {_size} bytes of shared memory, which begins at {Base:X}");
        return (int)at;
    }

    private void Forget()
    {
        NativeMemory.Clear(_wrote, (nuint)_words * sizeof(uint));
        NativeMemory.Clear(_read, (nuint)_words * sizeof(uint));
        _barrier = 0;
    }
}
