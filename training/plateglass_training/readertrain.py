"""Trains the reader from shards."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from . import progress
from .readernet import CLASSES, COLUMNS, ReaderNet

BATCH = 64
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
    c = F.ctc_loss(lc.transpose(0, 1), y, torch.full((len(y),), COLUMNS), n,
                   blank=0, reduction="none", zero_infinity=True)
    c = (c / n.clamp_min(1)).mean()
    nll = -ls.gather(2, y.unsqueeze(2)).squeeze(2)
    smooth = -ls.mean(2)
    s = (0.98 * nll + 0.02 * smooth).mean()
    return 0.5 * c + s, c, s


def train(run: Path, samples: int, minutes: float, peak: float = 1.5e-3, end: float = 3e-4,
          shards: Path | None = None, init: Path | None = None, seed: int = 1, name: str = "reader",
          bf16: bool = True, warm: int = 20_000) -> dict:
    progress.setup(seed)
    ckpt = run / f"{name}.pt"
    net = ReaderNet().to(memory_format=torch.channels_last)
    opt = torch.optim.AdamW(net.parameters(), lr=peak, weight_decay=0.02, betas=(0.9, 0.99))
    seen, spent, shard_no = 0, 0.0, 0
    state = progress.load(ckpt)
    if state:
        net.load_state_dict(state["net"])
        opt.load_state_dict(state["opt"])
        seen, spent, shard_no = state["seen"], state["spent"], state["shard"]
        print(f"taking up {name} at {seen} samples")
    elif init:
        net.load_state_dict(progress.load(init)["ema"])
    ema = {k: v.clone() for k, v in (state["ema"] if state else net.state_dict()).items()}
    sched = progress.Schedule(peak, end, samples, minutes, warm)
    rng = np.random.default_rng((seed, seen))
    source = progress.Shards(shards or run / f"{name}-shards", shard_no, 6, rng)
    t0, last, acc = time.time() - spent, time.time(), []
    net.train()
    step = seen // BATCH
    history = []
    while sched.done(seen, time.time() - t0) < 1:
        d = source.get()
        order = rng.permutation(len(d["x"]))
        for i in range(0, len(order) - BATCH + 1, BATCH):
            if sched.done(seen, time.time() - t0) >= 1:
                break
            o = order[i:i + BATCH]
            x = normalise(torch.from_numpy(d["x"][o])).to(memory_format=torch.channels_last)
            y = torch.from_numpy(d["y"][o].astype(np.int64))
            real = torch.from_numpy(d["real"][o])
            for g in opt.param_groups:
                g["lr"] = sched.rate(seen, time.time() - t0)
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                ctc, slots = net(x)
            total, c, s = loss(ctc, slots, y, real)
            opt.zero_grad(set_to_none=True)
            total.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            opt.step()
            # The mean of the last few hundred steps' weights reads better than
            # the last step's.
            keep = min(0.998, (step + 1) / (step + 10))
            with torch.no_grad():
                for k, v in net.state_dict().items():
                    if v.dtype.is_floating_point:
                        ema[k].lerp_(v, 1 - keep)
                    else:
                        ema[k].copy_(v)
            acc.append((total.item(), c.item(), s.item()))
            history.append(acc[-1][0])
            seen += BATCH
            step += 1
            if step % 100 == 0 or sched.done(seen, time.time() - t0) >= 1:
                a = np.mean(acc, 0)
                now = time.time()
                progress.log(run / f"{name}.log", samples=seen, done=round(sched.done(seen, now - t0), 4),
                             loss=float(a[0]), ctc=float(a[1]), slots=float(a[2]),
                             rate=len(acc) * BATCH / (now - last), repeats=source.repeats)
                acc, last = [], now
            if step % 500 == 0:
                progress.save(ckpt, net=net.state_dict(), ema=ema, opt=opt.state_dict(), seen=seen,
                              spent=time.time() - t0, shard=max(source.next - 1, 0))
    progress.save(ckpt, net=net.state_dict(), ema=ema, opt=opt.state_dict(), seen=seen,
                  spent=time.time() - t0, shard=source.next)
    (run / f"{name}.finished").touch()
    k = max(1, min(50, len(history) // 4))
    return {"first": float(np.mean(history[:3])), "last": float(np.mean(history[-k:]))} if history else {}


def load_net(path: Path) -> ReaderNet:
    net = ReaderNet()
    net.load_state_dict(progress.load(path)["ema"])
    return net.eval()
