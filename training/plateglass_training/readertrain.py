"""Trains the reader from shards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from .fit import Plan, device, fit, load_ema
from .readernet import CLASSES, COLUMNS, ReaderNet

# Class numbers of the look-alikes that real truth does not tell apart.
FOLD = ((1, 25), (2, 19))  # 0 and O, 1 and I


def normalise(x: torch.Tensor) -> torch.Tensor:
    """Per-picture mean and standard deviation; uint8 N x 64 x 128 in."""
    x = x.float().unsqueeze(1)
    m = x.mean((2, 3), keepdim=True)
    s = x.std((2, 3), keepdim=True, unbiased=False).clamp_min(1e-3)
    return (x - m) / s


def _folded(logp: torch.Tensor) -> torch.Tensor:
    """Both of a look-alike pair get the pair's joint probability."""
    out = logp.clone()
    for a, b in FOLD:
        j = torch.logaddexp(logp[..., a], logp[..., b])
        out[..., a] = j
        out[..., b] = j
    return out


def loss(ctc: torch.Tensor, slots: torch.Tensor, y: torch.Tensor, real: torch.Tensor):
    """0.5 CTC + slot cross-entropy (smoothing 0.02).

    Real truths write O as 0 and cannot be trusted on I and 1, so for real rows
    the pair counts as one; synthetic rows, drawn from series that use one or
    the other, teach the difference where there is any."""
    lc = F.log_softmax(ctc.float(), -1)
    ls = F.log_softmax(slots.float(), -1)
    r = real.bool()
    if r.any():
        lc = torch.where(r[:, None, None], _folded(lc), lc)
        ls = torch.where(r[:, None, None], _folded(ls), ls)
    n = (y > 0).sum(1)
    c = F.ctc_loss(lc.transpose(0, 1), y, torch.full((len(y),), COLUMNS, device=y.device), n,
                   blank=0, reduction="none", zero_infinity=True)
    c = (c / n.clamp_min(1)).mean()
    nll = -ls.gather(2, y.unsqueeze(2)).squeeze(2)
    smooth = -ls.mean(2)
    s = (0.98 * nll + 0.02 * smooth).mean()
    return 0.5 * c + s, c, s


def train(run: Path, samples: int, minutes: float, peak: float = 1.5e-3, end: float = 3e-4,
          shards: Path | None = None, init: Path | None = None, seed: int = 1, name: str = "reader",
          warm: int = 20_000) -> dict:
    plan = Plan(run, name, samples, minutes, peak, end, warm, batch=64, clip=2.0, shards=shards, window=6, init=init, seed=seed)
    return fit(plan, ReaderNet(), (), _step)


def _step(net, shard: dict, rows: np.ndarray, _rng) -> tuple[torch.Tensor, dict]:
    where = device()
    x = normalise(torch.from_numpy(shard["x"][rows]).to(where)).to(memory_format=torch.channels_last)
    y = torch.from_numpy(shard["y"][rows].astype(np.int64)).to(where)
    real = torch.from_numpy(shard["real"][rows]).to(where)
    with torch.autocast(where, torch.bfloat16):
        ctc, slots = net(x)
    total, c, s = loss(ctc, slots, y, real)
    return total, {"ctc": c.item(), "slots": s.item()}


def load_net(path: Path) -> ReaderNet:
    return load_ema(ReaderNet(), path)
