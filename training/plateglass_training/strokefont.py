"""A parametric stroke font in the manner of US licence plate dies.

No die font is free, and every free condensed font differs from the dies in just
the letters that readers mix up (M, W, H, Q, I, 1).  So each plate draws its own
variant: corner radius, weight, apex of M and W, slabs on I and 1, Q's tail, open
or closed 4, flat or round 3.  A glyph is a few polylines in a unit box whose
corners are rounded in pixels, drawn with round caps as a die presses them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

SHIFT = 4  # cv2's sub-pixel bits


@dataclass
class Style:
    """One plate's variant of the font."""

    radius: float      # corner radius as a share of the glyph's width
    weight: float      # stroke as a share of the glyph's height
    m_apex: float
    w_apex: float
    w_lean: float
    slab_i: bool
    one: int           # 0 bare, 1 flag, 2 flag and base, 3 slabbed like I
    q_tail: int
    four: int
    three: int
    six: int
    seven: int
    a_top: float
    r_leg: int
    j_top: bool
    g_bar: int
    mid: float         # height of the middle bars
    zero: int          # 0 plain, 1 slashed, 2 dotted
    o_round: float
    serif: float
    wide_mw: float


def random_style(rng: np.random.Generator) -> Style:
    return Style(
        radius=float(rng.uniform(0.12, 0.5)),
        weight=float(rng.uniform(0.085, 0.165)),
        m_apex=float(rng.choice([rng.uniform(0.3, 0.7), 1.0, rng.uniform(0.45, 0.6)])),
        w_apex=float(rng.choice([rng.uniform(0.3, 0.7), 1.0, rng.uniform(0.35, 0.6)])),
        w_lean=float(rng.choice([0.0, rng.uniform(0.1, 0.26)])),
        slab_i=bool(rng.random() < 0.55),
        one=int(rng.choice([0, 1, 2, 3], p=[0.3, 0.33, 0.3, 0.07])),
        q_tail=int(rng.integers(4)),
        four=int(rng.integers(3)),
        three=int(rng.choice([0, 1], p=[0.8, 0.2])),
        six=int(rng.choice([0, 1], p=[0.7, 0.3])),
        seven=int(rng.integers(2)),
        a_top=float(rng.choice([0.0, rng.uniform(0.1, 0.4)])),
        r_leg=int(rng.integers(3)),
        j_top=bool(rng.random() < 0.15),
        g_bar=int(rng.integers(3)),
        mid=float(rng.uniform(0.42, 0.54)),
        zero=int(rng.choice([0, 1, 2], p=[0.93, 0.05, 0.02])),
        o_round=float(rng.uniform(1.0, 1.6)),
        serif=float(rng.choice([0.0, rng.uniform(0.1, 0.22)], p=[0.92, 0.08])),
        wide_mw=float(rng.choice([1.0, rng.uniform(1.0, 1.35)])),
    )


# A stroke is (points, rounding of each point or one for all, closed).
def _strokes(ch: str, s: Style):
    m, R = s.mid, 1.0
    box = lambda x0, y0, x1, y1, r=R: ([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], r, True)
    if ch in "0O":
        out = [box(0, 0, 1, 1, R * (s.o_round if ch == "O" else 1.0))]
        if ch == "0" and s.zero == 1:
            out.append(([(0.1, 0.85), (0.9, 0.15)], 0, False))
        if ch == "0" and s.zero == 2:
            out.append(([(0.5, 0.45), (0.5, 0.55)], 0, False))
        return out
    if ch == "Q":
        tail = [[(0.55, 0.72), (1.05, 1.04)], [(0.62, 0.62), (0.95, 1.0)],
                [(0.5, 0.8), (0.75, 1.12)], [(0.4, 0.7), (1.1, 0.95)]][s.q_tail]
        return [box(0, 0, 1, 1, R * s.o_round), (tail, 0, False)]
    if ch == "1":
        out = [([(0.5, 0), (0.5, 1)], 0, False)]
        if s.one in (1, 2):
            out = [([(0.1, 0.2), (0.5, 0), (0.5, 1)], 0, False)]
        if s.one >= 2:
            out.append(([(0.05, 1), (0.95, 1)], 0, False))
        if s.one == 3:
            out.append(([(0.05, 0), (0.95, 0)], 0, False))
        return out
    if ch == "I":
        out = [([(0.5, 0), (0.5, 1)], 0, False)]
        if s.slab_i:
            out += [([(0, 0), (1, 0)], 0, False), ([(0, 1), (1, 1)], 0, False)]
        return out
    if ch == "2":
        return [([(0, 0.25), (0, 0), (1, 0), (1, m), (0, 0.97), (0, 1), (1, 1)],
                 [0, R, R, 0.6, 0.15, 0, 0], False)]
    if ch == "3":
        if s.three == 1:
            return [([(0.02, 0), (1, 0), (0.4, m - 0.04), (1, m), (1, 1), (0, 1), (0, 0.78)],
                     [0, 0, 0.1, R, R, R, 0], False)]
        return [([(0, 0.22), (0, 0), (1, 0), (1, m), (0.35, m)], [0, R, R, R * 0.8, 0], False),
                ([(0.35, m), (1, m), (1, 1), (0, 1), (0, 0.78)], [0, R * 0.8, R, R, 0], False)]
    if ch == "4":
        if s.four == 0:
            return [([(0.74, 1), (0.74, 0), (0, 0.7), (1, 0.7)], 0, False)]
        if s.four == 1:
            return [([(0.55, 0), (0, 0.68), (1, 0.68)], 0, False),
                    ([(0.75, 0.35), (0.75, 1)], 0, False)]
        return [([(0.1, 0), (0, 0.62), (1, 0.62)], 0, False), ([(0.8, 0.1), (0.8, 1)], 0, False)]
    if ch == "5":
        return [([(0.95, 0), (0.04, 0), (0, m), (1, m - 0.04), (1, 1), (0, 1), (0, 0.77)],
                 [0, 0, 0.1, R, R, R, 0], False)]
    if ch in "69":
        if s.six == 0:
            st = [box(0, m - 0.03, 1, 1), ([(1, 0.2), (1, 0), (0, 0), (0, 0.7)], [0, R, R, 0], False)]
        else:
            st = [box(0, m - 0.05, 1, 1), ([(0.75, 0), (0, 0.55), (0, 0.75)], [0, 0.6, 0], False)]
        if ch == "9":
            st = [([(1 - x, 1 - y) for x, y in p], r, c) for p, r, c in st]
        return st
    if ch == "7":
        if s.seven == 0:
            return [([(0, 0), (1, 0), (0.3, 1)], 0, False)]
        return [([(0, 0), (1, 0), (1, 0.2), (0.4, 0.65), (0.38, 1)], [0, 0, 0.2, 0.5, 0], False)]
    if ch == "8":
        return [box(0.05, 0, 0.95, m), box(0, m, 1, 1)]
    if ch == "A":
        t = s.a_top / 2
        bar = 0.66
        e = 0.5 - t
        x = e * (1 - bar)
        return [([(0, 1), (0.5 - t, 0), (0.5 + t, 0), (1, 1)], 0.15, False),
                ([(x, bar), (1 - x, bar)], 0, False)]
    if ch == "B":
        return [([(0, m), (0, 0), (0.94, 0), (0.94, m), (0, m)], [0, 0, R, R * 0.9, 0], False),
                ([(0, m), (1, m), (1, 1), (0, 1), (0, m)], [0, R * 0.9, R, 0, 0], False)]
    if ch == "C":
        return [([(1, 0.27), (1, 0), (0, 0), (0, 1), (1, 1), (1, 0.73)], [0, R, R, R, R, 0], False)]
    if ch == "D":
        return [([(0, 0), (1, 0), (1, 1), (0, 1)], [0, R * 1.2, R * 1.2, 0], True)]
    if ch == "E":
        return [([(1, 0), (0, 0), (0, 1), (1, 1)], 0, False), ([(0, m), (0.82, m)], 0, False)]
    if ch == "F":
        return [([(1, 0), (0, 0), (0, 1)], 0, False), ([(0, m), (0.82, m)], 0, False)]
    if ch == "G":
        bar = [(1, 0.55), (0.55, 0.55)] if s.g_bar != 1 else [(1, 0.58), (0.72, 0.58)]
        tail = [([(1, 0.58), (1, 1)], 0, False)] if s.g_bar == 2 else []
        return [([(1, 0.25), (1, 0), (0, 0), (0, 1), (1, 1)] + bar, [0, R, R, R, R, 0, 0], False)] + tail
    if ch == "H":
        return [([(0, 0), (0, 1)], 0, False), ([(1, 0), (1, 1)], 0, False), ([(0, m), (1, m)], 0, False)]
    if ch == "J":
        out = [([(1, 0), (1, 1), (0, 1), (0, 0.72)], [0, R, R, 0], False)]
        return out + ([([(0.45, 0), (1, 0)], 0, False)] if s.j_top else [])
    if ch == "K":
        return [([(0, 0), (0, 1)], 0, False), ([(1, 0), (0.03, 0.62)], 0, False), ([(0.36, 0.42), (1, 1)], 0, False)]
    if ch == "L":
        return [([(0, 0), (0, 1), (1, 1)], 0, False)]
    if ch == "M":
        return [([(0, 1), (0, 0), (0.5, s.m_apex), (1, 0), (1, 1)], 0, False)]
    if ch == "N":
        return [([(0, 1), (0, 0), (1, 1), (1, 0)], 0, False)]
    if ch == "P":
        return [([(0, 1), (0, 0), (1, 0), (1, m + 0.08), (0, m + 0.08)], [0, 0, R, R, 0], False)]
    if ch == "R":
        leg = [([(0.42, m + 0.05), (1, 1)], 0, False),
               ([(0.3, m + 0.05), (0.96, m + 0.05), (0.96, 1)], [0, R * 0.5, 0], False),
               ([(0.6, m + 0.05), (1, 1)], 0, False)][s.r_leg]
        return [([(0, 1), (0, 0), (1, 0), (1, m + 0.05), (0, m + 0.05)], [0, 0, R, R, 0], False), leg]
    if ch == "S":
        return [([(1, 0.23), (1, 0), (0, 0), (0, m - 0.01), (1, m + 0.03), (1, 1), (0, 1), (0, 0.77)],
                 [0, R, R, R, R, R, R, 0], False)]
    if ch == "T":
        return [([(0, 0), (1, 0)], 0, False), ([(0.5, 0), (0.5, 1)], 0, False)]
    if ch == "U":
        return [([(0, 0), (0, 1), (1, 1), (1, 0)], [0, R, R, 0], False)]
    if ch == "V":
        return [([(0, 0), (0.5, 1), (1, 0)], 0, False)]
    if ch == "W":
        a = s.w_lean
        return [([(0, 0), (a, 1), (0.5, 1 - s.w_apex), (1 - a, 1), (1, 0)], 0, False)]
    if ch == "X":
        return [([(0, 0), (1, 1)], 0, False), ([(1, 0), (0, 1)], 0, False)]
    if ch == "Y":
        return [([(0, 0), (0.5, 0.52), (1, 0)], 0, False), ([(0.5, 0.52), (0.5, 1)], 0, False)]
    if ch == "Z":
        return [([(0, 0), (1, 0), (0, 1), (1, 1)], 0, False)]
    raise KeyError(ch)


def width_of(ch: str, s: Style) -> float:
    """A glyph's width as a share of the common width."""
    if ch == "I":
        return 0.55 if s.slab_i else 0.12
    if ch == "1":
        return {0: 0.12, 1: 0.42, 2: 0.6, 3: 0.55}[s.one]
    if ch in "MW":
        return s.wide_mw
    return 1.0


def _round_path(pts: np.ndarray, radii, closed: bool) -> np.ndarray:
    """Replaces corners by quadratic curves of about the given radius."""
    n = len(pts)
    out = []
    for i in range(n):
        p, r = pts[i], radii[i]
        if r <= 0.5 or (not closed and i in (0, n - 1)):
            out.append(p)
            continue
        a, b = pts[i - 1], pts[(i + 1) % n]
        da, db = a - p, b - p
        la, lb = np.hypot(*da), np.hypot(*db)
        ra, rb = min(r, la / 2), min(r, lb / 2)
        # A short arm between two round corners may be used up whole by one end.
        if not closed and i == 1:
            ra = min(r, la)
        if not closed and i == n - 2:
            rb = min(r, lb)
        pa, pb = p + da * (ra / max(la, 1e-6)), p + db * (rb / max(lb, 1e-6))
        # A control point pulled a little inward makes the quadratic rounder.
        for t in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
            c = p * 0.93 + (pa + pb) * 0.035
            out.append((1 - t) ** 2 * pa + 2 * t * (1 - t) * c + t * t * pb)
    return np.array(out)


def draw(mask: np.ndarray, ch: str, s: Style, x: float, y: float, w: float, h: float) -> None:
    """Draws one glyph into a uint8 mask; (x, y, w, h) is its ink box."""
    t = max(1, int(round(s.weight * h)))
    ix, iy = x + t / 2, y + t / 2
    iw, ih = max(w - t, 0.1), max(h - t, 1.0)
    rad = s.radius * (iw + t) if iw > 1 else 0
    for pts, r, closed in _strokes(ch, s):
        p = np.array(pts, np.float64) * (iw, ih) + (ix, iy)
        radii = [(v * rad) for v in (r if isinstance(r, list) else [r] * len(pts))]
        q = _round_path(p, radii, closed)
        q = np.round(q * (1 << SHIFT)).astype(np.int32)
        cv2.polylines(mask, [q.reshape(-1, 1, 2)], closed, 255, t, cv2.LINE_AA, SHIFT)
        if s.serif and not closed and ch in "AFHKLMNPRTUVWXY":
            for u, end, nxt in ((pts[0], p[0], p[1]), (pts[-1], p[-1], p[-2])):
                if u[1] in (0, 1) and abs(end[0] - nxt[0]) < 0.35 * abs(end[1] - nxt[1]):
                    e = s.serif * h
                    a = np.round((end + (-e, 0)) * (1 << SHIFT)).astype(int)
                    b = np.round((end + (e, 0)) * (1 << SHIFT)).astype(int)
                    cv2.line(mask, tuple(map(int, a)), tuple(map(int, b)), 255, max(1, int(t * 0.6)), cv2.LINE_AA, SHIFT)
