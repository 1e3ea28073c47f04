using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class GreaterOperator() : BinaryOperator("op_GreaterThan", new Greater());
