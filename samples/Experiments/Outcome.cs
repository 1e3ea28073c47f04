namespace Kiln.Samples.Experiments;

/// <summary>What an experiment gives.</summary>
/// <param name="Table">Its figures.</param>
/// <param name="Picture">Its diagrams.</param>
internal sealed record Outcome(Table Table, Picture Picture)
{
    /// <summary>Writes name.svg, name.md and name.csv.</summary>
    public void Write(string folder, string name)
    {
        Directory.CreateDirectory(folder);
        Picture.Write(Path.Combine(folder, name + ".svg"));
        File.WriteAllText(Path.Combine(folder, name + ".md"), Table.ToMarkdown());
        File.WriteAllText(Path.Combine(folder, name + ".csv"), Table.ToCsv());
    }
}
