"""What a trained detector makes of the training pictures: corners for plates that have only a box, and where it is misled.

The truth's boxes are loose and upright.  A detector that learnt corners from drawn plates lies closer on the photographed
ones wherever it agrees with the box that there is a plate; a second stage learns from that, and looks again at what it
took for a plate and is none.
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from .evaluate import box_quad
from .pipeline import Detector, bounds, iou
from .readerdata import rows

SETS = ("ro_vehicles", "cars433_scenes", "oi_scenes", "scene_crops", "negatives")
AGREES = 0.55      # overlap with the truth's box from which corners are taken over
MISLED = 0.2       # score from which a find that is no plate is remembered
LOOKS = (640, 320, 192)


def look(det: Detector, rgb: np.ndarray, row: dict) -> dict:
    """One picture's finds."""
    truth = [box_quad(p["box"]) for p in row["plates"]]
    known = truth + [box_quad(b) for b in row.get("ignore", [])]
    corners: dict[str, list] = {}
    false = []
    best = [AGREES] * len(truth)
    for side in LOOKS:
        for d in det(rgb, MISLED, side):
            for k, t in enumerate(truth):
                o = iou(d.quad, t)
                if o > best[k] and d.score > .3:
                    best[k], corners[str(k)] = o, d.quad.round(1).tolist()
            if side == LOOKS[0] and all(iou(d.quad, q) < .05 for q in known):
                x0, y0, x1, y1 = bounds(d.quad)
                false.append([round(float(v), 1) for v in (x0, y0, x1 - x0, y1 - y0)])
    return {"corners": corners, "false": false}


def run(models: Path, data: Path, out: Path) -> None:
    det = Detector(models)
    of = {}
    for name in SETS:
        if not (data / name).is_dir():
            continue
        plates = took = false = 0
        for r in rows(data / name):
            if r["split"] != "train":
                continue
            rgb = np.ascontiguousarray(cv2.imread(str(data / name / r["image"]))[..., ::-1])
            found = look(det, rgb, r)
            of[f"{name}/{r['image']}"] = found
            plates, took, false = plates + len(r["plates"]), took + len(found["corners"]), false + len(found["false"])
        print(f"{name}: corners of {took} of {plates} plates; {false} false finds", flush=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(of))
