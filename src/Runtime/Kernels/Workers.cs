using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Kiln.Kernels;

/// <summary>
/// Threads that wait to run stages of kernels. A run forks and joins in well under a microsecond while the threads are
/// awake; threads that find nothing to do spin for a short while and then sleep. Where the machine has no processor left for
/// them, the caller does their share. Nothing is allocated by a run.
/// </summary>
/// <remarks>
/// One run at a time: a second caller meanwhile gets an <see cref="InvalidOperationException"/>. Any number of pools may live
/// side by side. Results do not depend on the number of threads.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed unsafe class Workers : IDisposable
{
    /// <summary>Bytes of a shared piece's arguments: two cache lines.</summary>
    internal const int MaxPieceArguments = 128;

    /// <summary>The helpers of the stage that runs on this thread, where it has one item only and so none for them.</summary>
    [ThreadStatic]
    private static Crew? idle;

    private readonly Crew crew;
    private int running;
    private WorkerPasses? passes;

    /// <summary>The passes of an optimizer's step that these threads share.</summary>
    internal UpdatePasses Passes => passes ??= new WorkerPasses(this);

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Threads that share a run, the caller's among them; 1 starts none and runs everything in the caller.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 or more than 1024 threads.</exception>
    public Workers(int threads)
        : this(threads, static thread => thread.Start())
    {
    }

    /// <param name="threads">Threads that share a run.</param>
    /// <param name="start">Starts a helper's thread; it may fail.</param>
    internal Workers(int threads, Action<Thread> start)
    {
        if (threads is < 1 or > 1024)
        {
            throw new ArgumentOutOfRangeException(nameof(threads), threads, "The number of threads must be from 1 to 1024.");
        }

        Threads = threads;
        crew = new Crew(threads, start);
    }

    /// <summary>Ends the threads where <see cref="Dispose"/> was forgotten: they know the crew only, not this object.</summary>
    ~Workers() => crew?.Stop();

    /// <summary>Threads that share a run, the caller's among them.</summary>
    public int Threads { get; }

    /// <summary>
    /// Runs a stage over the items 0 … items − 1, split evenly into ranges [first, end) in order, one per thread; returns when all
    /// are done. The caller runs the first range.
    /// </summary>
    /// <param name="stage">A kernel (frame, first, end); it must not throw.</param>
    /// <param name="frame">Handed to the stage as it is.</param>
    /// <param name="items">Items, at least 0; with fewer items than threads, some threads sleep on.</param>
    /// <exception cref="InvalidOperationException">Another run is under way.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public void Run(delegate*<Frame*, int, int, void> stage, Frame* frame, int items) =>
        Run((delegate*<void*, int, int, void>)stage, (void*)frame, items);

    /// <summary>The same for a stage that several layers share: it finds its values and their sizes by numbers.</summary>
    /// <param name="stage">A kernel (frame, first, end); it must not throw.</param>
    /// <param name="frame">Handed to the stage, with the places.</param>
    /// <param name="items">Items, at least 0.</param>
    /// <param name="places">For <see cref="Frame.Places"/> while the stage runs.</param>
    /// <exception cref="InvalidOperationException">Another run is under way.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public void Run(delegate*<Frame*, int, int, void> stage, Frame* frame, int items, ReadOnlySpan<int> places)
    {
        fixed (int* pinned = places)
        {
            frame->Places = pinned;
            Run(stage, frame, items);
        }
    }

    /// <summary>The same for kernels with arguments of another kind.</summary>
    /// <param name="stage">A kernel (arguments, first, end); it must not throw.</param>
    /// <param name="arguments">Handed to the stage as it is.</param>
    /// <param name="items">Items, at least 0.</param>
    /// <exception cref="InvalidOperationException">Another run is under way.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public void Run(delegate*<void*, int, int, void> stage, void* arguments, int items)
    {
        ObjectDisposedException.ThrowIf(crew.Stopped, this);
        if (Interlocked.Exchange(ref running, 1) != 0) throw Running();
        var threads = Math.Min(Threads, items);
        if (threads > 1) crew.Run(stage, arguments, 0, items, threads);
        else if (Threads == 1 && items > 0) stage(arguments, 0, items);
        else if (items > 0)
        {
            idle = crew;
            stage(arguments, 0, items);
            idle = null;
        }
        Volatile.Write(ref running, 0);
    }

    /// <summary>
    /// Runs a stage over rows that can themselves be shared: a round of as many rows as threads, and again; of the last rows, where
    /// they would leave half of the threads or more without work, one after the other, each shared by all.
    /// </summary>
    /// <param name="stage">A kernel (frame, first, end); it must not throw.</param>
    /// <param name="frame">Handed to the stage as it is.</param>
    /// <param name="rows">Rows, at least 0.</param>
    /// <exception cref="InvalidOperationException">Another run is under way.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public void RunRows(delegate*<Frame*, int, int, void> stage, Frame* frame, int rows)
    {
        var alone = rows % Threads * 2 <= Threads ? rows % Threads : 0;
        if (rows > alone) Run(stage, frame, rows - alone);
        for (var row = rows - alone; row < rows; row++) RunRow(stage, frame, row);
    }

    /// <summary>The same for a stage that several layers share: it finds its values and their sizes by numbers.</summary>
    /// <param name="stage">A kernel (frame, first, end); it must not throw.</param>
    /// <param name="frame">Handed to the stage, with the places.</param>
    /// <param name="rows">Rows, at least 0.</param>
    /// <param name="places">For <see cref="Frame.Places"/> while the stage runs.</param>
    /// <exception cref="InvalidOperationException">Another run is under way.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public void RunRows(delegate*<Frame*, int, int, void> stage, Frame* frame, int rows, ReadOnlySpan<int> places)
    {
        fixed (int* pinned = places)
        {
            frame->Places = pinned;
            RunRows(stage, frame, rows);
        }
    }

    /// <summary>One row, for whose large pieces all helpers are at hand.</summary>
    private void RunRow(delegate*<Frame*, int, int, void> stage, Frame* frame, int row)
    {
        ObjectDisposedException.ThrowIf(crew.Stopped, this);
        if (Interlocked.Exchange(ref running, 1) != 0) throw Running();
        if (Threads > 1) idle = crew;
        stage(frame, row, row + 1);
        idle = null;
        Volatile.Write(ref running, 0);
    }

    private static InvalidOperationException Running() =>
        new("These workers are already running a call on another thread. A network runs one call at a time; give each thread its own.");

    /// <summary>
    /// Shares a large piece of a stage of one item among the helpers that the stage left idle.
    /// </summary>
    /// <typeparam name="T">Arguments of at most <see cref="MaxPieceArguments"/> bytes.</typeparam>
    /// <param name="piece">A kernel (arguments, first, end); it must not throw.</param>
    /// <param name="arguments">Every helper gets a copy.</param>
    /// <param name="items">Items, at least 1.</param>
    /// <param name="isLong">It takes so long that helpers that sleep are woken for it.</param>
    /// <returns>Whether it was done; if not, the caller does it alone.</returns>
    internal static bool TryShare<T>(delegate*<void*, int, int, void> piece, T* arguments, int items, bool isLong) where T : unmanaged =>
        sizeof(T) > MaxPieceArguments ? throw new NotSupportedException($"{typeof(T)} has more than {MaxPieceArguments} bytes.")
        : idle is { } crew && crew.TryShare(piece, arguments, sizeof(T), items, isLong);

    /// <summary>Ends the threads and waits for them.</summary>
    /// <exception cref="InvalidOperationException">A run is under way.</exception>
    public void Dispose()
    {
        if (crew.Stopped) return;
        if (Interlocked.Exchange(ref running, 1) != 0)
        {
            throw new InvalidOperationException("The workers cannot be disposed of while they run a call.");
        }

        crew.Stop();
        crew.Join();
        Volatile.Write(ref running, 0);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// What the caller and one helper say to each other. A cache line that changes hands costs about a tenth of a microsecond, so a run
    /// moves as few as can be: what the helper must know, what it worked on, and its answer.
    /// </summary>
    /// <remarks>
    /// Who works off a range is settled without a line that both write. The helper says that it begins and then looks whether the
    /// range was withdrawn; the caller, when its patience ends, withdraws it and then looks whether the helper has begun. Each writes
    /// before it reads, with a fence between, so at least one sees the other. A helper that sees the withdrawal declines; a caller that
    /// sees the beginning waits for the answer.
    /// </remarks>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Mailbox
    {
        /// <summary>Number of the last run this helper is asked to take part in.</summary>
        [FieldOffset(0)] public int Asked;

        /// <summary>Number of the last of those runs that the caller took back.</summary>
        [FieldOffset(4)] public int Withdrawn;

        /// <summary>1 while the helper sleeps or is about to; whoever sets it back to 0 decides whether it is woken.</summary>
        [FieldOffset(8)] public int Asleep;

        /// <summary>The range of the run asked for.</summary>
        [FieldOffset(16)] public int First;

        [FieldOffset(20)] public int End;

        [FieldOffset(24)] public delegate*<void*, int, int, void> Stage;

        [FieldOffset(32)] public void* Arguments;

        /// <summary>A copy of the arguments of a shared piece. They are mostly those of the last call, and then these lines do not travel at all.</summary>
        [FieldOffset(64)] public fixed byte Copy[MaxPieceArguments];

        /// <summary>Number of the last run the helper worked off.</summary>
        [FieldOffset(192)] public int Finished;

        /// <summary>Number of the last run the helper came too late for.</summary>
        [FieldOffset(196)] public int Declined;

        /// <summary>Number of the last run the helper begins. A line of its own, read by the caller only if it withdraws.</summary>
        [FieldOffset(256)] public int Begun;

        /// <summary>Copies arguments where they differ.</summary>
        public void Take(ReadOnlySpan<byte> arguments)
        {
            var copy = MemoryMarshal.CreateSpan(ref Copy[0], arguments.Length);
            if (!arguments.SequenceEqual(copy)) arguments.CopyTo(copy);
        }

        /// <summary>The helper's part of a run.</summary>
        /// <param name="run">The run it saw asked for.</param>
        /// <returns>Whether it came in time.</returns>
        public bool Work(int run)
        {
            Interlocked.Exchange(ref Begun, run);
            if (Volatile.Read(ref Withdrawn) == run || Volatile.Read(ref Asked) != run)
            {
                Volatile.Write(ref Declined, run);
                return false;
            }
            Stage(Arguments, First, End);
            Volatile.Write(ref Finished, run);
            return true;
        }

        /// <summary>The caller takes a range back, if the helper has not begun it.</summary>
        public bool Withdraw(int run)
        {
            Interlocked.Exchange(ref Withdrawn, run);
            return Volatile.Read(ref Begun) != run;
        }

        public bool IsAnswered(int run) => Volatile.Read(ref Finished) == run || Volatile.Read(ref Declined) == run;
    }

    /// <summary>The helpers. Threads refer to this, not to <see cref="Workers"/>, so that a forgotten pool can be collected.</summary>
    private sealed class Crew
    {
        /// <summary>How long a thread spins before it sleeps (a helper) or yields (the caller).</summary>
        private static readonly long SpinTicks = Stopwatch.Frequency / 10_000; // 100 µs

        /// <summary>Looks at an answer before a range is taken back: about a microsecond, several times what a helper that is awake needs to begin.</summary>
        private const int Patience = 64;

        private readonly Arena memory;
        private readonly Mailbox* mailboxes;
        private readonly AutoResetEvent[] wakes; // a semaphore's lock would allocate when it is contended for the first time
        private readonly Thread[] helpers;
        private readonly bool crowded;
        private int number;
        private long lastAsleep;
        private volatile bool stopped;

        public Crew(int threads, Action<Thread> start)
        {
            // With more threads than processors whoever spins keeps another from working.
            crowded = threads > Environment.ProcessorCount;
            memory = new Arena((threads - 1) * (sizeof(Mailbox) / sizeof(float)));
            mailboxes = (Mailbox*)memory.Pointer;
            wakes = new AutoResetEvent[threads - 1];
            helpers = new Thread[threads - 1];
            for (var i = 0; i < helpers.Length; i++)
            {
                wakes[i] = new AutoResetEvent(false);
            }

            for (var i = 0; i < helpers.Length; i++)
            {
                var helper = i;
                helpers[i] = new Thread(() => Help(helper)) { IsBackground = true, Name = $"Kiln worker {helper + 1}" };
                try
                {
                    start(helpers[i]);
                }
                catch
                {
                    // Those that run would wait for ever: nobody has this crew to stop it.
                    helpers = helpers[..i];
                    Stop();
                    throw;
                }
            }
        }

        public bool Stopped => stopped;

        /// <remarks>Every helper gets a copy of that many bytes of the arguments; with 0, all read the caller's.</remarks>
        public void Run(delegate*<void*, int, int, void> stage, void* arguments, int copied, int items, int threads)
        {
            if (++number == 0) number = 1;
            var end = (int)((long)items / threads);
            var first = end;
            for (var i = 0; i < threads - 1; i++)
            {
                var mailbox = mailboxes + i;
                if (copied > 0) mailbox->Take(new ReadOnlySpan<byte>(arguments, copied));
                mailbox->Stage = stage;
                mailbox->Arguments = copied > 0 ? mailbox->Copy : arguments;
                mailbox->First = first;
                mailbox->End = first = (int)((i + 2L) * items / threads);

                // The exchange is a full fence: the helper sees the request, or we see that it is asleep.
                Interlocked.Exchange(ref mailbox->Asked, number);
                if (mailbox->Asleep != 0 && Interlocked.Exchange(ref mailbox->Asleep, 0) != 0) wakes[i].Set();
            }
            stage(arguments, 0, end);
            for (var i = 0; i < threads - 1; i++) Join(ref mailboxes[i]);
        }

        /// <summary>Helpers that sleep are woken where calls follow one another closely, so that they stay awake, or where the work is long.</summary>
        public bool TryShare(delegate*<void*, int, int, void> piece, void* arguments, int bytes, int items, bool isLong)
        {
            if (crowded || items < 2) return false;
            var threads = Math.Min(helpers.Length + 1, items);
            if (!isLong && IsAnyAsleep(threads - 1))
            {
                var now = Stopwatch.GetTimestamp();
                var closely = now - lastAsleep < SpinTicks;
                lastAsleep = now;
                if (!closely) return false;
            }
            Run(piece, arguments, bytes, items, threads);
            return true;
        }

        private bool IsAnyAsleep(int count)
        {
            for (var i = 0; i < count; i++)
                if (Volatile.Read(ref mailboxes[i].Asleep) != 0) return true;
            return false;
        }

        public void Stop()
        {
            stopped = true;
            for (var i = 0; i < helpers.Length; i++) wakes[i].Set();
        }

        public void Join()
        {
            foreach (var helper in helpers) helper.Join();
            foreach (var wake in wakes) wake.Dispose();
            memory.Dispose();
        }

        private void Help(int helper)
        {
            ref var mailbox = ref mailboxes[helper];
            var (seen, late) = (0, 0);
            Scratch.Prepare();
            while (!stopped)
            {
                // Time and again too late to be of use, it may be on the caller's own processor: then it must not spin there.
                if (late % 16 > 2 || !SpinForWork(ref mailbox, seen)) Sleep(ref mailbox, seen, wakes[helper]);
                var asked = Volatile.Read(ref mailbox.Asked);
                if (asked == seen) continue;
                seen = asked;
                late = mailbox.Work(asked) ? 0 : late + 1;
            }
        }

        private static void Sleep(ref Mailbox mailbox, int seen, AutoResetEvent wake)
        {
            Interlocked.Exchange(ref mailbox.Asleep, 1);

            // Asked in the meantime, and the caller did not see us asleep: no one will wake us.
            if (Volatile.Read(ref mailbox.Asked) != seen && Interlocked.Exchange(ref mailbox.Asleep, 0) != 0) return;
            wake.WaitOne();
        }

        /// <summary>Spins until a helper is asked for another run; false where it was not in time.</summary>
        private bool SpinForWork(ref Mailbox mailbox, int seen)
        {
            if (crowded) return Volatile.Read(ref mailbox.Asked) != seen;
            var end = Stopwatch.GetTimestamp() + SpinTicks;
            do
            {
                for (var i = 0; i < 64; i++)
                {
                    if (Volatile.Read(ref mailbox.Asked) != seen) return true;
                    Pause();
                }
            }
            while (Stopwatch.GetTimestamp() < end && !stopped);
            return false;
        }

        /// <summary>Waits for a helper's answer; a range that the system has not let it begin in time is the caller's.</summary>
        private void Join(ref Mailbox mailbox)
        {
            for (var i = 0; i < Patience && !crowded; i++)
            {
                if (Volatile.Read(ref mailbox.Finished) == number) return;
                Pause();
            }
            if (!mailbox.Withdraw(number))
            {
                var end = Stopwatch.GetTimestamp() + SpinTicks;
                while (!mailbox.IsAnswered(number))
                {
                    if (crowded || Stopwatch.GetTimestamp() > end) Thread.Yield();
                    else Pause();
                }
                if (Volatile.Read(ref mailbox.Finished) == number) return;
            }
            mailbox.Stage(mailbox.Arguments, mailbox.First, mailbox.End);
        }

        private static void Pause()
        {
            if (X86Base.IsSupported) X86Base.Pause();
            else Thread.SpinWait(1);
        }
    }
}
