using System.Globalization;

namespace Kiln.Data;

/// <summary>
/// How people write the ten digits: the paths of the pen, several ways for each digit. A way is a list of strokes; a stroke runs
/// smoothly through its points, and has a corner where a point is written twice. The box is 100 wide (x, to the right) and
/// 100 high (y, downwards).
/// </summary>
internal static class DigitSkeletons
{
    private static readonly string[][] Written =
    [
        [
            "55,2 25,15 15,50 28,88 52,98 78,82 85,48 72,14 52,2",
            "52,0 33,18 28,52 36,88 52,100 68,84 72,48 64,14 50,1",
            "62,8 38,5 18,35 20,72 45,98 74,84 84,50 74,16 48,6 38,14",
        ],
        [
            "52,0 51,50 49,100",
            "34,20 52,2 52,2 50,50 50,100",
            "36,18 52,2 52,2 51,98|30,99 72,98",
        ],
        [
            "20,24 32,5 58,2 76,18 70,42 44,70 18,96 18,96 50,95 84,94",
            "22,22 40,4 68,6 76,28 58,60 32,88 20,92 18,80 32,76 52,88 84,96",
            "24,18 50,2 72,16 64,46 22,98 22,98 54,90 84,98",
        ],
        [
            "22,12 46,1 72,12 70,34 46,46 46,46 74,56 80,78 56,98 20,90",
            "20,4 74,4 74,4 46,40 46,40 74,50 80,76 56,98 22,90",
            "24,14 50,2 72,18 58,42 42,48 66,52 80,74 54,98 22,88",
        ],
        [
            "30,4 20,52 20,52 80,52|68,10 64,100",
            "66,100 66,2 66,2 16,66 16,66 86,66",
            "28,2 18,36 30,54 58,52 72,38|76,4 68,50 62,100",
        ],
        [
            "76,4 30,4 30,4 24,44 24,44 54,38 78,58 74,86 46,98 18,88",
            "34,6 26,44 26,44 58,42 76,64 62,92 20,94|34,6 80,2",
            "76,6 46,4 30,18 32,42 60,50 76,70 60,94 22,92",
        ],
        [
            "66,2 38,22 20,58 28,90 54,98 76,80 68,58 46,52 24,70",
            "56,0 30,40 20,76 40,98 66,92 74,70 54,56 26,70",
            "74,10 54,2 30,28 20,66 34,96 62,94 76,72 58,54 30,64",
        ],
        [
            "18,6 80,6 80,6 44,100",
            "16,14 20,4 50,8 80,4 80,4 58,44 46,100",
            "18,8 78,6 78,6 44,98|34,52 74,50",
        ],
        [
            "68,16 48,2 28,16 38,40 66,60 74,84 50,99 26,84 36,58 64,40 70,18 58,4",
            "50,46 28,26 48,2 72,22 50,46 24,72 48,99 78,74 50,46",
            "76,10 46,4 30,24 48,46 72,70 54,98 28,84 42,56 76,10",
        ],
        [
            "72,18 50,2 26,20 30,44 54,48 74,26 74,26 70,60 62,100",
            "74,22 52,2 26,22 34,48 62,44 76,20 74,64 54,98 28,90",
            "68,12 42,4 26,28 40,48 70,36 70,4 70,4 68,100",
        ],
    ];

    /// <summary>Strokes of all ways of writing: [digit][way][stroke][point], each point (x, y) in [0, 1].</summary>
    public static readonly (float X, float Y)[][][][] Strokes =
        Array.ConvertAll(Written, ways => Array.ConvertAll(ways, way => Array.ConvertAll(way.Split('|'), stroke => Array.ConvertAll(stroke.Split(' '), Point))));

    private static (float X, float Y) Point(string text)
    {
        var comma = text.IndexOf(',');
        return (int.Parse(text.AsSpan(0, comma), CultureInfo.InvariantCulture) / 100f, int.Parse(text.AsSpan(comma + 1), CultureInfo.InvariantCulture) / 100f);
    }
}
