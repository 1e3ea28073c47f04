using Kiln.Kernels;

namespace Kiln.Tiles;

/// <summary>Convolutions in Channels, a sample at a time.</summary>
internal static unsafe class ChannelImages
{
    private static string[] wanted = [];

    /// <param name="parts">Rows are measured that contain one of them; all where there are none.</param>
    public static void Run<V>(string[] parts) where V : struct, IVector<V>
    {
        wanted = parts;
        Convolution<V>("3 → 64 3×3 224²", 1, new(3, 224, 224, 64, 224, 224, 3, 3, top: 1, left: 1), dataGradient: false);
        Convolution<V>("3 → 64 7×7/2 224²", 1, new(3, 224, 224, 64, 112, 112, 7, 7, 2, 2, top: 3, left: 3), dataGradient: false);
        Convolution<V>("3 → 16 3×3 32²", 64, new(3, 32, 32, 16, 32, 32, 3, 3, top: 1, left: 1), dataGradient: false);
        Convolution<V>("16 → 16 3×3 32²", 64, new(16, 32, 32, 16, 32, 32, 3, 3, top: 1, left: 1), dataGradient: true);
        Convolution<V>("32 → 32 3×3 16²", 64, new(32, 16, 16, 32, 16, 16, 3, 3, top: 1, left: 1), dataGradient: true);
        Convolution<V>("64 → 64 3×3 8²", 64, new(64, 8, 8, 64, 8, 8, 3, 3, top: 1, left: 1), dataGradient: true);
        Convolution<V>("64 → 64 3×3 56²", 8, new(64, 56, 56, 64, 56, 56, 3, 3, top: 1, left: 1), dataGradient: true);
        Convolution<V>("128 → 128 3×3 28²", 1, new(128, 28, 28, 128, 28, 28, 3, 3, top: 1, left: 1), dataGradient: true);
        Convolution<V>("128 → 128 3×3/2 56²", 1, new(128, 56, 56, 128, 28, 28, 3, 3, 2, 2, top: 1, left: 1), dataGradient: true);
        Convolution<V>("256 → 256 3×3 14²", 4, new(256, 14, 14, 256, 14, 14, 3, 3, top: 1, left: 1), dataGradient: true);
        Convolution<V>("512 → 512 3×3 7²", 4, new(512, 7, 7, 512, 7, 7, 3, 3, top: 1, left: 1), dataGradient: true);
        Convolution<V>("64 → 256 1×1 56²", 1, new(64, 56, 56, 256, 56, 56, 1, 1), dataGradient: true);
        Convolution<V>("256 → 64 1×1 56²", 1, new(256, 56, 56, 64, 56, 56, 1, 1), dataGradient: true);
        Convolution<V>("1024 → 256 1×1 14²", 4, new(1024, 14, 14, 256, 14, 14, 1, 1), dataGradient: true);
        Convolution<V>("512 → 2048 1×1 7²", 4, new(512, 7, 7, 2048, 7, 7, 1, 1), dataGradient: true);
        Convolution<V>("256 → 512 1×1/2 56²", 1, new(256, 56, 56, 512, 28, 28, 1, 1, 2, 2), dataGradient: true);
    }

    private static void Convolution<V>(string name, int samples, ImageShape s, bool dataGradient) where V : struct, IVector<V>
    {
        int inputs = s.Channels / s.Groups, taps = s.KernelHeight * s.KernelWidth, channels = Layouts.PixelFloats(s.Channels), outChannels = Layouts.PixelFloats(s.OutChannels);
        int xSample = s.Height * s.Width * channels, ySample = s.OutHeight * s.OutWidth * outChannels;
        float* x = Measure.Floats(xSample * samples), y = Measure.Floats(ySample * samples), dx = Measure.Floats(xSample * samples);
        float* w = Measure.Floats(taps * inputs * outChannels), wt = Measure.Floats(taps * s.OutChannels / s.Groups * channels);
        double terms = Images.Meets(s.OutHeight, s.Height, s.KernelHeight, s.StrideY, s.Top) * (double)Images.Meets(s.OutWidth, s.Width, s.KernelWidth, s.StrideX, s.Left) * inputs * s.OutChannels * samples;
        Line("forward", () =>
        {
            for (var n = 0; n < samples; n++) ChannelTiles.Convolve<V>(x + n * xSample, w, y + n * ySample, s);
        });
        if (dataGradient)
        {
            ImageTiles.TransposeKernel(w, wt, s);
            Line("data gradient", () =>
            {
                for (var n = 0; n < samples; n++) ChannelTiles.DataGradient<V>(y + n * ySample, wt, dx + n * xSample, s);
            });
        }
        var items = ChannelTiles.WeightGradientItems(s);
        Line("weight gradient", () => ChannelTiles.WeightGradient<V>(x, xSample, y, ySample, samples, w, s, 0, items));

        void Line(string what, Action action)
        {
            if (wanted.Length > 0 && !wanted.Any($"{name} {what}".Contains)) return;
            var (seconds, peak) = Measure.WithPeak<V>(action);
            Console.WriteLine($"  {name,-22} ×{samples,-3} {what,-16} {seconds * 1e6,9:F1} µs {2 * terms / seconds / 1e9,6:F0} GFLOP/s {2 * terms / seconds / peak,5:P0}");
        }
    }
}
