"""Does works in PyTorch on CUDA for benchmarks/gpu. A line asks, a line answers:

run <tab> work <tab> batch <tab> setting <tab> seconds     microseconds of one call, the median

graph      the whole call is one CUDA graph: bytes and labels are copied from pinned memory, and the loss or the answer is copied back, as Kiln does
resident   the graph alone, again and again: its rows are on the card already, as floats, and nothing is copied back; PyTorch at its very best
eager      the same as graph, operator by operator

Float32 throughout (TensorFloat32 in the works that begin with tf32), Adam fused into one call, cuDNN's algorithms chosen by trial. Both layouts of images are tried, and the faster counts.
"""
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

DEVICE = torch.device("cuda")


def median(values):
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def microseconds(call, seconds):
    """The median of turns. Each ends with a wait for the card, and has many calls where one does not wait itself."""
    work, calls = call
    for _ in range(3):
        work()
    torch.cuda.synchronize()
    times, begin = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        for _ in range(calls):
            work()
        torch.cuda.synchronize()
        times.append((time.perf_counter() - start) / calls)
    return 1e6 * median(times)


def mlp():
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))


def lenet():
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(),
                         nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))


class Block(nn.Module):
    """Two 3×3 convolutions; where the image is halved, the shortcut is every other pixel with channels of zeros."""
    def __init__(self, inputs, width, stride):
        super().__init__()
        self.added, self.stride = width - inputs, stride
        self.path = nn.Sequential(nn.Conv2d(inputs, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
                                  nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        shortcut = x if self.stride == 1 else F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, self.added))
        return F.relu(self.path(x) + shortcut)


def resnet20():
    layers, inputs = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
    for width in (16, 32, 64):
        for _ in range(3):
            layers.append(Block(inputs, width, 1 if inputs == width else 2))
            inputs = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


NETWORKS = {"mlp": (mlp, (784,)), "lenet": (lenet, (1, 28, 28)), "resnet20": (resnet20, (3, 32, 32))}


def layouts(shape):
    return (torch.contiguous_format, torch.channels_last) if len(shape) == 3 else (torch.contiguous_format,)


def captured(work):
    """A call's graph. What it allocates is warmed up on a stream of its own, as PyTorch wants it."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(5):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return graph


def step(name, batch, setting, layout):
    make, shape = NETWORKS[name]
    model = make().to(DEVICE, memory_format=layout).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True, capturable=setting != "eager")
    pinned = torch.randint(0, 256, (batch, *shape), dtype=torch.uint8).pin_memory()
    classes = torch.randint(0, 10, (batch,)).pin_memory()
    images, labels, loss = torch.empty_like(pinned, device=DEVICE), classes.to(DEVICE), torch.zeros((), device=DEVICE)
    images.copy_(pinned)
    floats = images.float().div_(255).contiguous(memory_format=layout)

    def learn():
        x = floats if setting == "resident" else images.to(torch.float32, memory_format=layout).mul_(1 / 255)
        optimizer.zero_grad(set_to_none=True)
        result = F.cross_entropy(model(x), labels)
        result.backward()
        optimizer.step()
        loss.copy_(result.detach())

    run = learn if setting == "eager" else captured(learn).replay

    def copying():
        images.copy_(pinned, non_blocking=True)
        labels.copy_(classes, non_blocking=True)
        run()
        loss.item()
    return (run, 20) if setting == "resident" else (copying, 1)


def predict(name, batch, setting, layout):
    make, shape = NETWORKS[name]
    model = make().to(DEVICE, memory_format=layout).eval()
    pinned = torch.randint(0, 256, (batch, *shape), dtype=torch.uint8).pin_memory()
    answer = torch.empty((batch, 10)).pin_memory()
    images, logits = pinned.to(DEVICE), torch.empty((batch, 10), device=DEVICE)
    floats = images.float().div_(255).contiguous(memory_format=layout)

    def work():
        with torch.no_grad():
            x = floats if setting == "resident" else images.to(torch.float32, memory_format=layout).mul_(1 / 255)
            logits.copy_(model(x))

    run = work if setting == "eager" else captured(work).replay

    def copying():
        images.copy_(pinned, non_blocking=True)
        run()
        answer.copy_(logits, non_blocking=True)
        torch.cuda.current_stream().synchronize()
    return (run, 20) if setting == "resident" else (copying, 1)


def product(size):
    """cuBLAS; all settings are the same here."""
    a, b, out = (torch.randn(size, size, device=DEVICE) for _ in range(3))
    return lambda: torch.mm(a, b, out=out), 4


def candidates(work, batch, setting):
    name, what = work.removeprefix("tf32-").rsplit("-", 1)
    if name == "product":
        yield product(int(what))
        return
    for layout in layouts(NETWORKS[name][1]):
        yield {"step": step, "predict": predict}[what](name, batch, setting, layout)


chosen = {}


def run(work, batch, setting, seconds):
    key = (work, batch, setting)
    torch.backends.cuda.matmul.allow_tf32 = work.startswith("tf32-")
    if key not in chosen:
        # One row at a time: what others hold of the card is given back.
        if any(other[:2] != key[:2] for other in chosen):
            chosen.clear()
            torch.cuda.empty_cache()
        chosen[key] = min(candidates(work, int(batch), setting), key=lambda call: microseconds(call, 0.3))
    return f"{microseconds(chosen[key], float(seconds)):.3f}"


def main():
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    torch.manual_seed(1)
    print(f"PyTorch {torch.__version__}, CUDA {torch.version.cuda}, {torch.cuda.get_device_name()}", flush=True)
    for line in sys.stdin:
        _, *arguments = line.rstrip("\n").split("\t")
        try:
            print(run(*arguments), flush=True)
        except Exception as error:
            print(f"error: {error}".replace("\n", " "), flush=True)


if __name__ == "__main__":
    main()
