using Kiln.Kernels;

namespace Kiln.Training;

// What a generated method holds while it computes gradients or a loss, and while it updates.
public sealed unsafe partial class TrainingSession
{
    /// <summary>A call that computes a loss.</summary>
    public readonly ref struct LearnCall
    {
        private readonly TrainingSession _session;
        private readonly int _program;
        private readonly int _variant;
        private readonly int _rows;
        private readonly Turn _turn;

        internal LearnCall(TrainingSession session, int program, int variant, int rows, Turn turn)
        {
            _session = session;
            _program = program;
            _variant = variant;
            _rows = rows;
            _turn = turn;
        }

        /// <summary>The next input, pinned.</summary>
        /// <typeparam name="T">float, int or byte.</typeparam>
        /// <param name="first">The first row.</param>
        /// <param name="perRow">Elements of a row.</param>
        public void Input<T>(T* first, int perRow) where T : unmanaged => _session.AddInput(first, (long)perRow * sizeof(T));

        /// <summary>The next axis of time.</summary>
        /// <param name="steps">Steps of every row, those after its end included.</param>
        /// <param name="lengths">The live steps of each row, pinned.</param>
        public void Time(int steps, int* lengths) => _session.AddTime(steps, lengths);

        /// <summary>The next input that is a sequence state, with its axis of time.</summary>
        /// <param name="sequence">Its number among these states.</param>
        /// <param name="steps">The steps that it had when the call was checked.</param>
        /// <exception cref="InvalidOperationException">It has others now: another thread's call has come between.</exception>
        public void State(int sequence, int steps) => _session.AddState(sequence, steps);

        /// <summary>Makes room for the values over time, after the inputs are known. Gradients that wait for an update are forgotten.</summary>
        /// <param name="plan">The program's.</param>
        /// <returns>The same call.</returns>
        /// <exception cref="OutOfMemoryException">There is not that much memory.</exception>
        public LearnCall Lay(ProgramPlan plan)
        {
            _session._pending = null;
            _session.Lay(plan);
            return this;
        }

        /// <summary>Computes loss and gradients.</summary>
        /// <param name="program">The kernels' entry point.</param>
        /// <exception cref="NonFiniteLossException">The loss is not a finite number.</exception>
        public void Gradients(delegate*<Frame*, Workers, void> program) => Gradients(program, null, 0);

        /// <summary>Computes loss and gradients; for a full-batch optimizer also the weights that the update is to write.</summary>
        /// <param name="program">The kernels' entry point.</param>
        /// <param name="curvature">The entry point that computes a Jacobian or a Hessian.</param>
        /// <param name="residuals">Elements of the residuals of one row; 0 where there are none.</param>
        /// <exception cref="NonFiniteLossException">The loss is not a finite number.</exception>
        public void Gradients(delegate*<Frame*, Workers, void> program, delegate*<Frame*, Workers, void> curvature, int residuals)
        {
            _session._pending = null;
            var objective = _session._objectives[_program];
            if (objective is not null) _session.ThrowIfPart(_program, _rows);
            _session.Run(program, writesGradients: true, trained: _session._ranges[_program]);
            var learn = _session.Programs[_program];
            if (learn.HasLoss && !float.IsFinite(Scalar(0))) throw new NonFiniteLossException(learn.Name, _session.Step, Scalar(0));
            objective?.Search(program, curvature, residuals);
            _session._pending = (_program, _variant);
        }

        /// <summary>
        /// Computes the loss alone, of more rows than the batch as the mean over its parts, weighted by their rows. Gradients that wait for an update
        /// are forgotten.
        /// </summary>
        /// <param name="program">The kernels' entry point.</param>
        public void Loss(delegate*<Frame*, Workers, void> program)
        {
            // What they were computed from is overwritten: values to assign are among it.
            _session._pending = null;
            var frame = _session.Memory;
            _session.Run(program);
            if (_rows > frame->Rows) LossOfTheRest(frame, program);
        }

        /// <summary>The loss of the network as it is used; else as <see cref="Loss"/>.</summary>
        /// <param name="program">The kernels' entry point.</param>
        public void InUse(delegate*<Frame*, Workers, void> program)
        {
            _session.Core.Prepare(_session);
            Loss(program);
        }

        private void LossOfTheRest(Frame* frame, delegate*<Frame*, Workers, void> program)
        {
            Span<double> sums = stackalloc double[Frame.MaxArguments];
            for (var i = 0; i < sums.Length; i++) sums[i] = (double)frame->Scalars[i] * frame->Rows;
            for (var first = frame->Rows; first < _rows; first += frame->Rows)
            {
                _session.Advance(frame->Rows);
                frame->Rows = Math.Min(_session.Batch, _rows - first);
                frame->FirstSample = (ulong)first;
                _session.Run(program);
                for (var i = 0; i < sums.Length; i++) sums[i] += (double)frame->Scalars[i] * frame->Rows;
            }
            for (var i = 0; i < sums.Length; i++) frame->Scalars[i] = (float)(sums[i] / _rows);
            frame->FirstSample = 0;
        }

        /// <summary>A result of the program.</summary>
        /// <param name="index">0 is the loss; monitored values follow.</param>
        public float Scalar(int index) => _session.Memory->Scalars[index];

        /// <summary>Ends the call.</summary>
        public void Dispose()
        {
            _session.End();
            _turn.Dispose();
        }
    }

    /// <summary>The update after a call with gradients.</summary>
    public readonly ref struct ApplyCall
    {
        private readonly TrainingSession _session;
        private readonly int _program;

        internal ApplyCall(TrainingSession session, int program, int variant)
        {
            _session = session;
            _program = program;
            Variant = variant;
        }

        /// <summary>The variant whose gradients these are.</summary>
        public int Variant { get; }

        /// <summary>Moves the trained parameters, and the inputs given before, along their gradients.</summary>
        /// <exception cref="NonFiniteGradientException">A gradient is NaN or infinite; nothing was moved.</exception>
        public void Update() => _session.Update(_program);

        /// <summary>An [Optimized] input that <see cref="Update"/> is to move along its gradient.</summary>
        /// <param name="input">Its number among the inputs.</param>
        /// <param name="name">Its name.</param>
        /// <param name="first">The caller's values, pinned.</param>
        /// <param name="length">How many they are: all rows of the call that computed the gradients.</param>
        /// <param name="perRow">Elements of a row.</param>
        /// <param name="fixedFloats">Where the gradient lies in the arena: at this float</param>
        /// <param name="floatsPerRow">and this many more for each row of capacity.</param>
        /// <exception cref="ArgumentException">There are not as many values as gradients.</exception>
        /// <exception cref="NonFiniteGradientException">A gradient is NaN or infinite.</exception>
        public void Move(int input, string name, float* first, int length, int perRow, int fixedFloats, int floatsPerRow)
        {
            var memory = _session.Memory;
            var gradients = memory->Arena + fixedFloats + (long)floatsPerRow * memory->Capacity;
            _session.Move(_program, Variant, input, name, new Span<float>(first, length), memory->Rows * perRow, perRow, _session.Read(gradients, (long)memory->Rows * perRow));
        }

        /// <summary>Parameters that take the values the program computed for them, when the step is done.</summary>
        /// <param name="places">The number of each, followed by the place of its value in the arena, laid out as the parameter is.</param>
        /// <exception cref="NonFiniteAssignmentException">A value is NaN or infinite.</exception>
        public void Assign(ReadOnlySpan<int> places)
        {
            for (var i = 0; i < places.Length; i += 2) _session.Assign(_program, _session.Core.Parameters.Parameters[places[i]], places[i + 1]);
        }

        /// <summary>States that take the values the program computed for them, when the step is done.</summary>
        /// <param name="plan">The program's.</param>
        /// <exception cref="NonFiniteAssignmentException">A value is NaN or infinite.</exception>
        public void Assign(ProgramPlan plan)
        {
            if (_session.States.FindNonFinite(plan, _session.Memory) is { } state) throw new NonFiniteAssignmentException(_session.Programs[_program].Name, _session.Step, state);
            _session.States.Reserve(plan, _session.Memory);
            _session._next = plan;
        }

        /// <summary>Writes what is assigned, and counts the step.</summary>
        public void Done()
        {
            if (_session._next is { } next) _session.States.Assign(next, _session.Memory);
            foreach (var (parameter, offset) in _session._assigned)
                if (_session.Updated(_program) is { } device) device.Assign(parameter, offset, Floats(parameter));
                else Layouts.Copy(_session.Memory->Arena + offset, _session.Core.Parameters.Pointer + parameter.Offset, Floats(parameter));
            _session._pending = null;
            _session._steps[_program]++;
            _session.Step++;
        }

        /// <summary>Ends the update.</summary>
        public void Dispose()
        {
            if (_session.Updated(_program) is null) _session.Core.Parameters.Changed();
            Monitor.Exit(_session.Core.WeightsGate);
            _session.End();
        }
    }
}
