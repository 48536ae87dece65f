"""Writes the nets as ONNX with a manifest beside each, and checks them.

The manifest is the whole contract with the Rust side: nothing about the nets'
input or output is known anywhere else.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch

from . import detectornet as dn
from . import issuernet as isn
from . import readernet as rn

# Chosen by measurement (see README.md, "Decoding").
READER_PADDING = 0.06
DETECTOR_SCORE_MIN = 0.20
DETECTOR_BELIEVED_MIN = 0.40
# 99.6 % and more of what is told on the valid sets is right, and four of five state plates are told.
ISSUER_SURE_MIN = 0.50
VERSIONS = {"reader": 3, "detector": 4, "issuer": 2}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _export(module, example, path: Path, inp: str, outs: list[str], axes: dict) -> None:
    module.eval()
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        module, (example,), str(path), dynamo=False, opset_version=17,
        input_names=[inp], output_names=outs, dynamic_axes=axes,
        do_constant_folding=True,
    )


def check(path: Path, module, examples) -> float:
    """Largest difference between ONNX Runtime's outputs and torch's."""
    import onnxruntime as ort

    opt = ort.SessionOptions()
    opt.intra_op_num_threads = 1
    ses = ort.InferenceSession(str(path), opt, providers=["CPUExecutionProvider"])
    worst = 0.0
    for x in examples:
        with torch.no_grad():
            want = module(x)
        got = ses.run(None, {ses.get_inputs()[0].name: x.numpy()})
        for w, g in zip(want, got):
            # Corner offsets run to hundreds of pixels: compare relatively there.
            scale = max(1.0, float(w.abs().max()) / 10)
            worst = max(worst, float(np.abs(w.numpy() - g).max()) / scale)
    if worst > 1e-4:
        raise SystemExit(f"{path.name}: ONNX differs from torch by {worst:.2e}")
    return worst


def export_reader(net: rn.ReaderNet, out: Path, padding: float = READER_PADDING) -> None:
    m = rn.ReaderExport(net).eval()
    path = out / "reader.onnx"
    g = torch.Generator().manual_seed(1)
    x = torch.randn(2, 1, rn.HEIGHT, rn.WIDTH, generator=g)
    _export(m, x, path, "plate", ["ctc", "slots"],
            {"plate": {0: "n"}, "ctc": {0: "n"}, "slots": {0: "n"}})
    more = [torch.randn(n, 1, rn.HEIGHT, rn.WIDTH, generator=g) for n in (1, 5)]
    worst = check(path, m, [x] + more)
    (out / "reader.toml").write_text(f'''# Made by `python -m plateglass_training export`; read by the vision crate.
kind = "reader"
name = "plateglass-reader-{VERSIONS["reader"]}"
file = "reader.onnx"
sha256 = "{sha256(path)}"
alphabet = "{rn.ALPHABET}"

[input]
name = "plate"            # N x 1 x 64 x 128, grey
height_px = {rn.HEIGHT}
width_px = {rn.WIDTH}
normalise = "per-image"   # (v - mean) / std of this picture
padding = {padding:.2f}            # share of the plate's width/height added on each side before rectifying

[output]
ctc = "ctc"               # N x {rn.COLUMNS} x {rn.CLASSES} log-probabilities; class 0 = blank, then the alphabet
slots = "slots"           # N x {rn.SLOTS} x {rn.CLASSES} probabilities; class 0 = nothing here
ctc_form = "log-prob"
''')
    print("reader.toml has no calibration yet: build the program, then run `calibrate`")
    print(f"reader.onnx {path.stat().st_size / 1e6:.2f} MB, differs from torch by {worst:.1e}")


def export_detector(net: dn.DetectorNet, out: Path,
                    score_min: float = DETECTOR_SCORE_MIN) -> None:
    m = dn.DetectorExport(net).eval()
    path = out / "detector.onnx"
    g = torch.Generator().manual_seed(2)
    x = torch.randn(1, 3, 384, 640, generator=g)
    hw = {0: "n", 2: "h", 3: "w"}
    _export(m, x, path, "image", ["heat", "corners"],
            {"image": hw, "heat": {0: "n", 2: "h8", 3: "w8"}, "corners": {0: "n", 2: "h8", 3: "w8"}})
    worst = check(path, m, [x, torch.randn(1, 3, 480, 640, generator=g),
                            torch.randn(2, 3, 640, 352, generator=g)])
    mean = ", ".join(str(v) for v in dn.MEAN)
    std = ", ".join(str(v) for v in dn.STD)
    (out / "detector.toml").write_text(f'''# Made by `python -m plateglass_training export`; read by the vision crate.
kind = "detector"
name = "plateglass-detector-{VERSIONS["detector"]}"
file = "detector.onnx"
sha256 = "{sha256(path)}"

[input]
name = "image"            # N x 3 x H x W, RGB
long_side_px = {dn.LONG_SIDE}        # the frame is scaled so that its longer side is this
multiple_of = {dn.MULTIPLE}          # and padded right/bottom with zeros (after normalising) to this multiple
mean = [{mean}]
std = [{std}]

[output]
heat = "heat"             # N x 1 x h x w, after the sigmoid
corners = "corners"       # N x 8 x h x w: x, y of top-left, top-right, bottom-right, bottom-left,
                          # in input pixels relative to the cell's centre (cell + 0.5) * stride
stride = {dn.STRIDE}
score_min = {score_min:.2f}
believed_min = {DETECTOR_BELIEVED_MIN:.2f}       # weaker finds are believed only where a closer look is surer

[glance]                  # a cheap first look; what it suspects is looked at closer
long_side_px = {dn.GLANCE_LONG_SIDE}
score_min = {dn.GLANCE_SCORE_MIN:.2f}
''')
    print(f"detector.onnx {path.stat().st_size / 1e6:.2f} MB, differs from torch by {worst:.1e}")


def export_issuer(net: isn.IssuerNet, out: Path, sure_min: float = ISSUER_SURE_MIN) -> None:
    m = isn.IssuerExport(net).eval()
    path = out / "issuer.onnx"
    g = torch.Generator().manual_seed(3)
    x = torch.randn(2, 1, isn.HEIGHT, isn.WIDTH, generator=g)
    _export(m, x, path, "plate", ["issuer"], {"plate": {0: "n"}, "issuer": {0: "n"}})
    worst = check(path, _Tuple(m), [x, torch.randn(1, 1, isn.HEIGHT, isn.WIDTH, generator=g)])
    issuers = ", ".join(f'"{name}"' for name in isn.ISSUERS)
    (out / "issuer.toml").write_text(f'''# Made by `python -m plateglass_training export`; read by the vision crate.
kind = "issuer"
name = "plateglass-issuer-{VERSIONS["issuer"]}"
file = "issuer.onnx"
sha256 = "{sha256(path)}"
issuers = [{issuers}]

[input]
name = "plate"
height_px = {isn.HEIGHT}
width_px = {isn.WIDTH}
normalise = "per-image"
padding = {READER_PADDING:.2f}

[output]
issuer = "issuer"         # N x {len(isn.ISSUERS)} probabilities
sure_min = {sure_min:.2f}           # likelier guesses are told
''')
    print(f"issuer.onnx {path.stat().st_size / 1e6:.2f} MB, differs from torch by {worst:.1e}")


class _Tuple(torch.nn.Module):
    """One output as a list of one, as ``check`` compares lists."""

    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, x):
        return (self.module(x),)


def run(run_dir: Path, out: Path, reader: Path | None = None, detector: Path | None = None) -> None:
    """Exports whatever has a checkpoint: the fine-tuned reader before the plain one."""
    from . import detectortrain, issuertrain, readertrain

    torch.set_num_threads(1)
    reader = reader or next((p for p in (run_dir / "reader-tuned.pt", run_dir / "reader.pt") if p.exists()), None)
    detector = detector or next((p for p in (run_dir / "detector-tuned.pt", run_dir / "detector.pt") if p.exists()), run_dir / "detector.pt")
    if reader and reader.exists():
        export_reader(readertrain.load_net(reader), out)
    if detector.exists():
        export_detector(detectortrain.load_net(detector), out)
    issuer = run_dir / "issuer.pt"
    if issuer.exists():
        export_issuer(issuertrain.load_net(issuer), out)
