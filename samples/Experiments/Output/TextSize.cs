using OxyPlot;

namespace Kiln.Samples.Experiments;

/// <summary>Tells OxyPlot how much room a text takes. The reader's font is not known here: this is what common ones without serifs take at most.</summary>
internal sealed class TextSize : ClippingRenderContext
{
    public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight) =>
        string.IsNullOrEmpty(text) ? OxySize.Empty : new OxySize(text.Length * fontSize * (fontWeight > FontWeights.Normal ? 0.62 : 0.56), fontSize * 1.25);

    public override void DrawLine(IList<ScreenPoint> points, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode, double[] dashArray, LineJoin lineJoin) => throw new NotSupportedException();

    public override void DrawPolygon(IList<ScreenPoint> points, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode, double[] dashArray, LineJoin lineJoin) => throw new NotSupportedException();

    public override void DrawText(ScreenPoint p, string text, OxyColor fill, string fontFamily, double fontSize, double fontWeight, double rotation, HorizontalAlignment horizontalAlignment, VerticalAlignment verticalAlignment, OxySize? maxSize) => throw new NotSupportedException();

    protected override void SetClip(OxyRect clippingRectangle) => throw new NotSupportedException();

    protected override void ResetClip() => throw new NotSupportedException();
}
