"""Trains the issuer net from shards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from .fit import Plan, device, fit, load_ema
from .issuernet import IssuerNet
from .readertrain import normalise

MIXED = 0.5  # share of the batches
SMOOTHING = 0.05  # some labels are wrong, and some plates bear no sign of who issued them


def train(run: Path, samples: int, minutes: float, peak: float = 1.5e-3, end: float = 1e-5,
          shards: Path | None = None, init: Path | None = None, seed: int = 1, name: str = "issuer",
          warm: int = 10_000) -> dict:
    plan = Plan(run, name, samples, minutes, peak, end, warm, batch=64, clip=2.0, shards=shards, window=6, init=init, seed=seed)
    return fit(plan, IssuerNet(), (11,), _step)


def _step(net, shard: dict, rows: np.ndarray, rng: np.random.Generator) -> tuple[torch.Tensor, dict]:
    where = device()
    x = normalise(torch.from_numpy(shard["x"][rows]).to(where)).to(memory_format=torch.channels_last)
    y = torch.from_numpy(shard["y"][rows].astype(np.int64)).to(where)
    # Two plates in one picture, each with its share of the loss: 150 pictures a state are few.
    share = float(rng.beta(0.4, 0.4)) if rng.random() < MIXED else 1.0
    share = max(share, 1 - share)
    other = torch.from_numpy(rng.permutation(len(rows))).to(where)
    with torch.autocast(where, torch.bfloat16):
        logits = net(share * x + (1 - share) * x[other])
    logits = logits.float()
    loss = (share * F.cross_entropy(logits, y, label_smoothing=SMOOTHING)
            + (1 - share) * F.cross_entropy(logits, y[other], label_smoothing=SMOOTHING))
    return loss, {"right": (logits.argmax(1) == y).float().mean().item()}


def load_net(path: Path) -> IssuerNet:
    return load_ema(IssuerNet(), path)
