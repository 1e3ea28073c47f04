"""Does works in PyTorch for the comparison: reads "run <tab> work <tab> seconds", answers "microseconds <tab> setting".

Every work comes in several settings. The first request measures them all; the fastest is what later requests run.
Threads, kernels' choice of OpenBLAS and the heap are set by the environment, so by whoever starts this process.
"""
import os
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

THREADS = int(os.environ.get("OMP_NUM_THREADS", "1"))


def median_microseconds(work, seconds):
    for _ in range(3):
        work()
    start = time.perf_counter()
    work()
    calls = max(1, int(3e-4 / max(1e-8, time.perf_counter() - start)))
    times, begin = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        for _ in range(calls):
            work()
        times.append((time.perf_counter() - start) / calls)
    times.sort()
    return 1e6 * (times[(len(times) - 1) // 2] + times[len(times) // 2]) / 2


def product(kind, rows, columns, depth):
    """A product of a dense layer, with the weight stored as [in, out] and as [out, in]."""
    for outputs_first in (False, True):
        weight = torch.randn(columns, depth).t() if outputs_first else torch.randn(depth, columns)
        a, b = {"forward": (torch.randn(rows, depth), weight),
                "data-gradient": (torch.randn(rows, columns), weight.t()),
                "weight-gradient": (torch.randn(rows, depth).t(), torch.randn(rows, columns))}[kind]
        out = torch.empty(a.shape[0], b.shape[1])
        if kind == "weight-gradient" and outputs_first:
            a, b, out = b.t(), a.t(), torch.empty(columns, depth)
        yield f"weight {'[out, in]' if outputs_first else '[in, out]'}", lambda a=a, b=b, out=out: torch.mm(a, b, out=out)


def transpose(rows, columns, depth):
    weight, out = torch.randn(depth, columns), torch.empty(columns, depth)
    yield "copy", lambda: out.copy_(weight.t())


def mlp():
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))


def lenet():
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(),
                         nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))


def step(model, x, label, optimizer):
    def work():
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(model(x), label).backward()
        optimizer.step()
    return work


def steps(model, x):
    """One model's step in several settings: modules or a trace, one update for all parameters or one each, with and without oneDNN."""
    label = torch.randint(0, 10, (64,))
    for foreach in (False, True):
        for traced in (False, True):
            callable_model = torch.jit.trace(model, x) if traced else model
            work = step(callable_model, x, label, torch.optim.SGD(model.parameters(), lr=1e-4, foreach=foreach))
            setting = f"{'traced' if traced else 'modules'}, foreach={foreach}"
            yield setting, work
            yield f"{setting}, no oneDNN", without_onednn(work)


def without_onednn(work):
    def guarded():
        with torch.backends.mkldnn.flags(enabled=False):
            work()
    return guarded


def mlp_step():
    return steps(mlp(), torch.rand(64, 784))


def lenet_step():
    for layout in (torch.contiguous_format, torch.channels_last):
        for setting, work in steps(lenet().to(memory_format=layout), torch.rand(64, 1, 28, 28).to(memory_format=layout)):
            yield f"{str(layout)[6:]}, {setting}", work


def mlp_batch1():
    model = mlp().eval()
    x = torch.rand(1, 784)
    weights = [(layer.weight.detach().t(), layer.bias.detach()) for layer in model if isinstance(layer, nn.Linear)]
    copies = [(weight.contiguous(), bias) for weight, bias in weights]
    traced = torch.jit.freeze(torch.jit.trace(model, x))

    def modules():
        with torch.inference_mode():
            model(x)

    def script():
        with torch.inference_mode():
            traced(x)

    def by_hand(layers):
        (w1, b1), (w2, b2), (w3, b3) = layers
        def work():
            with torch.inference_mode():
                h = torch.addmm(b1, x, w1).relu_()
                h = torch.addmm(b2, h, w2).relu_()
                torch.addmm(b3, h, w3)
        return work

    yield "modules", modules
    yield "traced", script
    yield "addmm [out, in]", by_hand(weights)
    yield "addmm [in, out]", by_hand(copies)


def inference(model, x):
    """Modules, a frozen trace and, where it is at hand, a trace optimised for inference; both layouts of images."""
    model = model.eval()
    for layout in (torch.contiguous_format, torch.channels_last) if x.dim() == 4 else (torch.contiguous_format,):
        laid, image = model.to(memory_format=layout), x.to(memory_format=layout)
        frozen = torch.jit.freeze(torch.jit.trace(laid, image))
        for name, callable_model in (("modules", laid), ("traced", frozen), ("optimised trace", torch.jit.optimize_for_inference(torch.jit.trace(laid, image)))):
            def work(callable_model=callable_model, image=image):
                with torch.inference_mode():
                    callable_model(image)
            yield f"{str(layout)[6:]}, {name}", work
            yield f"{str(layout)[6:]}, {name}, no oneDNN", without_onednn(work)


def vgg11(head):
    layers, inputs = [], 3
    for outputs, pool in ((64, True), (128, True), (256, False), (256, True), (512, False), (512, True), (512, False), (512, True)):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()] + ([nn.MaxPool2d(2)] if pool else [])
        inputs = outputs
    return nn.Sequential(*layers, nn.Flatten(), *head)


def lenet_batch1():
    return inference(lenet(), torch.rand(1, 1, 28, 28))


def vgg11_224():
    return inference(vgg11([nn.Linear(25088, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)]), torch.rand(1, 3, 224, 224))


def vgg11_32_step():
    for layout in (torch.contiguous_format, torch.channels_last):
        for setting, work in steps(vgg11([nn.Linear(512, 10)]).to(memory_format=layout), torch.rand(64, 3, 32, 32).to(memory_format=layout)):
            yield f"{str(layout)[6:]}, {setting}", work


class Block(nn.Module):
    """A residual block: two 3×3 convolutions, or 1×1, 3×3, 1×1 with four times the width."""
    def __init__(self, inputs, width, stride, bottleneck):
        super().__init__()
        outputs = 4 * width if bottleneck else width
        def convolution(i, o, kernel, stride=1):
            return [nn.Conv2d(i, o, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(o)]
        self.path = nn.Sequential(*convolution(inputs, width, 1), nn.ReLU(), *convolution(width, width, 3, stride), nn.ReLU(), *convolution(width, outputs, 1)) if bottleneck \
            else nn.Sequential(*convolution(inputs, width, 3, stride), nn.ReLU(), *convolution(width, width, 3))
        self.shortcut = nn.Identity() if stride == 1 and inputs == outputs else nn.Sequential(*convolution(inputs, outputs, 1, stride))

    def forward(self, x):
        return F.relu(self.path(x) + self.shortcut(x))


def resnet(stem, widths, blocks, bottleneck, classes):
    layers, inputs = list(stem), stem[0].out_channels
    for stage, (width, count) in enumerate(zip(widths, blocks)):
        for block in range(count):
            layers.append(Block(inputs, width, 2 if block == 0 and stage > 0 else 1, bottleneck))
            inputs = 4 * width if bottleneck else width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, classes))


def large_resnet(blocks, bottleneck):
    stem = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    return inference(resnet(stem, (64, 128, 256, 512), blocks, bottleneck, 1000), torch.rand(1, 3, 224, 224))


def resnet18_224():
    return large_resnet((2, 2, 2, 2), False)


def resnet50_224():
    return large_resnet((3, 4, 6, 3), True)


def resnet20_step():
    for layout in (torch.contiguous_format, torch.channels_last):
        stem = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
        model = resnet(stem, (16, 32, 64), (3, 3, 3), False, 10).to(memory_format=layout)
        for setting, work in steps(model, torch.rand(64, 3, 32, 32).to(memory_format=layout)):
            yield f"{str(layout)[6:]}, {setting}", work


def conv56_step():
    for layout in (torch.contiguous_format, torch.channels_last):
        model = nn.Sequential(nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1)).to(memory_format=layout)
        x = torch.rand(8, 64, 56, 56).to(memory_format=layout)
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-4, foreach=True)

        def work(model=model, x=x, optimizer=optimizer):
            optimizer.zero_grad(set_to_none=True)
            model(x).square().mean().backward()
            optimizer.step()
        yield str(layout)[6:], work
        yield f"{str(layout)[6:]}, no oneDNN", without_onednn(work)


def adam_step():
    for foreach in (False, True):
        model = mlp()
        for parameter in model.parameters():
            parameter.grad = torch.randn_like(parameter) * 1e-3
        yield f"foreach={foreach}", torch.optim.Adam(model.parameters(), lr=1e-6, foreach=foreach).step


WORKS = {"mlp-step": mlp_step, "lenet-step": lenet_step, "mlp-batch1": mlp_batch1, "lenet-batch1": lenet_batch1,
         "vgg11-224": vgg11_224, "vgg11-32-step": vgg11_32_step, "conv56-step": conv56_step,
         "resnet20-step": resnet20_step, "resnet18-224": resnet18_224, "resnet50-224": resnet50_224, "adam": adam_step, "transpose": transpose}
chosen = {}


def run(name, seconds):
    if name not in chosen:
        kind, *sizes = name.split()
        settings = list(WORKS[kind](*map(int, sizes)) if kind in WORKS else product(kind, *map(int, sizes)))
        if len(settings) > 1:
            settings.sort(key=lambda setting: median_microseconds(setting[1], seconds))
        chosen[name] = settings[0]
    setting, work = chosen[name]
    return median_microseconds(work, seconds), setting


def blas():
    """The library behind matrix products. Debian's plain one makes them up to forty times slower, which would flatter whoever is compared."""
    if torch.backends.mkl.is_available():
        return "MKL"
    with open("/proc/self/maps") as maps:
        if "openblas" in maps.read():
            return "OpenBLAS"
    return "a plain BLAS: NO FAIR RIVAL (Debian: apt install libopenblas0-pthread)"


def main():
    torch.set_num_threads(THREADS)
    torch.set_flush_denormal(True)
    print(f"PyTorch {torch.__version__}, Python {sys.version.split()[0]}, {blas()}", flush=True)
    for line in sys.stdin:
        _, name, seconds = line.rstrip("\n").split("\t")
        microseconds, setting = run(name, float(seconds))
        setting += f", threads={THREADS}"
        if THREADS > 1:
            setting += f", {os.environ.get('OMP_WAIT_POLICY', 'active')} waiting"
        if "OPENBLAS_CORETYPE" in os.environ:
            setting += f", {os.environ['OPENBLAS_CORETYPE']}"
        print(f"{microseconds:.3f}\t{setting}", flush=True)


if __name__ == "__main__":
    main()
