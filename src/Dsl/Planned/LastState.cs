namespace Kiln;

/// <summary>The last frame of every row. This version reports it as an error (operator not available yet).</summary>
public sealed class LastState : Layer;
