using Kiln.Generators.Diagnostics;

namespace Kiln.Generators.Tests;

/// <summary>Where the link of a diagnostic leads.</summary>
public class PagesTests
{
    [Theory]
    [InlineData("https://example.org/kiln/blob/HEAD/docs/", "https://example.org/kiln/blob/HEAD/docs/diagnostics/KILN007.md")]
    [InlineData("file:///some folder/docs/", "file:///some%20folder/docs/diagnostics/KILN007.md")]
    [InlineData("", "")]
    public void To_the_documentation_that_the_build_names(string documentation, string expected)
    {
        var descriptor = Descriptors.Shape.WithPage(documentation);
        Assert.Equal(expected, descriptor.HelpLinkUri);
        Assert.Equal((Descriptors.Shape.Id, Descriptors.Shape.Title, Descriptors.Shape.DefaultSeverity), (descriptor.Id, descriptor.Title, descriptor.DefaultSeverity));
        Assert.Equal(Descriptors.Shape.CustomTags, descriptor.CustomTags);
    }
}
