using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class MultiplyOperator() : BinaryOperator("op_Multiply", new Multiply());
