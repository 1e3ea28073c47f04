"""Does works in PyTorch for the comparison. A line asks, a line answers:

run <tab> work <tab> seconds [<tab> setting]    microseconds <tab> setting <tab> threads and the like
export <tab> work <tab> path                    writes the model of an inference as an ONNX file there; done
saved <tab> model <tab> batch                   bytes that autograd saves for the backward pass

Every work comes in several settings. The first request tries them all, or that setting alone; the fastest is what later requests run.
Threads, kernels' choice of OpenBLAS and the heap are set by the environment, so by whoever starts this process.
"""
import contextlib
import copy
import functools
import os
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

THREADS = int(os.environ.get("OMP_NUM_THREADS", "1"))


def median(values):
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


class Timer:
    """Times a work; of short ones, many calls at once."""
    def __init__(self, work):
        self.work = work
        for _ in range(3):
            start = time.perf_counter()
            work()
            self.times = [time.perf_counter() - start]
        self.calls = max(1, int(3e-4 / max(1e-8, self.times[0])))

    def turns(self, seconds, least=1):
        """As many as fit the time."""
        begin, least = time.perf_counter(), len(self.times) + least
        while len(self.times) < least or time.perf_counter() - begin < seconds:
            start = time.perf_counter()
            for _ in range(self.calls):
                self.work()
            self.times.append((time.perf_counter() - start) / self.calls)

    def median_microseconds(self, seconds):
        self.work()
        self.times = []
        self.turns(seconds, least=3)
        return 1e6 * median(self.times)


# What is dropped in the choice of a setting is clearly slower: its fastest turn takes so many times as long as the median turn of the best. What disturbs
# a turn makes it slower, so that a fast one is never luck. The margin of each round:
MARGINS = (3, 1.5, 1.5, 1.3, 1.2, 1.15, 1.1, 1.1)

# From this many seconds a call on, the layout and the library decide; what tracing and foreach save is far less. A setting that is slower by the
# first margin then stands for its family.
LONG, FAMILY_MARGIN = 0.02, 1.5


def family(setting):
    return frozenset(part for part in setting.split(", ") if part in ("contiguous_format", "channels_last", "no oneDNN", "fused", "for-loop", "foreach"))


def fastest(settings, seconds):
    """The fastest of several settings, tried in turns, so that a change of clock or load meets them all; where those left are alike, the one that is ahead."""
    left, slow, best = [], set(), float("inf")
    for setting, work in settings:
        if family(setting) in slow:
            continue
        timer = Timer(work)
        timer.turns(0)
        if LONG < best * FAMILY_MARGIN < min(timer.times):
            timer.turns(0, least=2)
            if best * FAMILY_MARGIN < min(timer.times):
                slow.add(family(setting))
                continue
        best = min(best, median(timer.times))
        left.append((setting, timer))
    for number, margin in enumerate(MARGINS):
        if len(left) == 1:
            break
        for _, timer in left:
            timer.turns(seconds / len(MARGINS))
        medians = [median(timer.times) for _, timer in left]
        left = [entry for entry in left if min(entry[1].times) <= margin * min(medians)]
        if number >= 4 and max(medians) <= 1.03 * min(medians):
            break
    return min(left, key=lambda entry: median(entry[1].times))


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


def mlp_batch1(model, x):
    model = model.eval()
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
    for layout in (torch.contiguous_format, torch.channels_last):
        laid, image = copy.deepcopy(model).to(memory_format=layout), x.to(memory_format=layout)
        frozen = torch.jit.freeze(torch.jit.trace(laid, image))
        for name, callable_model in (("modules", laid), ("traced", frozen), ("optimised trace", torch.jit.optimize_for_inference(torch.jit.trace(laid, image)))):
            def work(callable_model=callable_model, image=image):
                with torch.inference_mode():
                    callable_model(image)
            with fusion(layout is torch.contiguous_format or torch.__version__ < "2"):
                for _ in range(3):
                    work()
            yield f"{str(layout)[6:]}, {name}", work
            yield f"{str(layout)[6:]}, {name}, no oneDNN", without_onednn(work)


@contextlib.contextmanager
def fusion(enabled):
    """Whether traces that are compiled meanwhile have their pointwise operators fused. PyTorch 2.6 never returns from fusing some in channels_last."""
    torch._C._jit_set_texpr_fuser_enabled(enabled)
    yield
    torch._C._jit_set_texpr_fuser_enabled(True)


def vgg11(head):
    layers, inputs = [], 3
    for outputs, pool in ((64, True), (128, True), (256, False), (256, True), (512, False), (512, True), (512, False), (512, True)):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()] + ([nn.MaxPool2d(2)] if pool else [])
        inputs = outputs
    return nn.Sequential(*layers, nn.Flatten(), *head)


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
    return resnet(stem, (64, 128, 256, 512), blocks, bottleneck, 1000)


# Works of inference: the model, and what it sees.
MODELS = {
    "mlp-batch1": lambda: (mlp(), torch.rand(1, 784)),
    "lenet-batch1": lambda: (lenet(), torch.rand(1, 1, 28, 28)),
    "vgg11-224": lambda: (vgg11([nn.Linear(25088, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)]), torch.rand(1, 3, 224, 224)),
    "resnet18-224": lambda: (large_resnet((2, 2, 2, 2), False), torch.rand(1, 3, 224, 224)),
    "resnet50-224": lambda: (large_resnet((3, 4, 6, 3), True), torch.rand(1, 3, 224, 224)),
}


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


# Updates of ten million parameters, ten matrices of a million. Lion has no rival.
RULES = {
    "sgd": lambda p, **how: torch.optim.SGD(p, lr=1e-6, **how),
    "momentum": lambda p, **how: torch.optim.SGD(p, lr=1e-6, momentum=0.9, **how),
    "nesterov": lambda p, **how: torch.optim.SGD(p, lr=1e-6, momentum=0.9, nesterov=True, **how),
    "adagrad": lambda p, **how: torch.optim.Adagrad(p, lr=1e-6, **how),
    "adadelta": lambda p, **how: torch.optim.Adadelta(p, lr=1e-6, **how),
    "rmsprop": lambda p, **how: torch.optim.RMSprop(p, lr=1e-6, **how),
    "adam": lambda p, **how: torch.optim.Adam(p, lr=1e-6, **how),
    "adamw": lambda p, **how: torch.optim.AdamW(p, lr=1e-6, **how),
    "adamax": lambda p, **how: torch.optim.Adamax(p, lr=1e-6, **how),
    "nadam": lambda p, **how: torch.optim.NAdam(p, lr=1e-6, **how),
    "amsgrad": lambda p, **how: torch.optim.Adam(p, lr=1e-6, amsgrad=True, **how),
    "rprop": lambda p, **how: torch.optim.Rprop(p, lr=1e-6, **how),
}


@functools.cache
def ten_million():
    """One set for all rules: what a rule was asked once stays in memory."""
    parameters = [nn.Parameter(torch.randn(1000, 1000) * 1e-2) for _ in range(10)]
    for parameter in parameters:
        parameter.grad = torch.randn_like(parameter) * 1e-2
    return parameters


def update(rule):
    """One call for everything, a loop over the parameters, and operators over lists of them: as many of the three as this version has for the rule."""
    for setting, how in {"fused": {"fused": True}, "for-loop": {"foreach": False}, "foreach": {"foreach": True}}.items():
        try:
            work = RULES[rule](ten_million(), **how).step
            work()
        except (TypeError, RuntimeError):
            continue
        yield setting, work


BATCH, STEPS, UNITS = 32, 50, 128


class Peephole(nn.Module):
    """An LSTM whose gates see the cell, as a loop over the steps; steps first. With once, the inputs of all steps are multiplied by their weight at once."""
    def __init__(self, once=False):
        super().__init__()
        self.once = once
        self.inputs, self.recurrent = nn.Linear(UNITS, 4 * UNITS), nn.Linear(UNITS, 4 * UNITS, bias=False)
        self.peepholes = nn.ParameterList([nn.Parameter(0.1 * torch.randn(UNITS)) for _ in range(3)])
        self.cell = peephole_cell

    def forward(self, x):
        h, c, outputs = x.new_zeros(x.shape[1], UNITS), x.new_zeros(x.shape[1], UNITS), []
        weight, (i, f, o) = self.recurrent.weight.t(), self.peepholes
        for step in (self.inputs(x) if self.once else x):
            h, c = self.cell(torch.addmm(step if self.once else self.inputs(step), h, weight), c, i, f, o)
            outputs.append(h)
        return torch.stack(outputs), None


def peephole_cell(gates, c, peephole_i, peephole_f, peephole_o):
    i, f, g, o = gates.chunk(4, 1)
    c = torch.sigmoid(f + peephole_f * c) * c + torch.sigmoid(i + peephole_i * c) * torch.tanh(g)
    return torch.sigmoid(o + peephole_o * c) * torch.tanh(c), c


def numbers(*shape):
    """The same as Kiln has."""
    count = functools.reduce(lambda a, b: a * b, shape)
    return ((torch.arange(count) * 7919 % 1000).float() / 1000 - 0.5).reshape(shape)


def gradients(layer, first):
    """Loss and gradients of one layer over time, its input multiplied by a trained vector; samples or steps first."""
    x, scale = numbers(BATCH, STEPS, UNITS), torch.ones(UNITS, requires_grad=True)
    x = x.transpose(0, 1).contiguous() if first == "steps" else x
    parameters = [scale, *layer.parameters()]

    def work():
        for parameter in parameters:
            parameter.grad = None
        loss = layer(x * scale)[0].square().mean()
        loss.backward()
        return loss
    return work


def recurrent(kind):
    for first in ("steps", "samples"):
        work = gradients(kind(UNITS, UNITS, batch_first=first == "samples"), first)
        yield f"{first} first", work
        yield f"{first} first, no oneDNN", without_onednn(work)


def peephole():
    for once in (False, True):
        for scripted in (False, True):
            layer = Peephole(once)
            layer.cell = torch.jit.script(peephole_cell) if scripted else peephole_cell
            yield f"{'inputs at once' if once else 'loop of steps'}, {'scripted cell' if scripted else 'operators'}", gradients(layer, "steps")


class Characters(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.layers, self.head = nn.Embedding(65, 64), nn.LSTM(64, 256, 3), nn.Linear(256, 65)

    def forward(self, text):
        return self.head(self.layers(self.embedding(text))[0])


def characters():
    text, following = torch.randint(0, 65, (64, 32)), torch.randint(0, 65, (64 * 32,))
    for setting, how in {"fused": {"fused": True}, "for-loop": {"foreach": False}, "foreach": {"foreach": True}}.items():
        model = Characters()
        try:
            optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, **how)
        except (TypeError, RuntimeError):
            continue

        def work(model=model, optimizer=optimizer):
            optimizer.zero_grad(set_to_none=True)
            F.cross_entropy(model(text).reshape(-1, 65), following).backward()
            optimizer.step()
        yield setting, work
        yield f"{setting}, no oneDNN", without_onednn(work)


def streaming(kind):
    """One step of one row, whose state goes on."""
    x = numbers(1, 64)
    cell = (nn.LSTMCell if kind == "lstm" else nn.GRUCell)(64, 64).eval()
    start = (torch.zeros(1, 64), torch.zeros(1, 64)) if kind == "lstm" else torch.zeros(1, 64)
    weights = [parameter.detach() for parameter in cell.parameters()]
    function = torch._VF.lstm_cell if kind == "lstm" else torch._VF.gru_cell
    traced = torch.jit.freeze(torch.jit.trace(cell, (x, start)))
    for setting, step in {"module": cell, "traced": traced, "function": lambda x, state: function(x, state, *weights)}.items():
        state = [start]

        def work(step=step, state=state):
            with torch.inference_mode():
                state[0] = step(x, state[0])
        yield setting, work


def mlp_streaming():
    model = nn.Sequential(nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 32)).eval()
    x = numbers(1, 32)
    (w1, b1), (w2, b2), (w3, b3) = [(layer.weight.detach().t().contiguous(), layer.bias.detach()) for layer in model if isinstance(layer, nn.Linear)]

    def by_hand(x):
        return torch.addmm(b3, torch.addmm(b2, torch.addmm(b1, x, w1).tanh_(), w2).tanh_(), w3)

    for setting, function in {"modules": model, "traced": torch.jit.freeze(torch.jit.trace(model, x)), "addmm": by_hand}.items():
        def work(function=function):
            with torch.inference_mode():
                function(x)
        yield setting, work


RECURRENT = {"lstm128": nn.LSTM, "gru128": nn.GRU, "rnn128": nn.RNN}

WORKS = {**{work: lambda kind=kind: recurrent(kind) for work, kind in RECURRENT.items()}, "peephole128": peephole, "charrnn-step": characters,
         "lstm64-streaming": lambda: streaming("lstm"), "gru64-streaming": lambda: streaming("gru"), "mlp32x3-streaming": mlp_streaming,
         "mlp-step": mlp_step, "lenet-step": lenet_step, "vgg11-32-step": vgg11_32_step, "conv56-step": conv56_step, "resnet20-step": resnet20_step,
         "adam": adam_step, "transpose": transpose, **{f"{rule}-10m": lambda rule=rule: update(rule) for rule in RULES}}
chosen = {}


def settings(work):
    if work in MODELS:
        return (mlp_batch1 if work == "mlp-batch1" else inference)(*MODELS[work]())
    kind, *sizes = work.split()
    if kind not in WORKS and len(sizes) != 3:
        raise ValueError("there is no such work")
    return WORKS[kind](*map(int, sizes)) if kind in WORKS else product(kind, *map(int, sizes))


def run(work, seconds, only=None):
    """With the setting only, where it is given and the work has not been asked for before."""
    if work not in chosen:
        chosen[work] = fastest(((setting, call) for setting, call in settings(work) if only in (None, setting)), float(seconds))
    setting, timer = chosen[work]
    environment = f"threads={THREADS}"
    if THREADS > 1:
        environment += f", {os.environ.get('OMP_WAIT_POLICY', 'active')} waiting"
    if "OPENBLAS_CORETYPE" in os.environ:
        environment += f", {os.environ['OPENBLAS_CORETYPE']}"
    return f"{timer.median_microseconds(float(seconds)):.3f}\t{setting}\t{environment}"


def export(work, path):
    model, x = MODELS[work]()
    torch.onnx.export(model.eval(), x, path, input_names=["x"], output_names=["y"])
    return "done"


def saved(work, batch):
    """
    Bytes that autograd keeps from the forward pass in training for the backward pass: whole storages, each once, of all tensors that are given to its hooks,
    but for parameters and buffers, which are there anyhow. So the images, what convolutions and normalisations read, the outputs of
    ReLU, the positions of maxima and the batch's statistics.
    """
    model, x = MODELS[work]()
    own = {tensor.storage().data_ptr() for tensor in (*model.parameters(), *model.buffers())}
    storages = {}

    def pack(tensor):
        storage = tensor.storage()
        if storage.data_ptr() not in own:
            storages[storage.data_ptr()] = storage.nbytes()
        return tensor

    images, labels = x.expand(int(batch), *x.shape[1:]).clone(), torch.zeros(int(batch), dtype=torch.long)
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        # What is saved lives as long as the loss, so no two of the storages are at one address.
        loss = F.cross_entropy(model.train()(images), labels)
    return str(sum(storages.values()))


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
        request, *arguments = line.rstrip("\n").split("\t")
        try:
            print({"run": run, "export": export, "saved": saved}[request](*arguments), flush=True)
        except Exception as error:
            print(f"error: {error}".replace("\n", " "), flush=True)


if __name__ == "__main__":
    main()
