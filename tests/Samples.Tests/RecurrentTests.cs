extern alias recurrent;

using System.Text;
using System.Xml.Linq;
using Kiln.Tests;
using recurrent::Kiln.Samples.Recurrent;

namespace Kiln.Samples.Tests;

/// <summary>The commands of samples/Recurrent, done briefly on data made here.</summary>
public sealed class RecurrentTests : IDisposable
{
    private static readonly Bench Quick = new(null, Quick: true, Seed: 1, Threads: 1, CancellationToken.None);

    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-recurrent-").FullName;

    public static TheoryData<string> Names => [.. Catalogue.Experiments.Select(experiment => experiment.Name)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_command_writes_its_table_and_its_picture(string name)
    {
        var outcome = await Catalogue.Experiments.Single(experiment => experiment.Name == name).Run(Quick);
        outcome.Write(_folder, name);
        Assert.NotEmpty(outcome.Table.Rows);
        Assert.DoesNotContain(outcome.Table.Rows, row => row.Contains("NaN"));
        Assert.Equal(outcome.Table.ToMarkdown(), File.ReadAllText(Path.Combine(_folder, name + ".md")));
        var picture = XDocument.Load(Path.Combine(_folder, name + ".svg"));
        Assert.Contains(picture.Descendants(), element => element.Name.LocalName == "polyline");
        Assert.DoesNotContain(picture.Descendants(), element => element.Attribute("style")?.Value.Contains("rgb(1,2,", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Only_the_networks_that_are_wanted_are_tried()
    {
        var rows = Catalogue.Experiments.Single(experiment => experiment.Name == "mnist-rows");
        Assert.Equal(["GRU"], (await rows.Run(Quick with { Network = "gru" })).Table.Rows.Select(row => row[0]));
        var dates = Catalogue.Experiments.Single(experiment => experiment.Name == "dates");
        Assert.Equal(["without attention"], (await dates.Run(Quick with { Network = "without" })).Table.Rows.Select(row => row[0]));
        Assert.Empty((await rows.Run(Quick with { Network = "none" })).Table.Rows);
    }

    [Fact]
    public async Task A_training_of_characters_goes_on_from_its_checkpoint_and_writes_without_garbage()
    {
        var (checkpoints, weights) = (Path.Combine(_folder, "run"), Path.Combine(_folder, "weights"));
        var whole = await Train(new(Epochs: 2));
        // What the rate is at a step depends on all epochs: the first run is cut short.
        var some = await Train(new(Epochs: 2, checkpoints, Steps: 3));
        Assert.NotEqual(whole, some);
        Assert.EndsWith("step-000000003.safetensors", CheckpointFolder.Newest(checkpoints));
        Assert.Equal(whole, await Train(new(Epochs: 2, checkpoints, weights)));

        using var net = CharRnn.Load(weights);
        var text = Written(net, 40);
        Assert.Equal(text, Written(net, 40));
        var writer = new Writer(net, new Sampler(1));
        writer.Begin("a");
        Assert.Equal(0, Allocations.OfEveryCall(() => writer.Next()));

        static async Task<double> Train(CharRnnSettings settings)
        {
            using var training = new CharRnnTraining(Quick, settings);
            return await training.Run();
        }

        static string Written(CharRnn net, int count)
        {
            using var output = new StringWriter(new StringBuilder());
            new Writer(net, new Sampler(3)).Write("The ", count, output);
            Assert.Equal(4 + count + output.NewLine.Length, output.ToString().Length);
            return output.ToString();
        }
    }

    /// <summary>The scores of a step are those that the whole text gives at that place.</summary>
    [Fact]
    public void Character_by_character_is_the_same_as_all_at_once()
    {
        using var net = new CharRnn(seed: 5);
        var text = Characters.Encode("It was said.\nSo it was.");
        var (scores, nats, sum) = (new float[Characters.Count], new float[1], 0.0);
        foreach (var (character, next) in text.Zip(text.Skip(1)))
        {
            net.Step([character], scores);
            sum += Math.Log(scores.Sum(score => Math.Exp(score))) - scores[next];
        }
        net.States.Reset();
        net.Judge(text[..^1], [text.Length - 1], text[1..], nats);
        Assert.Equal(sum / (text.Length - 1), nats[0], 1e-5);
    }

    [Fact]
    public void Characters_are_tokens_and_back()
    {
        const string all = "\n !AZaz~";
        Assert.Equal(all, new string([.. Characters.Encode(all).Select(Characters.Decode)]));
        Assert.Equal(Characters.Encode("a\nb??"), Characters.Encode("a\r\nb\tß"));
        Assert.Equal(Enumerable.Range(0, Characters.Count), Enumerable.Range(0, Characters.Count).Select(token => Characters.Encode(Characters.Decode(token))));
    }

    [Fact]
    public void A_made_text_has_the_verb_that_its_subject_needs()
    {
        var text = MadeText.Write(20_000, seed: 2);
        Assert.Equal(20_000, text.Length);
        Assert.Equal(text, MadeText.Write(20_000, seed: 2));
        Assert.NotEqual(text, MadeText.Write(20_000, seed: 3));
        Assert.Contains("king sees", text);
        Assert.Contains("kings see ", text);
        Assert.DoesNotContain("kings sees", text);
        Assert.DoesNotContain("king see ", text);
    }

    [Fact]
    public void Norms_are_counted_from_each_rows_end()
    {
        // Two rows of three steps of two values; the second has two steps.
        var norms = Lags.NormsFromTheEnd([1, 0, 0, 2, 3, 4, 6, 8, 0, 1, 9, 9], [3, 2], width: 2, steps: 2);
        Assert.Equal([(5 + 1) / 2.0, (2 + 10) / 2.0], norms);
    }

    [Fact]
    public void Weights_of_attention_add_up_to_one_over_the_date()
    {
        using var net = new AttentiveDates(seed: 1);
        var weights = AttentionMap.Weights(net, new("3 March 2026", "2026-03-03"));
        Assert.Equal(10, weights.Length);
        Assert.All(weights, step =>
        {
            Assert.Equal(12, step.Length);
            Assert.Equal(1, step.Sum(), 1e-5f);
            Assert.All(step, weight => Assert.InRange(weight, 1e-6f, 1));
        });
    }

    /// <summary>A program by which 3 is first, and after each digit comes the next.</summary>
    [Fact]
    public void A_translator_takes_the_most_probable_token_after_what_it_wrote()
    {
        void Scores(ReadOnlySpan<int> source, ReadOnlySpan<int> lengths, ReadOnlySpan<int> given, ReadOnlySpan<int> givenLengths, Span<float> scores)
        {
            for (var i = 0; i < given.Length; i++)
                scores[i * DateStrings.AnswerVocabulary + (given[i] == DateStrings.Start ? 3 : given[i] >= 9 ? DateStrings.End : given[i] + 1)] = 1;
        }

        Assert.Equal(["3456789", "3456789", "3456789"], new DateTranslator(Scores, batch: 2).Translate(["1 May 1999", "2 May 1999", "03/03/03"]));
    }

    /// <summary>Scores of eight steps, of which three are blank: two labels alike with a blank between are two.</summary>
    [Fact]
    public void A_string_is_what_its_path_says_and_the_beam_counts_all_paths()
    {
        int[] path = [3, 3, DigitStrings.Blank, 3, DigitStrings.Blank, 7, 7, DigitStrings.Blank];
        var scores = new float[path.Length * DigitStrings.Classes];
        for (var t = 0; t < path.Length; t++) scores[t * DigitStrings.Classes + path[t]] = 5;
        Assert.Equal([3, 3, 7], DigitReading.Greedy(scores, path.Length));
        Assert.Equal([3, 3, 7], DigitReading.Beam(scores, path.Length));

        // The most probable path is blank twice, 0.36; but 1 is there by three paths, 0.64.
        float[] two = [.. Enumerable.Repeat(float.NegativeInfinity, 2 * DigitStrings.Classes)];
        for (var t = 0; t < 2; t++) (two[t * DigitStrings.Classes + 1], two[t * DigitStrings.Classes + DigitStrings.Blank]) = (MathF.Log(0.4f), MathF.Log(0.6f));
        Assert.Empty(DigitReading.Greedy(two, 2));
        Assert.Equal([1], DigitReading.Beam(two, 2));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(204, 68)]
    public void Each_third_column_has_a_step(int columns, int steps)
    {
        Assert.Equal(steps, DigitReading.Steps(columns));
        using var net = new DigitReader(seed: 1);
        var probabilities = new float[steps * DigitStrings.Classes];
        net.Probabilities(new float[columns * DigitStrings.Rows], [columns], probabilities);
        Assert.All(probabilities.Chunk(DigitStrings.Classes), step => Assert.Equal(1, step.Sum(), 1e-5f));
    }
}
