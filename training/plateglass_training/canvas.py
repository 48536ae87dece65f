"""A float RGB(A) canvas with soft shapes, for drawing cars and streets."""

from __future__ import annotations

import cv2
import numpy as np

from .strokefont import _round_path


def smooth(pts, radius: float) -> np.ndarray:
    """A closed outline with rounded corners."""
    p = np.asarray(pts, np.float64)
    return _round_path(p, [radius] * len(p), True)


class Canvas:
    """Colours are 0..1 floats; ``a`` is coverage when the canvas is a layer."""

    def __init__(self, w: int, h: int, colour=None):
        self.w, self.h = w, h
        self.rgb = np.zeros((h, w, 3), np.float32)
        self.a = np.zeros((h, w), np.float32)
        if colour is not None:
            self.rgb[:] = colour
            self.a[:] = 1

    def mask(self, pts, radius: float = 0.0, blur: float = 0.0) -> np.ndarray:
        m = np.zeros((self.h, self.w), np.uint8)
        q = smooth(pts, radius) if radius else np.asarray(pts, np.float64)
        cv2.fillPoly(m, [np.round(q * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        m = m.astype(np.float32) / 255
        return cv2.GaussianBlur(m, (0, 0), blur) if blur > 0 else m

    def paint(self, m: np.ndarray, colour, alpha: float = 1.0) -> None:
        """``colour`` is one colour or a picture of the canvas's size."""
        ys, xs = np.flatnonzero(m.max(1) > .002), np.flatnonzero(m.max(0) > .002)
        if len(ys) == 0:
            return
        sl = (slice(ys[0], ys[-1] + 1), slice(xs[0], xs[-1] + 1))
        k = (m[sl] * alpha)[..., None]
        c = np.asarray(colour, np.float32)
        c = c[sl] if c.ndim == 3 else c
        self.rgb[sl] += (c - self.rgb[sl]) * k
        self.a[sl] += (1 - self.a[sl]) * k[..., 0]

    def fill(self, pts, colour, radius: float = 0.0, alpha: float = 1.0, blur: float = 0.0) -> None:
        self.paint(self.mask(pts, radius, blur), colour, alpha)

    def ramp(self, pts, stops, radius: float = 0.0, edge: float = 0.0, alpha: float = 1.0) -> None:
        """Fills with a vertical colour ramp; ``stops`` are (y in pixels, colour).
        ``edge`` darkens towards the left and right rim, as a curved panel does."""
        m = self.mask(pts, radius)
        ys = np.arange(self.h)
        st = sorted(stops, key=lambda s: s[0])
        col = np.stack([np.interp(ys, [s[0] for s in st], [s[1][c] for s in st]) for c in range(3)], 1).astype(np.float32)
        im = np.repeat(col[:, None], self.w, 1)
        if edge:
            x = np.asarray(pts, np.float64)[:, 0]
            c, r = (x.min() + x.max()) / 2, (x.max() - x.min()) / 2
            t = np.clip(np.abs(np.arange(self.w) - c) / max(r, 1), 0, 1) ** 3
            im = im * (1 - edge * t)[None, :, None].astype(np.float32)
        self.paint(m, im, alpha)

    def line(self, pts, colour, width: float, alpha: float = 1.0, blur: float = 0.0) -> None:
        m = np.zeros((self.h, self.w), np.uint8)
        cv2.polylines(m, [np.round(np.asarray(pts, np.float64) * 16).astype(np.int32)], False, 255, max(1, int(round(width))), cv2.LINE_AA, 4)
        m = m.astype(np.float32) / 255
        self.paint(cv2.GaussianBlur(m, (0, 0), blur) if blur else m, colour, alpha)

    def glow(self, x: float, y: float, rx: float, ry: float, colour, strength: float) -> None:
        """Adds light that falls off smoothly."""
        x0, x1 = int(max(x - 3.2 * rx, 0)), int(min(x + 3.2 * rx, self.w))
        y0, y1 = int(max(y - 3.2 * ry, 0)), int(min(y + 3.2 * ry, self.h))
        if x1 <= x0 or y1 <= y0:
            return
        yy, xx = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        g = np.exp(-((xx - x) / rx) ** 2 - ((yy - y) / ry) ** 2) * strength
        self.rgb[y0:y1, x0:x1] += g[..., None] * np.asarray(colour, np.float32)


def noise(rng, w: int, h: int, cell: float) -> np.ndarray:
    """Smooth random field, about -1..1."""
    n = rng.normal(0, 1, (max(2, int(h / cell)), max(2, int(w / cell)))).astype(np.float32)
    return cv2.resize(n, (w, h), interpolation=cv2.INTER_CUBIC)
