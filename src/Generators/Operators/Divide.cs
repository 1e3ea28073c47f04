using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class DivideOperator() : BinaryOperator("op_Division", new Divide());
