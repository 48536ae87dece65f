"""Trains the issuer net from shards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from .fit import Plan, device, fit, load_ema
from .issuernet import IssuerNet

SMOOTHING = 0.05  # some labels are wrong, and some plates bear no sign of who issued them


def normalise(x: torch.Tensor) -> torch.Tensor:
    """Mean and standard deviation of each picture, over all of its channels, so that its colours stay; uint8 N x 64 x 128 x 3 in."""
    x = x.permute(0, 3, 1, 2).float()
    m = x.mean((1, 2, 3), keepdim=True)
    s = x.std((1, 2, 3), keepdim=True, unbiased=False).clamp_min(1e-3)
    return (x - m) / s


def train(run: Path, samples: int, minutes: float, peak: float = 1.5e-3, end: float = 1e-5,
          shards: Path | None = None, init: Path | None = None, seed: int = 1, name: str = "issuer",
          warm: int = 10_000) -> dict:
    plan = Plan(run, name, samples, minutes, peak, end, warm, batch=64, clip=2.0, shards=shards, window=6, init=init, seed=seed)
    return fit(plan, IssuerNet(), (11,), _step)


def _step(net, shard: dict, rows: np.ndarray, _rng) -> tuple[torch.Tensor, dict]:
    where = device()
    x = normalise(torch.from_numpy(shard["x"][rows]).to(where)).to(memory_format=torch.channels_last)
    y = torch.from_numpy(shard["y"][rows].astype(np.int64)).to(where)
    with torch.autocast(where, torch.bfloat16):
        logits = net(x)
    logits = logits.float()
    loss = F.cross_entropy(logits, y, label_smoothing=SMOOTHING)
    return loss, {"right": (logits.argmax(1) == y).float().mean().item()}


def load_net(path: Path) -> IssuerNet:
    return load_ema(IssuerNet(), path)
