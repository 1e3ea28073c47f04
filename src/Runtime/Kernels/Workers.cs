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
    /// <summary>The helpers of the stage that runs on this thread, where it has one item only and so none for them.</summary>
    [ThreadStatic]
    private static Crew? idle;

    private readonly Crew crew;
    private int running;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Threads that share a run, the caller's among them; 1 starts none and runs everything in the caller.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 or more than 1024 threads.</exception>
    public Workers(int threads)
    {
        if (threads is < 1 or > 1024)
        {
            throw new ArgumentOutOfRangeException(nameof(threads), threads, "The number of threads must be from 1 to 1024.");
        }

        Threads = threads;
        crew = new Crew(threads);
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

    /// <summary>The same for kernels with arguments of another kind.</summary>
    /// <param name="stage">A kernel (arguments, first, end); it must not throw.</param>
    /// <param name="arguments">Handed to the stage as it is.</param>
    /// <param name="items">Items, at least 0.</param>
    /// <exception cref="InvalidOperationException">Another run is under way.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public void Run(delegate*<void*, int, int, void> stage, void* arguments, int items)
    {
        ObjectDisposedException.ThrowIf(crew.Stopped, this);
        if (Interlocked.Exchange(ref running, 1) != 0)
        {
            throw new InvalidOperationException(
                "These workers are already running a call on another thread. A network runs one call at a time; give each thread its own.");
        }

        var threads = Math.Min(Threads, items);
        if (threads > 1) crew.Run(stage, arguments, items, threads);
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
    /// Shares a large piece of a stage of one item among the helpers that the stage left idle.
    /// </summary>
    /// <param name="piece">A kernel (arguments, first, end); it must not throw.</param>
    /// <param name="arguments">Handed to the piece as it is.</param>
    /// <param name="items">Items, at least 1.</param>
    /// <param name="isLong">It takes so long that helpers that sleep are woken for it.</param>
    /// <returns>Whether it was done; if not, the caller does it alone.</returns>
    internal static bool TryShare(delegate*<void*, int, int, void> piece, void* arguments, int items, bool isLong) =>
        idle is { } crew && crew.TryShare(piece, arguments, items, isLong);

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
    /// What the caller and one helper say to each other. All that the helper must know comes with one cache line; what it writes at its
    /// end has a line of its own.
    /// </summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Mailbox
    {
        /// <summary>Number of the last run this helper is asked to take part in.</summary>
        [FieldOffset(0)] public int Asked;

        /// <summary>Number of the last of those runs whose range someone has begun: the helper, or the caller who had nothing left to do.</summary>
        [FieldOffset(4)] public int Taken;

        /// <summary>1 while the helper sleeps or is about to; whoever sets it back to 0 decides whether it is woken.</summary>
        [FieldOffset(8)] public int Asleep;

        /// <summary>The range of the run asked for.</summary>
        [FieldOffset(16)] public int First;

        [FieldOffset(20)] public int End;

        [FieldOffset(24)] public delegate*<void*, int, int, void> Stage;

        [FieldOffset(32)] public void* Arguments;

        /// <summary>Number of the last run that is finished.</summary>
        [FieldOffset(128)] public int Finished;

        /// <summary>Takes the range of the run asked for, which only one of helper and caller can, and works it off.</summary>
        /// <returns>The run; 0 where there was nothing to take.</returns>
        /// <remarks>
        /// Taken is read first: while it still has that value, the run read afterwards cannot have ended, since every run is taken by someone.
        /// </remarks>
        public int Work()
        {
            var taken = Volatile.Read(ref Taken);
            var asked = Volatile.Read(ref Asked);
            if (asked == taken || Interlocked.CompareExchange(ref Taken, asked, taken) != taken) return 0;
            Stage(Arguments, First, End);
            Volatile.Write(ref Finished, asked);
            return asked;
        }
    }

    /// <summary>The helpers. Threads refer to this, not to <see cref="Workers"/>, so that a forgotten pool can be collected.</summary>
    private sealed class Crew
    {
        /// <summary>How long a thread spins before it sleeps (a helper) or yields (the caller).</summary>
        private static readonly long SpinTicks = Stopwatch.Frequency / 10_000; // 100 µs

        private readonly Arena memory;
        private readonly Mailbox* mailboxes;
        private readonly AutoResetEvent[] wakes; // a semaphore's lock would allocate when it is contended for the first time
        private readonly Thread[] helpers;
        private readonly bool crowded;
        private int number;
        private long lastShared;
        private volatile bool stopped;

        public Crew(int threads)
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
                helpers[i].Start();
            }
        }

        public bool Stopped => stopped;

        public void Run(delegate*<void*, int, int, void> stage, void* arguments, int items, int threads)
        {
            if (++number == 0) number = 1;
            var end = (int)((long)items / threads);
            var first = end;
            for (var i = 0; i < threads - 1; i++)
            {
                var mailbox = mailboxes + i;
                mailbox->Stage = stage;
                mailbox->Arguments = arguments;
                mailbox->First = first;
                mailbox->End = first = (int)((i + 2L) * items / threads);

                // The exchange is a full fence: the helper sees the request, or we see that it is asleep.
                Interlocked.Exchange(ref mailbox->Asked, number);
                if (mailbox->Asleep != 0 && Interlocked.Exchange(ref mailbox->Asleep, 0) != 0) wakes[i].Set();
            }
            stage(arguments, 0, end);

            // A helper that the system has not let begin is not waited for.
            for (var i = 0; i < threads - 1; i++) mailboxes[i].Work();
            for (var i = 0; i < threads - 1; i++) WaitFor(ref mailboxes[i].Finished);
        }

        /// <summary>Helpers that sleep are woken where calls follow one another closely, so that they stay awake, or where the work is long.</summary>
        public bool TryShare(delegate*<void*, int, int, void> piece, void* arguments, int items, bool isLong)
        {
            if (crowded || items < 2) return false;
            var now = Stopwatch.GetTimestamp();
            var closely = now - lastShared < SpinTicks;
            lastShared = now;
            if (!closely && !isLong) return false;
            Run(piece, arguments, items, Math.Min(helpers.Length + 1, items));
            return true;
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
            for (var vain = 0; !stopped;)
            {
                var seen = Volatile.Read(ref mailbox.Asked);
                var run = mailbox.Work();
                if (run != 0)
                {
                    seen = run;
                    vain = 0;
                }

                // Time and again too late to be of use, it may be on the caller's own processor: then it must not spin there.
                else vain++;
                if (vain % 16 > 2 || !Spin(ref mailbox.Asked, seen)) Sleep(ref mailbox, seen, wakes[helper]);
            }
        }

        private static void Sleep(ref Mailbox mailbox, int done, AutoResetEvent wake)
        {
            Interlocked.Exchange(ref mailbox.Asleep, 1);

            // Asked in the meantime, and the caller did not see us asleep: no one will wake us.
            if (Volatile.Read(ref mailbox.Asked) != done && Interlocked.Exchange(ref mailbox.Asleep, 0) != 0) return;
            wake.WaitOne();
        }

        /// <summary>Spins until the word differs from the value; false where it did not in time.</summary>
        private bool Spin(ref int word, int value)
        {
            if (crowded) return Volatile.Read(ref word) != value;
            var end = Stopwatch.GetTimestamp() + SpinTicks;
            do
            {
                for (var i = 0; i < 64; i++)
                {
                    if (Volatile.Read(ref word) != value) return true;
                    if (X86Base.IsSupported) X86Base.Pause();
                    else Thread.SpinWait(1);
                }
            }
            while (Stopwatch.GetTimestamp() < end && !stopped);
            return false;
        }

        private void WaitFor(ref int finished)
        {
            var before = Volatile.Read(ref finished);
            if (before == number || Spin(ref finished, before)) return;
            while (Volatile.Read(ref finished) != number) Thread.Yield();
        }
    }
}
