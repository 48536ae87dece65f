"""Spoils a clean plate the way roads, lenses and codecs do.

One overall severity is drawn per sample, so that easy and hopeless pictures
both occur instead of everything being a little bad.  The order is the physical
one: surroundings, geometry, light, optics, sensor, codec, and at the end the
same resampling to 64x128 that the rectifier does.
"""

from __future__ import annotations

import cv2
import numpy as np

from .readernet import HEIGHT, WIDTH


def to_grey(rng, rgb: np.ndarray) -> np.ndarray:
    """Grey by usual weights, or by odd ones: infra-red sees ink differently."""
    assert rgb.ndim == 3 and rgb.shape[2] == 3, rgb.shape
    if rng.random() < 0.6:
        return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    w = rng.dirichlet((2, 2, 2)).astype(np.float32)
    return cv2.transform(rgb, w[None]).reshape(rgb.shape[:2])


def surround(rng, plate: np.ndarray, size: tuple[int, int] = (200, 100)) -> tuple[np.ndarray, np.ndarray]:
    """Puts a grey plate, brought to ``size``, on a piece of car, perhaps in a frame.

    Returns the picture and the plate's four corners in it."""
    pw, ph = size
    mx, my = 56, 34
    small = cv2.resize(plate, (pw, ph), interpolation=cv2.INTER_AREA)
    h, w = ph + 2 * my, pw + 2 * mx
    level = rng.uniform(10, 235)
    g = np.linspace(-1, 1, h, dtype=np.float32)[:, None] * rng.normal(0, 30)
    bg = np.clip(level + g + np.zeros((1, w), np.float32), 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(0, 6))):  # bumper edges, grilles, lamps
        c = int(rng.integers(0, 256))
        if rng.random() < 0.6:
            y = int(rng.integers(0, h))
            cv2.line(bg, (0, y), (w, y + int(rng.normal() * 8)), c, int(rng.integers(1, 14)))
        else:
            x, y = int(rng.integers(0, w)), int(rng.integers(0, h))
            cv2.ellipse(bg, (x, y), (int(rng.integers(3, 50)), int(rng.integers(3, 30))), 0, 0, 360, c, -1)
    if rng.random() < 0.5:
        bg = cv2.blur(bg, (5, 5))
    r = rng.random()
    if r < 0.3:  # a holder: a rim around the plate, or a recess's shadow
        t = int(rng.integers(2, 12))
        c = int(rng.choice([15, 30, 60, 200, 235]))
        cv2.rectangle(bg, (mx - t, my - t), (mx + pw + t, my + ph + t), c, -1)
    bg[my:my + ph, mx:mx + pw] = small
    if r > 0.8:  # a dealer's frame over the plate's own rim, lettered
        c = int(rng.choice([15, 25, 45, 190, 225]))
        t, b, s = rng.integers(1, 13), rng.integers(1, 13), rng.integers(1, 6)
        o = int(rng.integers(0, 12))
        cv2.rectangle(bg, (mx - o, my - o), (mx + pw + o, my + t), c, -1)
        cv2.rectangle(bg, (mx - o, my + ph - b), (mx + pw + o, my + ph + o), c, -1)
        cv2.rectangle(bg, (mx - o, my), (mx + s, my + ph), c, -1)
        cv2.rectangle(bg, (mx + pw - s, my), (mx + pw + o, my + ph), c, -1)
        for yy in (my + t - 2, my + ph + o // 2):
            if rng.random() < 0.6:
                n = int(rng.integers(5, 16))
                word = "".join(chr(int(v)) for v in rng.integers(65, 91, n))
                cv2.putText(bg, word, (mx + int(rng.integers(10, 70)), int(yy)), cv2.FONT_HERSHEY_SIMPLEX, 0.32, 255 - c, 1, cv2.LINE_AA)
    quad = np.float32([[mx, my], [mx + pw, my], [mx + pw, my + ph], [mx, my + ph]])
    return bg, quad


def _motion(rng, n: int) -> np.ndarray:
    k = np.zeros((n, n), np.float32)
    a = rng.normal(0, 0.5) if rng.random() < 0.7 else rng.uniform(0, np.pi)
    c = (n - 1) / 2
    d = np.array([np.cos(a), np.sin(a)]) * c
    cv2.line(k, (int(round(c - d[0])), int(round(c - d[1]))), (int(round(c + d[0])), int(round(c + d[1]))), 1.0, 1)
    return k / max(k.sum(), 1e-6)


def light(rng, im: np.ndarray, s: float) -> np.ndarray:
    """Exposure, gamma, shadow edges, glare, infra-red bloom; float 0..255."""
    h, w = im.shape
    if rng.random() < 0.5:
        im = 255 * (np.clip(im, 0, 255) / 255) ** np.float32(np.exp(rng.normal(0, 0.15 + 0.35 * s)))
    im = im * rng.uniform(1 - 0.65 * s, 1 + 0.25 * s) + rng.normal(0, 25) * s
    if rng.random() < 0.3 * s + 0.05:  # hard shadow
        m = np.zeros((h, w), np.uint8)
        a = rng.uniform(-.3, 1.3, 4)
        pts = np.array([[a[0] * w, 0], [a[1] * w, h], [w * 2 if rng.random() < .5 else -w, h], [w * 2 if rng.random() < .5 else -w, 0]])
        if rng.random() < 0.5:
            pts = np.array([[0, a[0] * h], [w, a[1] * h], [w, -h], [0, -h]])
        cv2.fillPoly(m, [pts.round().astype(np.int32)], 255, cv2.LINE_AA)
        im = im * (1 - (m / np.float32(255)) * rng.uniform(.2, .7))
    if rng.random() < 0.25 * s + 0.03:  # glare or a lamp's hot spot
        yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
        cx, cy, r = rng.uniform(0, w), rng.uniform(0, h), rng.uniform(.15, .7) * w
        im = im + rng.uniform(40, 160) * np.exp(-((xx - cx) ** 2 + (yy - cy) ** 2) / (r * r))
    if rng.random() < 0.10:  # infra-red: contrast driven into saturation, or flat
        im = (im - im.mean()) * rng.uniform(1.2, 2.5) + rng.uniform(120, 235)
    elif rng.random() < 0.10 + 0.15 * s:
        im = (im - im.mean()) * rng.uniform(.25, .7) + rng.uniform(50, 200)
    if rng.random() < 0.03:
        im = 255 - im
    return np.clip(im, 0, 255)


def dirt(rng, im: np.ndarray, s: float) -> np.ndarray:
    h, w = im.shape
    if rng.random() < 0.25 * s + 0.03:
        n = cv2.resize(rng.random((int(rng.integers(3, 12)), int(rng.integers(5, 24))), dtype=np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
        a = np.clip((n - rng.uniform(.45, .75)) * 4, 0, 1) * rng.uniform(.2, .7)
        im = im * (1 - a) + a * rng.uniform(30, 190)
    if rng.random() < 0.06:  # something thin across: a hitch, a cable, a twig
        y = im.copy()
        cv2.line(y, (int(rng.uniform(0, w)), int(rng.choice([0, h]))), (int(rng.uniform(0, w)), int(rng.uniform(0, h))), float(rng.uniform(0, 255)), max(1, int(w * rng.uniform(.005, .025))))
        im = y
    return im


def _corners(rng, quad: np.ndarray, aspect: float, jitter: float) -> tuple[np.ndarray, float]:
    """The plate's corners with a border, as a detector would find them, and the border as a share of the plate."""
    sd = jitter * (0.006 + 0.034 * rng.random() ** 1.4)  # the detector's own error, measured
    pad = rng.normal(0.06, 0.02)
    unit = np.float32([[-pad, -pad], [1 + pad, -pad], [1 + pad, 1 + pad], [-pad, 1 + pad]])
    # The same error in picture pixels is a larger share of the smaller side.
    err = rng.normal(0, sd, (4, 2)) * 0.8 + rng.normal(0, sd, 2) * 0.6
    unit = unit + (err * (1, min(aspect, 4.0))).astype(np.float32)
    ex, ey = quad[1] - quad[0], quad[3] - quad[0]
    m = np.float32([[ex[0], ey[0]], [ex[1], ey[1]]])
    return (unit @ m.T + quad[0]).astype(np.float32), pad


def _upright(grey: np.ndarray, src: np.ndarray, width: float, aspect: float) -> np.ndarray:
    """What lies between corners, upright and so many pixels wide, as a sensor would have it."""
    tw, th = int(width), max(9, int(width / aspect))
    up = 2 if width < 120 else 1
    dst = np.float32([[0, 0], [tw * up, 0], [tw * up, th * up], [0, th * up]])
    hom = cv2.getPerspectiveTransform(src, dst)
    im = cv2.warpPerspective(grey, hom, (tw * up, th * up), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cv2.resize(im, (tw, th), interpolation=cv2.INTER_AREA) if up > 1 else im


def _jpeg(im: np.ndarray, quality: int) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", im, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_GRAYSCALE)


def _filmed(rng, grey: np.ndarray, src: np.ndarray, width: float, aspect: float, smear: int, grain: float) -> np.ndarray:
    """What a video's frame shows of a small plate: the motion's smear, the sensor's noise, and the codec's blocks."""
    im = _upright(grey, src, width, aspect).astype(np.float32)
    im = cv2.blur(im, (smear, 1)) * rng.uniform(.7, 1.2)
    im = im + rng.standard_normal(im.shape, dtype=np.float32) * grain
    im = _jpeg(np.clip(im, 0, 255).astype(np.uint8), int(rng.integers(35, 90)))
    return cv2.resize(im, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)


def frame(rng, grey: np.ndarray, quad: np.ndarray, aspect: float, jitter: float = 1.0) -> np.ndarray:
    """The reader's input for one frame of a passage."""
    src, pad = _corners(rng, quad, aspect, jitter)
    width = rng.uniform(36, 66) * (1 + 2 * pad)
    return _filmed(rng, grey, src, width, aspect, int(rng.integers(1, 5)), rng.uniform(2, 16))


def laid(rng, grey: np.ndarray, quad: np.ndarray, aspect: float, jitter: float = 1.0) -> np.ndarray:
    """The reader's input where frames of a passage were laid over one another: small plates, each smeared and noisy by itself,
    moved onto one another with a little error, and the sharper ones counted more."""
    src, pad = _corners(rng, quad, aspect, jitter)
    narrow, wide = np.sort(rng.uniform(34, 64, 2)) * (1 + 2 * pad)
    worst_smear, grain = int(rng.integers(1, 5)), rng.uniform(2, 16)
    size = np.linalg.norm(quad[1] - quad[0])
    frames = int(rng.integers(2, 11))
    total = np.zeros((HEIGHT, WIDTH), np.float32)
    for width in np.linspace(narrow, wide, frames):
        off = rng.normal(0, 0.005, (4, 2)).astype(np.float32) * size
        smear = int(rng.integers(1, worst_smear + 1))
        im = _filmed(rng, grey, src + off, width, aspect, smear, grain * rng.uniform(.6, 1.2)).astype(np.float32)
        counts = (0.05 + rng.random() ** 2) / smear
        total += counts * (im - im.mean()) / max(im.std(), 1e-3)
    total = (total - total.mean()) / max(total.std(), 1e-3)
    return np.clip(128 + total * rng.uniform(15, 60), 0, 255).astype(np.uint8)


def sample(rng, grey: np.ndarray, quad: np.ndarray, aspect: float, jitter: float = 1.0,
           size: tuple[int, int] = (WIDTH, HEIGHT), mildness: float = 1.7) -> np.ndarray:
    """A net's input of ``size`` (the reader's unless told) from a grey picture with a plate at ``quad``."""
    s = rng.random() ** mildness
    # Corners: the plate's size in the picture sets the detector's error too.
    lw = size[0] / WIDTH * float(np.exp(rng.uniform(np.log(40), np.log(170)))) if rng.random() < .85 else rng.uniform(34, 60)
    src, pad = _corners(rng, quad, aspect, jitter)
    im = _upright(grey, src, lw * (1 + 2 * pad), aspect)
    im = light(rng, im.astype(np.float32), s)
    im = dirt(rng, im, s)
    if rng.random() < 0.25 + 0.4 * s:
        if rng.random() < 0.6:
            sg = rng.uniform(.3, .5 + .011 * lw * s + .3 * s)
            im = cv2.GaussianBlur(im, (0, 0), sg)
        else:
            n = int(rng.integers(2, 3 + int(lw * .055 * s) + 1))
            im = cv2.filter2D(im, -1, _motion(rng, n))
    if rng.random() < 0.6:
        im = im + rng.standard_normal(im.shape, dtype=np.float32) * rng.uniform(0, 3 + 16 * s)
    if rng.random() < 0.15:
        im = im + (im - cv2.GaussianBlur(im, (0, 0), 1.2)) * rng.uniform(.5, 2)
    im = np.clip(im, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        q = int(rng.uniform(92 - 65 * s, 95))
        im = _jpeg(im, q)
    inter = cv2.INTER_LINEAR if rng.random() < 0.75 else cv2.INTER_CUBIC
    return cv2.resize(im, size, interpolation=inter)
