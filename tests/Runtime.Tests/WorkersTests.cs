using System.Runtime.InteropServices;
using Kiln.Kernels;
using Xunit;

namespace Kiln.Runtime.Tests;

public unsafe class WorkersTests
{
    private struct Counts
    {
        public int* Visits;
        public int* Threads;
        public int Stages;
        public int Release;
    }

    private static void Visit(void* arguments, int first, int end)
    {
        var counts = (Counts*)arguments;
        for (var i = first; i < end; i++)
        {
            counts->Visits[i]++;
            counts->Threads[i] = Environment.CurrentManagedThreadId;
        }

        Interlocked.Increment(ref counts->Stages);
    }

    private static void Block(void* arguments, int first, int end)
    {
        var counts = (Counts*)arguments;
        Interlocked.Increment(ref counts->Stages);
        while (Volatile.Read(ref counts->Release) == 0) Thread.Yield();
    }

    private static void VisitRows(Frame* arguments, int first, int end) => Visit(arguments, first, end);

    /// <summary>Rows that would occupy half of the threads or less run on the caller's, where all others help with each.</summary>
    [Theory]
    [InlineData(1, 3, 0)]
    [InlineData(2, 1, 1)]
    [InlineData(2, 6, 0)]
    [InlineData(4, 7, 0)]
    [InlineData(4, 9, 1)]
    [InlineData(4, 10, 2)]
    [InlineData(9, 4, 4)]
    public void Every_row_is_visited_once_and_the_last_ones_by_the_caller(int threads, int rows, int alone)
    {
        using var workers = new Workers(threads);
        var visits = stackalloc int[16];
        var owners = stackalloc int[16];
        var counts = new Counts { Visits = visits, Threads = owners };
        workers.RunRows(&VisitRows, (Frame*)&counts, rows);
        for (var row = 0; row < rows; row++) Assert.Equal(1, visits[row]);
        Assert.Equal(0, visits[rows]);
        Assert.Equal(Math.Min(threads, rows - alone) + alone, counts.Stages);
        for (var row = rows - alone; row < rows; row++) Assert.Equal(Environment.CurrentManagedThreadId, owners[row]);
    }

    private static void FillAtPlace(Frame* frame, int first, int last)
    {
        for (var i = first; i < last; i++) frame->Arena[frame->Places[0] + i] = frame->Places[1];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_stage_finds_the_places_of_its_call(int threads)
    {
        using var workers = new Workers(threads);
        var arena = stackalloc float[20];
        var frame = new Frame { Arena = arena };
        workers.Run(&FillAtPlace, &frame, 10, [0, 7]);
        workers.RunRows(&FillAtPlace, &frame, 10, [10, 8]);
        for (var i = 0; i < 20; i++) Assert.Equal(i < 10 ? 7 : 8, arena[i]);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 5)]
    [InlineData(2, 1)]
    [InlineData(2, 7)]
    [InlineData(3, 2)]
    [InlineData(4, 100)]
    [InlineData(9, 31)]
    public void Every_item_is_visited_once_in_even_ranges(int threads, int items)
    {
        using var workers = new Workers(threads);
        var visits = stackalloc int[128];
        var owners = stackalloc int[128];
        var counts = new Counts { Visits = visits, Threads = owners };
        for (var run = 1; run <= 50; run++)
        {
            workers.Run(&Visit, &counts, items);
            for (var i = 0; i < items; i++) Assert.Equal(run, visits[i]);
        }

        Assert.Equal(0, visits[items]);
        var shares = Math.Min(threads, items);
        Assert.Equal(50 * shares, counts.Stages);
        if (items > 0) Assert.Equal(Environment.CurrentManagedThreadId, owners[0]);
        for (var i = 0; i < items; i++)
        {
            var share = Enumerable.Range(0, shares).Single(t => i >= t * items / shares && i < (t + 1) * items / shares);
            Assert.Equal(owners[share * items / shares], owners[i]);
        }

        // A thread that the system lets begin too late leaves its share to the caller.
        Assert.InRange(new ReadOnlySpan<int>(owners, items).ToArray().Distinct().Count(), Math.Min(1, items), shares);
    }

    [Fact]
    public void Threads_that_went_to_sleep_are_woken()
    {
        using var workers = new Workers(3);
        var visits = stackalloc int[3];
        var owners = stackalloc int[3];
        var counts = new Counts { Visits = visits, Threads = owners };
        for (var run = 0; run < 200; run++)
        {
            workers.Run(&Visit, &counts, 3);
            for (var i = 0; i < run; i++) Thread.Yield(); // longer and longer gaps, past the time that threads spin
        }

        Assert.Equal(600, counts.Stages);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Runs_on_each_others_heels_miss_and_repeat_no_share(int threads)
    {
        using var workers = new Workers(threads);
        var visits = stackalloc int[5];
        var owners = stackalloc int[5];
        var counts = new Counts { Visits = visits, Threads = owners };
        for (var run = 1; run <= 5000; run++)
        {
            var items = 1 + run % threads; // helpers sit out some runs
            new Span<int>(visits, 5).Clear();
            workers.Run(&Visit, &counts, items);
            for (var i = 0; i < 5; i++) Assert.Equal(i < items ? 1 : 0, visits[i]);
        }
    }

    [Fact]
    public void Many_pools_run_at_once()
    {
        Parallel.For(0, 6, _ =>
        {
            using var workers = new Workers(3);
            var visits = (int*)NativeMemory.AllocZeroed(64, sizeof(int));
            var owners = (int*)NativeMemory.AllocZeroed(64, sizeof(int));
            var counts = new Counts { Visits = visits, Threads = owners };
            for (var run = 0; run < 100; run++) workers.Run(&Visit, &counts, 64);
            for (var i = 0; i < 64; i++) Assert.Equal(100, visits[i]);
            NativeMemory.Free(visits);
            NativeMemory.Free(owners);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_second_run_meanwhile_is_refused(int threads)
    {
        using var workers = new Workers(threads);
        var counts = (Counts*)NativeMemory.AllocZeroed((nuint)sizeof(Counts));
        var first = new Thread(() => workers.Run(&Block, counts, threads));
        first.Start();
        while (Volatile.Read(ref counts->Stages) == 0) Thread.Yield();
        Assert.Contains("already running", Assert.Throws<InvalidOperationException>(() => workers.Run(&Block, counts, 1)).Message);
        Assert.Throws<InvalidOperationException>(workers.Dispose);
        Volatile.Write(ref counts->Release, 1);
        first.Join();
        workers.Run(&Block, counts, threads);
        Assert.Equal(2 * threads, counts->Stages);
        NativeMemory.Free(counts);
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using var workers = new Workers(2);
        var visits = stackalloc int[2];
        var owners = stackalloc int[2];
        var counts = new Counts { Visits = visits, Threads = owners };
        var pointer = &counts;
        Assert.Equal(0, Kiln.Tests.Allocations.OfEveryCall(() =>
        {
            for (var run = 0; run < 20; run++) workers.Run(&Visit, pointer, 2);
        }));
    }

    [Fact]
    public void A_pool_with_a_thread_that_cannot_start_ends_the_others()
    {
        var started = new List<Thread>();
        var refusal = new OutOfMemoryException();
        Assert.Same(refusal, Assert.Throws<OutOfMemoryException>(() => new Workers(5, thread =>
        {
            if (started.Count == 2) throw refusal;
            thread.Start();
            started.Add(thread);
        })));
        Assert.Equal(2, started.Count);
        Assert.All(started, thread => Assert.True(thread.Join(TimeSpan.FromMinutes(1))));
    }

    [Fact]
    public void Arguments_too_large_to_copy_are_refused()
    {
        var fits = default(Bytes128);
        Assert.False(Workers.TryShare(&Visit, &fits, 8, isLong: true)); // no stage runs here
        Assert.Contains("128 bytes", Assert.Throws<NotSupportedException>(ShareTooMuch).Message);
    }

    private static void ShareTooMuch()
    {
        var arguments = default(Bytes129);
        Workers.TryShare(&Visit, &arguments, 8, isLong: true);
    }

    [StructLayout(LayoutKind.Sequential, Size = Workers.MaxPieceArguments)]
    private struct Bytes128;

    [StructLayout(LayoutKind.Sequential, Size = Workers.MaxPieceArguments + 1)]
    private struct Bytes129;

    [Fact]
    public void A_disposed_pool_refuses_to_run()
    {
        var workers = new Workers(2);
        workers.Dispose();
        workers.Dispose();
        Assert.Throws<ObjectDisposedException>(() => workers.Run(&Visit, (void*)null, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Workers(0));
    }
}
