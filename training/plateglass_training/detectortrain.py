"""Trains the detector from shards of crops."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from .detectornet import MEAN, STD, STRIDE, DetectorNet
from .fit import Plan, device, fit, load_ema

CORNER_WEIGHT = 2.0  # corners learn more slowly than presence, and reading hangs on them


def to_input(x: torch.Tensor) -> torch.Tensor:
    """uint8 N x H x W x 3 (RGB) to the net's input."""
    x = x.permute(0, 3, 1, 2).float() / 255
    m = torch.tensor(MEAN).view(1, 3, 1, 1)
    s = torch.tensor(STD).view(1, 3, 1, 1)
    return ((x - m) / s).contiguous(memory_format=torch.channels_last)


def targets(quads: np.ndarray, weights: np.ndarray, ignore: np.ndarray, n: int):
    """Heat map, heat mask, and for every positive cell: where it is, its corners
    relative to its centre, its plate's size and its weight."""
    b = len(quads)
    heat = np.zeros((b, n, n), np.float32)
    mask = np.ones((b, n, n), np.float32)
    cells, offs, size, wts = [], [], [], []
    cc = (np.arange(n, dtype=np.float32) + .5) * STRIDE
    for i in range(b):
        for x, y, w, h in ignore[i]:
            if w > 0 and h > 0:
                x0, y0 = max(int(x // STRIDE), 0), max(int(y // STRIDE), 0)
                x1, y1 = int(np.ceil((x + w) / STRIDE)), int(np.ceil((y + h) / STRIDE))
                mask[i, y0:max(y1, 0), x0:max(x1, 0)] = 0
        for q, wt in zip(quads[i], weights[i]):
            if wt <= 0:
                continue
            q = q.reshape(4, 2)
            c = q.mean(0)
            w, h = q[:, 0].max() - q[:, 0].min(), q[:, 1].max() - q[:, 1].min()
            sx, sy = max(w / 7, .75 * STRIDE), max(h / 7, .75 * STRIDE)
            g = np.exp(-(cc[None, :] - c[0]) ** 2 / (2 * sx * sx) - (cc[:, None] - c[1]) ** 2 / (2 * sy * sy))
            peak = (int(np.clip(c[1] // STRIDE, 0, n - 1)), int(np.clip(c[0] // STRIDE, 0, n - 1)))
            g[peak] = 1
            near = g > .2
            mask[i][near] = 1
            heat[i] = np.maximum(heat[i], g)
            ys, xs = np.nonzero(g > .55)
            gw = g[ys, xs]
            for y, x, v in zip(ys, xs, gw / gw.sum()):
                cells.append((i, y, x))
                offs.append((q - (cc[x], cc[y])).reshape(8))
                size.append(np.sqrt(max(w * h, 16.0)))
                wts.append(v * wt)
    if not cells:
        cells, offs, size, wts = [(0, 0, 0)], [np.zeros(8)], [1.0], [0.0]
    t = torch.from_numpy
    return (t(heat), t(mask), t(np.array(cells, np.int64)), t(np.array(offs, np.float32)),
            t(np.array(size, np.float32)), t(np.array(wts, np.float32)))


def loss(heat, corners, tgt):
    """Focal loss of the centre net, and corner error as a share of the plate."""
    th, mask, cells, offs, size, wts = tgt
    z = heat.squeeze(1).float()
    p = torch.sigmoid(z)
    pos = (th >= 1) & (mask > 0)
    lp = F.logsigmoid(z) * (1 - p) ** 2 * pos
    ln = F.logsigmoid(-z) * p ** 2 * (1 - th) ** 4 * (~pos) * mask
    n = pos.sum().clamp_min(1)
    focal = -(lp.sum() + ln.sum()) / n
    got = corners.float()[cells[:, 0], :, cells[:, 1], cells[:, 2]]
    e = (got - offs) / size[:, None] * 8
    c = F.smooth_l1_loss(e, torch.zeros_like(e), beta=.15, reduction="none").mean(1)
    c = (c * wts).sum() / wts.sum().clamp_min(.1)
    # In plate widths' worth, for the log: mean absolute corner error over sqrt(area).
    err = ((got - offs).abs().mean(1) / size * wts).sum() / wts.sum().clamp_min(1e-6)
    return focal + CORNER_WEIGHT * c, focal.detach(), err.detach()


def train(run: Path, samples: int, minutes: float, peak: float = 2e-3, end: float = 1e-5,
          shards: Path | None = None, init: Path | None = None, seed: int = 1, name: str = "detector",
          warm: int = 3_000) -> dict:
    plan = Plan(run, name, samples, minutes, peak, end, warm, batch=16, clip=5.0, shards=shards, init=init, seed=seed,
                log_every=50, save_every=200)
    return fit(plan, DetectorNet(), (3,), _step)


def _step(net, shard: dict, rows: np.ndarray, rng) -> tuple[torch.Tensor, dict]:
    where = device()
    x = shard["x"][rows]
    n = x.shape[1] // STRIDE
    want = tuple(t.to(where) for t in targets(shard["quads"][rows], shard["weights"][rows], shard["ignore"][rows], n))
    x = to_input(torch.from_numpy(x))
    # A second look at a shard should not be the very same pictures.
    x = x * torch.from_numpy(rng.uniform(.8, 1.2, (len(rows), 1, 1, 1)).astype(np.float32)) \
        + torch.from_numpy(rng.normal(0, .15, (len(rows), 1, 1, 1)).astype(np.float32))
    with torch.autocast(where, torch.bfloat16):
        heat, corners = net(x.to(where, memory_format=torch.channels_last))
    total, focal, error = loss(heat, corners, want)
    return total, {"focal": focal.item(), "corner_err": error.item()}


def load_net(path: Path) -> DetectorNet:
    return load_ema(DetectorNet(), path)
