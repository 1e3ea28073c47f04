using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

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
    /// Shares a large piece of a stage of one item among the helpers that the stage left idle. They must be awake, or calls follow
    /// one another so closely that waking them pays.
    /// </summary>
    /// <param name="piece">A kernel (arguments, first, end); it must not throw.</param>
    /// <param name="arguments">Handed to the piece as it is.</param>
    /// <param name="items">Items, at least 1.</param>
    /// <returns>Whether it was done; if not, the caller does it alone.</returns>
    internal static bool TryShare(delegate*<void*, int, int, void> piece, void* arguments, int items) => idle is { } crew && crew.TryShare(piece, arguments, items);

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

    /// <summary>What the caller and one helper say to each other; what the helper writes at its end has cache lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Mailbox
    {
        /// <summary>Number of the last run this helper is asked to take part in.</summary>
        [FieldOffset(128)] public int Asked;

        /// <summary>Number of the last of those runs whose range someone has begun: the helper, or the caller who had nothing left to do.</summary>
        [FieldOffset(132)] public int Taken;

        /// <summary>1 while the helper sleeps or is about to; whoever sets it back to 0 decides whether it is woken.</summary>
        [FieldOffset(136)] public int Asleep;

        /// <summary>Number of the last run this helper has finished.</summary>
        [FieldOffset(256)] public int Finished;

        /// <summary>Takes the range of the run asked for, which only one of helper and caller can.</summary>
        /// <returns>The run; 0 where there is nothing to take.</returns>
        /// <remarks>
        /// Taken is read first: while it still has that value, the run read afterwards cannot have ended, since every run is taken by someone.
        /// </remarks>
        public int Take()
        {
            var taken = Volatile.Read(ref Taken);
            var asked = Volatile.Read(ref Asked);
            return asked != taken && Interlocked.CompareExchange(ref Taken, asked, taken) == taken ? asked : 0;
        }
    }

    /// <summary>The helpers. Threads refer to this, not to <see cref="Workers"/>, so that a forgotten pool can be collected.</summary>
    private sealed class Crew
    {
        /// <summary>How long a thread spins before it sleeps (a helper) or yields (the caller).</summary>
        private static readonly long SpinTicks = Stopwatch.Frequency / 10_000; // 100 µs

        private readonly Mailbox[] mailboxes;
        private readonly AutoResetEvent[] wakes; // a semaphore's lock would allocate when it is contended for the first time
        private readonly Thread[] helpers;
        private readonly bool crowded;
        private delegate*<void*, int, int, void> stage;
        private void* arguments;
        private int items;
        private int threads;
        private int number;
        private long lastShared;
        private volatile bool stopped;

        public Crew(int threads)
        {
            // With more threads than processors whoever spins keeps another from working.
            crowded = threads > Environment.ProcessorCount;
            mailboxes = new Mailbox[threads - 1];
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
            this.stage = stage;
            this.arguments = arguments;
            this.items = items;
            this.threads = threads;
            if (++number == 0) number = 1;
            for (var i = 0; i < threads - 1; i++) Ask(i);
            stage(arguments, 0, Bound(1));

            // A helper that the system has not let begin is not waited for.
            for (var i = 0; i < threads - 1; i++)
            {
                if (mailboxes[i].Take() == 0) continue;
                stage(arguments, Bound(i + 1), Bound(i + 2));
                Volatile.Write(ref mailboxes[i].Finished, number);
            }
            for (var i = 0; i < threads - 1; i++) WaitFor(ref mailboxes[i].Finished);
        }

        public bool TryShare(delegate*<void*, int, int, void> piece, void* arguments, int items)
        {
            if (crowded || items < 2) return false;
            var closely = Stopwatch.GetTimestamp() - lastShared < SpinTicks;
            if (closely) Run(piece, arguments, items, Math.Min(helpers.Length + 1, items));
            lastShared = Stopwatch.GetTimestamp();
            return closely;
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
        }

        private int Bound(int thread) => (int)((long)thread * items / threads);

        private void Ask(int helper)
        {
            ref var mailbox = ref mailboxes[helper];

            // The exchange is a full fence: the helper sees the request, or we see that it is asleep.
            Interlocked.Exchange(ref mailbox.Asked, number);
            if (mailbox.Asleep != 0 && Interlocked.Exchange(ref mailbox.Asleep, 0) != 0) wakes[helper].Set();
        }

        private void Help(int helper)
        {
            ref var mailbox = ref mailboxes[helper];
            for (var vain = 0; !stopped;)
            {
                var seen = Volatile.Read(ref mailbox.Asked);
                var run = mailbox.Take();
                if (run != 0)
                {
                    stage(arguments, Bound(helper + 1), Bound(helper + 2));
                    Volatile.Write(ref mailbox.Finished, run);
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
                for (var i = 0; i < 32; i++)
                {
                    if (Volatile.Read(ref word) != value) return true;
                    Thread.SpinWait(1);
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
