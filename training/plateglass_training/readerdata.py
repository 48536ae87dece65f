"""Reader samples: an endless synthetic stream, and real crops where there are some.

Samples go through numbered shard files so that one process generates while
another trains, and either can be stopped at any time.  Which shard holds what
depends on the seed and the shard's number alone.
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from . import degrade, plates, progress
from . import finds as mined
from .readernet import ALPHABET, HEIGHT, SLOTS, WIDTH

SHARD = 8192
LAID_SHARE = 0.15  # of the samples are frames laid over one another: a soft picture without noise
FRAME_SHARE = 0.15  # are one frame of a passage
REUSE = 5  # degradations of one drawn plate: drawing costs more than spoiling
INDEX = {c: i + 1 for i, c in enumerate(ALPHABET)}


def encode(text: str) -> np.ndarray:
    """Class numbers of a text, filled with 0 to the number of slots."""
    if not 1 <= len(text) <= SLOTS:
        raise ValueError(text)
    out = np.zeros(SLOTS, np.uint8)
    out[: len(text)] = [INDEX[c] for c in text]
    return out


def spoilt(rng: np.random.Generator, grey: np.ndarray, quad: np.ndarray, aspect: float, jitter: float) -> np.ndarray:
    """A picture, a video's frame, or several frames laid over one another."""
    spoil = rng.choice([degrade.laid, degrade.frame, degrade.sample], p=[LAID_SHARE, FRAME_SHARE, 1 - LAID_SHARE - FRAME_SHARE])
    return spoil(rng, grey, quad, aspect, jitter)


def synthetic(rng: np.random.Generator, n: int, reuse: int = REUSE):
    """``n`` spoiled synthetic samples: pictures and labels."""
    x = np.empty((n, HEIGHT, WIDTH), np.uint8)
    y = np.empty((n, SLOTS), np.uint8)
    i = 0
    while i < n:
        p = plates.draw_plate(rng)
        if not 1 <= len(p.text) <= SLOTS:
            continue
        aspect = plates.ASPECT[p.family] * rng.uniform(.9, 1.1)
        for k in range(min(reuse, n - i)):
            if k % 2 == 0:
                grey, quad = degrade.surround(rng, degrade.to_grey(rng, p.image))
            x[i] = spoilt(rng, grey, quad, aspect, 1.0)
            y[i] = encode(p.text)
            i += 1
    return x, y


# ------------------------------------------------------------------ real crops

def rows(folder: Path) -> list[dict]:
    with open(folder / "annotations.jsonl") as f:
        return [json.loads(line) for line in f]


def real_crops(data: Path, split: str = "train", finds: Path | None = None) -> list[dict]:
    """Every real crop that may be trained on, with where it lies and its box.

    Left out: anything evaluation-only, anything flagged as also being in
    us_crops, and every text that stands in an evaluation set.
    """
    out = []
    known = mined.load(finds)
    held = {p["text"] for s in ("us_scenes", "eu_scenes_small") if (data / s).is_dir()
            for r in rows(data / s) for p in r["plates"] if p.get("text")}
    if (data / "us_crops").is_dir():
        held |= {p["text"] for r in rows(data / "us_crops") if r["split"] == "valid"
                 for p in r["plates"] if p.get("text")}
    for name, weight in (("us_crops", 8.0), ("us_state_plates", 1.0), ("br_crops", 0.7), ("scene_crops", 3.0)):
        if not (data / name).is_dir():
            continue
        for r in rows(data / name):
            p = r["plates"][0]
            text = p.get("text")
            if r["split"] != split or not text or not 1 <= len(text) <= SLOTS or r.get("also_in_us_crops") or p.get("also_in_us_crops"):
                continue
            if any(c not in INDEX for c in text):
                continue
            if split == "train" and text in held:
                continue
            if "none stated" in r.get("licence", "").lower():
                continue
            aspect = r["width"] / r["height"]
            if name == "us_state_plates":
                aspect = 2.0  # stored stretched
            if name == "scene_crops":
                aspect = p["box"][2] / p["box"][3]
            out.append({"path": data / name / r["image"], "set": name, "text": text,
                        "box": p["box"], "aspect": aspect, "weight": weight,
                        "corners": known.get(name, r["image"])["corners"].get("0")})
    return out


def real(rng: np.random.Generator, crops: list[dict], n: int):
    """``n`` spoiled samples of real crops."""
    w = np.array([c["weight"] for c in crops])
    w = w / w.sum()
    x = np.empty((n, HEIGHT, WIDTH), np.uint8)
    y = np.empty((n, SLOTS), np.uint8)
    i = 0
    while i < n:
        c = crops[rng.choice(len(crops), p=w)]
        im = cv2.imread(str(c["path"]))[..., ::-1]
        for _ in range(min(3, n - i)):
            grey = degrade.to_grey(rng, np.ascontiguousarray(im))
            if c["set"] == "scene_crops":
                bx, by, bw, bh = c["box"]
                quad = np.float32(c["corners"]) if c["corners"] else np.float32([[bx, by], [bx + bw, by], [bx + bw, by + bh], [bx, by + bh]])
            else:
                grey, quad = degrade.surround(rng, grey)
            x[i] = spoilt(rng, grey, quad, max(c["aspect"], 1.3), 0.85)
            y[i] = encode(c["text"])
            i += 1
    return x, y


# ------------------------------------------------------------------ shards

def generate(out: Path, seed: int, data: Path | None, ahead: int, total: int, real_share: float = 0.0,
             shard: int = SHARD, finds: Path | None = None) -> None:
    """Shards of drawn samples, ``real_share`` of them real crops."""
    crops = real_crops(data, finds=finds) if data and real_share > 0 else []

    def make(k: int) -> dict:
        rng = np.random.default_rng((seed, k))
        nr = int(shard * real_share) if crops else 0
        x, y = synthetic(rng, shard - nr)
        is_real = np.zeros(shard, np.uint8)
        if nr:
            xr, yr = real(rng, crops, nr)
            x, y = np.concatenate([x, xr]), np.concatenate([y, yr])
            is_real[shard - nr:] = 1
        o = rng.permutation(shard)
        return {"x": x[o], "y": y[o], "real": is_real[o]}

    progress.produce(out, ahead, total, make)
