"""Detector, rectifier, reader, text: the shipped pipeline in Python.

The Rust side does the same; README.md ("Decoding") states the rules in words.
Runs the ONNX files, so what is measured is what ships.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np


@dataclass
class Detection:
    score: float
    quad: np.ndarray  # 4x2 in frame pixels: top-left, top-right, bottom-right, bottom-left


@dataclass
class Reading:
    text: str
    confidence: float
    ctc: tuple[str, float]
    slots: tuple[str, float]


def _session(path: Path):
    import onnxruntime as ort

    o = ort.SessionOptions()
    o.intra_op_num_threads = 1
    return ort.InferenceSession(str(path), o, providers=["CPUExecutionProvider"])


class Detector:
    def __init__(self, models: Path):
        self.m = tomllib.loads((models / "detector.toml").read_text())
        self.s = _session(models / self.m["file"])

    def __call__(self, rgb: np.ndarray, score_min: float | None = None, long_side: int | None = None) -> list[Detection]:
        i, o = self.m["input"], self.m["output"]
        h, w = rgb.shape[:2]
        scale = (long_side or i["long_side_px"]) / max(h, w)
        nw, nh = max(1, round(w * scale)), max(1, round(h * scale))
        im = cv2.resize(rgb, (nw, nh), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        x = (im.astype(np.float32) / 255 - np.float32(i["mean"])) / np.float32(i["std"])
        k = i["multiple_of"]
        x = np.pad(x, ((0, -nh % k), (0, -nw % k), (0, 0)))
        heat, corners = self.s.run([o["heat"], o["corners"]], {i["name"]: x.transpose(2, 0, 1)[None]})
        heat, corners = heat[0, 0], corners[0]
        lo = o["score_min"] if score_min is None else score_min
        peak = (heat >= cv2.dilate(heat, np.ones((3, 3), np.uint8))) & (heat >= lo)
        out = []
        for cy, cx in zip(*np.nonzero(peak)):
            c = np.array([(cx + .5), (cy + .5)]) * o["stride"]
            q = (corners[:, cy, cx].reshape(4, 2) + c) / (nw / w, nh / h)
            out.append(Detection(float(heat[cy, cx]), q.astype(np.float32)))
        out.sort(key=lambda d: -d.score)
        kept: list[Detection] = []
        for d in out:
            if all(iou(d.quad, e.quad) < 0.3 for e in kept):
                kept.append(d)
        return kept


def bounds(q: np.ndarray) -> tuple[float, float, float, float]:
    return (*q.min(0), *q.max(0))


def iou(a: np.ndarray, b: np.ndarray) -> float:
    """Overlap of two quads' bounding boxes."""
    a0, a1, a2, a3 = bounds(a)
    b0, b1, b2, b3 = bounds(b)
    i = max(0, min(a2, b2) - max(a0, b0)) * max(0, min(a3, b3) - max(a1, b1))
    u = (a2 - a0) * (a3 - a1) + (b2 - b0) * (b3 - b1) - i
    return i / u if u > 0 else 0.0


def rectify(grey: np.ndarray, quad: np.ndarray, padding: float, w: int = 128, h: int = 64) -> np.ndarray:
    """The padded plate as w x h grey.  Large plates are averaged, not skipped over."""
    side = max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3]))
    n = int(np.clip(np.ceil(side * (1 + 2 * padding) / w), 1, 6))
    W, H = w * n, h * n
    px, py = W * padding / (1 + 2 * padding), H * padding / (1 + 2 * padding)
    dst = np.float32([[px, py], [W - px, py], [W - px, H - py], [px, H - py]]) - .5
    m = cv2.getPerspectiveTransform((quad - .5).astype(np.float32), dst)
    im = cv2.warpPerspective(grey, m, (W, H), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return im if n == 1 else cv2.resize(im, (w, h), interpolation=cv2.INTER_AREA)


class Reader:
    def __init__(self, models: Path):
        self.m = tomllib.loads((models / "reader.toml").read_text())
        self.s = _session(models / self.m["file"])
        self.alphabet = " " + self.m["alphabet"]

    def raw(self, pictures: list[np.ndarray]):
        x = np.stack(pictures).astype(np.float32)[:, None]
        mean = x.mean((2, 3), keepdims=True)
        x = (x - mean) / np.maximum(x.std((2, 3), keepdims=True), 1e-3)
        o = self.m["output"]
        return self.s.run([o["ctc"], o["slots"]], {self.m["input"]["name"]: x})

    def __call__(self, pictures: list[np.ndarray]) -> list[Reading]:
        if not pictures:
            return []
        return [decode(c, s, self.alphabet) for c, s in zip(*self.raw(pictures))]


def decode_ctc(logp: np.ndarray, alphabet: str) -> tuple[str, float]:
    """Best path.  Its confidence is the product over the characters of the best
    column's probability."""
    best = logp.argmax(1)
    text, conf, prev, run = "", [], 0, -9.0
    for k, v in zip(best, logp.max(1)):
        if k != prev and prev:
            conf.append(run)
        if k and k != prev:
            text += alphabet[k]
            run = v
        elif k:
            run = max(run, v)
        prev = k
    if prev:
        conf.append(run)
    return text, float(np.exp(sum(conf))) if text else 0.0


def decode_slots(p: np.ndarray, alphabet: str) -> tuple[str, float]:
    """Slots up to the first empty one; the product of their probabilities."""
    text, conf = "", 1.0
    for row in p:
        k = int(row.argmax())
        conf *= float(row[k])
        if k == 0:
            break
        text += alphabet[k]
    return text, conf if text else 0.0


def decode(logp: np.ndarray, p: np.ndarray, alphabet: str) -> Reading:
    """The surer head wins."""
    c, s = decode_ctc(logp, alphabet), decode_slots(p, alphabet)
    best = c if c[1] >= s[1] else s
    agree = fold(c[0]) == fold(s[0])
    # Heads that disagree are right far less often than either believes.
    conf = best[1] if agree else best[1] * 0.5
    return Reading(best[0], conf, c, s)


def fold(text: str) -> str:
    """O and 0, I and 1 are the same die in many states."""
    return text.replace("O", "0").replace("I", "1")


# A plate that fills the picture is far larger than any the detector is trained
# on at full size.  A second, coarse look costs a tenth of the first, and is
# taken only when the first gave nothing that reads surely.
COARSE_LONG_SIDE = 192
COARSE_MIN_SHARE = 0.30    # narrower finds of the coarse look are not trusted
SURE = 0.5                 # a find settles the matter when it reads this surely,
SURE_LENGTH = 5            # at this length (months and names in a close-up are shorter),
SURE_SHARE = 0.25          # and is no wider than the detector is trained for
# A faint find that also reads badly is nearly always an exhaust, a grille, a sign.
FAINT_SCORE = 0.5
FAINT_CONFIDENCE = 0.2


def read_frame(rgb: np.ndarray, det: Detector, rd: Reader, padding: float | None = None,
               score_min: float | None = None) -> list[tuple[Detection, Reading]]:
    """Every plate of a frame with its reading: the whole pipeline."""
    pad = rd.m["input"]["padding"] if padding is None else padding
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    if score_min is None:  # fainter finds need the program's closer look
        score_min = det.m["output"].get("believed_min")
    ds = det(rgb, score_min)
    out = list(zip(ds, rd([rectify(grey, d.quad, pad) for d in ds])))
    long = max(rgb.shape[:2])
    if not any(r.confidence >= SURE and len(r.text) >= SURE_LENGTH and _width(d.quad) <= SURE_SHARE * long for d, r in out):
        big = [d for d in det(rgb, score_min, COARSE_LONG_SIDE) if _width(d.quad) >= COARSE_MIN_SHARE * long]
        if big:
            # What lies inside a close-up is its lettering, not a plate.
            out = [(d, r) for d, r in out if not any(_inside(d.quad.mean(0), b.quad) for b in big)]
            out += zip(big, rd([rectify(grey, b.quad, pad) for b in big]))
    return [(d, r) for d, r in out if d.score >= FAINT_SCORE or r.confidence >= FAINT_CONFIDENCE]


def _width(quad: np.ndarray) -> float:
    x0, _, x1, _ = bounds(quad)
    return float(x1 - x0)


def _inside(p: np.ndarray, quad: np.ndarray) -> bool:
    x0, y0, x1, y1 = bounds(quad)
    return bool(x0 <= p[0] <= x1 and y0 <= p[1] <= y1)
