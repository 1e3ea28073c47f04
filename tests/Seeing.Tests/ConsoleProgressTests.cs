using System.Globalization;
using System.Text;
using Spectre.Console;
using Spectre.Console.Testing;

namespace Kiln.Seeing.Tests;

public sealed class ConsoleProgressTests
{
    [Fact]
    public async Task Without_a_terminal_each_epoch_is_a_plain_line_in_the_invariant_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        using var console = new TestConsole { EmitAnsiSequences = true };
        console.Profile.Width = 20;
        try
        {
            var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (other.NumberFormat.NumberDecimalSeparator, other.NumberFormat.NumberGroupSeparator) = (",", ".");
            CultureInfo.CurrentCulture = other;
            using var net = new Small(seed: 1, batch: Small.Batch);
            using var training = net.Train(new Adam(0.01), Small.Batch);
            await training.Fit(Small.Images, epochs: 2, validation: Small.Images, options: new() { Callbacks = [new ConsoleProgress(console) { ValidationName = "accuracy" }] });
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
        Assert.Equal(2, console.Lines.Count);
        Assert.All(console.Lines, (line, i) => Assert.Matches($@"^epoch {i + 1}/2  loss \d\.\d{{4}}  .*validation loss \d\.\d{{4}}  (validation )?accuracy \d\.\d{{4}}  rate 0\.01  [\d,]+ samples/s$", line));
        Assert.DoesNotContain('\e', console.Output);
    }

    [Fact]
    public void A_terminal_shows_the_table_the_bar_what_is_measured_and_the_time_left()
    {
        var (clock, console) = (new Clock(), Terminal());
        var display = new ConsoleProgress(console, clock);
        display.OnBegin(Made.Plan());
        display.OnStep(Made.At(1, 1, 0.9));
        clock.Pass(1);
        var before = console.Output.Length;
        display.OnStep(Made.At(1, 2, 0.75) with { Metrics = new Dictionary<string, double> { ["accu[racy]"] = 0.5 } });
        // Two steps took a second; 28 are left.
        var shown = console.Output[before..];
        Assert.Contains("epoch 1/3 ━", shown);
        Assert.Contains("20%  0:00:14 left", shown);
        Assert.Contains("loss 0.7500  accu[racy] 0.5000  rate 0.002  1,234 samples/s", shown);
        console.Dispose();
    }

    [Fact]
    public void It_is_drawn_ten_times_a_second_at_most()
    {
        var (clock, console) = (new Clock(), Terminal());
        var display = new ConsoleProgress(console, clock);
        display.OnBegin(Made.Plan());
        clock.Pass(0.05);
        var before = console.Output.Length;
        for (var step = 1; step < 10; step++) display.OnStep(Made.At(1, step, 1));
        Assert.Equal(before, console.Output.Length);
        clock.Pass(0.06);
        display.OnStep(Made.At(1, 10, 1));
        Assert.True(console.Output.Length > before);
        console.Dispose();
    }

    [Fact]
    public void At_the_end_the_table_has_all_epochs_even_more_than_the_terminal_has_lines()
    {
        using var console = Terminal();
        Made.Run(new ConsoleProgress(console, new Clock()), 30, (epoch, progress) => progress with { Validation = epoch / 100.0 });
        var table = console.Output[console.Output.LastIndexOf("│ epoch", StringComparison.Ordinal)..];
        for (var epoch = 1; epoch <= 30; epoch++) Assert.Matches($@"│ +{epoch} │", table);
        Assert.Contains("300 steps in 0:00:00", table);
    }

    [Fact]
    public void Quiet_is_plain_on_a_terminal_too()
    {
        using var console = Terminal();
        Made.Run(new ConsoleProgress(console) { Quiet = true }, 2, (_, progress) => progress);
        Assert.Equal(["epoch 1/2  loss 1.0000  rate 0.002  1,234 samples/s", "epoch 2/2  loss 0.5000  rate 0.002  1,234 samples/s"], console.Lines);
    }

    [Fact]
    public void What_ends_a_run_before_its_time_is_told_with_the_epoch_that_was_cut_short()
    {
        using var plain = new TestConsole();
        var display = new ConsoleProgress(plain);
        display.OnBegin(Made.Plan());
        display.OnStep(Made.At(2, 4, 0.5));
        display.OnFailure(new InvalidOperationException("no"));
        Assert.Equal(["epoch 2/3  step 4/10  loss 0.5000  rate 0.002  1,234 samples/s"], plain.Lines);

        using var terminal = Terminal();
        display = new ConsoleProgress(terminal, new Clock());
        display.OnBegin(Made.Plan());
        display.OnStep(Made.At(2, 4, 0.5));
        display.OnFailure(new InvalidOperationException("a [red]loss[/] that is not finite"));
        Assert.Contains("2 to step 4", terminal.Output);
        Assert.Contains("ended before its time: a [red]loss[/] that is not", terminal.Output);
        // A second end, as where another callback fails at the end, shows nothing.
        var length = terminal.Output.Length;
        display.OnFailure(new InvalidOperationException("again"));
        Assert.Equal(length, terminal.Output.Length);
    }

    [Fact]
    public void Two_runs_each_have_their_display()
    {
        using var console = Terminal();
        var display = new ConsoleProgress(console, new Clock());
        Made.Run(display, 1, (_, progress) => progress);
        Made.Run(display, 2, (_, progress) => progress);
        Assert.Contains("10 steps in", console.Output);
        Assert.Contains("20 steps in", console.Output);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_before_it_begins_shows_nothing()
    {
        using var console = Terminal();
        using var net = new Small(seed: 1, batch: Small.Batch);
        using var training = net.Train(new Adam(0.01), Small.Batch);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training.Fit(Small.Images, epochs: 1, options: new() { Callbacks = [new ConsoleProgress(console)] }, cancellation: new(canceled: true)));
        Assert.Equal("", console.Output);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_console_that_fails_does_not_fail_the_training(bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new Output(new Broken(), isTerminal) });
        using var net = new Small(seed: 1, batch: Small.Batch);
        using var training = net.Train(new Adam(0.01), Small.Batch);
        var display = new ConsoleProgress(console);
        Assert.Equal(2, (await training.Fit(Small.Images, epochs: 2, options: new() { Callbacks = [display] })).Count);
        Assert.Equal(2, (await training.Fit(Small.Images, epochs: 2, options: new() { Callbacks = [display] })).Count);
    }

    [Fact]
    public void Values_that_are_no_numbers_are_shown_as_such()
    {
        using var console = new TestConsole();
        Made.Run(new ConsoleProgress(console), 1, (_, progress) => progress with { Validation = double.NaN, Metrics = new Dictionary<string, double> { ["tiny"] = 1.5e-7, ["endless"] = double.PositiveInfinity } });
        Assert.Equal("epoch 1/1  loss 1.0000  tiny 1.500e-7  endless Infinity  validation NaN  rate 0.002  1,234 samples/s", console.Lines[0]);
    }

    private static TestConsole Terminal()
    {
        var console = new TestConsole { EmitAnsiSequences = true };
        console.Profile.Out = new Output(console.Profile.Out.Writer, isTerminal: true);
        console.Profile.Capabilities.Interactive = true;
        console.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
        console.Profile.Width = 120;
        return console;
    }

    private sealed class Output(TextWriter writer, bool isTerminal) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => isTerminal;

        public int Width => 120;

        public int Height => 24;

        public void SetEncoding(Encoding encoding)
        {
        }
    }

    /// <summary>A pipe whose reader has gone.</summary>
    private sealed class Broken : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("Broken pipe");
    }
}
