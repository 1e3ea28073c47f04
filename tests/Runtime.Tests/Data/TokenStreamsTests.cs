using Kiln.Data;
using Kiln.Tests;
using Xunit;

namespace Kiln.Runtime.Tests.Data;

public class TokenStreamsTests
{
    private static int[] Text(int length) => [.. Enumerable.Range(0, length)];

    [Theory]
    [InlineData(25, 3, 4, 2)]   // 24 sources, 8 for each stream
    [InlineData(24, 3, 4, 1)]   // the last target would be missing
    [InlineData(13, 3, 4, 1)]
    [InlineData(100, 1, 7, 14)]
    public void Each_stream_goes_on_where_it_ended(int length, int batch, int time, int windows)
    {
        var streams = new TokenStreams(Text(length), batch, time, vocabulary: length);
        Assert.Equal((windows, batch, time, length), (streams.Windows, streams.Batch, streams.Time, streams.Vocabulary));
        var (tokens, targets, last) = (new int[batch * time], new int[batch * time], new int[batch]);
        var first = new int[batch];
        for (var window = 0; window < windows; window++)
        {
            Assert.Equal(window == 0, streams.IsAtStart);
            streams.Next(tokens, targets);
            Assert.Equal(tokens.Select(t => t + 1), targets);
            for (var stream = 0; stream < batch; stream++)
            {
                var row = tokens.AsSpan(stream * time, time);
                if (window == 0) first[stream] = row[0];
                else Assert.Equal(last[stream] + 1, row[0]);
                Assert.Equal(Enumerable.Range(row[0], time), row.ToArray());
                last[stream] = row[^1];
            }
        }
        // The streams are one after the other in the text, and do not overlap.
        for (var stream = 1; stream < batch; stream++) Assert.InRange(first[stream], last[stream - 1] + 1, first[stream - 1] + (length - 1) / batch);
        Assert.True(streams.IsAtStart);
        streams.Next(tokens, targets);
        Assert.Equal(0, tokens[0]);
        Assert.Equal(windows + 1, streams.Position);
    }

    [Fact]
    public void A_position_is_all_there_is_to_save()
    {
        var streams = new TokenStreams(Text(200), 4, 5, 200);
        var (tokens, targets, again) = (new int[20], new int[20], new int[20]);
        for (var i = 0; i < 13; i++) streams.Next(tokens, targets);
        var other = new TokenStreams(Text(200), 4, 5, 200) { Position = streams.Position - 1 };
        other.Next(again, targets);
        Assert.Equal(tokens, again);
        Assert.Equal(streams.Position, other.Position);
        other.Position = long.MaxValue / 2;
        other.Next(again, targets);
        Assert.Throws<ArgumentOutOfRangeException>(() => other.Position = -1);
        Assert.Equal(0, Allocations.OfEveryCall(() => streams.Next(tokens, targets)));
    }

    [Fact]
    public void What_makes_no_window_is_refused()
    {
        Assert.Contains("at least 13 tokens, for 3 streams of one window of 4", Assert.Throws<ArgumentException>(() => new TokenStreams(Text(12), 3, 4, 20)).Message);
        Assert.Contains("from 0 to 9, but token 10 is 10", Assert.Throws<ArgumentOutOfRangeException>(() => new TokenStreams(Text(20), 3, 4, 10)).Message);
        Assert.Throws<ArgumentOutOfRangeException>("batch", () => new TokenStreams(Text(20), 0, 4, 20));
        Assert.Throws<ArgumentOutOfRangeException>("time", () => new TokenStreams(Text(20), 3, 0, 20));
        Assert.Throws<ArgumentOutOfRangeException>("vocabulary", () => new TokenStreams(Text(20), 3, 4, 0));
        var streams = new TokenStreams(Text(25), 3, 4, 25);
        Assert.Contains("3 streams of 4 tokens, but targets has 11", Assert.Throws<ArgumentException>(() => streams.Next(new int[12], new int[11])).Message);
        Assert.Equal(0, streams.Position);
    }
}
