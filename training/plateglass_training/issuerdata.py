"""Whole plates with who issued them: real ones spoilt like the reader's, and drawn ones that bear a state's name."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from . import degrade, plates, progress
from .issuernet import HEIGHT, INDEX, WIDTH
from .readerdata import rows

SHARD = 4096
# Of the real ones; us_crops are 385 sharp pictures of today's designs, us_state_plates a third older than 1980.
WEIGHTS = {"us_crops": 6.0, "us_state_plates": 1.0, "br_crops": 0.15, "eu_crops": 0.25}
DRAWN_SHARE = 0.12
NAMES = {"Alabama": "AL", "Alaska": "AK", "Arizona": "AZ", "Arkansas": "AR", "California": "CA", "Colorado": "CO",
         "Connecticut": "CT", "Delaware": "DE", "Florida": "FL", "Georgia": "GA", "Hawaii": "HI", "Idaho": "ID",
         "Illinois": "IL", "Indiana": "IN", "Iowa": "IA", "Kansas": "KS", "Kentucky": "KY", "Louisiana": "LA",
         "Maine": "ME", "Maryland": "MD", "Massachusetts": "MA", "Michigan": "MI", "Minnesota": "MN",
         "Mississippi": "MS", "Missouri": "MO", "Montana": "MT", "Nebraska": "NE", "Nevada": "NV",
         "New Hampshire": "NH", "New Jersey": "NJ", "New Mexico": "NM", "New York": "NY", "North Carolina": "NC",
         "North Dakota": "ND", "Ohio": "OH", "Oklahoma": "OK", "Oregon": "OR", "Pennsylvania": "PA",
         "Rhode Island": "RI", "South Carolina": "SC", "South Dakota": "SD", "Tennessee": "TN", "Texas": "TX",
         "Utah": "UT", "Vermont": "VT", "Virginia": "VA", "Washington": "WA", "West Virginia": "WV",
         "Wisconsin": "WI", "Wyoming": "WY", "Washington, D.C.": "DC"}


def issuer(name: str, plate: dict) -> int | None:
    """The class of a truth row's plate."""
    if name == "br_crops":
        return INDEX["BR"]
    if name == "eu_crops":
        return INDEX["other"]
    code = plate.get("state") or (plate.get("region") or "").removeprefix("us-")
    return INDEX.get(f"US-{code.upper()}")


def real_plates(data: Path, split: str) -> list[dict]:
    """Every whole plate whose issuer is known.  Texts do not matter here."""
    out = []
    for name, weight in WEIGHTS.items():
        if not (data / name).is_dir():
            continue
        for r in rows(data / name):
            p = r["plates"][0]
            k = issuer(name, p)
            if r["split"] != split or k is None or r.get("also_in_us_crops") or p.get("also_in_us_crops"):
                continue
            aspect = 2.0 if name == "us_state_plates" else r["width"] / r["height"]
            out.append({"path": data / name / r["image"], "set": name, "issuer": k, "aspect": aspect, "weight": weight})
    return out


def _drawn(rng: np.random.Generator) -> tuple[np.ndarray, int, float]:
    r = rng.random()
    if r < .75:
        p = plates.draw_plate(rng, "us")
        return p.image, INDEX.get(f"US-{NAMES.get(p.state, '')}", INDEX["other"]), plates.ASPECT["us"]
    family = "eu" if r < .92 else "other"
    return plates.draw_plate(rng, family).image, INDEX["other"], plates.ASPECT[family]


def samples(rng: np.random.Generator, real: list[dict], n: int) -> tuple[np.ndarray, np.ndarray]:
    """``n`` spoilt pictures and their classes."""
    w = np.array([r["weight"] for r in real], float)
    w = w / w.sum() if len(w) else w
    x, y = np.empty((n, HEIGHT, WIDTH), np.uint8), np.empty(n, np.uint8)
    i = 0
    while i < n:
        if not real or rng.random() < DRAWN_SHARE:
            im, k, aspect = _drawn(rng)
        else:
            r = real[rng.choice(len(real), p=w)]
            im = np.ascontiguousarray(cv2.imread(str(r["path"]))[..., ::-1])
            k, aspect = r["issuer"], max(r["aspect"], 1.3)
        for _ in range(min(3, n - i)):
            grey, quad = degrade.surround(rng, degrade.to_grey(rng, im), (240, 120))
            x[i], y[i] = degrade.sample(rng, grey, quad, aspect, jitter=0.85, size=(WIDTH, HEIGHT), mildness=2.4), k
            i += 1
    return x, y


def generate(out: Path, seed: int, data: Path | None, ahead: int, total: int, shard: int = SHARD) -> None:
    """Shards of samples; without ``data`` all of them drawn."""
    real = real_plates(data, "train") if data else []

    def make(k: int) -> dict:
        rng = np.random.default_rng((seed, 11, k))
        x, y = samples(rng, real, shard)
        o = rng.permutation(shard)
        return {"x": x[o], "y": y[o]}

    progress.produce(out, ahead, total, make)
