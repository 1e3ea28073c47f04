using Kiln.Data;

namespace Kiln.Runtime.Tests.Data;

public sealed class AugmentationTests
{
    /// <summary>Steps of every kind, one after another.</summary>
    private static Augmentation Everything { get; } = new Augmentation(background: 0.25)
        .Shift(2).Rotate(15).Elastic(20, 3).Contrast(0.7, 1.3).Erase(0.5, 0.02, 0.3).Crop(2).FlipHorizontally().Brightness(0.2).FlipVertically(0.3).Scale(0.8, 1.2).Noise(0.05);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, -2)]
    [InlineData(-3, 2)]
    [InlineData(7, 0)]
    [InlineData(-1e4, 1e4)]
    public void A_move_by_whole_pixels_is_exact(double down, double right)
    {
        var set = Pictures(3, 2, 5, 7);
        var moved = new Augmentation(background: 0.2).Move(down, right).Apply(set, seed: 1);
        Each(set, (image, channel, row, column) =>
        {
            var (r, c) = (row - (int)down, column - (int)right);
            var expected = (uint)r < 5 && (uint)c < 7 ? Pixel(set, image, channel, r, c) : 51;
            Assert.Equal(expected, Pixel(moved, image, channel, row, column));
        });
    }

    [Fact]
    public void Half_a_pixel_is_the_mean_of_two()
    {
        var set = new ImageSet([10, 30, 50, 90], (int[])[0], 1, 1, 4, 1);
        Assert.Equal([5, 20, 40, 70], new Augmentation().Move(0, 0.5).Apply(set, seed: 1).Images.ToArray());
        Assert.Equal([20, 40, 70, 45], new Augmentation().Move(0, -0.5).Apply(set, seed: 1).Images.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_flip_is_a_mirror_and_two_are_none(bool vertical)
    {
        var set = Pictures(2, 3, 4, 5);
        Augmentation Flip(Augmentation a) => vertical ? a.FlipVertically(1) : a.FlipHorizontally(1);
        var flipped = Flip(new Augmentation()).Apply(set, seed: 1);
        Each(set, (image, channel, row, column) =>
            Assert.Equal(vertical ? Pixel(set, image, channel, 3 - row, column) : Pixel(set, image, channel, row, 4 - column), Pixel(flipped, image, channel, row, column)));
        Assert.True(Flip(Flip(new Augmentation())).Apply(set, seed: 1).Images.SequenceEqual(set.Images));
        Assert.True(Flip(new Augmentation().Noise(0)).Apply(flipped, seed: 1).Images.SequenceEqual(set.Images));
    }

    /// <summary>Counterclockwise: what is on the right comes to the top.</summary>
    [Theory]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    [InlineData(-90)]
    [InlineData(360)]
    public void Right_angles_are_exact(int degrees)
    {
        foreach (var side in (int[])[4, 5])
        {
            var set = Pictures(2, 2, side, side);
            var turned = new Augmentation().Rotate(degrees, degrees).Apply(set, seed: 1);
            Each(set, (image, channel, row, column) =>
            {
                var (r, c) = ((degrees + 360) % 360) switch
                {
                    90 => (column, side - 1 - row),
                    180 => (side - 1 - row, side - 1 - column),
                    270 => (side - 1 - column, row),
                    _ => (row, column),
                };
                Assert.Equal(Pixel(set, image, channel, r, c), Pixel(turned, image, channel, row, column));
            });
        }
    }

    /// <summary>A linear picture stays linear: the pixel at distance d from the centre is taken from d turned back, or divided by the scale.</summary>
    [Fact]
    public void Angles_and_scales_take_pixels_from_the_right_place()
    {
        const int side = 21;
        var pixels = new byte[side * side];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(120 + 6 * (i % side - 10) - 4 * (i / side - 10));
        var set = new ImageSet(pixels, (int[])[0], 1, side, side, 1);
        var turned = new Augmentation().Rotate(30, 30).Apply(set, seed: 1);
        var scaled = new Augmentation().Scale(1.5, 1.5).Apply(set, seed: 1);
        var both = new Augmentation().Scale(1.5, 1.5).Rotate(30, 30).Move(1, 0).Apply(set, seed: 1);
        for (var row = 5; row < 16; row++)
        {
            for (var column = 5; column < 16; column++)
            {
                var (x, y) = (column - 10.0, 10.0 - row);   // y upwards
                Assert.InRange(turned.Images[row * side + column] - Value(Back(x, y)), -0.51, 0.51);
                Assert.InRange(scaled.Images[row * side + column] - Value((x / 1.5, y / 1.5)), -0.51, 0.51);
                var (bx, by) = Back(x, y + 1);
                Assert.InRange(both.Images[row * side + column] - Value((bx / 1.5, by / 1.5)), -0.51, 0.51);
            }
        }

        static double Value((double X, double Y) at) => 120 + 6 * at.X + 4 * at.Y;
        static (double, double) Back(double x, double y) => (x * Math.Cos(Math.PI / 6) + y * Math.Sin(Math.PI / 6), -x * Math.Sin(Math.PI / 6) + y * Math.Cos(Math.PI / 6));
    }

    [Fact]
    public void A_crop_is_a_move_by_whole_pixels_and_every_place_has_its_turn()
    {
        var set = Pictures(400, 1, 6, 6);
        var cropped = new Augmentation().Crop(1).Apply(set, seed: 3);
        var counts = new int[9];
        for (var image = 0; image < set.Count; image++)
        {
            var place = Enumerable.Range(0, 9).Single(p => Enumerable.Range(0, 36).All(i =>
            {
                var (r, c) = (i / 6 + p / 3 - 1, i % 6 + p % 3 - 1);
                return cropped[image][i] == ((uint)r < 6 && (uint)c < 6 ? set[image][r * 6 + c] : 0);
            }));
            counts[place]++;
        }
        Assert.All(counts, count => Assert.InRange(count, 20, 75));
    }

    [Fact]
    public void Shifts_and_angles_fill_their_range()
    {
        // The centre of mass of a dot shows where it went.
        var dot = new byte[15 * 15];
        dot[7 * 15 + 7] = 255;
        var set = new ImageSet([.. Enumerable.Repeat(dot, 300).SelectMany(d => d)], new int[300], 1, 15, 15, 1);
        var shifted = new Augmentation().Shift(3).Apply(set, seed: 5);
        var places = Enumerable.Range(0, 300).Select(i => Centre(shifted, i)).ToArray();
        foreach (var axis in (Func<(double Row, double Column), double>[])[p => p.Row, p => p.Column])
        {
            Assert.InRange(places.Min(axis), -3.05, -2.8);
            Assert.InRange(places.Max(axis), 2.8, 3.05);
            Assert.InRange(places.Average(axis), -0.4, 0.4);
        }
        Assert.InRange(places.Count(p => Math.Abs(p.Row - Math.Round(p.Row)) > 0.1), 150, 300);
    }

    [Fact]
    public void Elastic_deformation_is_smooth_of_the_stated_size_and_without_strength_none()
    {
        // Its displacements: a picture whose values are the columns shows the horizontal ones.
        const int side = 40;
        var pixels = new byte[100 * side * side];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(6 * (i % side));
        var set = new ImageSet(pixels, new int[100], 1, side, side, 1);
        Assert.True(new Augmentation().Elastic(0, 4).Apply(set, seed: 1).Images.SequenceEqual(set.Images));

        var deformed = new Augmentation(background: 1).Elastic(34, 4).Apply(set, seed: 1);
        var (sum, squares, steps, count) = (0.0, 0.0, 0.0, 0);
        for (var image = 0; image < 100; image++)
        {
            for (var row = 8; row < 32; row++)
            {
                for (var column = 8; column < 32; column++)
                {
                    var at = row * side + column;
                    var (d, next) = (deformed[image][at] / 6.0 - column, deformed[image][at + 1] / 6.0 - column - 1);
                    (sum, squares, steps, count) = (sum + d, squares + d * d, steps + (next - d) * (next - d), count + 1);
                }
            }
        }
        // Uniform noise has deviation 1/√3; a Gaussian of deviation σ leaves 1/(2σ√π) of it.
        var expected = 34 / Math.Sqrt(3) / (8 * Math.Sqrt(Math.PI));
        Assert.InRange(sum / count, -0.15, 0.15);
        Assert.InRange(Math.Sqrt(squares / count), 0.9 * expected, 1.1 * expected);
        // Neighbours differ by σ⁻¹/√2 of that.
        Assert.InRange(Math.Sqrt(steps / count), 0.15 * expected, 0.21 * expected);
    }

    [Fact]
    public void Noise_brightness_and_contrast_are_of_the_stated_size()
    {
        var grey = new ImageSet([.. Enumerable.Repeat((byte)128, 200 * 100)], new int[200], 1, 10, 10, 1);
        var noisy = new Augmentation().Noise(0.1).Apply(grey, seed: 1);
        Assert.InRange(Deviation(noisy.Images), 25, 26.2);

        var bright = new Augmentation().Brightness(0.2).Apply(grey, seed: 1);
        for (var i = 0; i < 200; i++) Assert.Equal(-1, bright[i].IndexOfAnyExcept(bright[i][0]));
        var levels = Enumerable.Range(0, 200).Select(i => bright[i][0]).ToArray();
        Assert.InRange(levels.Min(), 77, 81);
        Assert.InRange(levels.Max(), 175, 179);

        var set = new ImageSet([100, 150], (int[])[0], 1, 1, 2, 1);
        Assert.Equal([75, 175], new Augmentation().Contrast(2, 2).Apply(set, seed: 1).Images.ToArray());
        Assert.Equal([125, 125], new Augmentation().Contrast(0, 0).Apply(set, seed: 1).Images.ToArray());
        Assert.Equal([0, 255], new Augmentation().Contrast(100, 100).Apply(set, seed: 1).Images.ToArray());
    }

    [Fact]
    public void Erasing_covers_one_rectangle_of_the_stated_area_in_all_channels()
    {
        var set = new ImageSet([.. Enumerable.Repeat((byte)255, 300 * 2 * 20 * 30)], new int[300], 2, 20, 30, 1);
        var erased = new Augmentation().Erase(0.5, 0.1, 0.3, value: 0.2).Apply(set, seed: 1);
        var covered = 0;
        for (var image = 0; image < 300; image++)
        {
            var places = Enumerable.Range(0, 600).Where(i => erased[image][i] != 255).ToArray();
            Assert.True(erased[image][..600].SequenceEqual(erased[image][600..]));
            if (places.Length == 0) continue;
            covered++;
            Assert.All(places, i => Assert.Equal(51, erased[image][i]));
            var (rows, columns) = (places.Select(i => i / 30).Distinct().Count(), places.Select(i => i % 30).Distinct().Count());
            Assert.Equal(rows * columns, places.Length);
            Assert.InRange(places.Length, 50, 195);
            Assert.InRange((double)rows / columns, 0.25, 4);
        }
        Assert.InRange(covered, 120, 180);
    }

    [Fact]
    public void The_same_seed_epoch_and_image_give_the_same_whatever_is_beside_it()
    {
        var set = Pictures(40, 2, 9, 11);
        var whole = Everything.Apply(set, seed: 7, epoch: 3);
        foreach (var threads in (int[])[1, 2, 5])
        {
            using var augmenter = new Augmenter(Everything, set, threads);
            foreach (var rows in (int[][])[[.. Enumerable.Range(0, 40).Reverse()], [17], [3, 3, 39]])
            {
                var (bytes, floats, labels) = (new byte[rows.Length * set.ImageLength], new float[rows.Length * set.ImageLength], new int[rows.Length]);
                augmenter.Gather(rows, bytes, labels, seed: 7, epoch: 3);
                augmenter.Gather(rows, floats, labels, seed: 7, epoch: 3);
                for (var i = 0; i < rows.Length; i++)
                {
                    Assert.True(bytes.AsSpan(i * set.ImageLength, set.ImageLength).SequenceEqual(whole[rows[i]]));
                    Assert.Equal(set.Labels[rows[i]], labels[i]);
                }
                for (var i = 0; i < floats.Length; i++) Assert.InRange(floats[i] * 255 - bytes[i], -0.501f, 0.501f);
                Assert.All(floats, value => Assert.InRange(value, 0, 1));
            }
        }
        Assert.False(Everything.Apply(set, seed: 8, epoch: 3).Images.SequenceEqual(whole.Images));
        Assert.False(Everything.Apply(set, seed: 7, epoch: 4).Images.SequenceEqual(whole.Images));
    }

    /// <summary>These bytes are the same on every machine.</summary>
    [Fact]
    public void The_bytes_are_fixed()
    {
        var hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Everything.Apply(Digits.Generate(20, seed: 1), seed: 5, epoch: 2).Images));
        Assert.Equal("87201B6981B3C29E", hash[..16]);
    }

    [Fact]
    public void Then_is_one_after_another_and_nothing_is_nothing()
    {
        var set = Pictures(5, 1, 8, 8);
        var (first, second) = (new Augmentation().Crop(2).Noise(0.1), new Augmentation().FlipHorizontally().Erase());
        Assert.True(first.Then(second).Apply(set, 1).Images.SequenceEqual(new Augmentation().Crop(2).Noise(0.1).FlipHorizontally().Erase().Apply(set, 1).Images));
        Assert.True(new Augmentation().Apply(set, 1).Images.SequenceEqual(set.Images));
        // Moves of one run are one move, and as good as each alone.
        Assert.True(new Augmentation().Move(1, 2).FlipHorizontally(1).Rotate(90, 90).Apply(set, 1).Images.SequenceEqual(
            new Augmentation().Move(1, 2).Noise(0).FlipHorizontally(1).Noise(0).Rotate(90, 90).Apply(set, 1).Images));
    }

    [Fact]
    public void Images_of_one_pixel_and_none_are_fine()
    {
        var one = Pictures(3, 1, 1, 1);
        Assert.Equal(3, Everything.Apply(one, seed: 1).Count);
        Assert.Equal(0, Everything.Apply(new ImageSet([], (int[])[], 1, 3, 3, 1), seed: 1).Count);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_batch()
    {
        var set = Pictures(8, 2, 12, 12);
        using var augmenter = new Augmenter(Everything, set, threads: 2);
        var (rows, bytes, floats, labels) = (new[] { 5, 1, 7, 0 }, new byte[4 * set.ImageLength], new float[4 * set.ImageLength], new int[4]);
        var epoch = 0;
        Assert.Equal(0, Kiln.Tests.Allocations.OfEveryCall(() =>
        {
            augmenter.Gather(rows, bytes, labels, seed: 1, epoch++);
            augmenter.Gather(rows, floats, labels, seed: 1, epoch);
        }));
    }

    public static TheoryData<string, string, Action> OutOfRange { get; } = new()
    {
        { "background", "from 0 to 1, but it is 1.5", () => _ = new Augmentation(1.5) },
        { "pixels", "from 0 to 65536, but it is -1", () => new Augmentation().Shift(-1) },
        { "pixels", "but it is NaN", () => new Augmentation().Shift(double.NaN) },
        { "padding", "but it is -2", () => new Augmentation().Crop(-2) },
        { "down", "from -65536 to 65536, but it is Infinity", () => new Augmentation().Move(double.PositiveInfinity, 0) },
        { "right", "but it is 1E+20", () => new Augmentation().Move(0, 1e20) },
        { "probability", "from 0 to 1, but it is 1.1", () => new Augmentation().FlipHorizontally(1.1) },
        { "probability", "but it is -0.5", () => new Augmentation().FlipVertically(-0.5) },
        { "degrees", "from 0 to 360, but it is -10", () => new Augmentation().Rotate(-10) },
        { "from", "from -360 to 360, but it is 400", () => new Augmentation().Rotate(400, 500) },
        { "to", "from 20 to 360, but it is 10", () => new Augmentation().Rotate(20, 10) },
        { "from", "from 0.01 to 100, but it is 0", () => new Augmentation().Scale(0, 1) },
        { "to", "from 1 to 100, but it is 0.5", () => new Augmentation().Scale(1, 0.5) },
        { "strength", "but it is -1", () => new Augmentation().Elastic(-1, 4) },
        { "smoothness", "from 0.1 to 100, but it is 0", () => new Augmentation().Elastic(34, 0) },
        { "deviation", "from 0 to 1, but it is 2", () => new Augmentation().Noise(2) },
        { "most", "from 0 to 1, but it is -0.1", () => new Augmentation().Brightness(-0.1) },
        { "to", "from 0.5 to 100, but it is 101", () => new Augmentation().Contrast(0.5, 101) },
        { "to", "from 0.3 to 1, but it is 0.2", () => new Augmentation().Erase(0.5, 0.3, 0.2) },
        { "value", "from 0 to 1, but it is 255", () => new Augmentation().Erase(value: 255) },
        { "epoch", "negative", () => new Augmentation().Apply(Pictures(1, 1, 1, 1), 1, epoch: -1) },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void What_is_out_of_range_is_refused_by_name(string parameter, string expected, Action call)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(parameter, call);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void A_batch_that_does_not_fit_is_refused()
    {
        var set = Pictures(4, 1, 2, 2);
        var augmenter = new Augmenter(Everything, set, threads: 1);
        var (bytes, labels) = (new byte[8], new int[2]);
        Assert.Throws<ArgumentException>(() => augmenter.Gather([0], bytes, labels, 1, 0));
        Assert.Throws<ArgumentException>(() => augmenter.Gather([0, 1], bytes, labels.AsSpan(1), 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => augmenter.Gather([0, 4], bytes, labels, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => augmenter.Gather([0, 1], bytes, labels, 1, -1));
        augmenter.Dispose();
        augmenter.Dispose();
        Assert.Throws<ObjectDisposedException>(() => augmenter.Gather([0, 1], bytes, labels, 1, 0));
        Assert.Throws<ArgumentNullException>("augmentation", () => new Augmenter(null!, set));
        Assert.Throws<ArgumentNullException>("images", () => new Augmenter(Everything, null!));
        Assert.Throws<ArgumentNullException>("next", () => Everything.Then(null!));
    }

    private static ImageSet Pictures(int count, int channels, int height, int width)
    {
        var pixels = new byte[count * channels * height * width];
        new Random(1).NextBytes(pixels);
        return new ImageSet(pixels, [.. Enumerable.Range(0, count).Select(i => i % 10)], channels, height, width, 10);
    }

    private static byte Pixel(ImageSet set, int image, int channel, int row, int column) => set[image][(channel * set.Height + row) * set.Width + column];

    private static void Each(ImageSet set, Action<int, int, int, int> check)
    {
        for (var image = 0; image < set.Count; image++)
        {
            for (var channel = 0; channel < set.Channels; channel++)
            {
                for (var row = 0; row < set.Height; row++)
                {
                    for (var column = 0; column < set.Width; column++) check(image, channel, row, column);
                }
            }
        }
    }

    /// <summary>Where a dot went, from the middle.</summary>
    private static (double Row, double Column) Centre(ImageSet set, int image)
    {
        var (sum, rows, columns) = (0.0, 0.0, 0.0);
        for (var i = 0; i < set.ImageLength; i++)
        {
            var value = set[image][i];
            (sum, rows, columns) = (sum + value, rows + value * (i / set.Width), columns + value * (i % set.Width));
        }
        return (rows / sum - (set.Height - 1) / 2.0, columns / sum - (set.Width - 1) / 2.0);
    }

    private static double Deviation(ReadOnlySpan<byte> values)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var value in values) (sum, squares) = (sum + value, squares + value * (double)value);
        return Math.Sqrt(squares / values.Length - sum / values.Length * (sum / values.Length));
    }
}
