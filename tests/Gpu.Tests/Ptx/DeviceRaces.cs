namespace Gpu.Tests.Ptx;

/// <summary>
/// Finds races in device memory within a launch: two threads at the same word, one of which writes, unless they are of one group and a barrier is between them.
/// </summary>
internal sealed class DeviceRaces
{
    private readonly Dictionary<ulong, Note> _words = [];

    /// <summary>Who wrote and read a word last, in which group, after how many of the group's barriers; −1 for nobody, and −2 for several.</summary>
    private record struct Note(int Writer, int WriterGroup, int WriterBarrier, int Reader, int ReaderGroup, int ReaderBarrier);

    public void Read(Warp warp, Instruction instruction, int lane, ulong address, int bytes)
    {
        for (var word = address / 4; word <= (address + (ulong)bytes - 1) / 4; word++)
        {
            var (thread, group, barrier) = (warp.First + lane, warp.Group.Number, warp.Group.Barriers);
            ref var note = ref Find(word);
            if (note.Writer != -1 && !(note.WriterGroup == group && (note.WriterBarrier < barrier || note.Writer == thread)))
                throw warp.Error(instruction, lane, $"a race: address {4 * word:X} is read, which thread {note.Writer} of group {note.WriterGroup} wrote");
            if (note.Reader == -1 || note.ReaderGroup == group && note.ReaderBarrier < barrier) (note.Reader, note.ReaderGroup, note.ReaderBarrier) = (thread, group, barrier);
            else if (note.ReaderGroup != group) note.ReaderGroup = -2;
            else if (note.Reader != thread) note.Reader = -2;
        }
    }

    public void Write(Warp warp, Instruction instruction, int lane, ulong address, int bytes)
    {
        for (var word = address / 4; word <= (address + (ulong)bytes - 1) / 4; word++)
        {
            var (thread, group, barrier) = (warp.First + lane, warp.Group.Number, warp.Group.Barriers);
            ref var note = ref Find(word);
            if (note.Writer != -1 && !(note.WriterGroup == group && (note.WriterBarrier < barrier || note.Writer == thread)))
                throw warp.Error(instruction, lane, $"a race: address {4 * word:X} is written, which thread {note.Writer} of group {note.WriterGroup} wrote");
            if (note.Reader != -1 && !(note.ReaderGroup == group && (note.ReaderBarrier < barrier || note.Reader == thread)))
                throw warp.Error(instruction, lane, $"a race: address {4 * word:X} is written, which another thread read");
            (note.Writer, note.WriterGroup, note.WriterBarrier) = (thread, group, barrier);
        }
    }

    private ref Note Find(ulong word)
    {
        ref var note = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_words, word, out var known);
        if (!known) note = new(-1, 0, 0, -1, 0, 0);
        return ref note;
    }
}
