namespace Kiln.Generators.Frontend;

internal static partial class Library
{
    private static Result? Strings(Caller caller, string name, object? instance, object?[] x) => (name, instance, x.Length) switch
    {
        ("op_Equality", null, 2) => new(Equals(x[0], x[1])),
        ("op_Inequality", null, 2) => new(!Equals(x[0], x[1])),
        ("IsNullOrEmpty", null, 1) => new(string.IsNullOrEmpty((string?)x[0])),
        ("Join", null, 2) when x[0] is string separator && Sequence(x[1]) is { } items && caller.Counted(items).ToList() is var parts && parts.All(Text.IsPlain) => new(Joined(caller, separator, [.. parts.Select(p => Text.Of(p))])),
        ("CompareOrdinal", null, 2) => new(string.CompareOrdinal((string?)x[0], (string?)x[1])),
        ("Concat", null, _) when x.All(i => i is string) => new(Joined(caller, "", [.. x.Cast<string>()])),
        (_, string text, _) => caller.Walked(text.Length / 16, () => Strings(caller, name, text, x)),
        _ => null,
    };

    private static Result? Strings(Caller caller, string name, string text, object?[] x) => (name, x.Length) switch
    {
        ("Contains", 1) when x[0] is string part => new(text.IndexOf(part, StringComparison.Ordinal) >= 0),
        ("StartsWith", 1) when x[0] is string part => new(text.StartsWith(part, StringComparison.Ordinal)),
        ("EndsWith", 1) when x[0] is string part => new(text.EndsWith(part, StringComparison.Ordinal)),
        ("Substring", 1) => new(text.Substring((int)x[0]!)),
        ("Substring", 2) => new(text.Substring((int)x[0]!, (int)x[1]!)),
        ("Replace", 2) when x[0] is string from => new(Replaced(caller, text, from, (string?)x[1] ?? "")),
        ("ToUpperInvariant", 0) => new(text.ToUpperInvariant()),
        ("ToLowerInvariant", 0) => new(text.ToLowerInvariant()),
        ("Trim", 0) => new(text.Trim()),
        ("Split", 2) when x[0] is char separator => new(caller.Counted(text.Split(separator)).ToArray()),
        ("CompareTo", 1) => new(string.CompareOrdinal(text, (string?)x[0])),
        ("Equals", 1) => new(text.Equals(x[0])),
        ("ToString", 0) => new(text),
        _ => null,
    };

    private static string Joined(Caller caller, string separator, string[] parts) =>
        caller.Text(parts.Sum(p => (long)p.Length) + (long)separator.Length * Math.Max(0, parts.Length - 1), () => string.Join(separator, parts));

    private static string Replaced(Caller caller, string text, string from, string to)
    {
        if (from.Length == 0) throw new ArgumentException("the text to replace is empty");
        var count = 0L;
        for (var at = text.IndexOf(from, StringComparison.Ordinal); at >= 0; at = text.IndexOf(from, at + from.Length, StringComparison.Ordinal)) count++;
        return caller.Text(text.Length + count * (to.Length - from.Length), () => text.Replace(from, to));
    }
}
