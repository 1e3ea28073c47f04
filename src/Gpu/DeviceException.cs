namespace Kiln.Gpu;

/// <summary>A device is not there, or does not do what was asked of it.</summary>
/// <param name="message">What was looked for or done, and what the driver answered.</param>
public sealed class DeviceException(string message) : Exception(message);
