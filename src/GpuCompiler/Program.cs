namespace Kiln.Gpu.Compiler;

/// <summary>
/// Steps of a build, called by its targets:
/// compile PROJECT KERNELS.dll IMAGES [TEXTS]: the kernels of each network → a file in the folder IMAGES, and their texts into the folder TEXTS;
/// class ASSEMBLY CLASS IMAGE: the kernels of a class → a file;
/// embed PROJECT ASSEMBLY IMAGES [KEY]: those files → resources of the assembly, which is signed again with a KEY.
/// Errors are written as a build reads them: PROJECT : error KILNnnn: message.
/// </summary>
internal static class Tool
{
    public static int Main(string[] args)
    {
        try
        {
            return args switch
            {
                ["compile", var project, var kernels, var images, .. var texts] => NetworkImages.Write(project, kernels, images, texts is [var folder] ? folder : null),
                ["class", var assembly, var name, var file] => OneClass.Write(assembly, name, file),
                ["embed", _, var assembly, var images, .. var key] => Resources.Embed(assembly, images, key is [var file] ? file : null),
                _ => throw new ArgumentException("arguments: compile PROJECT KERNELS.dll IMAGES [TEXTS], class ASSEMBLY CLASS IMAGE, or embed PROJECT ASSEMBLY IMAGES [KEY]"),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or BadImageFormatException or InvalidOperationException or NotSupportedException)
        {
            return BuildError.Report(args.Length > 1 ? args[1] : "Kiln.Gpu", $"The kernels for GPUs could not be put into the assembly. {error.Message}");
        }
    }
}
