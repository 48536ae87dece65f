"""Makes confidence mean something: a read given 0.97 should be right 97 times of 100.

Runs the real program (`plateglass recognize --json`) on pictures nobody trained on, without calibration, pairs its
confidence with whether the read was right, fits a rising curve and writes it into reader.toml.  The error that is
printed is cross-validated: every fifth is judged by the curve of the rest.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import tomllib
from pathlib import Path

import numpy as np

from .evaluate import box_quad
from .pipeline import fold, iou
from .readerdata import rows

SETS = ("us_scenes", "oi_scenes", "cars433_scenes", "eu_scenes_small", "negatives")
# Where every plate is marked, a read elsewhere is a wrong one: confidence is of reads, not of plates.
ALL_MARKED = ("us_scenes", "negatives")
KNOTS = 8
NOTHING = 0.01
SAME = 0.2  # overlap from which a read belongs to a plate, for its text
APART = 0.1  # overlap up to which it belongs to none


def measured(program: Path, models: Path, data: Path) -> list[tuple[float, bool]]:
    """Raw confidence of reads whose truth is known, and whether each was right."""
    with tempfile.TemporaryDirectory() as d:
        raw = Path(d)
        for f in models.iterdir():
            if f.is_file():
                shutil.copy(f, raw)
        toml = raw / "reader.toml"
        toml.write_text(re.sub(r"^calibration = \[.*?^\]\n", "", toml.read_text(), flags=re.S | re.M))
        # What stays faint counts a tenth whatever it says: the curve is of what is believed.
        believed_min = tomllib.loads((models / "detector.toml").read_text())["output"].get("believed_min", 0.0)
        out = []
        for name in SETS:
            truth = {str(data / name / r["image"]): r for r in rows(data / name) if r["split"] == "valid"}
            said = subprocess.run([program, "recognize", "--json", "--confidence-min", "0", "--models", raw, *truth], capture_output=True, text=True)
            for line in said.stdout.splitlines():
                row = json.loads(line)
                believed = [p for p in row["plates"] if p["detection"] >= believed_min]
                out += _pairs(believed, truth[row["path"]]["plates"])
                if name in ALL_MARKED:
                    out += _elsewhere(believed, truth[row["path"]])
        return out


def _pairs(found: list[dict], truth: list[dict]) -> list[tuple[float, bool]]:
    out = []
    for p in truth:
        if not p.get("text") or not found:
            continue
        best = max(found, key=lambda f: iou(np.array(f["corners"]), box_quad(p["box"])))
        if iou(np.array(best["corners"]), box_quad(p["box"])) > SAME:
            out.append((best["confidence"], fold(best["text"]) == fold(p["text"])))
    return out


def _elsewhere(found: list[dict], truth: dict) -> list[tuple[float, bool]]:
    marked = [box_quad(p["box"]) for p in truth["plates"]] + [box_quad(b) for b in truth.get("ignore", [])]
    return [(f["confidence"], False) for f in found if all(iou(np.array(f["corners"]), q) < APART for q in marked)]


def rising(pairs: list[tuple[float, bool]]) -> list[list[float]]:
    """The best rising curve (pool adjacent violators), thinned to a few knots."""
    pairs = sorted(pairs)
    blocks: list[list[float]] = []  # sum of raw, sum of right, count
    for raw, right in pairs:
        blocks.append([raw, float(right), 1.0])
        while len(blocks) > 1 and blocks[-2][1] / blocks[-2][2] >= blocks[-1][1] / blocks[-1][2]:
            a = blocks.pop()
            blocks[-1] = [x + y for x, y in zip(blocks[-1], a)]
    x = np.array([b[0] / b[2] for b in blocks])
    # One pseudo-read of each kind: no finite number of reads makes anything certain.
    y = np.array([(b[1] + .5) / (b[2] + 1) for b in blocks])
    y = np.maximum.accumulate(y)
    # Finds that are nearly nothing crowd at 0; the knots are for those that may be something.
    some = [raw for raw, _ in pairs if raw > NOTHING] or [raw for raw, _ in pairs]
    at = np.concatenate([[NOTHING], np.quantile(some, np.linspace(.04, .97, KNOTS))])
    curve = np.interp(at, x, y)
    out: list[list[float]] = []
    for a, b in zip(at, np.maximum.accumulate(curve)):
        if not out or a > out[-1][0] + 1e-3:
            out.append([round(float(a), 4), round(float(b), 4)])
    return out


def apply(curve: list[list[float]], raw: float) -> float:
    """What the vision crate does with the curve."""
    xs, ys = [0.0] + [a for a, _ in curve], [0.0] + [b for _, b in curve]
    return float(np.interp(raw, xs, ys))


def error(pairs: list[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error over equally filled rows."""
    pairs = sorted(pairs)
    parts = np.array_split(np.arange(len(pairs)), bins)
    off = [abs(sum(pairs[i][0] for i in p) - sum(pairs[i][1] for i in p)) for p in parts if len(p)]
    return float(sum(off) / len(pairs))


def crossed(pairs: list[tuple[float, bool]], seed: int = 1, folds: int = 5) -> list[tuple[float, bool]]:
    """Every read's confidence by a curve that never saw it."""
    place = np.random.default_rng(seed).permutation(len(pairs)) % folds
    out = []
    for k in range(folds):
        curve = rising([p for p, f in zip(pairs, place) if f != k])
        out += [(apply(curve, raw), right) for (raw, right), f in zip(pairs, place) if f == k]
    return out


def draw(calibrated: list[tuple[float, bool]], raw: list[tuple[float, bool]], out: Path) -> None:
    """The reliability diagram: what was promised against what was right, one dot for every tenth of the reads."""
    w, left, top = 320, 56, 16
    place = lambda x, y: (left + w * x, top + w * (1 - y))
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + w + 120} {top + w + 56}" font-family="sans-serif" font-size="12">',
             '<style>text{fill:#333}.axis{stroke:#888;fill:none}.raw{fill:none;stroke:#b35900}.now{fill:#0b57a4}'
             '@media(prefers-color-scheme:dark){text{fill:#ddd}.now{fill:#7ab8ff}.raw{stroke:#ffb366}}</style>',
             f'<rect class="axis" x="{left}" y="{top}" width="{w}" height="{w}"/>',
             f'<path class="axis" stroke-dasharray="4 4" d="M{left} {top + w}L{left + w} {top}"/>']
    for t in (0, .25, .5, .75, 1):
        x, y = place(t, t)
        parts.append(f'<text x="{x}" y="{top + w + 18}" text-anchor="middle">{t:g}</text>')
        parts.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{t:g}</text>')
    for pairs, name in ((raw, "raw"), (calibrated, "now")):
        for part in np.array_split(np.array(sorted(pairs), float), 10):
            sure, right = part.mean(0)
            x, y = place(sure, right)
            parts.append(f'<circle class="{name}" cx="{x:.1f}" cy="{y:.1f}" r="5"><title>{sure:.2f} promised, {right:.2f} right of {len(part)}</title></circle>')
    parts.append(f'<text x="{left + w / 2}" y="{top + w + 42}" text-anchor="middle">confidence</text>')
    parts.append(f'<text transform="translate(14 {top + w / 2}) rotate(-90)" text-anchor="middle">share right</text>')
    for i, (name, text) in enumerate((("now", "calibrated"), ("raw", "raw"))):
        y = top + 14 + 22 * i
        parts.append(f'<circle class="{name}" cx="{left + w + 20}" cy="{y}" r="5"/><text x="{left + w + 32}" y="{y + 4}">{text}</text>')
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(parts) + "\n</svg>\n")


def run(program: Path, models: Path, data: Path, figure: Path) -> None:
    pairs = measured(program, models, data)
    if len(pairs) < 100:
        raise SystemExit(f"only {len(pairs)} reads with a known text: too few to calibrate by")
    curve = rising(pairs)
    draw(crossed(pairs), pairs, figure)
    print(f"n {len(pairs)}; calibration error raw {error(pairs):.3f}, calibrated {error(crossed(pairs)):.3f} (cross-validated)")
    toml = models / "reader.toml"
    text = re.sub(r"^# Raw confidence.*?\n(?=calibration)", "", toml.read_text(), flags=re.M)
    text = re.sub(r"^calibration = \[.*?^\]\n", "", text, flags=re.S | re.M)
    lines = "".join(f"  [{a:.4f}, {b:.4f}],\n" for a, b in curve)
    block = f"# Raw confidence and the share of reads right at it: {len(pairs)} reads of {', '.join(SETS)}.\ncalibration = [\n{lines}]\n"
    toml.write_text(text.replace("\n[input]", block + "\n[input]", 1))
