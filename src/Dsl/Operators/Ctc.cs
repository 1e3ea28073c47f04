namespace Kiln;

public partial class Sequence
{
    /// <summary>
    /// −log p(labels | scores) of each sample, all ways counted in which its labels can be spread over its steps: for labels whose places in time are not known.
    /// The softmax over the classes is part of it. A. Graves, S. Fernández, F. Gomez, J. Schmidhuber: Connectionist temporal classification. ICML 2006.
    /// </summary>
    /// <param name="labels">Over an axis of their own, each a class other than the blank. L labels need L steps, and one more for each that equals the one before it.</param>
    /// <param name="blank">The class that means "no label".</param>
    /// <param name="skipInfeasible">A sample with too few steps for its labels counts as zero and moves nothing; else its loss is infinite, and the step is refused.</param>
    public Tensor Ctc(TokenSequence labels, int blank = 0, bool skipInfeasible = false) => throw new BuildTimeOnly();
}
