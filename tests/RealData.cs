namespace Kiln.Tests;

/// <summary>Public data sets for tests: folders named mnist, cifar10 and so on in the folder that the variable KILN_DATA names, or in shared/data beside or above the repository.</summary>
internal static class RealData
{
    /// <summary>Where a data set is; null if it is not here.</summary>
    public static string? Folder(string name)
    {
        var places = Above(AppContext.BaseDirectory).Select(folder => Path.Combine(folder, "shared", "data"));
        if (Environment.GetEnvironmentVariable("KILN_DATA") is { Length: > 0 } named) places = [named];
        return places.Select(place => Path.Combine(place, name)).FirstOrDefault(Directory.Exists);
    }

    private static IEnumerable<string> Above(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent) yield return folder.FullName;
    }
}

/// <summary>A test on real data, skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealDataFactAttribute : Xunit.FactAttribute
{
    public RealDataFactAttribute(string name)
    {
        if (RealData.Folder(name) is null) Skip = $"there is no folder '{name}' of real data: set KILN_DATA to the folder that holds it";
    }
}
