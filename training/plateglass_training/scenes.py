"""Puts cars on streets: the committed test scenes and the demonstration's views.

Nothing photographed goes in: streets, cars and plates are drawn here, so the
pictures may be shared freely and the truth about every plate is exact.
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from . import cars, plates, streets
from .canvas import Canvas
from .texts import series

KINDS = ("sedan", "hatch", "suv", "pickup", "van")


def _jurisdiction(p: plates.Plate) -> str | None:
    return p.state if p.family == "us" else None


def _warp(rng, car: cars.Car, cx: float, gy: float, width: float, yaw: float):
    """Where the layer's points land in the scene: scale, a slight turn, perspective."""
    k = width / car.width
    src = np.float32([[0, 0], [cars.W, 0], [cars.W, cars.H], [0, cars.H]])
    d = (src - (cars.CX, cars.GY)) * k
    side = np.sign(d[:, 0])
    d[:, 1] *= 1 + yaw * .16 * side           # the nearer side is taller
    d[:, 0] *= 1 - abs(yaw) * .10
    d[:, 1] += d[:, 0] * yaw * .05
    return cv2.getPerspectiveTransform(src, (d + (cx, gy)).astype(np.float32))


def place(rng, cv: Canvas, car: cars.Car, hom, exposure: float, night: bool):
    """Composites a car layer; returns the plate's corners in the scene."""
    k = np.sqrt(abs(np.linalg.det(hom[:2, :2])))
    up = 2 if k < .8 else 1
    h2 = np.diag([up, up, 1.0]) @ hom
    size = (cv.w * up, cv.h * up)
    rgba = np.dstack([car.layer.rgb * car.layer.a[..., None], car.layer.a])
    if k * up < .8:  # average before shrinking
        f = max(k * up * 1.15, .2)
        rgba = cv2.resize(rgba, None, fx=f, fy=f, interpolation=cv2.INTER_AREA)
        sx, sy = cars.W / rgba.shape[1], cars.H / rgba.shape[0]
        h2 = h2 @ np.array([[sx, 0, (sx - 1) / 2], [0, sy, (sy - 1) / 2], [0, 0, 1]])
    im = cv2.warpPerspective(rgba, h2, size, flags=cv2.INTER_LINEAR)
    if up > 1:
        im = cv2.resize(im, (cv.w, cv.h), interpolation=cv2.INTER_AREA)
    a = im[..., 3:]
    # The shadow on the road first.
    c = cv2.perspectiveTransform(np.float32([[[cars.CX, cars.GY]]]), hom)[0, 0]
    w = car.width * k
    cv.fill([(c[0] - w * .53, c[1] - w * .03), (c[0] + w * .53, c[1] - w * .03), (c[0] + w * .60, c[1] + w * .05), (c[0] - w * .60, c[1] + w * .05)],
            (0, 0, 0), 0, .75 if not night else .5, max(2, w * .025))
    cv.rgb[:] = cv.rgb * (1 - a) + im[..., :3] * exposure
    lamps = []
    for x, y, r, col in car.lamps:
        p = cv2.perspectiveTransform(np.float32([[[x, y]]]), hom)[0, 0]
        lamps.append((p[0], p[1], r * w, col))
    quad = None
    if car.plate_quad is not None:
        quad = cv2.perspectiveTransform((car.plate_quad - .5)[None], hom)[0] + .5
    return quad, lamps


def scene(seed, w: int, h: int, *, time: str | None = None, ir: bool = False, cars_wanted: int | None = None,
          plate_px: tuple[float, float] = (38, 110), street_seed=None, texts: list | None = None, family: str | None = None):
    """One picture and the plates in it."""
    rng = np.random.default_rng(seed)
    time = time or str(rng.choice(["day", "overcast", "dusk", "night"], p=[.45, .25, .12, .18]))
    st = streets.draw(np.random.default_rng(street_seed if street_seed is not None else rng.integers(1 << 60)), w, h, time)
    cv = st.canvas
    night = time == "night"
    exposure = {"day": 1.0, "overcast": .85, "dusk": .55, "night": .30}[time]
    n = int(rng.choice([0, 1, 2], p=[.05, .72, .23])) if cars_wanted is None else cars_wanted
    truth, lamps, boxes = [], list(st.lights), []
    front_view = rng.random() < .3
    todo = []
    for i in range(n):
        px = float(np.exp(rng.uniform(*np.log(plate_px))))
        todo.append(px * (.75 if i else 1.0))
    # Far cars first, so that near ones cover them; they carry no plate to read.
    far = int(rng.integers(0, 3))
    order = [("far", rng.uniform(.045, .10) * w) for _ in range(far)] + [("near", p) for p in sorted(todo)]
    for role, size in order:
        p = None
        if role == "near":
            fam = family or str(rng.choice(["us", "eu", "br"], p=[.8, .14, .06]))
            text = texts.pop(0) if texts else None
            for _ in range(20):
                p = plates.draw_plate(rng, "us" if text else fam, text=text, width=360)
                if 4 <= len(p.text) <= 9:
                    break
            aspect = plates.ASPECT[p.family]
            frac = .285 if aspect > 4 else (.245 if aspect > 2.6 else .185)
            width = size / frac
        else:
            aspect, width = 2.0, size
        width = min(width, w * .8)
        kind = KINDS[rng.choice(5, p=[.36, .2, .26, .12, .06])]
        car = cars.draw(rng, kind, front_view, p.image if p else None, aspect, lit=time in ("night", "dusk") or rng.random() < .15,
                        braking=not front_view and rng.random() < .3)
        # Its place follows from its size: wider means nearer means lower.
        v = np.clip(width / (w * .52), .05, 1.0)
        gy = st.horizon + (h - st.horizon) * (v * .93 + .03)
        for _ in range(30):
            lane = rng.choice([-.46, -.42, .42, .46]) * v * w * .9
            cx = np.clip(st.vanish + lane + rng.normal() * w * .05 * v, width * .5, w - width * .5) if role == "near" else st.vanish + lane
            bx = (cx - width * .55, cx + width * .55)
            if all(bx[1] < b[0] or bx[0] > b[1] for b in boxes) or role == "far":
                break
        else:
            continue
        yaw = float(np.clip((cx - st.vanish) / w * 1.2 + rng.normal() * .15, -1, 1))
        hom = _warp(rng, car, cx, gy, width, yaw)
        quad, lm = place(rng, cv, car, hom, exposure, night)
        lamps += lm
        if role == "near":
            boxes.append(bx)
            inside = quad is not None and quad.min() > 1 and quad[:, 0].max() < w - 1 and quad[:, 1].max() < h - 1
            if inside:
                truth.append((p, quad))
                if night:  # the plate lamp
                    c = quad.mean(0)
                    pw = np.linalg.norm(quad[1] - quad[0])
                    y0, y1 = int(max(quad[:, 1].min() - pw * .25, 0)), int(quad[:, 1].max() + pw * .2)
                    x0, x1 = int(max(quad[:, 0].min() - pw * .2, 0)), int(quad[:, 0].max() + pw * .2)
                    yy, xx = np.mgrid[y0:min(y1, h), x0:min(x1, w)].astype(np.float32)
                    g = np.exp(-((xx - c[0]) / (pw * .75)) ** 2 - ((yy - c[1] + pw * .1) / (pw * .5)) ** 2)
                    cv.rgb[y0:min(y1, h), x0:min(x1, w)] *= 1 + g[..., None] * (rng.uniform(1.0, 1.9) if not ir else .3)
    for x, y, r, col in lamps:
        s = {"day": .12, "overcast": .18, "dusk": .45, "night": .8}[time]
        cv.glow(x, y, r * .55, r * .45, col, s * 1.2)
        if s > .3:
            cv.glow(x, y, r * 1.7, r * 1.3, col, s * .28)
            cv.glow(x, y + r * 5, r * 1.1, r * 3.5, col, s * .10)  # on the wet road
    im = np.clip(cv.rgb, 0, 1.4)
    if ir:  # near-infra-red lamp: plates shine, the rest falls away
        g = im.mean(2, keepdims=True) * .55 + .03
        m = np.zeros((h, w), np.float32)
        for _, q in truth:
            cv2.fillPoly(m, [np.round(q * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
        k = {"day": 1.0, "overcast": 1.2, "dusk": 1.7, "night": 2.7}[time]
        bright = np.clip(im.mean(2, keepdims=True) * k * .95, 0, .95)
        g = g * (1 - m[..., None]) + bright * m[..., None]
        yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
        g *= (1.15 - .6 * ((xx / w - .5) ** 2 + (yy / h - .6) ** 2))[..., None]
        im = np.repeat(g, 3, 2)
    # Tone, vignette, sensor.
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    im = im * (1.05 - .35 * ((xx / w - .5) ** 2 + (yy / h - .5) ** 2))[..., None]
    im = np.clip(im, 0, None)
    im = im / (1 + np.clip(im - .8, 0, None) * .6)
    im = np.clip(im, 0, 1) ** .92
    im = cv2.GaussianBlur(im, (0, 0), .45 + .25 * rng.random())
    im = im + rng.normal(0, .007 + (.013 if night else 0), im.shape).astype(np.float32)
    out = (np.clip(im, 0, 1) * 255 + .5).astype(np.uint8)
    return out, [{"text": p.text, "corners": [[round(float(a), 2), round(float(b), 2)] for a, b in q],
                  **({"jurisdiction": _jurisdiction(p)} if _jurisdiction(p) else {})} for p, q in truth]


def _write(folder: Path, name: str, im: np.ndarray, quality: int) -> None:
    cv2.imwrite(str(folder / name), im[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1])


def test_set(out: Path, n: int = 200, seed: int = 2026) -> None:
    """The committed test scenes with ``truth.jsonl``."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    with open(out / "truth.jsonl", "w") as f:
        for i in range(n):
            w, h = [(640, 480), (640, 360), (800, 600), (960, 540), (1280, 720)][rng.choice(5, p=[.3, .3, .2, .14, .06])]
            lo, hi = 34 * w / 640, 95 * w / 640
            im, truth = scene((seed, i), w, h, plate_px=(lo, hi), ir=bool(rng.random() < .12), cars_wanted=0 if i % 20 == 19 else int(rng.choice([1, 2], p=[.8, .2])))
            name = f"scene-{i:03d}.jpg"
            _write(out, name, im, 72)
            f.write(json.dumps({"image": name, "width": w, "height": h, "plates": truth}) + "\n")
            if i % 20 == 0:
                print(f"scene {i}/{n}", flush=True)


CAMERAS = (("oak-street-north", "day", False), ("harbor-bridge", "overcast", False), ("market-square", "dusk", False),
           ("route-9-east", "night", True), ("depot-gate", "day", False), ("mill-road", "night", False))


def demo_set(out: Path, seed: int = 77) -> None:
    """Six cameras' views, four cars each, for the demonstration."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    with open(out / "demo.jsonl", "w") as f:
        for c, (name, time, ir) in enumerate(CAMERAS):
            for k in range(4):
                # Ordinary series mostly: a road full of vanity plates looks made up.
                texts = [series(rng) for _ in range(2)] if k else None
                im, truth = scene((seed, c, k), 1280, 720, time=time, ir=ir, street_seed=(seed, c), cars_wanted=2 if k == 3 else 1,
                                  plate_px=(78, 112), family="us", texts=texts)
                file = f"{name}-{k + 1}.jpg"
                _write(out, file, im, 82)
                f.write(json.dumps({"image": file, "camera": name, "width": 1280, "height": 720, "plates": truth}) + "\n")
                print(file, [t["text"] for t in truth], flush=True)
