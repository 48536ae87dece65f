"""Draws the place a camera looks at: sky, skyline, kerbs, road, trees, lamps."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .canvas import Canvas, noise


@dataclass
class Street:
    canvas: Canvas
    horizon: float
    vanish: float          # x of the vanishing point
    time: str              # day, overcast, dusk, night
    lights: list           # (x, y, radius, colour)


def _sky(rng, time):
    return {"day": ((.36, .56, .82), (.80, .88, .95)), "overcast": ((.62, .66, .70), (.84, .86, .87)),
            "dusk": ((.20, .23, .42), (.93, .62, .42)), "night": ((.015, .02, .05), (.07, .075, .11))}[time]


def draw(rng: np.random.Generator, w: int, h: int, time: str) -> Street:
    cv = Canvas(w, h, (0, 0, 0))
    hz = h * rng.uniform(.26, .38)
    vx = w * rng.uniform(.38, .62)
    top, low = _sky(rng, time)
    t = (np.clip(np.arange(h) / hz, 0, 1) ** 1.2)[:, None, None].astype(np.float32)
    cv.rgb[:] = np.array(top, np.float32) * (1 - t) + np.array(low, np.float32) * t
    if time in ("day", "overcast", "dusk"):
        n = sum(noise(rng, w, h, h / k) / k for k in (3, 6, 12, 24))
        cl = np.clip(n * 1.6 - .1, 0, 1) * np.clip(1 - np.arange(h) / hz, .15, 1)[:, None]
        cv.paint(cl.astype(np.float32), np.array((1, .98, .96)) if time != "dusk" else np.array((.98, .75, .62)), .55)
    dim = {"day": 1.0, "overcast": .82, "dusk": .5, "night": .24}[time]
    lights: list = []
    # Hills, then buildings or trees, each nearer row darker and larger.
    xs = np.linspace(0, w, 30)
    ys = hz - h * .05 - np.abs(np.interp(xs, np.linspace(0, w, 7), rng.uniform(0, .09, 7))) * h
    cv.ramp([*zip(xs, ys), (w, hz + 4), (0, hz + 4)], [(hz - .13 * h, np.array((.42, .50, .58)) * dim), (hz, np.array((.55, .60, .62)) * dim)])
    urban = rng.random() < .6
    if urban:
        x = -20.0
        while x < w:
            bw = rng.uniform(.05, .14) * w
            d = abs(x + bw / 2 - vx) / w
            bh = (.05 + .55 * d) * h * rng.uniform(.6, 1.15)
            c = np.array([(.55, .42, .35), (.62, .60, .56), (.45, .47, .50), (.70, .66, .58), (.38, .30, .28)][rng.integers(5)], np.float32) * dim * rng.uniform(.8, 1.05)
            y0 = hz - bh
            cv.ramp([(x, y0), (x + bw, y0), (x + bw, hz + 6), (x, hz + 6)], [(y0, c * 1.08), (hz, c * .78)])
            cv.fill([(x + bw * .93, y0), (x + bw, y0), (x + bw, hz + 6), (x + bw * .93, hz + 6)], c * .6)
            cw, rh = bw / max(2, int(bw / (w * .018))), h * .032
            yy = y0 + rh * .6
            while yy < hz - rh:
                xx = x + cw * .25
                while xx < x + bw * .9 - cw * .4:
                    on = time in ("night", "dusk") and rng.random() < .3
                    wc = np.array((1, .82, .5)) * rng.uniform(.5, 1) if on else c * rng.uniform(.35, .6) + np.array((.06, .08, .1)) * dim
                    cv.fill([(xx, yy), (xx + cw * .5, yy), (xx + cw * .5, yy + rh * .55), (xx, yy + rh * .55)], wc)
                    xx += cw
                yy += rh
            x += bw + rng.uniform(0, .02) * w
    # Verge and road.
    gc = np.array((.30, .36, .20) if not urban else (.52, .51, .49), np.float32) * dim
    cv.ramp([(0, hz), (w, hz), (w, h), (0, h)], [(hz, gc * .9), (h, gc * 1.05)])
    lw, rw = w * rng.uniform(.62, .95), w * rng.uniform(.62, .95)
    road = [(vx - w * .012, hz), (vx + w * .012, hz), (vx + rw * 1.25, h), (vx - lw * 1.25, h)]
    base = np.array((.33, .33, .34), np.float32) * dim * rng.uniform(.8, 1.1)
    for s, ww in ((-1, lw), (1, rw)):  # pavement with a kerb
        cv.ramp([(vx, hz), (vx + s * ww * 1.25, h), (vx + s * ww * 1.75, h), (vx + s * w * .02, hz)], [(hz, np.array((.56, .55, .53)) * dim), (h, np.array((.63, .62, .60)) * dim)])
        cv.fill([(vx, hz), (vx + s * ww * 1.25, h), (vx + s * ww * 1.31, h)], np.array((.74, .73, .71)) * dim)
    cv.ramp(road, [(hz, base * 1.25 + .05 * dim), (hz + (h - hz) * .3, base), (h, base * .85)])
    # Asphalt: grain that grows towards the viewer, tyre tracks, patches.
    depth = np.clip((np.arange(h) - hz) / (h - hz), 0, 1)[:, None]
    rm = cv.mask(road)
    grain = (noise(rng, w, h, 2) * .4 + noise(rng, w, h, 5) * .4) * depth + noise(rng, w, h, 60) * .5
    cv.rgb += (grain * rm * .035 * dim)[..., None].astype(np.float32)
    for x in (-.55, -.28, .28, .55):
        m = cv.mask([(vx, hz), (vx + x * lw - w * .03, h), (vx + x * lw + w * .03, h)], 0, 6)
        cv.paint(m * rm, base * .6, .35)
    # Markings.
    white = np.array((.86, .86, .82), np.float32) * max(dim, .2)
    yellow = np.array((.82, .66, .20), np.float32) * max(dim, .2)
    for s, ww in ((-1, lw), (1, rw)):
        cv.fill([(vx, hz), (vx + s * ww * 1.13, h), (vx + s * ww * 1.17, h)], white, 0, .7)
    at = lambda x, v: (vx + x * v, hz + (h - hz) * v)
    if rng.random() < .5:
        for o in (-.012, .012):
            cv.fill([at(0, 0), at((o + .006) * w, 1), at((o - .006) * w, 1)], yellow, 0, .85)
    else:
        for k in range(9):
            v0, v1 = 1.3 / (1 + k * .9), 1.3 / (1 + k * .9 + .42)
            v0, v1 = min(v0, 1.05), v1
            cv.fill([at(-.009 * w, v0), at(.009 * w, v0), at(.009 * w, v1), at(-.009 * w, v1)], white, 0, .8)
    if not urban or rng.random() < .6:
        for _ in range(int(rng.integers(4, 11))):
            _tree(rng, cv, vx, hz, w, h, dim)
    if rng.random() < .75 or time == "night":
        for k in range(int(rng.integers(2, 5))):
            s = -1 if k % 2 else 1
            v = .16 + .18 * k
            x, y = vx + s * (lw if s < 0 else rw) * 1.42 * v, hz + (h - hz) * v
            ph = h * (.12 + .75 * v)
            cv.line([(x, y), (x, y - ph), (x - s * w * .06 * (v + .3), y - ph - h * .012)], np.array((.32, .33, .35)) * max(dim, .35), max(1, 9 * v))
            if time in ("night", "dusk"):
                cv.glow(x - s * w * .07 * (v + .3), y, w * .12 * (v + .25), h * .07 * (v + .25), (1.0, .80, .50), .16)
                lights.append((x - s * w * .06 * (v + .3), y - ph - h * .005, w * .012 * (1 + 3 * v), (1.0, .82, .52)))
    return Street(cv, hz, vx, time, lights)


def _tree(rng, cv, vx, hz, w, h, dim):
    s = rng.choice([-1, 1])
    v = rng.uniform(.02, .3)
    x = vx + s * w * (.05 + 1.25 * v + rng.uniform(0, .22))
    y = hz + (h - hz) * v * .8
    th = h * (.07 + 1.0 * v) * rng.uniform(.8, 1.2)
    cv.line([(x, y), (x + rng.normal() * th * .03, y - th * .5)], np.array((.23, .18, .13)) * dim, max(2, th * .06))
    g = np.array([(.20, .32, .13), (.26, .36, .15), (.16, .27, .14), (.38, .33, .13)][rng.integers(4)], np.float32) * dim
    m = np.zeros((cv.h, cv.w), np.uint8)
    hi = np.zeros_like(m)
    for _ in range(26):
        a, r = rng.uniform(0, 2 * np.pi), rng.uniform(0, .30) * th
        c = (int(x + np.cos(a) * r * .9), int(y - th * .72 + np.sin(a) * r))
        cv2.circle(m, c, max(2, int(th * rng.uniform(.06, .15))), 255, -1, cv2.LINE_AA)
        cv2.circle(hi, (c[0] - int(th * .03), c[1] - int(th * .05)), max(1, int(th * rng.uniform(.03, .08))), 255, -1, cv2.LINE_AA)
    mm = cv2.GaussianBlur(m, (0, 0), max(.6, th * .006)).astype(np.float32) / 255
    tex = np.clip(1 + noise(rng, cv.w, cv.h, max(2, th * .03)) * .25, .5, 1.5)[..., None]
    cv.paint(mm, g * .75 * tex)
    cv.paint(cv2.GaussianBlur(hi, (0, 0), max(.8, th * .012)).astype(np.float32) / 255 * mm, g * 1.5 + .03, .5)
