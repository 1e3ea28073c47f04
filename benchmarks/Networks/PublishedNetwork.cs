using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kiln.NetworkCosts;

/// <summary>One network of samples/Networks, with what it shares with others of its file, but without those others.</summary>
internal static class PublishedNetwork
{
    /// <summary>The source of the class of that name, from the first file of the folder that has it.</summary>
    public static string Source(string folder, string name)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.cs").Order(StringComparer.Ordinal))
        {
            var root = CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetCompilationUnitRoot();
            var networks = root.DescendantNodes().OfType<ClassDeclarationSyntax>().Where(IsNetwork).ToList();
            if (networks.Exists(network => network.Identifier.Text == name))
                return root.RemoveNodes(networks.Where(network => network.Identifier.Text != name), SyntaxRemoveOptions.KeepNoTrivia)!.ToFullString();
        }
        throw new ArgumentException($"{folder} has no network {name}");
    }

    private static bool IsNetwork(ClassDeclarationSyntax type) => type.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() == "Network");
}
