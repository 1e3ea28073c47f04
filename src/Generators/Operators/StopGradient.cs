using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class StopGradientOperator() : PointwiseOperator("StopGradient", new StopGradient());
