using System.ComponentModel;
using Kiln.Kernels;

namespace Kiln.Training;

/// <summary>What a workspace runs Predict programs with. One call at a time.</summary>
/// <param name="core">The weights.</param>
/// <param name="batch">Rows computed at a time, at least 1.</param>
/// <param name="threads">Threads that share a call, 0 for one per processor.</param>
/// <param name="seed">Key of random draws.</param>
/// <param name="programs">Arena floats of each program: fixed, and per row of capacity; whether less than 16 rows need no memory for 16.</param>
/// <param name="plans">Of the programs over time.</param>
/// <param name="time">Steps that memory is taken for at once.</param>
/// <param name="states">The network's states.</param>
/// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
/// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed unsafe class Session(
    NetworkCore core, int batch, int threads, ulong seed, ReadOnlySpan<(int Fixed, int PerRow, bool RowsApart)> programs, ProgramPlan[]? plans = null, int time = 0, StateInfo[]? states = null)
    : ProgramMemory(core, batch, InBlocks(batch), threads, seed, programs, plans, time, states)
{
    private readonly ulong[] _calls = new ulong[Math.Max(programs.Length, 1)];

    /// <summary>Begins a call; no other may begin until it is disposed of.</summary>
    /// <param name="program">The program's number: each counts its calls, so that every call draws afresh.</param>
    /// <param name="rows">Live rows, at least 1: more than there is memory for are computed in turn.</param>
    /// <exception cref="ObjectDisposedException">The session or its network was disposed of.</exception>
    /// <exception cref="InvalidOperationException">Another thread's call is under way.</exception>
    public Call Enter(int program, int rows)
    {
        Begin();
        try
        {
            Core.Prepare(this);
        }
        catch
        {
            End();
            throw;
        }
        Memory->Step = _calls[program]++;
        return new Call(this, rows);
    }

    /// <summary>A call of a Predict program.</summary>
    public readonly ref struct Call
    {
        private readonly Session _session;
        private readonly int _rows;

        internal Call(Session session, int rows)
        {
            _session = session;
            _rows = rows;
        }

        /// <summary>The next input, pinned.</summary>
        /// <typeparam name="T">float, int or byte.</typeparam>
        /// <param name="first">The first row.</param>
        /// <param name="perRow">Elements of a row.</param>
        public void Input<T>(T* first, int perRow) where T : unmanaged => _session.AddInput(first, (long)perRow * sizeof(T));

        /// <summary>Room for the next output, pinned.</summary>
        /// <typeparam name="T">float or int.</typeparam>
        /// <param name="first">The first row.</param>
        /// <param name="perRow">Elements of a row; where there is one output for all rows, all of its elements, as a negative number.</param>
        public void Output<T>(T* first, int perRow) where T : unmanaged => _session.AddOutput(first, (long)perRow * sizeof(T));

        /// <summary>The next axis of time.</summary>
        /// <param name="steps">Steps of every row, those after its end included.</param>
        /// <param name="lengths">The live steps of each row, pinned.</param>
        public void Time(int steps, int* lengths) => _session.AddTime(steps, lengths);

        /// <summary>The next input that is a sequence state, with its axis of time.</summary>
        /// <param name="sequence">Its number among these states.</param>
        /// <param name="steps">The steps that it had when the call was checked.</param>
        /// <exception cref="InvalidOperationException">It has others now: another thread's call has come between.</exception>
        public void State(int sequence, int steps) => _session.AddState(sequence, steps);

        /// <summary>Makes room for the values over time, after the inputs are known.</summary>
        /// <param name="plan">The program's.</param>
        /// <returns>The same call.</returns>
        /// <exception cref="OutOfMemoryException">There is not that much memory.</exception>
        public Call Lay(ProgramPlan plan)
        {
            _session.Lay(plan);
            return this;
        }

        /// <summary>Computes all rows, as many at a time as there is memory for.</summary>
        /// <param name="program">The kernels' entry point.</param>
        public void Run(delegate*<Frame*, Workers, void> program)
        {
            var frame = _session.Memory;
            for (var first = 0; first < _rows;)
            {
                var rows = Math.Min(_rows - first, _session.Capacity);
                frame->Rows = rows;
                frame->FirstSample = (ulong)first;
                _session.Run(program);
                _session.Advance(rows);
                first += rows;
            }
        }

        /// <summary>Gives states the values that the program has computed for them.</summary>
        /// <param name="plan">The program's.</param>
        /// <exception cref="OutOfMemoryException">A sequence is longer than there is memory for; no state has changed.</exception>
        public void Assign(ProgramPlan plan)
        {
            _session.States.Reserve(plan, _session.Memory);
            _session.States.Assign(plan, _session.Memory);
        }

        /// <summary>Ends the call.</summary>
        public void Dispose() => _session.End();
    }
}
