using System.Globalization;

namespace Kiln.Samples.Recurrent;

/// <summary>
/// What a date looks like when numbers and names are left out: the order of its parts, whether the month has a name, and what stands before and between them. A shape has several formats: days, months
/// and years of one digit or two, short and long names, capitals.
/// </summary>
/// <param name="Weekday">What follows a weekday at the beginning; null: there is none.</param>
/// <param name="Before">What stands before the date itself.</param>
/// <param name="Order">d, M and y.</param>
/// <param name="Named">Whether the month is a name.</param>
/// <param name="Ordinal">Whether the day is 3rd instead of 3.</param>
/// <param name="First">Between the first two parts.</param>
/// <param name="Second">Between the last two.</param>
internal sealed record DateShape(string? Weekday, string Before, string Order, bool Named, bool Ordinal, string First, string Second)
{
    /// <summary>Writes a date in one of the shape's formats.</summary>
    /// <param name="date">The date.</param>
    /// <param name="random">Chooses the format.</param>
    public string Write(DateOnly date, Random random)
    {
        var digits = First.Length == 0 ? 2 : random.Next(1, 3);
        var weekday = Weekday is null ? "" : Text(date, random.Next(2) == 0 ? "ddd" : "dddd") + Weekday;
        var day = Ordinal ? DateFormats.Ordinal(date.Day) : Text(date, digits == 1 ? "%d" : "dd");
        var month = Named ? Text(date, random.Next(2) == 0 ? "MMM" : "MMMM") : Text(date, digits == 1 ? "%M" : "MM");
        // A year that comes first has four digits: 05/06/07 begins with its day.
        var year = Order[0] == 'y' || random.Next(2) == 0 ? Text(date, "yyyy") : (random.Next(3) == 0 ? "'" : "") + Text(date, "yy");
        string Part(int i) => Order[i] switch { 'd' => day, 'M' => month, _ => year };
        var text = weekday + Before + Part(0) + First + Part(1) + Second + Part(2);
        return (Named || Weekday is not null) && random.Next(8) == 0 ? text.ToUpperInvariant() : text;
    }

    private static string Text(DateOnly date, string format) => date.ToString(format, CultureInfo.InvariantCulture);
}

/// <summary>
/// The shapes of dates that are made here. One arrangement in five - an order with its kind of month, of day and its separators - is for tests only, with a weekday and without: 3 March, 2026 and
/// 2026.03.03, say. Its order and its separators are known from other arrangements. Days stand before months where both are numbers.
/// </summary>
internal static class DateFormats
{
    private const int UnseenEvery = 5, FirstUnseen = 2;

    private static readonly (string Order, bool Named, bool Ordinal, string First, string Second)[] Arrangements =
    [
        ("yMd", false, false, "", ""),
        ("dMy", false, false, "/", "/"), ("dMy", false, false, "-", "-"), ("dMy", false, false, ".", "."), ("dMy", false, false, " ", " "),
        ("yMd", false, false, "/", "/"), ("yMd", false, false, "-", "-"), ("yMd", false, false, ".", "."), ("yMd", false, false, " ", " "),
        ("dMy", true, false, " ", " "), ("dMy", true, false, "-", "-"), ("dMy", true, false, "/", "/"), ("dMy", true, false, " ", ", "), ("dMy", true, false, ". ", " "),
        ("dMy", true, false, " of ", " "), ("dMy", true, false, " of ", ", "),
        ("dMy", true, true, " ", " "), ("dMy", true, true, " ", ", "), ("dMy", true, true, " of ", " "), ("dMy", true, true, " of ", ", "),
        ("Mdy", true, false, " ", " "), ("Mdy", true, false, " ", ", "), ("Mdy", true, false, "-", "-"), ("Mdy", true, false, "/", "/"),
        ("Mdy", true, true, " ", " "), ("Mdy", true, true, " ", ", "), ("Mdy", true, true, " the ", " "), ("Mdy", true, true, " the ", ", "),
        ("yMd", true, false, " ", " "), ("yMd", true, false, ", ", " "), ("yMd", true, false, "-", "-"), ("yMd", true, false, "/", "/"), ("yMd", true, true, " ", " "), ("yMd", true, true, ", ", " "),
    ];

    /// <summary>Shapes of the training.</summary>
    public static DateShape[] Known { get; } = [.. Arrangements.Where((_, i) => i % UnseenEvery != FirstUnseen).SelectMany(Shapes)];

    /// <summary>Shapes of tests only.</summary>
    public static DateShape[] Unseen { get; } = [.. Arrangements.Where((_, i) => i % UnseenEvery == FirstUnseen).SelectMany(Shapes)];

    /// <summary>1st, 2nd, 3rd, 4th …</summary>
    public static string Ordinal(int day) => day + (day % 10 is var last && day / 10 != 1 && last is >= 1 and <= 3 ? last switch { 1 => "st", 2 => "nd", _ => "rd" } : "th");

    /// <summary>An arrangement alone, after a weekday, and after "the".</summary>
    private static IEnumerable<DateShape> Shapes((string Order, bool Named, bool Ordinal, string First, string Second) of)
    {
        yield return new(null, "", of.Order, of.Named, of.Ordinal, of.First, of.Second);
        // 20260303 stands alone.
        if (of.First.Length == 0) yield break;
        foreach (var weekday in (string[])[" ", ", "]) yield return new(weekday, "", of.Order, of.Named, of.Ordinal, of.First, of.Second);
        if (of.Ordinal && of.Order == "dMy") yield return new(null, "the ", of.Order, of.Named, of.Ordinal, of.First, of.Second);
    }
}
