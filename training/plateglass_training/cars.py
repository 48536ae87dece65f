"""Draws a car from behind or from the front, with a place for its plate.

Everything is a shaded outline in car widths (x from the middle, y up from the
ground), so one scale serves every size; the plate's corners follow exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .canvas import Canvas, noise

S = 820          # pixels per car width on the layer
W, H = 980, 900
CX, GY = W / 2, H - 46

PAINTS = [(.78, .79, .80), (.92, .92, .91), (.06, .06, .07), (.30, .31, .33), (.55, .56, .58), (.45, .05, .06),
          (.07, .13, .30), (.10, .22, .42), (.10, .20, .15), (.62, .55, .44), (.60, .13, .05), (.20, .24, .29), (.72, .62, .20)]


@dataclass
class Car:
    layer: Canvas
    plate_quad: np.ndarray | None   # on the layer
    lamps: list                     # (x, y, radius, colour) of lit lamps
    width: float = S


def P(*xy):
    return [(CX + x * S, GY - y * S) for x, y in xy]


def mirror(pts):
    return [(-x, y) for x, y in pts][::-1]


def _body_stops(c, lo, hi, light: float):
    """Paint's vertical shading: dark below, a bright shoulder, sky on top faces."""
    c = np.array(c, np.float32)
    sky = np.array((.75, .82, .92), np.float32)
    y = lambda v: GY - (lo + (hi - lo) * v) * S
    return [(y(0), c * .38), (y(.25), c * .62), (y(.55), c * .86), (y(.8), c * .98 + .02),
            (y(.93), c * .8 + sky * (.22 * light)), (y(1.0), c * .95 + sky * (.16 * light))]


def draw(rng: np.random.Generator, kind: str, front: bool, plate: np.ndarray | None, plate_aspect: float,
         lit: bool, braking: bool) -> Car:
    """``kind``: sedan, hatch, suv, pickup or van."""
    cv = Canvas(W, H)
    paint = np.clip(np.array(PAINTS[rng.integers(len(PAINTS))], np.float32) * rng.uniform(.85, 1.1), .03, .95)
    light = float(rng.uniform(.6, 1.0))
    roof = {"sedan": .785, "hatch": .82, "suv": .93, "pickup": .97, "van": 1.05}[kind] * rng.uniform(.97, 1.03)
    sh = {"sedan": .555, "hatch": .55, "suv": .62, "pickup": .60, "van": .62}[kind] * rng.uniform(.97, 1.03)
    inset = {"sedan": .125, "hatch": .11, "suv": .085, "pickup": .10, "van": .05}[kind] + rng.uniform(-.01, .01)
    lift = {"sedan": .0, "hatch": .0, "suv": .03, "pickup": .05, "van": .02}[kind]
    black = np.array((.03, .03, .035), np.float32)

    # Wheels and what is dark below.
    for s in (-1, 1):
        x0, x1 = s * .365, s * .487
        cv.ramp(P((x0, 0), (x0, .24 + lift), (x1, .24 + lift), (x1, 0)), [(GY - .22 * S, black * .6), (GY - .1 * S, black * 2.2), (GY, black * 1.2)], 16)
        for k in range(4):
            xx = x0 + (x1 - x0) * (.2 + .2 * k)
            cv.line(P((xx, .005), (xx, .12)), black * .4, 2, .7)
    cv.fill(P((-.42, .06 + lift), (-.42, .22), (.42, .22), (.42, .06 + lift)), black * .5, 6)

    # Cabin: roof, pillars, glass.
    cab = [(-.455, sh - .03), (-.5 + inset + .03, roof - .05), (-.5 + inset + .11, roof), (.5 - inset - .11, roof), (.5 - inset - .03, roof - .05), (.455, sh - .03)]
    cv.ramp(P(*cab), [(GY - roof * S, paint * .9 + .16 * light), (GY - (roof - .05) * S, paint * .75), (GY - sh * S, paint * .6)], 22, .3)
    g = .035
    gl_lo = sh + (.03 if not front else -.005)
    glass = [(-.455 + g * 1.6, gl_lo), (-.5 + inset + .03 + g, roof - .075), (-.5 + inset + .11 + g * .6, roof - .04),
             (.5 - inset - .11 - g * .6, roof - .04), (.5 - inset - .03 - g, roof - .075), (.455 - g * 1.6, gl_lo)]
    sky = np.array((.42, .50, .58), np.float32) * light
    cv.ramp(P(*glass), [(GY - roof * S, sky * .55), (GY - (roof - .12) * S, sky * .28 + .02), (GY - gl_lo * S, sky * .12 + .015)], 14)
    gm = cv.mask(P(*glass), 14)
    for x in (-.2, .2):  # head-rests
        hr = cv.mask(P((x - .06, gl_lo), (x - .05, gl_lo + .085), (x + .05, gl_lo + .085), (x + .06, gl_lo)), 16, 2)
        cv.paint(hr * gm, black, .6)
    if front:
        cv.paint(cv.mask(P((-.04, roof - .075), (-.04, roof - .05), (.04, roof - .05), (.04, roof - .075)), 4) * gm, black, .8)
        cv.paint(cv.mask(P((-.33, gl_lo), (-.3, gl_lo + .035), (-.12, gl_lo + .035), (-.09, gl_lo)), 8, 1) * gm, black, .7)
    r0 = rng.uniform(-.3, .2)  # a streak of sky in the glass
    streak = cv.mask(P((r0, gl_lo), (r0 + .12, roof), (r0 + .26, roof), (r0 + .14, gl_lo)), 0, 10)
    cv.paint(streak * gm, np.array((.8, .86, .92), np.float32) * light, .13)
    if not front and kind in ("hatch", "suv") and rng.random() < .6:
        cv.line(P((-.12, gl_lo + .01), (.1, gl_lo + .045)), black, 4, .9)  # wiper
    if kind in ("suv", "van", "hatch") and rng.random() < .5 and not front:  # third lamp
        cv.fill(P((-.1, roof - .03), (-.1, roof - .012), (.1, roof - .012), (.1, roof - .03)), (.9, .08, .05) if braking else (.35, .03, .03), 3)

    # Mirrors.
    if front or rng.random() < .5:
        for s in (-1, 1):
            m = [(s * .47, sh + .03), (s * .48, sh + .1), (s * .555, sh + .1), (s * .56, sh + .035)]
            cv.ramp(P(*(m if s > 0 else m[::-1])), [(GY - (sh + .1) * S, paint * .95 + .05), (GY - (sh + .03) * S, paint * .4)], 12)

    # Main body and bumper.
    b0 = .135 + lift
    body = [(-.478, b0), (-.503, .30), (-.5, sh - .09), (-.462, sh + .005), (-.40, sh + .028), (.40, sh + .028), (.462, sh + .005), (.5, sh - .09), (.503, .30), (.478, b0)]
    cv.ramp(P(*body), _body_stops(paint, b0, sh + .028, light), 20, .42)
    # A crease across the panel catches light.
    yc = sh - rng.uniform(.05, .09)
    cv.line(P((-.47, yc), (-.2, yc + .008), (.2, yc + .008), (.47, yc)), np.clip(paint * 1.25 + .08 * light, 0, 1), 3, .55, 1.5)
    cv.line(P((-.47, yc - .012), (.47, yc - .012)), paint * .45, 4, .4, 2.5)

    bt = rng.uniform(.30, .335)
    bumper = [(-.44, .095 + lift), (-.492, .14 + lift), (-.512, .22), (-.507, bt), (.507, bt), (.512, .22), (.492, .14 + lift), (.44, .095 + lift)]
    bc = paint if rng.random() < .8 else np.array((.10, .10, .105), np.float32)
    cv.ramp(P(*bumper), [(GY - bt * S, bc * .95 + .07 * light), (GY - (bt - .03) * S, bc * .8), (GY - .2 * S, bc * .6), (GY - .1 * S, bc * .3)], 18, .4)
    cv.line(P((-.5, bt), (.5, bt)), black, 3, .55)
    low = [(-.36, .085 + lift), (-.31, .17), (.31, .17), (.36, .085 + lift)]
    cv.ramp(P(*low), [(GY - .18 * S, black * 1.6), (GY - .08 * S, black * .6)], 10)

    lamps: list = []
    if front:
        _front(rng, cv, kind, paint, sh, bt, black, lit, lamps, light)
    else:
        _rear(rng, cv, kind, paint, sh, bt, black, lit, braking, lamps, light)

    # The plate's place.
    pw = .285 if plate_aspect > 4 else (.245 if plate_aspect > 2.6 else .185)
    ph = pw / plate_aspect
    if front:
        py = rng.uniform(.225, .25)
    else:
        trunk = (kind in ("sedan", "hatch", "suv") and rng.random() < .72) or kind == "van"
        py = (bt + sh) / 2 - rng.uniform(-.005, .02) if trunk else (bt - .01 + .17) / 2
        if trunk:
            rw, rh = pw * .5 + .045, ph * .5 + .035
            rec = [(-rw, py - rh), (-rw * .93, py + rh), (rw * .93, py + rh), (rw, py - rh)]
            cv.ramp(P(*rec), [(GY - (py + rh) * S, paint * .22), (GY - (py + rh * .4) * S, paint * .45), (GY - (py - rh) * S, paint * .72)], 14)
            cv.fill(P((-rw * .8, py + rh * .98), (-rw * .8, py + rh * 1.18), (rw * .8, py + rh * 1.18), (rw * .8, py + rh * .98)),
                    (.75, .76, .78) if rng.random() < .5 else np.clip(paint * 1.1, 0, 1), 4)
    quad = None
    if plate is not None:
        q = np.float32(P((-pw / 2, py + ph / 2), (pw / 2, py + ph / 2), (pw / 2, py - ph / 2), (-pw / 2, py - ph / 2)))
        cv.fill((q - q.mean(0)) * (1.03, 1.05) + q.mean(0) + (0, 4), (0, 0, 0), 3, .45, 3)
        if rng.random() < .25:
            cv.fill((q - q.mean(0)) * (1.05, 1.09) + q.mean(0), rng.choice([.04, .06, .6]) * np.ones(3), 4)
        x0, y0 = q[0]
        tw, th = int(round(pw * S)), int(round(ph * S))
        im = cv2.resize(plate, (tw, th), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        g = np.linspace(rng.uniform(.62, .85), rng.uniform(.8, .95), th, dtype=np.float32)[:, None, None]
        if lit and not front:
            g = np.linspace(1.05, .7, th, dtype=np.float32)[:, None, None]
        full = np.zeros_like(cv.rgb)
        yi, xi = int(round(y0)), int(round(x0))
        full[yi:yi + th, xi:xi + tw] = im * g
        m = np.zeros((H, W), np.float32)
        m[yi:yi + th, xi:xi + tw] = 1
        cv.paint(m, full)
        quad = np.float32([[xi, yi], [xi + tw, yi], [xi + tw, yi + th], [xi, yi + th]])
    # Road dirt creeping up, and a little texture: nothing on a road is clean.
    d = np.clip(1 - (GY - np.arange(H)) / (S * .3), 0, 1)[:, None] * (.5 + .5 * np.clip(noise(rng, W, H, 40), -1, 1))
    cv.paint(np.clip(d, 0, 1).astype(np.float32) * (cv.a > .5) * .35 * (1 if quad is None else _outside(quad)), (.30, .27, .23), rng.uniform(.1, .6))
    return Car(cv, quad, lamps)


def _outside(q):
    m = np.ones((H, W), np.float32)
    x0, y0 = q.min(0).astype(int)
    x1, y1 = q.max(0).astype(int)
    m[y0:y1 + 1, x0:x1 + 1] = 0
    return m


def _lamp(cv, pts, colour, on: float, radius=8):
    """A lamp: dark rim, coloured lens with a bright upper edge, inner cells."""
    pts = np.asarray(pts)
    c = np.array(colour, np.float32)
    lo, hi = pts[:, 1].max(), pts[:, 1].min()
    cv.fill((pts - pts.mean(0)) * 1.06 + pts.mean(0), (.02, .02, .02), radius)
    cv.ramp(pts, [(hi, c * (.75 + .5 * on) + .10), ((hi + lo) / 2, c * (.5 + .6 * on)), (lo, c * (.32 + .5 * on))], radius)
    m = cv.mask(pts, radius)
    x0, x1 = pts[:, 0].min(), pts[:, 0].max()
    for t in (.3, .62):
        x = x0 + (x1 - x0) * t
        cv.paint(cv.mask([(x - 2, hi), (x + 2, hi), (x + 2, lo), (x - 2, lo)], 0, 1) * m, c * .25, .5)
    inner = (pts - pts.mean(0)) * .62 + pts.mean(0)
    cv.fill(inner, np.clip(c * (1.0 + .6 * on) + .3 * on, 0, 1.3), radius * .6, .55, 3)
    cv.line([(x0 + (x1 - x0) * .15, hi + (lo - hi) * .18), (x0 + (x1 - x0) * .8, hi + (lo - hi) * .18)], (1, .9, .88), 2.5, .5, 1.2)


def _rear(rng, cv, kind, paint, sh, bt, black, lit, braking, lamps, light):
    red = (.62, .04, .05)
    on = 1.0 if braking else (.55 if lit else .1)
    style = int(rng.integers(3))
    if kind in ("pickup", "van") or (kind in ("suv", "hatch") and style == 0):
        shape = [(-.488, bt + .03), (-.482, sh - .01), (-.425, sh + .005), (-.41, bt + .04)]
    elif style == 1:
        shape = [(-.497, bt + .07), (-.487, sh - .055), (-.30, sh - .04), (-.27, bt + .11), (-.38, bt + .075)]
    else:
        shape = [(-.495, bt + .055), (-.485, sh - .06), (-.35, sh - .045), (-.33, bt + .065)]
    for pts in (shape, mirror(shape)):
        q = P(*pts)
        _lamp(cv, q, red, on)
        if lit or braking:
            c = np.mean(q, 0)
            lamps.append((c[0], c[1], .08 if braking else .05, (1.0, .12, .06)))
    if style == 2 and rng.random() < .4:
        cv.ramp(P((-.33, sh - .105), (-.33, sh - .075), (.33, sh - .075), (.33, sh - .105)), [(GY - (sh - .075) * S, np.array((.6, .05, .05))), (GY - (sh - .105) * S, np.array((.25, .02, .02)))], 4)
    # Boot seam, badge, reflectors, exhausts.
    if kind != "van":
        cv.line(P((-.40, sh + .02), (-.395, bt + .06), (-.36, bt + .015), (.36, bt + .015), (.395, bt + .06), (.40, sh + .02)), black, 2.5, .5, .8)
    else:
        cv.line(P((0, bt), (0, sh + .3)), black, 3, .7)
    by = sh - .045
    cv.fill(P((-.028, by), (0, by + .022), (.028, by), (0, by - .022)), (.82, .83, .85), 6)
    cv.fill(P((-.016, by), (0, by + .012), (.016, by), (0, by - .012)), (.25, .26, .3), 3)
    for s in (-1, 1):
        r = [(s * .44, .20), (s * .44, .222), (s * .33, .222), (s * .33, .20)]
        cv.fill(P(*r), (.5, .05, .05), 4, .9)
        if rng.random() < .6:
            cv.fill(P((s * .27, .095), (s * .27, .125), (s * .19, .125), (s * .19, .095)), (.35, .35, .37), 8)
            cv.fill(P((s * .26, .1), (s * .26, .12), (s * .2, .12), (s * .2, .1)), (.02, .02, .02), 6)


def _front(rng, cv, kind, paint, sh, bt, black, lit, lamps, light):
    # Bonnet: a bright top face above the lamps.
    bon = [(-.45, sh - .06), (-.43, sh + .02), (.43, sh + .02), (.45, sh - .06)]
    cv.ramp(P(*bon), [(GY - (sh + .02) * S, paint * .7 + .2 * light), (GY - (sh - .06) * S, paint * .95)], 10, .3)
    for s in (-1, 1):
        cv.line(P((s * .2, sh + .015), (s * .16, sh - .06)), paint * .5, 3, .5, 1.2)
    gy0, gy1 = bt + .015, sh - .10
    gw = rng.uniform(.16, .27)
    cv.fill(P((-gw - .012, gy0 - .008), (-gw * .96 - .012, gy1 + .012), (gw * .96 + .012, gy1 + .012), (gw + .012, gy0 - .008)), (.7, .71, .73) if rng.random() < .6 else black * 2, 14)
    cv.fill(P((-gw, gy0), (-gw * .96, gy1), (gw * .96, gy1), (gw, gy0)), black, 12)
    n = int(rng.integers(3, 7))
    for i in range(n):
        y = gy0 + (gy1 - gy0) * (i + .5) / n
        cv.line(P((-gw * .93, y), (gw * .93, y)), (.34, .35, .37), 3, .8)
    by = (gy0 + gy1) / 2
    cv.fill(P((-.035, by), (0, by + .035), (.035, by), (0, by - .035)), (.85, .86, .88), 10)
    style = rng.integers(2)
    shape = ([(-.49, bt + .09), (-.475, sh - .075), (-.33, sh - .085), (-gw - .03, bt + .10), (-.34, bt + .055)] if style else
             [(-.49, bt + .06), (-.48, sh - .085), (-.34, sh - .08), (-.315, bt + .07)])
    for pts in (shape, mirror(shape)):
        q = P(*pts)
        _lamp(cv, q, (.82, .85, .88), 1.0 if lit else .05)
        if lit:
            c = np.mean(q, 0)
            lamps.append((c[0], c[1], .10, (1.0, .96, .86)))
    # Lower intake and fog lamps.
    cv.fill(P((-.30, .115), (-.27, .19), (.27, .19), (.30, .115)), black, 10)
    for s in (-1, 1):
        c = np.mean(P((s * .40, .19)), 0)
        cv.fill(P((s * .43, .16), (s * .43, .215), (s * .36, .21), (s * .35, .165)), black * 1.4, 8)
        cv.glow(c[0], c[1], 11, 9, (.5, .5, .5), .6)
