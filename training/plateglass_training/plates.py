"""Draws synthetic licence plates, flat and clean; ``degrade`` spoils them.

The picture is the whole plate and nothing else, so its four corners are the
plate's four corners exactly.  Everything beside the serial that could be taken
for a character is drawn as a distraction: headers, slogans, stickers with months
and years, pictures between the characters, small stacked letters, frames.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from . import fonts, strokefont
from .texts import random_text

STATES = """Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Georgia Hawaii Idaho
Illinois Indiana Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts Michigan Minnesota Mississippi Missouri
Montana Nebraska Nevada New_Hampshire New_Jersey New_Mexico New_York North_Carolina North_Dakota Ohio Oklahoma Oregon
Pennsylvania Rhode_Island South_Carolina South_Dakota Tennessee Texas Utah Vermont Virginia Washington West_Virginia
Wisconsin Wyoming Ontario Quebec Alberta Manitoba Washington,_D.C.""".split()
STATES = [s.replace("_", " ") for s in STATES]
SLOGANS = """Sunshine_State|The_Golden_State|Live_Free_or_Die|Scenic|Garden_State|Empire_State|America's_Dairyland
|Land_of_Lincoln|First_in_Flight|Famous_Potatoes|Ocean_State|Sportsman's_Paradise|The_Lone_Star_State|dmv.ca.gov
|Grand_Canyon_State|Green_Mountain_State|Land_of_Enchantment|Pure_Michigan|Life_Elevated|Peace_Garden_State
|Wild,_Wonderful|Birthplace_of_Aviation|Show-Me_State|10,000_lakes|Aloha_State|Heart_of_Dixie|The_Natural_State
|TAXATION_WITHOUT_REPRESENTATION|visitPA.com|IN_GOD_WE_TRUST|Veteran|JOHNSON|CLARK|MONONA|UNIVERSITY|1837-1987""".replace("_", " ").replace("\n", "").split("|")
MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
ASPECT = {"us": 2.0, "eu": 4.62, "br": 3.08, "other": 3.2, "square": 1.4}


@dataclass
class Plate:
    """A flat plate: RGB picture, what it says, and the true width over height."""

    image: np.ndarray
    text: str
    family: str
    state: str | None = None


# ---------------------------------------------------------------- glyphs

@functools.lru_cache(16384)
def _glyph(path: str, ch: str):
    """A glyph's ink with its place, in units of the font's capital height."""
    font = fonts.load(path, 96)
    cap = font.getbbox("H")
    ch_box = font.getbbox(ch)
    h = max(cap[3] - cap[1], 1)
    w, hh = ch_box[2] - ch_box[0], ch_box[3] - ch_box[1]
    if w < 1 or hh < 1:
        return None
    im = Image.new("L", (w, hh), 0)
    ImageDraw.Draw(im).text((-ch_box[0], -ch_box[1]), ch, font=font, fill=255)
    return np.array(im), w / h, (ch_box[1] - cap[1]) / h, hh / h


def _max_into(mask: np.ndarray, src: np.ndarray, x: int, y: int) -> None:
    """Pastes a mask by maximum, cut to the canvas."""
    h, w = src.shape
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + w, mask.shape[1]), min(y + h, mask.shape[0])
    if x1 > x0 and y1 > y0:
        part = mask[y0:y1, x0:x1]
        np.maximum(part, src[y0 - y:y1 - y, x0 - x:x1 - x], out=part)


class Face:
    """One plate's serial face: a stroke font variant or a free font."""

    def __init__(self, rng: np.random.Generator, stroke_share: float):
        serial = fonts.find()["serial"]
        self.style = self.path = None
        if rng.random() < stroke_share or not serial:
            self.style = strokefont.random_style(rng)
        else:
            self.path = serial[rng.integers(len(serial))]
        self.embolden = int(rng.integers(0, 3)) if self.path and rng.random() < 0.4 else 0

    def ratio(self, ch: str, common: float) -> float:
        """Ink width over capital height."""
        if self.style:
            return max(common * strokefont.width_of(ch, self.style), self.style.weight)
        g = _glyph(self.path, ch)
        return g[1] if g else 0.3

    def draw(self, mask: np.ndarray, ch: str, x: float, y: float, w: float, h: float) -> None:
        if self.style:
            strokefont.draw(mask, ch, self.style, x, y, w, h)
            return
        g = _glyph(self.path, ch)
        if g is None:
            return
        ww, hh = max(int(round(w)), 1), max(int(round(g[3] * h)), 1)
        im = cv2.resize(g[0], (ww, hh), interpolation=cv2.INTER_AREA)
        if self.embolden:
            im = cv2.dilate(im, np.ones((self.embolden, self.embolden), np.uint8))
        _max_into(mask, im, int(round(x)), int(round(y + g[2] * h)))


def small_text(rng, img, text, cx, cy, h, colour, script=False, max_w=None) -> None:
    """A header or slogan: one line of a free font, centred at (cx, cy)."""
    f = fonts.find()
    pool = f["script"] if script and f["script"] else f["header"]
    if not pool:
        cv2.putText(img, text, (int(cx - len(text) * h * 0.3), int(cy + h / 2)),
                    cv2.FONT_HERSHEY_DUPLEX, h / 24, tuple(int(c) for c in colour), 1, cv2.LINE_AA)
        return
    font = fonts.load(pool[rng.integers(len(pool))], max(6, int(h * 1.35)))
    x0, y0, x1, y1 = font.getbbox(text)
    if x1 <= x0 or y1 <= y0:
        return
    im = Image.new("L", (x1 - x0, y1 - y0), 0)
    ImageDraw.Draw(im).text((-x0, -y0), text, font=font, fill=255)
    m = np.array(im)
    w = m.shape[1] * (1 if rng.random() < 0.6 else rng.uniform(0.8, 1.3))
    if max_w and w > max_w:
        w = max_w
    m = cv2.resize(m, (max(1, int(w)), m.shape[0]), interpolation=cv2.INTER_AREA)
    mask = np.zeros(img.shape[:2], np.uint8)
    _max_into(mask, m, int(cx - m.shape[1] / 2), int(cy - m.shape[0] / 2))
    blend(img, mask, colour)


def blend(img: np.ndarray, mask: np.ndarray, colour, alpha: float = 1.0) -> None:
    """Paints a colour through a uint8 mask, in place, touching its box only."""
    ys = np.flatnonzero(mask.any(1))
    if len(ys) == 0:
        return
    xs = np.flatnonzero(mask.any(0))
    sl = (slice(ys[0], ys[-1] + 1), slice(xs[0], xs[-1] + 1))
    a = (mask[sl].astype(np.float32) * (alpha / 255))[..., None]
    part = img[sl].astype(np.float32)
    img[sl] = (part + (np.asarray(colour, np.float32) - part) * a + 0.5).astype(np.uint8)


# ---------------------------------------------------------------- pictures

def picture(rng, img, cx, cy, w, h, colour) -> None:
    """A silhouette such as plates carry: it must never be read."""
    mask = np.zeros(img.shape[:2], np.uint8)
    k = rng.integers(10)
    ip = lambda *a: tuple(int(round(v)) for v in a)
    if k == 0:  # tree
        for i in range(3):
            y = cy - h / 2 + i * h * 0.22
            b = w * (0.3 + 0.12 * i)
            cv2.fillPoly(mask, [np.array([ip(cx, y), ip(cx - b, y + h * .38), ip(cx + b, y + h * .38)])], 255, cv2.LINE_AA)
        cv2.rectangle(mask, ip(cx - w * .06, cy + h * .2), ip(cx + w * .06, cy + h * .5), 255, -1)
    elif k in (1, 2):  # animal or state: a random blob
        n = int(rng.integers(6, 14))
        a = np.sort(rng.uniform(0, 2 * np.pi, n))
        r = rng.uniform(0.45, 1.0, n)
        pts = np.stack([cx + np.cos(a) * r * w / 2, cy + np.sin(a) * r * h / 2], 1)
        cv2.fillPoly(mask, [pts.round().astype(np.int32)], 255, cv2.LINE_AA)
    elif k == 3:  # sun with rays
        r = min(w, h) * 0.25
        cv2.circle(mask, ip(cx, cy), int(r), 255, -1 if rng.random() < .6 else 2, cv2.LINE_AA)
        for i in range(4):
            t = i * np.pi / 4 if rng.random() < .5 else i * np.pi / 2
            d = np.array([np.cos(t), np.sin(t)]) * min(w, h) * 0.5
            cv2.line(mask, ip(cx - d[0], cy - d[1]), ip(cx + d[0], cy + d[1]), 255, 1, cv2.LINE_AA)
    elif k == 4:  # heart
        r = min(w, h) * 0.27
        for s in (-1, 1):
            cv2.circle(mask, ip(cx + s * r * .8, cy - r * .5), int(r), 255, -1, cv2.LINE_AA)
        cv2.fillPoly(mask, [np.array([ip(cx - r * 1.7, cy - r * .1), ip(cx + r * 1.7, cy - r * .1), ip(cx, cy + r * 1.8)])], 255, cv2.LINE_AA)
    elif k == 5:  # star
        a = np.arange(10) * np.pi / 5 - np.pi / 2
        r = np.where(np.arange(10) % 2 == 0, 0.5, 0.2) * min(w, h)
        pts = np.stack([cx + np.cos(a) * r, cy + np.sin(a) * r], 1)
        cv2.fillPoly(mask, [pts.round().astype(np.int32)], 255, cv2.LINE_AA)
    elif k == 6:  # wheelchair
        t = max(1, int(h * .08))
        cv2.circle(mask, ip(cx, cy + h * .15), max(1, int(h * .25)), 255, t, cv2.LINE_AA)
        cv2.line(mask, ip(cx - w * .05, cy - h * .3), ip(cx, cy + h * .05), 255, t, cv2.LINE_AA)
        cv2.line(mask, ip(cx, cy + h * .05), ip(cx + w * .25, cy + h * .05), 255, t, cv2.LINE_AA)
        cv2.line(mask, ip(cx + w * .25, cy + h * .05), ip(cx + w * .38, cy + h * .4), 255, t, cv2.LINE_AA)
        cv2.circle(mask, ip(cx - w * .06, cy - h * .4), max(1, int(h * .08)), 255, -1, cv2.LINE_AA)
    elif k == 7:  # fruit
        for dx, dy in ((-.2, .1), (.2, .12), (0, -.18)):
            cv2.circle(mask, ip(cx + dx * w, cy + dy * h), max(2, int(min(w, h) * .24)), 255, -1, cv2.LINE_AA)
    elif k == 8:  # animal: body, legs, head
        cv2.ellipse(mask, ip(cx, cy), ip(w * .35, h * .2), 0, 0, 360, 255, -1, cv2.LINE_AA)
        for d in (-.28, -.12, .12, .28):
            cv2.line(mask, ip(cx + d * w, cy), ip(cx + d * w * rng.uniform(.8, 1.3), cy + h * .45), 255, max(1, int(w * .07)), cv2.LINE_AA)
        cv2.line(mask, ip(cx + w * .25, cy), ip(cx + w * .42, cy - h * .38), 255, max(2, int(w * .14)), cv2.LINE_AA)
    else:  # seal: ring with something inside
        r = int(min(w, h) * .42)
        cv2.circle(mask, ip(cx, cy), r, 255, max(1, r // 6), cv2.LINE_AA)
        cv2.circle(mask, ip(cx, cy), max(1, r // 2), 255, 1 + int(rng.integers(3)), cv2.LINE_AA)
    blend(img, mask, colour, rng.uniform(0.5, 1.0))
    if rng.random() < 0.3:
        m2 = np.zeros_like(mask)
        cv2.circle(m2, ip(cx + rng.normal() * w * .15, cy + rng.normal() * h * .15), max(1, int(min(w, h) * .15)), 255, -1, cv2.LINE_AA)
        blend(img, m2, rng.integers(0, 256, 3), 0.9)


def sticker(rng, img, x, y, w, h) -> None:
    """A registration sticker: a coloured box with a month, a year or a number."""
    ip = (int(x), int(y)), (int(x + w), int(y + h))
    fill = [(220, 40, 40), (250, 210, 40), (40, 150, 70), (40, 80, 190), (240, 240, 240), (230, 120, 30), (30, 30, 40)][rng.integers(7)]
    cv2.rectangle(img, *ip, fill, -1)
    dark = sum(fill) > 330
    r = rng.random()
    if r < 0.4:
        t = MONTHS[rng.integers(12)]
    elif r < 0.8:
        t = f"{rng.integers(0, 100):02d}" if rng.random() < 0.7 else str(rng.integers(1980, 2027))
    else:
        t = f"{rng.integers(1, 13):02d}-{rng.integers(0, 30):02d}"
    small_text(rng, img, t, x + w / 2, y + h / 2, h * rng.uniform(.45, .8), (20, 20, 30) if dark else (245, 245, 245), max_w=w * .9)


# ---------------------------------------------------------------- backgrounds

def _light(rng):
    base = np.array([[245, 245, 240], [250, 245, 225], [225, 235, 250], [240, 240, 240], [225, 240, 225],
                     [200, 215, 240], [250, 235, 190], [215, 215, 220]][rng.integers(8)])
    return np.clip(base + rng.normal(0, 8, 3), 120, 255)


def _dark(rng):
    base = np.array([[20, 30, 110], [10, 80, 50], [25, 25, 30], [140, 20, 30], [90, 20, 45], [10, 60, 130],
                     [60, 40, 20], [20, 100, 150]][rng.integers(8)])
    return np.clip(base + rng.normal(0, 12, 3), 0, 255)


def _mid(rng):
    base = np.array([[250, 200, 40], [235, 140, 40], [120, 170, 220], [150, 190, 140], [230, 190, 120], [190, 150, 190]][rng.integers(6)])
    return np.clip(base + rng.normal(0, 12, 3), 0, 255)


def background(rng, w: int, h: int, kind: float) -> tuple[np.ndarray, np.ndarray]:
    """The plate's ground and a serial colour that stands out from it."""
    if kind < 0.62:
        a, b = _light(rng), _light(rng)
        ink = _dark(rng) if rng.random() < 0.9 else np.array([200, 60, 50.])
    elif kind < 0.8:
        a = _mid(rng)
        b = _light(rng) if rng.random() < 0.5 else _mid(rng)
        ink = _dark(rng)
    else:
        a, b = _dark(rng), _dark(rng)
        b = a if rng.random() < 0.6 else b
        ink = _light(rng) if rng.random() < .75 else np.array([250, 215, 60.])
        if (a.mean() + b.mean()) / 2 > 110:
            a = b = a * 0.7
    img = np.empty((h, w, 3), np.float32)
    if rng.random() < 0.5:
        img[:] = a
    else:
        t = np.linspace(0, 1, h, dtype=np.float32)[:, None, None]
        if rng.random() < 0.4:
            t = np.abs(t * 2 - 1)
        img[:] = a * (1 - t) + b * t
    img = img.astype(np.uint8)
    if kind < 0.8 and rng.random() < 0.4:  # a faint scene: hills, skyline, waves
        n = int(rng.integers(3, 10))
        xs = np.linspace(0, w, n)
        y0 = rng.uniform(0.3, 0.9) * h
        ys = y0 + rng.normal(0, h * 0.13, n)
        pts = np.concatenate([np.stack([xs, ys], 1), [[w, h], [0, h]]]).round().astype(np.int32)
        m = np.zeros((h, w), np.uint8)
        cv2.fillPoly(m, [pts], 255, cv2.LINE_AA)
        blend(img, m, _mid(rng) if rng.random() < .6 else _light(rng), rng.uniform(0.2, 0.85))
    if kind < 0.8 and rng.random() < 0.15:
        picture(rng, img, w * rng.uniform(.1, .9), h * .5, w * .3, h * .7,
                np.clip(img.mean((0, 1)) - rng.uniform(15, 70), 0, 255))
    if rng.random() < 0.2:
        m = np.zeros((h, w), np.uint8)
        bh = int(h * rng.uniform(.08, .26))
        if rng.random() < .6:
            m[:bh] = 255
        else:
            m[-bh:] = 255
        blend(img, m, _dark(rng) if rng.random() < .6 else _mid(rng))
    return img, ink


# ---------------------------------------------------------------- the serial

def _layout(rng, marked: str, face: Face, common: float, gap: float, div: float):
    """Items of the serial with their widths in units of the capital height."""
    items = []
    for i, c in enumerate(marked):
        if c == "-":
            items.append(("div", div))
        elif c == "s":
            items.append(("stack", common * rng.uniform(.8, 1.1)))
        else:
            items.append((c, face.ratio(c, common)))
        if i + 1 < len(marked):
            items.append(("gap", gap))
    return items


def serial(rng, img, marked: str, face: Face, x0, x1, y, h, ink, *, common, gap, spread,
           emboss: bool, family: str, outline=None) -> None:
    """Draws the serial between x0 and x1, squeezed when it is too wide."""
    kinds = ["dash", "dot", "gap", "pic", "diamond"]
    kind = kinds[rng.choice(5, p=[.22, .16, .32, .24, .06] if family == "us" else [.3, .15, .5, .02, .03])]
    div = {"dash": rng.uniform(.2, .4), "dot": rng.uniform(.1, .2), "gap": rng.uniform(.15, .5),
           "pic": rng.uniform(.35, .75), "diamond": .25}[kind]
    items = _layout(rng, marked, face, common, gap, div)
    total = sum(v for _, v in items) * h
    room = x1 - x0
    if total > room:
        sx = room / total
        x = x0
    else:
        # Some states set short texts wide; most centre them.
        sx = min(spread, room / total)
        x = x0 + (room - total * sx) * (0.5 if rng.random() < .85 else rng.random())
    if face.style:  # squeezed dies are thinner, or the counters would close
        face.style.weight = min(face.style.weight, 0.3 * common * sx)
    mask = np.zeros(img.shape[:2], np.uint8)
    pair_face = Face(rng, 0.5)
    later = []
    for name, v in items:
        w = v * h * sx
        if name == "gap":
            pass
        elif name == "div":
            cx, cy = x + w / 2, y + h * .5
            if kind == "dash":
                t = h * rng.uniform(.07, .12)
                cv2.rectangle(mask, (int(x + w * .08), int(cy - t / 2)), (int(x + w * .92), int(cy + t / 2)), 255, -1)
            elif kind == "dot":
                cv2.circle(mask, (int(cx), int(cy + h * rng.choice([0, 0, .3]))), max(1, int(h * rng.uniform(.05, .09))), 255, -1, cv2.LINE_AA)
            elif kind == "diamond":
                r = h * .1
                cv2.fillPoly(mask, [np.array([(cx, cy - r), (cx + r, cy), (cx, cy + r), (cx - r, cy)]).round().astype(np.int32)], 255, cv2.LINE_AA)
            elif kind == "pic":
                later.append((cx, cy, w * .95, h * rng.uniform(.5, 1.05)))
        elif name == "stack":
            letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
            sh = h * rng.uniform(.36, .44)
            n = 2 if rng.random() < .85 else 3
            if n == 3:
                sh = h * .29
            for i in range(n):
                c = letters[rng.integers(36 if rng.random() < .2 else 26)]
                yy = y + i * (h - sh) / (n - 1)
                ww = min(pair_face.ratio(c, common * 1.1) * sh, w)
                pair_face.draw(mask, c, x + (w - ww) / 2, yy, ww, sh)
        else:
            face.draw(mask, name, x, y, w, h)
        x += w
    for cx, cy, w, h2 in later:
        picture(rng, img, cx, cy, w, h2, ink if rng.random() < .35 else rng.integers(0, 256, 3))
    if outline is not None:
        blend(img, cv2.dilate(mask, np.ones((3, 3), np.uint8)), outline)
    if emboss:
        d = rng.uniform(0.6, 1.6)
        hi = cv2.warpAffine(mask, np.float32([[1, 0, -d], [0, 1, -d]]), mask.shape[::-1])
        lo = cv2.warpAffine(mask, np.float32([[1, 0, d], [0, 1, d]]), mask.shape[::-1])
        s = rng.uniform(.2, .7)
        blend(img, hi, (255, 255, 255), s * .7)
        blend(img, lo, (20, 20, 20), s * .6)
    if rng.random() < 0.18:  # worn paint
        n = cv2.resize(rng.random((12, 24), dtype=np.float32), mask.shape[::-1], interpolation=cv2.INTER_CUBIC)
        mask = (mask * np.clip(0.35 + n * 1.1, 0, 1)).astype(np.uint8)
    blend(img, mask, ink, rng.uniform(.75, 1.0) if rng.random() < .3 else 1.0)


# ---------------------------------------------------------------- whole plates

def _bolts(rng, img) -> None:
    h, w = img.shape[:2]
    for yy in (.09, .91) if rng.random() < .6 else (.09,):
        for xx in (.22, .78):
            c = (int(w * xx + rng.normal() * 3), int(h * yy + rng.normal() * 1.5))
            col = int(rng.choice([30, 60, 150, 210]))
            if rng.random() < .4:
                cv2.ellipse(img, c, (int(h * .05), int(h * .025)), 0, 0, 360, (col,) * 3, -1, cv2.LINE_AA)
            else:
                cv2.circle(img, c, int(h * rng.uniform(.022, .045)), (col,) * 3, -1, cv2.LINE_AA)


def _us(rng, marked: str | None, state: str | None, w: int = 288) -> Plate:
    h = w // 2
    u = w / 288
    img, ink = background(rng, w, h, rng.random())
    marked = marked or random_text(rng, "us")
    state = state or STATES[rng.integers(len(STATES))]
    th = h * rng.uniform(.42, .6)
    cy = h * rng.uniform(.49, .57)
    y = cy - th / 2
    second = ink if rng.random() < .4 else (_dark(rng) if img.mean() > 120 else _light(rng))
    top_h = max(7 * u, (y - 4 * u) * rng.uniform(.5, .85))
    if rng.random() < .93:
        name = state.upper() if rng.random() < .55 else state
        small_text(rng, img, name, w * rng.normal(.5, .03), (y) / 2 + rng.normal(), top_h, second,
                   script=rng.random() < .25, max_w=w * .6)
    bot = h - (y + th)
    if rng.random() < .75:
        t = SLOGANS[rng.integers(len(SLOGANS))]
        small_text(rng, img, t.upper() if rng.random() < .5 else t, w * .5, y + th + bot / 2,
                   max(6 * u, bot * rng.uniform(.3, .7)), second, script=rng.random() < .15, max_w=w * .66)
    if rng.random() < .4:
        m = np.full((h, w), 0, np.uint8)
        e = int(rng.integers(2, 6) * u)
        cv2.rectangle(m, (e, e), (w - e - 1, h - e - 1), 255, max(1, int(rng.integers(1, 4) * u)), cv2.LINE_AA)
        blend(img, m, second, rng.uniform(.5, 1))
    sw, sh = 30 * u * rng.uniform(.8, 1.3), 15 * u * rng.uniform(.8, 1.4)
    spots = [(4 * u, 4 * u), (w - sw - 4 * u, 4 * u), (4 * u, h - sh - 4 * u), (w - sw - 4 * u, h - sh - 4 * u)]
    for s in spots:
        if rng.random() < .36:
            if rng.random() < .75:
                sticker(rng, img, *s, sw, sh)
            else:
                small_text(rng, img, MONTHS[rng.integers(12)] if rng.random() < .5 else f"{rng.integers(0, 99):02d}",
                           s[0] + sw / 2, s[1] + sh / 2, sh * .8, second)
    x0, x1 = w * rng.uniform(.03, .08), w * (1 - rng.uniform(.03, .08))
    if rng.random() < .14:  # a picture at one side of the serial
        pw = w * rng.uniform(.12, .24)
        left = rng.random() < .7
        px = x0 + pw / 2 if left else x1 - pw / 2
        picture(rng, img, px, cy, pw * .95, th * rng.uniform(.8, 1.3), rng.integers(0, 256, 3))
        x0, x1 = (x0 + pw, x1) if left else (x0, x1 - pw)
    face = Face(rng, 0.6)
    serial(rng, img, marked, face, x0, x1, y, th, ink, common=rng.uniform(.38, .55),
           gap=rng.uniform(.07, .2), spread=rng.uniform(1.0, 1.3), emboss=rng.random() < .6, family="us",
           outline=_light(rng) if rng.random() < .04 else None)
    if rng.random() < .75:
        _bolts(rng, img)
    return Plate(img, marked, "us", state)


def _eu(rng, marked: str | None, w: int = 370) -> Plate:
    h = int(w / 4.62)
    ground = [(245, 245, 243), (245, 245, 243), (250, 200, 30), (240, 240, 220), (20, 20, 25), (200, 225, 200)][rng.integers(6)]
    img = np.empty((h, w, 3), np.uint8)
    img[:] = np.clip(np.array(ground) + rng.normal(0, 6, 3), 0, 255)
    ink = np.array([15, 15, 20.]) if sum(ground) > 300 else np.array([235, 235, 235.])
    if rng.random() < .12:
        ink = np.array([[160, 30, 30], [30, 60, 140], [20, 100, 60]][rng.integers(3)], float)
    marked = marked or random_text(rng, "eu")
    x0, x1 = w * rng.uniform(.02, .05), w * (1 - rng.uniform(.02, .05))
    if rng.random() < .7:
        bw = int(w * rng.uniform(.07, .105))
        blue = (20, 50, 150) if rng.random() < .85 else tuple(int(v) for v in rng.integers(0, 256, 3))
        img[:, :bw] = blue
        cv2.circle(img, (bw // 2, int(h * .3)), max(2, int(bw * .28)), (240, 210, 60), 1, cv2.LINE_AA)
        c = ["D", "F", "I", "E", "NL", "PL", "GB", "RO", "B", "A", "CZ", "H", "S", "LT", "UA", "P", "SK"][rng.integers(17)]
        small_text(rng, img, c, bw / 2, h * .76, h * .2, (240, 240, 240), max_w=bw * .8)
        x0 = bw + w * .015
        if rng.random() < .15:
            img[:, -bw:] = blue
            x1 = w - bw - w * .015
    th = h * rng.uniform(.62, .78)
    y = h * rng.uniform(.47, .53) - th / 2
    if rng.random() < .1:
        small_text(rng, img, SLOGANS[rng.integers(len(SLOGANS))], w / 2, h * .94, h * .1, ink)
    serial(rng, img, marked, Face(rng, .35), x0, x1, y, th, ink, common=rng.uniform(.45, .62), gap=rng.uniform(.08, .2),
           spread=rng.uniform(1, 1.15), emboss=rng.random() < .5, family="eu")
    if rng.random() < .5:
        cv2.rectangle(img, (1, 1), (w - 2, h - 2), tuple(int(v) for v in ink), int(rng.integers(1, 4)), cv2.LINE_AA)
    if rng.random() < .25:
        _bolts(rng, img)
    return Plate(img, marked, "eu")


def _br(rng, marked: str | None, w: int = 320, other: bool = False) -> Plate:
    h = int(w / (ASPECT["other"] if other else ASPECT["br"]))
    ground = [(190, 192, 195), (225, 225, 225), (200, 30, 30), (245, 245, 245), (235, 190, 40)][rng.integers(5)]
    img = np.empty((h, w, 3), np.uint8)
    img[:] = np.clip(np.array(ground) + rng.normal(0, 8, 3), 0, 255)
    ink = np.array([20, 20, 25.]) if sum(ground) > 300 else np.array([240, 240, 240.])
    marked = marked or random_text(rng, "other" if other else "br")
    th = h * rng.uniform(.52, .64)
    y = h * .93 - th
    if rng.random() < .35:
        img[: int(h * .22)] = (20, 50, 150)
        small_text(rng, img, ["BRASIL", "ARGENTINA", "MERCOSUR", "URUGUAY"][rng.integers(4)], w / 2, h * .11, h * .13, (240, 240, 240))
    elif rng.random() < .85:
        small_text(rng, img, ["SP-SAO PAULO", "RJ-RIO DE JANEIRO", "PR-CURITIBA", "MG-BELO HORIZONTE", "SC-JOINVILLE", "NSW", "BRASIL", "CALIFORNIA", "PERU"][rng.integers(9)],
                   w / 2, h * .15, h * .14, ink)
    else:
        y = h * .5 - th / 2
    wide = other and rng.random() < .35  # Indian and Malaysian plates: groups far apart
    serial(rng, img, marked, Face(rng, .5), w * .04, w * .96, y, th, ink, common=rng.uniform(.45, .65),
           gap=rng.uniform(.3, .9) if wide else rng.uniform(.1, .24),
           spread=rng.uniform(1, 1.15), emboss=rng.random() < .6, family="br")
    if rng.random() < .5:
        cv2.rectangle(img, (2, 2), (w - 3, h - 3), tuple(int(v) for v in ink), int(rng.integers(1, 3)), cv2.LINE_AA)
    if rng.random() < .4:
        _bolts(rng, img)
    return Plate(img, marked, "other" if other else "br")


def _square(rng, w: int = 240) -> Plate:
    """Two rows of characters, as on motorcycles and lorries: found, not read.  One in three is as wide as a plate of one row,
    often with a far shorter second row, as in India."""
    wide = rng.random() < .35
    h = int(w / (rng.uniform(1.9, 3.2) if wide else ASPECT["square"]))
    img, ink = background(rng, w, h, rng.random())
    rows = [random_text(rng, "eu")[:n].replace("-", "") or "A1" for n in rng.integers(2, 6, 2)]
    if wide and rng.random() < .6:
        rows = [random_text(rng, "eu")[:8], rows[1][-int(rng.integers(1, 5)):]]
    face, common = Face(rng, .5), rng.uniform(.4, .6)
    for row, top in zip(rows, (.07, .52)):
        serial(rng, img, row, face, w * .05, w * .95, h * top, h * .4, ink, common=common,
               gap=rng.uniform(.08, .5 if wide else .2),
               spread=rng.uniform(1, 1.15), emboss=rng.random() < .5, family="eu")
    if rng.random() < .5:
        cv2.rectangle(img, (2, 2), (w - 3, h - 3), tuple(int(v) for v in ink), int(rng.integers(1, 4)), cv2.LINE_AA)
    return Plate(img, "".join(rows), "square")


def draw_plate(rng: np.random.Generator, family: str | None = None, text: str | None = None,
               state: str | None = None, width: int | None = None) -> Plate:
    """One random plate.  ``text`` may carry the marks of ``texts``; the result's
    ``text`` is what a reader should say, without them."""
    if family is None:
        family = ["us", "eu", "br", "other"][rng.choice(4, p=[.70, .18, .07, .05])]
    size = {"w": width} if width else {}
    if family == "us":
        p = _us(rng, text, state, **size)
    elif family == "eu":
        p = _eu(rng, text, **size)
    elif family == "square":
        p = _square(rng, **size)
    else:
        p = _br(rng, text, other=family == "other", **size)
    p.text = p.text.replace("-", "").replace("s", "")
    return p
