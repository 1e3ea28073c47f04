using System.ComponentModel;

namespace Kiln.Kernels;

/// <summary>A run of floats in the parameter, gradient and optimizer blocks: whole parameters, pads included.</summary>
/// <param name="Offset">The first float, a multiple of 16.</param>
/// <param name="Floats">How many, a multiple of 16.</param>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public readonly record struct ParameterRange(long Offset, long Floats)
{
    /// <summary>The ranges that some parameters of a table take, ascending; neighbours become one.</summary>
    /// <param name="table">In ascending order of offsets.</param>
    /// <param name="parameters">Numbers of parameters in the table, in any order.</param>
    public static ParameterRange[] Of(ParameterInfo[] table, IEnumerable<int> parameters)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(parameters);
        var ranges = new List<ParameterRange>();
        foreach (var index in parameters.Distinct().Order())
        {
            var parameter = table[index];
            if (ranges.Count > 0 && ranges[^1].Offset + ranges[^1].Floats == parameter.Offset)
            {
                ranges[^1] = ranges[^1] with { Floats = ranges[^1].Floats + parameter.Floats };
            }
            else
            {
                ranges.Add(new ParameterRange(parameter.Offset, parameter.Floats));
            }
        }

        return [.. ranges];
    }
}
