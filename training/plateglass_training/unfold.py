"""A checkpoint out of a committed detector or reader, so that it can be trained further where its run is gone.

The exporter folded every batch norm into the convolution before it.  Each is made anew from what the folded net does on drawn
crops: its statistics are those of the convolution's output, its scale and shift undo them, so the unfolded net answers as the
committed one does and learns as one that was never folded.  All else keeps its name in the file, or that of the product it is used in.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

from . import detectordata, progress, readerdata
from .detectornet import DetectorExport, DetectorNet
from .detectortrain import to_input
from .readernet import ReaderExport, ReaderNet
from .readertrain import normalise

CROPS = 96
PLATES = 512


def convolutions(net: nn.Module, example: torch.Tensor) -> list[nn.Conv2d]:
    """A net's convolutions in the order in which they are run."""
    order: list[nn.Conv2d] = []
    hooks = [m.register_forward_pre_hook(lambda m, _: order.append(m)) for m in net.modules() if isinstance(m, nn.Conv2d)]
    with torch.no_grad():
        net(example)
    for hook in hooks:
        hook.remove()
    return order


def take_named(net: nn.Module, model: Path) -> None:
    """Gives every parameter that an ONNX file knows by name its values: linear layers' weights stand there turned."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(model)).graph
    known = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}
    named = {name.removeprefix("net."): values for name, values in known.items()}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in known:
            layer = node.name.removeprefix("/net/").removesuffix("/MatMul").replace("/", ".")
            named[f"{layer}.weight"] = known[node.input[1]].T
    for name, mine in net.named_parameters():
        if name in named:
            mine.data.copy_(named[name])


def take_weights(net: nn.Module, model: Path, example: torch.Tensor) -> list[tuple[nn.Conv2d, torch.Tensor]]:
    """Gives every convolution its weights from an ONNX file; those whose bias a batch norm has to carry, with that bias."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(model)).graph
    known = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}
    nodes = [n for n in graph.node if n.op_type == "Conv"]
    mine = convolutions(net, example)
    if len(nodes) != len(mine):
        raise SystemExit(f"{model}: {len(nodes)} convolutions where this net has {len(mine)}")
    folded = []
    for node, conv in zip(nodes, mine):
        weight, bias = (known[name] for name in node.input[1:3])
        if weight.shape != conv.weight.shape:
            raise SystemExit(f"{model}: {node.output[0]} is {tuple(weight.shape)} where this net has {tuple(conv.weight.shape)}")
        conv.weight.data.copy_(weight)
        if conv.bias is None:
            folded.append((conv, bias))
        else:
            conv.bias.data.copy_(bias)
    return folded


def unfold(net: nn.Module, model: Path, example: torch.Tensor) -> None:
    """Makes ``net`` answer as ``model`` does, batch norms and all."""
    net.eval()
    take_named(net, model)
    folded = take_weights(net, model, example)
    norm_of = {}
    for m in net.modules():
        if isinstance(m, nn.Sequential):
            norm_of |= {a: b for a, b in zip(m, list(m)[1:]) if isinstance(a, nn.Conv2d) and isinstance(b, nn.BatchNorm2d)}
    seen = {}
    for conv, bias in folded:
        norm = norm_of[conv]
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)
        norm.weight.data.fill_(1)
        norm.bias.data.copy_(bias)

        def keep(_, __, out, norm=norm):
            seen[norm] = (out.mean((0, 2, 3)), out.var((0, 2, 3)))

        conv.register_forward_hook(keep)
    with torch.no_grad():
        net(example)
    for conv, _ in folded:
        conv._forward_hooks.clear()
        norm = norm_of[conv]
        mean, var = seen[norm]
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(var)
        norm.weight.data.copy_(torch.sqrt(var + norm.eps))
        norm.bias.data.add_(mean)


def detector(models: Path, data: Path | None, rng: np.random.Generator) -> tuple[DetectorNet, float]:
    """The committed detector as a net, with how far its answers differ at most."""
    from .export import check

    src = detectordata.Sources(data)
    crops = detectordata.crops(rng, src, detectordata.PlatePool(src.textures), CROPS)
    example = to_input(torch.from_numpy(np.stack([c.image for c in crops])))
    net = DetectorNet()
    unfold(net, models / "detector.onnx", example)
    return net, check(models / "detector.onnx", DetectorExport(net).eval(), [example[:2], example[2:5]])


def reader(models: Path, rng: np.random.Generator) -> tuple[ReaderNet, float]:
    """The same of the reader."""
    from .export import check

    plates, _ = readerdata.synthetic(rng, PLATES)
    example = normalise(torch.from_numpy(plates))
    net = ReaderNet()
    unfold(net, models / "reader.onnx", example)
    return net, check(models / "reader.onnx", ReaderExport(net).eval(), [example[:2], example[2:5]])


def run(which: str, models: Path, data: Path | None, out: Path, seed: int) -> None:
    """Writes ``out``, a checkpoint to be given to ``detector --init`` or ``reader --init``."""
    progress.setup(seed)
    rng = np.random.default_rng((seed, 11))
    net, worst = detector(models, data, rng) if which == "detector" else reader(models, rng)
    progress.save(out, ema=net.state_dict())
    print(f"{out}: answers as {which}.onnx does, to {worst:.1e}")
