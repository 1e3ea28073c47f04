using Kiln.Kernels;
using Kiln.Tiles;

// One thread. Arguments choose groups by name: dense, row, layouts, images, channels, resnet50; all where there are none. Of channels, other
// arguments choose rows that contain one of them.
string[] groups = ["dense", "row", "layouts", "images", "channels", "resnet50"];
var parts = args.Except(groups).ToArray();
if (System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated) Run<V512>(512);
Run<V256>(256);
if (Wanted("layouts")) Images.Layouts();

void Run<V>(int bits) where V : struct, IVector<V>
{
    var peak = Measure.Peak<V>();
    Console.WriteLine($"{bits} bits: peak {peak / 1e9:F0} GFLOP/s, L2 {Measure.L2<V>() / 1e9:F0} GB/s");
    if (Wanted("dense")) Dense.Run<V>();
    if (Wanted("row")) Dense.Row<V>();
    if (Wanted("images")) Images.Run<V>(peak);
    if (Wanted("channels")) ChannelImages.Run<V>(parts);
    if (Wanted("resnet50")) ResNet50.Run<V>();
}

bool Wanted(string group) => !args.Intersect(groups).Any() || args.Contains(group);
