using Kiln;
using Kiln.Generators.Tests.Reference;
using Kiln.Networks.Tests.Api;
using Networks.Tests.Behaviour;

namespace Networks.Tests.PyTorch;

public sealed class ScheduleTests
{
    private static readonly Fixture Fixture = new("schedules");

    public static TheoryData<string, Schedule> Schedules => new()
    {
        { "steps/rate", Schedule.Steps(7, 0.3) },
        { "milestones/rate", Schedule.Milestones(0.5, 5, 6, 20) },
        { "exponential/rate", Schedule.Exponential(0.97) },
        { "polynomial/rate", Schedule.Polynomial(30, power: 2) },
        { "linear/rate", Schedule.Constant().WarmUp(12, start: 0.25) },
        { "cosine/rate", Schedule.Cosine(40, end: 0.05) },
        { "restarts/rate", Schedule.CosineWithRestarts(6, longer: 2, end: 0.05) },
        { "restarts_equal/rate", Schedule.CosineWithRestarts(9) },
        { "one_cycle/rate", Schedule.OneCycle(40) },
        { "short_cycle/rate", Schedule.OneCycle(40, rise: 0.02, start: 4, end: 10) },
    };

    [Theory, MemberData(nameof(Schedules))]
    public void Rates_are_those_of_PyTorch(string key, Schedule schedule)
    {
        var expected = Fixture[key];
        Assert.Equal(40, expected.Length);
        for (var step = 0; step < expected.Length; step++) Assert.Equal(expected[step], schedule.At(step), 1e-6);
    }

    [Theory]
    [InlineData("one_cycle/momentum", 0.3)]
    [InlineData("short_cycle/momentum", 0.02)]
    public void The_momentum_of_a_cycle_is_that_of_PyTorch(string key, double rise)
    {
        var schedule = Schedule.OneCycleMomentum(40, rise);
        var expected = Fixture[key];
        for (var step = 0; step < expected.Length; step++) Assert.Equal(expected[step], 0.95 * schedule.At(step), 1e-6);
    }

    /// <summary>The step that a parameter takes is the rate times the factor of its own count.</summary>
    [Fact]
    public void Steps_follow_the_schedule_and_go_on_with_it_after_a_load()
    {
        var schedule = Schedule.Cosine(12).WarmUp(3).Then(9, Schedule.InverseTime(0.5));
        var path = Path.GetTempFileName();
        try
        {
            using var net = new Linear(seed: 1);
            using var training = net.Train(new Sgd(0.25) { Schedule = schedule }, batch: 1, threads: 1);
            Walk(net, training, 0, 7);
            training.Save(path);
            Walk(net, training, 7, 20);

            using var other = new Linear(seed: 9);
            using var resumed = other.Train(new Sgd(0.25) { Schedule = schedule }, batch: 1, threads: 1);
            resumed.Load(path);
            Walk(other, resumed, 7, 20);
            Assert.Equal(net["dense.weight"].ToArray(), other["dense.weight"].ToArray());
        }
        finally
        {
            File.Delete(path);
        }

        void Walk(Linear net, Linear.Training training, int first, int last)
        {
            for (var step = first; step < last; step++)
            {
                var before = net["dense.bias"].ToArray();
                training.Learn([1, 2, 3, 4], [2]);
                var gradient = training.Gradients["dense.bias"].ToArray();
                for (var i = 0; i < 3; i++) Assert.Equal(before[i] - 0.25 * schedule.At(step) * gradient[i], net["dense.bias"][i], 1e-6);
            }
        }
    }

    /// <summary>A schedule is the same as setting the rate before each step, weight decay and bias corrections included.</summary>
    [Theory, MemberData(nameof(Optimizers))]
    public void Every_optimizer_follows_its_schedule(string name, Func<Schedule?, Optimizer> create)
    {
        var schedule = Schedule.Milestones(0.25, 2, 5).WarmUp(3);
        var (scheduled, byHand) = (create(schedule), create(null));
        var rate = byHand.LearningRate;
        using var net = new Linear(seed: 1);
        using var training = net.Train(scheduled, batch: 2, threads: 1);
        using var other = new Linear(seed: 1);
        using var same = other.Train(byHand, batch: 2, threads: 1);
        for (var step = 0; step < 9; step++)
        {
            same.LearningRate = rate * schedule.At(step);
            Assert.Equal(same.LearningRate, scheduled.RateAt(step));
            training.Learn([1, 2, -3, 4, 0.5f * step, 2, 1, 3], [2, 0]);
            same.Learn([1, 2, -3, 4, 0.5f * step, 2, 1, 3], [2, 0]);
            Assert.True(net.Bits().SequenceEqual(other.Bits()), $"{name}, step {step}");
        }
    }

    public static TheoryData<string, Func<Schedule?, Optimizer>> Optimizers => new()
    {
        { "Sgd", s => new Sgd(0.1) { Schedule = s } },
        { "momentum", s => new Sgd(0.1, momentum: 0.9) { Schedule = s } },
        { "Nesterov", s => new Sgd(0.1, momentum: 0.9, nesterov: true) { Schedule = s } },
        { "AdaGrad", s => new AdaGrad(0.1) { Schedule = s } },
        { "AdaDelta", s => new AdaDelta() { Schedule = s } },
        { "RmsProp", s => new RmsProp(0.01, momentum: 0.5) { Schedule = s } },
        { "centred RmsProp", s => new RmsProp(0.01, centred: true) { Schedule = s } },
        { "Adam", s => new Adam(0.01) { Schedule = s } },
        { "AdamW", s => new AdamW(0.01, weightDecay: 0.5) { Schedule = s } },
        { "Adamax", s => new Adamax(0.01) { Schedule = s } },
        { "NAdam", s => new NAdam(0.01) { Schedule = s } },
        { "AmsGrad", s => new AmsGrad(0.01) { Schedule = s } },
        { "Rprop", s => new Rprop(0.01) { Schedule = s } },
        { "Lion", s => new Lion(0.01, weightDecay: 0.5) { Schedule = s } },
    };

    /// <summary>b ← momentum(t) · b + g, p ← p − rate · b. A momentum that would be 1 is refused, and nothing moves.</summary>
    [Fact]
    public void Momentum_follows_a_schedule_of_its_own()
    {
        var schedule = Schedule.OneCycleMomentum(10, rise: 0.5, least: 0.25);
        using var net = new Linear(seed: 1);
        using var training = net.Train(new Sgd(0.05, momentum: 0.8) { MomentumSchedule = schedule }, batch: 1, threads: 1);
        var velocity = new double[3];
        for (var step = 0; step < 10; step++)
        {
            var before = net["dense.bias"].ToArray();
            training.Learn([1, 2, 3, 4], [2]);
            for (var i = 0; i < 3; i++)
            {
                velocity[i] = 0.8 * schedule.At(step) * velocity[i] + training.Gradients["dense.bias"][i];
                Assert.Equal(before[i] - 0.05 * velocity[i], net["dense.bias"][i], 1e-6);
            }
        }

        using var wild = net.Train(new Sgd(0.05, momentum: 0.8) { MomentumSchedule = Schedule.Of(_ => 1.25) }, batch: 1, threads: 1);
        var bits = net.Bits();
        var error = Assert.Throws<InvalidOperationException>(() => { wild.Learn([1, 2, 3, 4], [2]); });
        Assert.Contains("a momentum below 1 at step 0, but 1 came", error.Message);
        Assert.Equal(bits, net.Bits());
    }

    [Fact]
    public void A_function_that_gives_no_factor_is_named_and_nothing_moves()
    {
        using var net = new Linear(seed: 1);
        var sick = true;
        using var training = net.Train(new Adam(0.1) { Schedule = Schedule.Of(step => sick && step == 2 ? double.NaN : 1) }, batch: 1, threads: 1);
        using var other = new Linear(seed: 1);
        using var well = other.Train(new Adam(0.1), batch: 1, threads: 1);
        for (var i = 0; i < 2; i++) training.Learn([1, 2, 3, 4], [2]);
        var before = net.Bits();
        var error = Assert.Throws<InvalidOperationException>(() => { training.Learn([1, 2, 3, 4], [2]); });
        Assert.Contains("at step 2, but NaN came", error.Message);
        Assert.Equal(before, net.Bits());
        Assert.Equal(2, training.Step);

        // As if it had not been called.
        sick = false;
        for (var i = 0; i < 3; i++) training.Learn([1, 2, 3, 4], [2]);
        for (var i = 0; i < 5; i++) well.Learn([1, 2, 3, 4], [2]);
        Assert.Equal(other.Bits(), net.Bits());
    }

    [Fact]
    public void Past_its_end_a_schedule_keeps_its_last_value()
    {
        foreach (var (schedule, last) in new[] { (Schedule.Polynomial(10, end: 0.25), 0.25), (Schedule.Cosine(10, 0.25), 0.25), (Schedule.OneCycle(10, start: 2, end: 2), 0.25) })
            foreach (var step in new[] { 10, 11, 1000, long.MaxValue }) Assert.Equal(last, schedule.At(step), 1e-12);
        Assert.InRange(Schedule.CosineWithRestarts(3, 2).At(long.MaxValue), 0, 1);
        Assert.Equal(0, Schedule.Exponential(0.5).At(long.MaxValue));
    }

    [Fact]
    public void Numbers_outside_their_range_are_refused_by_name()
    {
        Refused("every", () => Schedule.Steps(0));
        Refused("factor", () => Schedule.Steps(1, double.NaN));
        Refused("factor", () => Schedule.Exponential(1.5));
        Refused("milestones[1]", () => Schedule.Milestones(0.1, 1, -1));
        Refused("decay", () => Schedule.InverseTime(double.PositiveInfinity));
        Refused("power", () => Schedule.Polynomial(10, power: 0));
        Refused("end", () => Schedule.Cosine(10, end: -1));
        Refused("steps", () => Schedule.OneCycle(1));
        Refused("rise", () => Schedule.OneCycle(10, rise: 1));
        Refused("start", () => Schedule.Cosine(10).WarmUp(5, start: 2));
        Refused("step", () => Schedule.Constant().At(-1));
        Assert.Throws<ArgumentException>(() => Schedule.Milestones(0.1, 5, 5));
        Assert.Throws<ArgumentException>(() => Schedule.Milestones(0.1));

        static void Refused(string name, Action call) => Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(call).ParamName);
    }

    /// <summary>The reports after which PyTorch's ReduceLROnPlateau(patience=2) lowers the rate.</summary>
    [Fact]
    public void A_plateau_is_one_after_so_many_reports_that_are_no_better()
    {
        double[] losses = [1, 0.9, 0.95, 0.9, 0.91, 0.89, 0.88999, double.NaN, 0.89, 0.89, 0.89, 0.89, 0.5];
        var plateau = new Plateau(patience: 2);
        Assert.Equal([4, 8, 11], Enumerable.Range(0, losses.Length).Where(i => plateau.Report(losses[i])));
        Assert.Equal((0.5, true, 0), (plateau.Best, plateau.IsBest, plateau.Waited));
        var accuracy = new Plateau(patience: 0, leastChange: 0, higherIsBetter: true);
        Assert.Equal([false, false, true, true], new[] { 0.1, 0.2, 0.2, 0.1 }.Select(accuracy.Report));
    }
}
