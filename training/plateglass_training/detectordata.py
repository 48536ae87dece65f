"""Detector crops: composites whose plate corners are known exactly.

No public set has corner annotations, so corner skill comes from plates pasted
by a known perspective: over the plates of photographed cars, onto pictures
without plates, and onto drawn backgrounds.  Real plates keep their boxes and
teach where plates are, but hardly (a quarter weight) where corners are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from . import finds as mined
from . import plates, progress
from .detectornet import LONG_SIDE, MEAN
from .readerdata import rows

SIZE = 320
MAX = 6
SHARD = 512
# The narrowest plates pasted: what the first, coarse look of the pipeline sees of a plate of 50 pixels in a 1280-pixel
# frame. Real ones narrower than the second number count neither way.
NARROW, IGNORED = 14, 10
BOX_CORNER_WEIGHT = 0.15
FOUND_CORNER_WEIGHT = 0.4


@dataclass
class Crop:
    """A picture being put together, with its truth."""

    image: np.ndarray
    quads: list = field(default_factory=list)      # 4x2 arrays
    weights: list = field(default_factory=list)    # corner weight of each
    ignore: list = field(default_factory=list)     # x, y, w, h


class PlatePool:
    """Recently drawn plates: drawing one costs more than pasting it four times."""

    def __init__(self, real: list[Path]):
        self.real = real
        self.pool: list[tuple[np.ndarray, float]] = []

    def get(self, rng, max_aspect: float = 99.0) -> tuple[np.ndarray, float]:
        if len(self.pool) < 48 or rng.random() < 0.3:
            if self.real and rng.random() < 0.25:
                im = cv2.imread(str(self.real[rng.integers(len(self.real))]))[..., ::-1]
                item = (np.ascontiguousarray(im), im.shape[1] / im.shape[0])
            else:
                fam = ["us", "eu", "br", "other", "square"][rng.choice(5, p=[.54, .19, .07, .08, .12])]
                p = plates.draw_plate(rng, fam)
                aspect = p.image.shape[1] / p.image.shape[0] if fam == "square" else plates.ASPECT[fam]
                item = (p.image, aspect * rng.uniform(.94, 1.06))
            if len(self.pool) < 48:
                self.pool.append(item)
            else:
                self.pool[rng.integers(48)] = item
            if item[1] <= max_aspect:
                return item
        ok = [q for q in self.pool if q[1] <= max_aspect] or self.pool
        return ok[rng.integers(len(ok))]


def random_quad(rng, cx: float, cy: float, w: float, aspect: float, tilt: float) -> np.ndarray:
    """A plate's corners as a camera might see them, about ``w`` wide."""
    h = w / aspect
    u = np.array([[-.5, -.5], [.5, -.5], [.5, .5], [-.5, .5]]) * (w, h)
    u[:, 0] *= rng.uniform(.72, 1.0) if rng.random() < .3 else rng.uniform(.93, 1.0)
    u[:, 1] += u[:, 0] * rng.normal(0, 0.05 + .1 * tilt)          # yaw: sloping rims
    u[:, 0] += u[:, 1] * rng.normal(0, 0.05 + .1 * tilt)          # roll of the camera
    p = rng.normal(0, .02 + .03 * tilt)                            # near side larger
    u *= (1 + p * np.sign(u[:, :1]))
    u *= (1 + rng.normal(0, .02) * np.sign(u[:, 1:]))
    a = np.deg2rad(rng.normal(0, 2 + 6 * tilt))
    r = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    return (u @ r.T + (cx, cy)).astype(np.float32)


def paste(rng, img: np.ndarray, plate: np.ndarray, quad: np.ndarray, match: bool) -> None:
    """Warps a plate onto ``quad``, lit roughly as the place it lands on."""
    H, W = img.shape[:2]
    x0, y0 = np.floor(quad.min(0)).astype(int) - 6
    x1, y1 = np.ceil(quad.max(0)).astype(int) + 7
    x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, W), min(y1, H)
    if x1 - x0 < 4 or y1 - y0 < 4:
        return
    qw = max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3]))
    qh = max(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1]))
    up = 2
    pw, ph = max(8, int(qw * up)), max(4, int(qh * up))
    p = cv2.resize(plate, (pw, ph), interpolation=cv2.INTER_AREA if pw < plate.shape[1] else cv2.INTER_LINEAR).astype(np.float32)
    place = img[y0:y1, x0:x1].astype(np.float32)
    r = rng.random()
    if match and r < .75:
        lum = np.percentile(place, 60)
        gain = np.clip((lum + rng.normal(0, 30)) / max(p.mean(), 20), .25, 1.25)
        tint = place.mean((0, 1)) / max(place.mean(), 1)
        p = p * gain * (1 + (tint - 1) * .5)
    else:
        p = p * rng.uniform(.35, 1.15) + rng.normal(0, 8)
    if rng.random() < .12:  # paint that has all but gone
        ground = np.median(p.reshape(-1, 3), 0)
        p = ground + (p - ground) * rng.uniform(.12, .5)
    if rng.random() < .2:  # light falling off along the plate
        g = np.linspace(rng.uniform(.5, 1.1), rng.uniform(.5, 1.1), pw, dtype=np.float32)[None, :, None]
        p = p * g
    if rng.random() < .06:
        glare(rng, p)
    mask = np.full((ph, pw), 255, np.uint8)
    if rng.random() < .5:  # rounded corners, as pressed plates have
        c = max(1, int(ph * rng.uniform(.04, .1)))
        mask[:] = 0
        cv2.rectangle(mask, (c, 0), (pw - c - 1, ph), 255, -1)
        cv2.rectangle(mask, (0, c), (pw, ph - c - 1), 255, -1)
        for a, b in ((c, c), (pw - c - 1, c), (c, ph - c - 1), (pw - c - 1, ph - c - 1)):
            cv2.circle(mask, (a, b), c, 255, -1)
    # Surroundings first: a holder, a recess, a shadow.
    if rng.random() < .45:
        grow = 1 + rng.uniform(.02, .14)
        c = quad.mean(0)
        outer = (c + (quad - c) * (grow, grow + rng.uniform(0, .1)) + rng.normal(0, .01, 2) * qw - (x0, y0))
        m = np.zeros(place.shape[:2], np.uint8)
        cv2.fillPoly(m, [np.round(outer * 8).astype(np.int32)], 255, cv2.LINE_AA, 3)
        a = m[..., None].astype(np.float32) / 255 * rng.uniform(.5, 1)
        place = place * (1 - a) + a * (rng.choice([10, 25, 50, 120, 200]) * rng.uniform(.8, 1.2))
    src = np.float32([[0, 0], [pw, 0], [pw, ph], [0, ph]]) - .5
    s = 2  # warp at twice the size and average, or small text aliases
    dst = ((quad - (x0, y0)) * s - .5).astype(np.float32)
    hom = cv2.getPerspectiveTransform(src, dst)
    size = ((x1 - x0) * s, (y1 - y0) * s)
    wp = cv2.warpPerspective(p, hom, size, flags=cv2.INTER_LINEAR)
    wm = cv2.warpPerspective(mask, hom, size, flags=cv2.INTER_LINEAR)
    wp = cv2.resize(wp * (wm[..., None] > 0), (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
    a = cv2.resize(wm.astype(np.float32) / 255, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)[..., None]
    cover = cv2.resize((wm > 0).astype(np.float32), (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)[..., None]
    out = place * (1 - a) + wp / np.maximum(cover, 1e-3) * a
    if rng.random() < .12:  # a dealer's frame over the rim
        t = max(1, int(qh * rng.uniform(.03, .1)))
        cv2.polylines(out, [np.round((quad - (x0, y0)) * 8).astype(np.int32)], True, (float(rng.choice([15, 40, 200])),) * 3, t, cv2.LINE_AA, 3)
    img[y0:y1, x0:x1] = np.clip(out, 0, 255).astype(np.uint8)


def glare(rng, plate: np.ndarray) -> None:
    """A flash or the sun on a part of the plate: nothing but light is left there."""
    h, w = plate.shape[:2]
    spot = np.zeros((h, w), np.float32)
    at = (int(rng.uniform(0, w)), int(rng.uniform(0, h)))
    size = (max(2, int(w * rng.uniform(.08, .3))), max(2, int(h * rng.uniform(.2, .7))))
    cv2.ellipse(spot, at, size, rng.uniform(0, 180), 0, 360, 1.0, -1, cv2.LINE_AA)
    spot = cv2.GaussianBlur(spot, (0, 0), max(.6, h * rng.uniform(.01, .15)))[..., None]
    plate += (255 - plate) * spot * np.float32(rng.uniform(.6, 1))


# ------------------------------------------------------------------ grounds

def drawn_ground(rng) -> np.ndarray:
    """A background out of simple shapes: gradients, panels, lamps, grilles."""
    n = SIZE
    a, b = rng.uniform(0, 240, 3), rng.uniform(0, 240, 3)
    if rng.random() < .6:
        a[:] = a.mean() + rng.normal(0, 10, 3)
        b[:] = b.mean() + rng.normal(0, 10, 3)
    t = np.linspace(0, 1, n, dtype=np.float32)[:, None, None]
    img = np.clip(a * (1 - t) + b * t + np.zeros((1, n, 1)), 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(3, 22))):
        c = tuple(int(v) for v in rng.integers(0, 256, 3)) if rng.random() < .5 else (int(rng.integers(0, 256)),) * 3
        x, y = (int(v) for v in rng.integers(-20, n + 20, 2))
        w, h = (int(v) for v in np.exp(rng.uniform(np.log(4), np.log(200), 2)))
        k = rng.integers(6)
        if k == 0:
            cv2.rectangle(img, (x, y), (x + w, y + h), c, -1)
        elif k == 1:
            cv2.ellipse(img, (x, y), (w // 2 + 1, h // 2 + 1), rng.uniform(0, 180), 0, 360, c, -1, cv2.LINE_AA)
        elif k == 2:
            cv2.line(img, (x, y), (int(rng.integers(0, n)), int(rng.integers(0, n))), c, int(rng.integers(1, 9)), cv2.LINE_AA)
        elif k == 3:
            pts = rng.integers(-30, n + 30, (int(rng.integers(3, 6)), 2)).astype(np.int32)
            cv2.fillPoly(img, [pts], c, cv2.LINE_AA)
        elif k == 4:  # grille
            for i in range(int(rng.integers(3, 9))):
                cv2.line(img, (x, y + i * max(3, h // 8)), (x + w, y + i * max(3, h // 8)), c, 1 + int(rng.integers(3)))
        else:
            decoy(rng, img)
    if rng.random() < .7:
        tex = cv2.resize(rng.normal(0, 1, (int(rng.integers(8, 160)),) * 2).astype(np.float32), (n, n), interpolation=cv2.INTER_LINEAR)
        img = np.clip(img + tex[..., None] * rng.uniform(2, 18), 0, 255).astype(np.uint8)
    return img


def decoy(rng, img, at=None) -> None:
    """Something plate-like that is none: lettering, a badge, a bumper sticker, a lamp, a sign."""
    n = img.shape[0]
    x, y = at or rng.uniform(0, n, 2)
    k = rng.integers(5)
    c = rng.integers(0, 256, 3)
    word = "".join(chr(int(v)) for v in rng.integers(65, 91, int(rng.integers(2, 9))))
    if k == 0:
        plates.small_text(rng, img, word, x, y, rng.uniform(6, 40), c, script=rng.random() < .3)
    elif k == 1:  # sticker: many small lines
        w, h = rng.uniform(12, 60), rng.uniform(10, 40)
        cv2.rectangle(img, (int(x - w / 2), int(y - h / 2)), (int(x + w / 2), int(y + h / 2)), tuple(int(v) for v in c), -1)
        for i in range(int(rng.integers(1, 4))):
            plates.small_text(rng, img, word[::-1] + str(i), x, y + (i - 1) * h * .3, h * .22, 255 - c, max_w=w * .9)
    elif k == 2:  # lamp
        r = rng.uniform(4, 26)
        lamp = [(255, 40, 30), (255, 240, 220), (255, 150, 30), (255, 255, 255)][rng.integers(4)]
        yy, xx = np.mgrid[0:n, 0:n].astype(np.float32)
        g = np.exp(-(((xx - x) / r) ** 2 + ((yy - y) / (r * rng.uniform(.4, 1))) ** 2))[..., None] * rng.uniform(.6, 1.6)
        img[:] = np.clip(img + g * np.array(lamp, np.float32), 0, 255).astype(np.uint8)
    elif k == 3:  # empty panel in a plate's shape: exhaust, vent, grille, blank recess
        w = rng.uniform(14, 120)
        h = w / rng.uniform(1.4, 5)
        q = random_quad(rng, x, y, w, w / h, .5)
        flat = lambda: tuple(int(v) for v in np.clip(rng.uniform(0, 250) + rng.normal(0, 12, 3), 0, 255))
        cv2.fillPoly(img, [np.round(q).astype(np.int32)], flat(), cv2.LINE_AA)
        if rng.random() < .5:
            cv2.polylines(img, [np.round(q).astype(np.int32)], True, flat(), int(rng.integers(1, 5)), cv2.LINE_AA)
        if rng.random() < .3:
            for t in np.linspace(.15, .85, int(rng.integers(2, 7))):
                a, b = q[0] + (q[3] - q[0]) * t, q[1] + (q[2] - q[1]) * t
                cv2.line(img, tuple(int(v) for v in a), tuple(int(v) for v in b), flat(), 1, cv2.LINE_AA)
    else:  # road sign: far too square or a circle, with a number
        r = int(rng.uniform(8, 40))
        cv2.circle(img, (int(x), int(y)), r, (250, 250, 250), -1, cv2.LINE_AA)
        cv2.circle(img, (int(x), int(y)), r, (200, 20, 20), max(1, r // 5), cv2.LINE_AA)
        plates.small_text(rng, img, str(rng.integers(1, 13) * 10), x, y, r * .8, (10, 10, 10))


class Sources:
    """The real pictures that may be used, found once."""

    def __init__(self, data: Path | None, finds: Path | None = None):
        """``finds``: what an earlier detector made of these pictures."""
        self.finds = mined.load(finds)
        self.scenes: list[dict] = []
        self.negatives: list[tuple[Path, list]] = []
        self.textures: list[Path] = []
        if not data:
            return
        for name, weight in (("ro_vehicles", 1.6), ("cars433_scenes", 1.2), ("oi_scenes", 1.0)):
            if (data / name).is_dir():
                for r in rows(data / name):
                    if r["split"] == "train" and r["plates"]:
                        found = self.finds.get(name, r["image"])
                        self.scenes.append({**r, "path": data / name / r["image"], "weight": weight, "corners": found["corners"]})
        if (data / "negatives").is_dir():
            self.negatives = [(data / "negatives" / r["image"], self.finds.get("negatives", r["image"])["false"])
                              for r in rows(data / "negatives") if r["split"] == "train"]
        for name in ("us_crops", "br_crops"):
            if (data / name).is_dir():
                self.textures += [data / name / r["image"] for r in rows(data / name) if r["split"] == "train"]
        w = np.array([s["weight"] for s in self.scenes])
        self.p = w / w.sum() if len(w) else None
        often = np.array([1.0 + 2.0 * bool(misled) for _, misled in self.negatives])
        self.misleading = often / often.sum() if len(often) else None


def _cut(rng, im, scale, cx, cy):
    """A SIZE crop of the scaled picture with (cx, cy) somewhere inside; also the map."""
    margin = SIZE * .12
    # Mostly inside the picture: what lies beyond its rim teaches nothing.
    off = []
    for c, n in ((cx, im.shape[1]), (cy, im.shape[0])):
        o, room = c * scale - rng.uniform(margin, SIZE - margin), n * scale - SIZE
        off.append(min(max(o, min(room, 0)), max(room, 0)) if rng.random() < .85 else o)
    ox, oy = off
    m = np.float32([[scale, 0, -ox], [0, scale, -oy]])
    if scale < .7:  # average before shrinking
        f = scale * 1.3
        im = cv2.resize(im, None, fx=f, fy=f, interpolation=cv2.INTER_AREA)
        m2 = np.float32([[scale / f, 0, -ox], [0, scale / f, -oy]])
    else:
        m2 = m
    border = cv2.BORDER_REFLECT if rng.random() < .5 else cv2.BORDER_CONSTANT
    out = cv2.warpAffine(im, m2, (SIZE, SIZE), flags=cv2.INTER_LINEAR, borderMode=border,
                         borderValue=tuple(int(v) for v in rng.integers(0, 128, 3)))
    lim = (-ox, -oy, im.shape[1] * m2[0, 0] - ox, im.shape[0] * m2[1, 1] - oy)
    return out, m, lim


def scene_crops(rng, src: Sources, pool: PlatePool, times: int) -> list[Crop]:
    """Crops of one photograph of cars, its plates replaced or kept."""
    s = src.scenes[rng.choice(len(src.scenes), p=src.p)]
    im = cv2.imread(str(s["path"]))[..., ::-1]
    im = np.ascontiguousarray(im)
    out = []
    for _ in range(times):
        flip = rng.random() < .4
        b0 = s["plates"][rng.integers(len(s["plates"]))]["box"]
        tw = float(np.exp(rng.uniform(np.log(NARROW), np.log(190))))
        scale = float(np.clip(tw / b0[2], max(.25, 200 / min(im.shape[:2])), 2.2))
        crop, m, lim = _cut(rng, im, scale, b0[0] + b0[2] / 2, b0[1] + b0[3] / 2)
        c = Crop(crop)
        # What lies outside the photograph is mirrored or flat: no truth there.
        x0, y0, x1, y1 = lim
        for bx in ((0, 0, x0, SIZE), (0, 0, SIZE, y0), (x1, 0, SIZE - x1, SIZE), (0, y1, SIZE, SIZE - y1)):
            if bx[2] > 2 and bx[3] > 2:
                c.ignore.append(bx)
        for b in s.get("ignore", []):
            c.ignore.append((b[0] * m[0, 0] + m[0, 2], b[1] * m[1, 1] + m[1, 2], b[2] * m[0, 0], b[3] * m[1, 1]))
        if flip:
            c.image = np.ascontiguousarray(c.image[:, ::-1])
            c.ignore = [(SIZE - x - w, y, w, h) for x, y, w, h in c.ignore]
        for k, p in enumerate(s["plates"]):
            x, y, w, h = p["box"]
            x, y, w, h = x * m[0, 0] + m[0, 2], y * m[1, 1] + m[1, 2], w * m[0, 0], h * m[1, 1]
            if flip:
                x = SIZE - x - w
            inside = x > -w * .1 and y > -h * .1 and x + w < SIZE + w * .1 and y + h < SIZE + h * .1
            if not inside:
                if x + w > 0 and y + h > 0 and x < SIZE and y < SIZE:
                    c.ignore.append((x, y, w, h))
                continue
            if w < IGNORED:
                c.ignore.append((x, y, w, h))
                continue
            if flip or rng.random() < .62:  # a mirrored plate must not stay
                ba = w / max(h, 1)
                tex, aspect = pool.get(rng, max_aspect=max(ba * 1.15, 2.2))
                pw = max(w * rng.uniform(.98, 1.12), h * aspect * rng.uniform(.98, 1.08))
                q = random_quad(rng, x + w / 2 + rng.normal(0, .01) * w, y + h / 2 + rng.normal(0, .02) * h, pw, aspect, .15 if rng.random() < .8 else .6)
                if q.min() < -.1 * pw or q.max() > SIZE + .1 * pw:
                    c.ignore.append((x, y, w, h))
                    continue
                paste(rng, c.image, tex, q, match=True)
                c.quads.append(q)
                c.weights.append(1.0)
            elif s["corners"].get(str(k)):
                c.quads.append(np.float32(s["corners"][str(k)]) * (m[0, 0], m[1, 1]) + (m[0, 2], m[1, 2]))
                c.weights.append(FOUND_CORNER_WEIGHT)
            else:
                c.quads.append(np.float32([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]))
                c.weights.append(BOX_CORNER_WEIGHT)
        for _ in range(int(rng.integers(0, 3))):
            x, y = rng.uniform(0, SIZE, 2)
            if not any((q.min(0) - 40 < (x, y)).all() and (q.max(0) + 40 > (x, y)).all() for q in c.quads):
                decoy(rng, c.image, (x, y))
        if rng.random() < .4:
            scatter(rng, c, pool, int(rng.integers(1, 4)))
        out.append(c)
    return out


def negative_crops(rng, src: Sources, pool: PlatePool, times: int) -> list[Crop]:
    """Crops of one photograph without plates, half of those that once misled a detector around what misled it."""
    path, misled = src.negatives[rng.choice(len(src.negatives), p=src.misleading)]
    im = np.ascontiguousarray(cv2.imread(str(path))[..., ::-1])
    out = []
    for _ in range(times):
        scale = float(np.exp(rng.uniform(np.log(.5), np.log(1.6))))
        if misled and rng.random() < .5:
            x, y, w, h = misled[rng.integers(len(misled))]
            centre = (x + w / 2, y + h / 2)
            if rng.random() < .5:  # as large as the whole picture's look sees it, or nearly
                scale = float(LONG_SIDE / max(im.shape[:2]) * rng.uniform(.8, 1.25))
        else:
            centre = (rng.uniform(0, im.shape[1]), rng.uniform(0, im.shape[0]))
        g, _, _ = _cut(rng, im, scale, *centre)
        if rng.random() < .5:
            g = np.clip(g * np.exp(rng.normal(0, .3, 3)), 0, 255).astype(np.uint8)
        out.append(pasted_crop(rng, g, pool))
    return out


def pasted_crop(rng, ground: np.ndarray, pool: PlatePool) -> Crop:
    """Plates on a ground without any; now and then none at all."""
    c = Crop(ground)
    for _ in range(int(rng.integers(0, 3))):
        decoy(rng, c.image)
    scatter(rng, c, pool, int(rng.choice([0, 1, 3, 5], p=[.18, .22, .3, .3])))
    return c


def scatter(rng, c: Crop, pool: PlatePool, n: int) -> None:
    """Pastes up to ``n`` plates where there is room.  Several a crop, since every
    one is a lesson in corners and the convolutions are paid for anyway."""
    taken = list(c.quads) + [np.float32([[x, y], [x + w, y + h]]) for x, y, w, h in c.ignore]
    for _ in range(n):
        tex, aspect = pool.get(rng)
        w = float(np.exp(rng.uniform(np.log(NARROW), np.log(210))))
        q = random_quad(rng, *rng.uniform(0, SIZE, 2), w, aspect, .15 if rng.random() < .6 else .7)
        lo, hi = q.min(0), q.max(0)
        if (lo < -2).any() or (hi > SIZE + 2).any():
            continue
        if any((lo < b.max(0) + 8).all() and (hi > b.min(0) - 8).all() for b in taken):
            continue
        paste(rng, c.image, tex, q, match=rng.random() < .5)
        taken.append(q)
        c.quads.append(q)
        c.weights.append(1.0)


def close_up(rng, pool: PlatePool) -> Crop:
    """A picture that is nearly all plate, as the coarse pass sees a close-up: small,
    in the corner, with the padding the pipeline adds (the mean, so zero) around it."""
    pad = [round(255 * m) for m in MEAN]
    img = np.empty((SIZE, SIZE, 3), np.uint8)
    img[:] = pad
    tex, aspect = pool.get(rng)
    w = int(rng.uniform(110, 230))
    grow = rng.uniform(1.0, 1.35)
    W, H = int(w * grow), int(min(w / aspect * grow * rng.uniform(1, 1.3), SIZE))
    g = drawn_ground(rng)[:H, :W]
    x0, y0 = (0, 0) if rng.random() < .6 else (int(rng.integers(0, SIZE - W + 1)), int(rng.integers(0, SIZE - H + 1)))
    q = random_quad(rng, W / 2 + rng.normal() * 2, H / 2 + rng.normal() * 2, w, aspect, 0 if rng.random() < .7 else .4)
    paste(rng, g, tex, q, match=False)
    c = Crop(img, [q + np.float32((x0, y0))], [1.0])
    img[y0:y0 + H, x0:x0 + W] = spoil(rng, g)
    return c


def _noise(rng, h: int, w: int, channels: int) -> np.ndarray:
    """Standard normal noise out of one long strip: drawing it anew took a third of the generator's time."""
    n = h * w * channels
    at = int(rng.integers(0, len(_STRIP) - n))
    return _STRIP[at:at + n].reshape(h, w, channels)


_STRIP = np.random.default_rng(0).standard_normal(1 << 21, dtype=np.float32)


def _tone(rng, grey: bool) -> np.ndarray:
    """What becomes of each value of each channel: colour, exposure, contrast, night; 256 x 3."""
    v = np.repeat(np.arange(256, dtype=np.float32)[:, None], 3, 1)
    if not grey:
        v *= np.exp(rng.normal(0, .12, 3)).astype(np.float32)
    v = 255 * (np.clip(v, 0, 255) / 255) ** np.float32(np.exp(rng.normal(0, .35)))
    v = (v - 128) * rng.uniform(.5, 1.25) + 128 + rng.normal(0, 22)
    if rng.random() < .08:  # night
        v = v * rng.uniform(.2, .6)
    return v.astype(np.float32)


def spoil(rng, img: np.ndarray) -> np.ndarray:
    """Colour, exposure, blur, noise, codec of a whole crop."""
    s = rng.random() ** 1.5
    grey = rng.random() < .4
    if grey:
        img = cv2.cvtColor(cv2.cvtColor(img, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    tone = _tone(rng, grey)
    x = np.stack([tone[:, k][img[..., k]] for k in range(3)], 2)
    if rng.random() < .3:
        x = cv2.GaussianBlur(x, (0, 0), rng.uniform(.3, .6 + 1.0 * s))
    elif rng.random() < .12:
        n = int(rng.integers(2, 7))
        x = cv2.blur(x, (n, 1))
    if rng.random() < .6:
        x = x + _noise(rng, *img.shape[:2], 1 if rng.random() < .5 else 3) * np.float32(rng.uniform(0, 2 + 14 * s))
    x = np.clip(x, 0, 255).astype(np.uint8)
    if rng.random() < .5:
        x = cv2.imdecode(cv2.imencode(".jpg", x, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(92 - 55 * s, 95))])[1], cv2.IMREAD_COLOR)
    return x


def crops(rng, src: Sources, pool: PlatePool, n: int) -> list[Crop]:
    out: list[Crop] = []
    done: list[Crop] = []
    while len(out) < n:
        r = rng.random()
        if src.scenes and r < .58:
            out += scene_crops(rng, src, pool, min(3, n - len(out)))
        elif r < .65:
            c = close_up(rng, pool)
            done.append(c)
            out.append(c)
        elif src.negatives and r < .84:
            out += negative_crops(rng, src, pool, min(2, n - len(out)))
        else:
            out.append(pasted_crop(rng, drawn_ground(rng), pool))
    for c in out:
        if not any(c is d for d in done):
            c.image = spoil(rng, c.image)
    return out[:n]


def pack(cs: list[Crop]) -> dict:
    """Crops as arrays: pictures, corners, corner weights (0: no plate), ignored boxes."""
    n = len(cs)
    quads, weights, ign = np.zeros((n, MAX, 8), np.float32), np.zeros((n, MAX), np.float32), np.zeros((n, 2 * MAX, 4), np.float32)
    for i, c in enumerate(cs):
        for j, (q, w) in enumerate(list(zip(c.quads, c.weights))[:MAX]):
            quads[i, j], weights[i, j] = q.reshape(8), w
        extra = [(*q.min(0), *(q.max(0) - q.min(0))) for q in c.quads[MAX:]]
        for j, b in enumerate((c.ignore + extra)[: 2 * MAX]):
            ign[i, j] = b
    return {"x": np.stack([c.image for c in cs]), "quads": quads, "weights": weights, "ignore": ign}


def generate(out: Path, seed: int, data: Path | None, ahead: int, total: int, shard: int = SHARD,
             finds: Path | None = None) -> None:
    """Shards of crops."""
    src = Sources(data, finds)

    def make(k: int) -> dict:
        rng = np.random.default_rng((seed, 7, k))
        d = pack(crops(rng, src, PlatePool(src.textures), shard))
        o = rng.permutation(shard)
        return {n: v[o] for n, v in d.items()}

    progress.produce(out, ahead, total, make)
