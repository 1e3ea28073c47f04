namespace Kiln.Metrics;

/// <summary>What a mean cross-entropy says in other units.</summary>
public static class Likelihood
{
    /// <summary>exp(H): among how many equally likely symbols the model is as uncertain as on the text. Jelinek et al. 1977.</summary>
    /// <param name="nats">H, the mean cross-entropy per symbol in nats, as <c>CrossEntropy</c> gives it; at least 0. NaN gives NaN.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static double Perplexity(double nats) => Math.Exp(AtLeastZero(nameof(Perplexity), nats));

    /// <summary>H / ln 2: bits per character, or per whatever the symbols are, that a code by this model takes. Shannon 1948.</summary>
    /// <param name="nats">H, the mean cross-entropy per symbol in nats, as <c>CrossEntropy</c> gives it; at least 0. NaN gives NaN.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static double BitsPerCharacter(double nats) => AtLeastZero(nameof(BitsPerCharacter), nats) / Math.Log(2);

    private static double AtLeastZero(string metric, double nats) => !(nats < 0) ? nats
        : throw new ArgumentOutOfRangeException(nameof(nats), nats, FormattableString.Invariant($"{metric}: expected a mean cross-entropy of at least 0, but {nameof(nats)} is {nats}."));
}
