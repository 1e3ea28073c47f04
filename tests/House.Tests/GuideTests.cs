using System.Text.RegularExpressions;

namespace Kiln.House.Tests;

/// <summary>docs/guide/optimizers.md lists every optimizer with its arguments, and every property of all of them.</summary>
public sealed class GuideTests
{
    private static readonly string Page = Repository.Read("docs/guide/optimizers.md").ReplaceLineEndings("\n");

    [Fact]
    public void Every_optimizer_has_a_line_with_its_arguments()
    {
        var optimizers = Repository.Files("src/Runtime/Optimizers").Select(Repository.Read).Where(text => Regex.IsMatch(text, @"public sealed (unsafe )?class \w+ : (Moment)?Optimizer\b"))
            .Select(text => Regex.Match(text, @"public (\w+)\((double learningRate[^\n]*)\)\r?\n")).ToArray();
        Assert.True(optimizers.Length >= 11);
        Assert.All(optimizers, o => Assert.Contains($"\n| `{o.Groups[1].Value}` | {Regex.Replace(o.Groups[2].Value, @"\b(double|bool) ", "")} | ", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_property_of_all_optimizers_has_a_line()
    {
        var text = Repository.Read("src/Runtime/Optimizers/Optimizer.cs") + Repository.Read("src/Runtime/Optimizers/Optimizer.Options.cs");
        var properties = Regex.Matches(text, @"\n    public [\w?]+ (\w+)\s*\{[^{}]*?\b(set|init)\b").Select(m => m.Groups[1].Value).ToArray();
        Assert.Contains("LearningRate", properties);
        Assert.Contains("Accumulate", properties);
        Assert.All(properties, name => Assert.Contains($"\n| `{name}` | ", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_schedule_has_a_line()
    {
        var schedules = Regex.Matches(Repository.Read("src/Runtime/Optimizers/Schedule.cs"), @"public (static )?Schedule (\w+)\(").Select(m => (IsStatic: m.Groups[1].Success, Name: m.Groups[2].Value)).ToArray();
        Assert.True(schedules.Length >= 10);
        Assert.All(schedules, s => Assert.True(Page.Contains($"`{(s.IsStatic ? "Schedule." : "schedule.")}{s.Name}(", StringComparison.Ordinal) || Page.Contains($"`{s.Name}(", StringComparison.Ordinal), s.Name));
    }
}
