using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class SubtractOperator() : BinaryOperator("op_Subtraction", new Subtract());
