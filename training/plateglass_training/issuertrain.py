"""Trains the issuer net from shards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from .fit import Plan, device, fit, load_ema
from .issuernet import IssuerNet
from .readertrain import normalise

SMOOTHING = 0.05  # some labels are wrong, and some plates bear no sign of who issued them


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
