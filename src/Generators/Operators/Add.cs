using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class AddOperator() : BinaryOperator("op_Addition", new Add());
