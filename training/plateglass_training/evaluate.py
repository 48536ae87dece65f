"""Measures the shipped ONNX files on real pictures that were never trained on.

Every figure comes with its n and a 95 % Wilson interval.  A plate counts as read
when the detection that overlaps its box best says its text, with O=0 and I=1.
"""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

import cv2
import numpy as np

from .pipeline import Detector, Reader, fold, iou, read_frame, rectify
from .readerdata import rows


def wilson(k: int, n: int) -> tuple[float, float]:
    if n == 0:
        return 0.0, 0.0
    z, p = 1.96, k / n
    c = (p + z * z / (2 * n)) / (1 + z * z / n)
    d = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, c - d), min(1.0, c + d)


def say(name: str, k: int, n: int) -> dict:
    lo, hi = wilson(k, n)
    k, n = int(k), int(n)
    row = {"what": name, "right": k, "n": n, "percent": round(100 * k / max(n, 1), 1),
           "ci95": [round(100 * lo, 1), round(100 * hi, 1)]}
    print(f"{name:58s} {100 * k / max(n, 1):5.1f} %  ({k}/{n}; {100 * lo:.1f}-{100 * hi:.1f})", flush=True)
    return row


def box_quad(b) -> np.ndarray:
    x, y, w, h = b
    return np.float32([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])


def read_image(path: Path) -> np.ndarray:
    return np.ascontiguousarray(cv2.imread(str(path))[..., ::-1])


def scenes(data: Path, name: str, split: str = "valid") -> list[dict]:
    return [r for r in rows(data / name) if r["split"] == split]


def end_to_end(models: Path, data: Path, name: str, padding: float | None = None, dump: list | None = None,
               score_min: float | None = None) -> list[dict]:
    det, rd = Detector(models), Reader(models)
    pad = rd.m["input"]["padding"] if padding is None else padding
    n = found = right = c_right = s_right = boxes = false = 0
    ious, ms = [], []
    pics = scenes(data, name)
    for r in pics:
        rgb = read_image(data / name / r["image"])
        t = time.process_time()
        found_read = read_frame(rgb, det, rd, pad, score_min)
        ds, rs = [d for d, _ in found_read], [r for _, r in found_read]
        ms.append((time.process_time() - t) * 1e3)
        truth = [box_quad(p["box"]) for p in r["plates"]]
        ign = [box_quad(b) for b in r.get("ignore", [])]
        false += sum(all(iou(d.quad, q) < .1 for q in truth + ign) for d in ds)
        for p, q in zip(r["plates"], truth):
            o = [iou(d.quad, q) for d in ds]
            k = int(np.argmax(o)) if o else -1
            hit = k >= 0 and o[k] > .4
            boxes += 1
            found += hit
            if hit:
                ious.append(o[k])
            if not p.get("text"):
                continue
            n += 1
            t = fold(p["text"])
            ok = k >= 0 and o[k] > .2 and fold(rs[k].text) == t
            right += ok
            if k >= 0 and o[k] > .2:
                c_right += fold(rs[k].ctc[0]) == t
                s_right += fold(rs[k].slots[0]) == t
            if dump is not None:
                dump.append({"image": r["image"], "truth": p["text"], "box": p["box"], "ok": bool(ok),
                             "iou": round(o[k], 2) if o else 0, "got": rs[k].text if k >= 0 else None,
                             "ctc": rs[k].ctc if k >= 0 else None, "slots": rs[k].slots if k >= 0 else None,
                             "conf": rs[k].confidence if k >= 0 else 0})
    return [say(f"{name} {split_of(pics)}: plates found (IoU > 0.4)", found, boxes),
            say(f"{name}: read end to end, surer head", right, n),
            say(f"{name}: read end to end, CTC head", c_right, n),
            say(f"{name}: read end to end, slot head", s_right, n),
            {"what": f"{name}: median IoU of the found, false finds, pictures, median CPU ms",
             "iou": round(float(np.median(ious)), 3) if ious else None, "false": int(false), "pictures": len(pics),
             "ms": round(float(np.median(ms)), 1)}]


def split_of(pics: list[dict]) -> str:
    return pics[0]["split"] if pics else ""


def crops(models: Path, data: Path, name: str, padding: float = 0.0, limit: int = 0, dump: list | None = None) -> list[dict]:
    """The reader alone, on cut-out plates whose crop is the plate."""
    rd = Reader(models)
    rs = [r for r in scenes(data, name) if r["plates"][0].get("text") and not r.get("also_in_us_crops")]
    if limit:
        rs = rs[:: max(1, len(rs) // limit)]
    got = []
    for i in range(0, len(rs), 32):
        pics = []
        for r in rs[i:i + 32]:
            g = cv2.cvtColor(read_image(data / name / r["image"]), cv2.COLOR_RGB2GRAY)
            box = box_quad(r["plates"][0]["box"])
            pics.append(rectify(g, box, padding))
        got += rd(pics)
    t = [fold(r["plates"][0]["text"]) for r in rs]
    if dump is not None:
        dump += [{"image": r["image"], "truth": a, "got": g.text} for r, a, g in zip(rs, t, got) if fold(g.text) != a]
    out = [say(f"{name} valid, padding {padding}: {h}", sum(fold(f(g)) == a for g, a in zip(got, t)), len(t))
           for h, f in (("surer head", lambda g: g.text), ("CTC", lambda g: g.ctc[0]), ("slots", lambda g: g.slots[0]))]
    agree = [(fold(g.ctc[0]) == fold(g.slots[0]), fold(g.text) == a) for g, a in zip(got, t)]
    out.append(say(f"{name} valid: heads agree", sum(a for a, _ in agree), len(agree)))
    out.append(say(f"{name} valid: right where they agree", sum(a and b for a, b in agree), sum(a for a, _ in agree)))
    return out


def issuers(models: Path, data: Path, name: str) -> list[dict]:
    """Who issued whole plates: the likeliest class, and the share that is told and right of what is told."""
    import tomllib

    from .issuerdata import real_plates
    from .pipeline import _session

    m = tomllib.loads((models / "issuer.toml").read_text())
    net = _session(models / m["file"])
    rs = [r for r in real_plates(data, "valid") if r["set"] == name]
    right = told = told_right = 0
    for i in range(0, len(rs), 32):
        part = rs[i:i + 32]
        pics = []
        for r in part:
            g = cv2.cvtColor(read_image(r["path"]), cv2.COLOR_RGB2GRAY)
            h, w = g.shape
            whole = np.float32([[0, 0], [w, 0], [w, h], [0, h]])
            want = m["input"]
            pics.append(rectify(g, whole, want["padding"], want["width_px"], want["height_px"]))
        x = np.stack(pics).astype(np.float32)[:, None]
        x = (x - x.mean((2, 3), keepdims=True)) / np.maximum(x.std((2, 3), keepdims=True), 1e-3)
        p = net.run([m["output"]["issuer"]], {m["input"]["name"]: x})[0]
        for r, row in zip(part, p):
            ok = int(row.argmax()) == r["issuer"]
            right += ok
            if row.max() >= m["output"]["sure_min"]:
                told += 1
                told_right += ok
    return [say(f"{name} valid: issuer", right, len(rs)),
            say(f"{name} valid: issuer told (probability {m['output']['sure_min']} and more)", told, len(rs)),
            say(f"{name} valid: right of what is told", told_right, told)]


def run(models: Path, data: Path, out: Path | None = None) -> None:
    res = []
    for name, pad in (("us_crops", 0.0), ("br_crops", 0.0), ("us_state_plates", 0.0)):
        res += crops(models, data, name, pad, limit=500)
    res += crops(models, data, "scene_crops", 0.06, limit=500)
    if (models / "issuer.toml").exists():
        for name in ("us_crops", "us_state_plates", "br_crops", "eu_crops"):
            res += issuers(models, data, name)
    for name in ("us_scenes", "eu_scenes_small", "oi_scenes", "cars433_scenes", "ro_vehicles"):
        res += end_to_end(models, data, name)
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(res, indent=1))
