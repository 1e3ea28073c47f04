using System.Xml.Linq;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Kiln.Samples.Experiments;

/// <summary>What an axis shows.</summary>
/// <param name="Title">With its unit.</param>
/// <param name="Logarithmic">Whether equal ways are equal factors; then all numbers must be above 0.</param>
/// <param name="From">Where it begins; NaN: where the data do.</param>
/// <param name="To">Where it ends; NaN: where the data do.</param>
/// <param name="Letters">What is written at 0, 1, 2, …, for a map; null: numbers.</param>
internal readonly record struct Scale(string Title, bool Logarithmic = false, double From = double.NaN, double To = double.NaN, string? Letters = null);

/// <summary>A diagram of lines over two axes, drawn by OxyPlot.</summary>
internal sealed class Chart
{
    private readonly PlotModel _model;

    public Chart(string title, Scale x, Scale y)
    {
        _model = new PlotModel
        {
            Title = title,
            TitleFontSize = 14,
            TitleFontWeight = FontWeights.Bold,
            DefaultFont = "sans-serif",
            TextColor = Theme.Text,
            PlotAreaBorderColor = Theme.Quiet,
        };
        _model.Axes.Add(Axis(AxisPosition.Bottom, x));
        _model.Axes.Add(Axis(AxisPosition.Left, y));
        _model.Legends.Add(new Legend { LegendPlacement = LegendPlacement.Outside, LegendPosition = LegendPosition.RightTop, LegendTextColor = Theme.Text });
    }

    /// <summary>A line through points. Points that are not finite, or that a logarithmic axis cannot show, are gaps.</summary>
    /// <param name="name">In the legend; null: not there.</param>
    /// <param name="points">In order.</param>
    /// <param name="colour">Number of its colour, from 0.</param>
    /// <param name="dashed">Whether it is dashed.</param>
    /// <param name="markers">Whether each point is marked.</param>
    public Chart Line(string? name, IEnumerable<(double X, double Y)> points, int colour, bool dashed = false, bool markers = false)
    {
        var line = new LineSeries
        {
            Title = name,
            RenderInLegend = name is not null,
            Color = Theme.Series(colour),
            LineStyle = dashed ? LineStyle.Dash : LineStyle.Solid,
            StrokeThickness = 1.8,
            MarkerType = markers ? MarkerType.Circle : MarkerType.None,
            MarkerSize = 2.5,
            MarkerFill = Theme.Series(colour),
        };
        line.Points.AddRange(points.Select(point => double.IsFinite(point.Y) && double.IsFinite(point.X) ? new DataPoint(point.X, point.Y) : DataPoint.Undefined));
        _model.Series.Add(line);
        return this;
    }

    /// <summary>Marks without a line between them.</summary>
    public Chart Points(string? name, IEnumerable<(double X, double Y)> points, int colour)
    {
        var marks = new ScatterSeries { Title = name, RenderInLegend = name is not null, MarkerType = MarkerType.Circle, MarkerSize = 3, MarkerFill = Theme.Series(colour) };
        marks.Points.AddRange(points.Select(point => new ScatterPoint(point.X, point.Y)));
        _model.Series.Add(marks);
        return this;
    }

    /// <summary>A square for each number above 0, the darker the larger. Rows are from the top down.</summary>
    /// <param name="values">From 0 to 1, [row][column].</param>
    public Chart Map(IReadOnlyList<float[]> values)
    {
        var squares = new RectangleBarSeries { StrokeThickness = 0, RenderInLegend = false };
        for (var y = 0; y < values.Count; y++)
        {
            for (var x = 0; x < values[y].Length; x++)
            {
                if (values[y][x] <= 0) continue;
                squares.Items.Add(new RectangleBarItem(x - 0.5, y - 0.5, x + 0.5, y + 0.5) { Color = OxyColor.FromAColor((byte)(255 * Math.Clamp(values[y][x], 0, 1)), Theme.Series(0)) });
            }
        }
        _model.Series.Add(squares);
        _model.Axes[1].StartPosition = 1;
        _model.Axes[1].EndPosition = 0;
        return this;
    }

    /// <summary>Lines of equal height of a surface over the axes' range, which must have been given.</summary>
    /// <param name="height">Of a point.</param>
    /// <param name="levels">The heights.</param>
    public Chart Contours(Func<double, double, double> height, double[] levels)
    {
        const int steps = 80;
        var (x, y) = (_model.Axes[0], _model.Axes[1]);
        var columns = ArrayBuilder.CreateVector(x.Minimum, x.Maximum, steps);
        var rows = ArrayBuilder.CreateVector(y.Minimum, y.Maximum, steps);
        _model.Series.Add(new ContourSeries
        {
            ColumnCoordinates = columns,
            RowCoordinates = rows,
            Data = ArrayBuilder.Evaluate(height, columns, rows),
            ContourLevels = levels,
            Color = Theme.Grid,
            LabelBackground = OxyColors.Undefined,
            FontSize = 0,
            StrokeThickness = 1,
            RenderInLegend = false,
        });
        return this;
    }

    /// <summary>The drawing, without what a file needs around it.</summary>
    /// <param name="number">Among the charts of its picture: makes its names its own.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public IEnumerable<XElement> Draw(int number, int width, int height)
    {
        using var file = new MemoryStream();
        new SvgExporter { Width = width, Height = height, TextMeasurer = new TextSize() }.Export(_model, file);
        file.Position = 0;
        using var reader = new StreamReader(file);
        var text = Theme.Apply(reader.ReadToEnd()).Replace("clipPath", $"clip{number}Path").Replace($"<clip{number}Path", "<clipPath").Replace($"</clip{number}Path", "</clipPath");
        return XDocument.Parse(text).Root!.Elements();
    }

    private static Axis Axis(AxisPosition position, Scale scale)
    {
        Axis axis = scale.Letters is { } letters ? Lettered(letters) : scale.Logarithmic ? new LogarithmicAxis { UseSuperExponentialFormat = false } : new LinearAxis();
        axis.Position = position;
        axis.Title = scale.Title;
        axis.Minimum = scale.From;
        axis.Maximum = scale.To;
        axis.MajorGridlineStyle = LineStyle.Solid;
        axis.MajorGridlineColor = Theme.Grid;
        axis.TicklineColor = Theme.Quiet;
        axis.MinorTickSize = 0;
        axis.AxislineColor = Theme.Quiet;
        return axis;
    }

    private static CategoryAxis Lettered(string letters)
    {
        var axis = new CategoryAxis { MajorStep = 1 };
        axis.Labels.AddRange(letters.Select(letter => letter.ToString()));
        return axis;
    }
}
