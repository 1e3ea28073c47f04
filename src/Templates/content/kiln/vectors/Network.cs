using Kiln;

/// <summary>Tells on which of three spiral arms a point of the plane lies.</summary>
[Network, Input(2)]
[Dense(32), Tanh, Dense(32), Tanh, Dense(3), CrossEntropy]
public sealed partial class Network;
