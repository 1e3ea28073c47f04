using System.Text;

namespace Kiln.Samples.Recurrent;

/// <summary>A text by a small grammar. Subject and verb agree in number, over a relative clause too: what comes next depends on what was said long before.</summary>
internal static class MadeText
{
    private static readonly (string One, string Many)[] Nouns =
        [("king", "kings"), ("sailor", "sailors"), ("child", "children"), ("dog", "dogs"), ("mouse", "mice"), ("ship", "ships"), ("tower", "towers"), ("thief", "thieves")];

    private static readonly (string One, string Many)[] Verbs =
        [("sees", "see"), ("follows", "follow"), ("fears", "fear"), ("finds", "find"), ("loves", "love"), ("forgets", "forget")];

    private static readonly string[] Adjectives = ["old", "young", "white", "silent", "hungry", "golden"];

    private static readonly string[] Places = ["in the forest", "by the sea", "at night", "on the hill", "before dawn"];

    /// <summary>Writes a text.</summary>
    /// <param name="characters">Its length, at least 1.</param>
    /// <param name="seed">Chooses all of it.</param>
    public static string Write(int characters, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(characters, 1);
        var random = new Random(seed);
        var text = new StringBuilder();
        while (text.Length < characters)
        {
            var sentence = Sentence(random);
            text.Append(char.ToUpperInvariant(sentence[0])).Append(sentence, 1, sentence.Length - 1).Append(random.Next(4) == 0 ? ".\n" : ". ");
        }
        return text.ToString(0, characters);
    }

    private static string Sentence(Random random)
    {
        var (subject, many) = Subject(random);
        var end = random.Next(2) == 0 ? "" : " " + Of(random, Places);
        return $"{subject} {Verb(random, many)} {Phrase(random, random.Next(2) == 0)}{end}";
    }

    private static (string Text, bool Many) Subject(Random random)
    {
        var many = random.Next(2) == 0;
        var clause = random.Next(3) == 0 ? $", whom {Phrase(random, !many)} {Verb(random, !many)}," : "";
        return (Phrase(random, many) + clause, many);
    }

    private static string Phrase(Random random, bool many)
    {
        var adjective = random.Next(2) == 0 ? Of(random, Adjectives) + " " : "";
        var (one, more) = Of(random, Nouns);
        return $"{(many ? random.Next(2) == 0 ? "the" : "some" : "the")} {adjective}{(many ? more : one)}";
    }

    private static string Verb(Random random, bool many)
    {
        var (one, more) = Of(random, Verbs);
        return many ? more : one;
    }

    private static T Of<T>(Random random, T[] words) => words[random.Next(words.Length)];
}
