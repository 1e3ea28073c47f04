namespace Kiln.Gpu.Compiler;

/// <summary>
/// Steps of a build, called by its targets:
/// compile KERNELS.dll IMAGES [TEXTS]: the kernels of each network → a file in the folder IMAGES, and their texts into the folder TEXTS;
/// class KERNELS.dll CLASS IMAGE: the kernels of one class → the file IMAGE;
/// embed ASSEMBLY IMAGES REFERENCES [KEY]: files of networks → resources of the assembly, which refers to those that the file REFERENCES lists, and is signed again with a KEY.
/// The exit code is not 0 where something is wrong; every line that is written is then an error of the build.
/// </summary>
internal static class Tool
{
    public static int Main(string[] args)
    {
        try
        {
            return args switch
            {
                ["compile", var kernels, var images, .. var texts] => NetworkImages.Write(kernels, images, texts is [var folder] ? folder : null),
                ["class", var assembly, var name, var image] => OneClass.Write(assembly, name, image),
                ["embed", var assembly, var images, var references, .. var key] => Resources.Embed(assembly, images, references, key is [var file] ? file : null),
                _ => throw new ArgumentException("arguments: compile KERNELS.dll IMAGES [TEXTS], class KERNELS.dll CLASS IMAGE, or embed ASSEMBLY IMAGES REFERENCES [KEY]"),
            };
        }
        catch (Exception error)
        {
            // In a build nobody sees more of a program than its lines.
            return Errors.Report($"The kernels for GPUs could not be put into the assembly. {error.GetType().Name}: {error.Message}");
        }
    }
}
