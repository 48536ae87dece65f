"""The loop that every net is trained by: schedule, running mean of the weights, checkpoints, log lines."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from . import progress


@dataclass
class Plan:
    """How long, how fast, and where it is kept."""

    run: Path
    name: str
    samples: int
    minutes: float         # 0: no limit
    peak: float
    end: float
    warm: int              # samples over which the rate rises
    batch: int
    clip: float            # longest gradient
    shards: Path | None = None
    window: int = 5        # shards that may be used again while the next is not there
    init: Path | None = None
    seed: int = 1
    log_every: int = 100   # steps
    save_every: int = 500


def device() -> str:
    """A GPU where there is one; two CPU cores do."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def fit(plan: Plan, net: nn.Module, salt: tuple[int, ...],
        step: Callable[[nn.Module, dict, np.ndarray, np.random.Generator], tuple[torch.Tensor, dict]]) -> dict:
    """Trains ``net``, taking up where an earlier run stopped.

    ``step`` gets a shard and the rows of one batch, and gives the loss with the parts
    of it worth a log line.  ``salt`` keeps the stages' chance apart."""
    progress.setup(plan.seed)
    where = device()
    ckpt = plan.run / f"{plan.name}.pt"
    net = net.to(where, memory_format=torch.channels_last)
    opt = torch.optim.AdamW(net.parameters(), lr=plan.peak, weight_decay=0.02, betas=(0.9, 0.99))
    seen, spent, shard_no = 0, 0.0, 0
    state = progress.load(ckpt)
    if state:
        net.load_state_dict(state["net"])
        opt.load_state_dict(state["opt"])
        seen, spent, shard_no = state["seen"], state["spent"], state["shard"]
        print(f"taking up {plan.name} at {seen} samples")
    elif plan.init:
        begin_from(net, progress.load(plan.init)["ema"])
    ema = {k: v.clone() for k, v in net.state_dict().items()}
    if state:
        ema = {k: v.to(where) for k, v in state["ema"].items()}
    sched = progress.Schedule(plan.peak, plan.end, plan.samples, plan.minutes, plan.warm)
    rng = np.random.default_rng((plan.seed, *salt, seen))
    source = progress.Shards(plan.shards or plan.run / f"{plan.name}-shards", shard_no, plan.window, rng)
    t0, last = time.time() - spent, time.time()
    recent: list[dict] = []
    history: list[float] = []
    net.train()
    steps = seen // plan.batch
    done = sched.done(seen, time.time() - t0)

    def keep_all(shard: int) -> None:
        progress.save(ckpt, net=net.state_dict(), ema=ema, opt=opt.state_dict(), seen=seen,
                      spent=time.time() - t0, shard=shard)

    while done < 1:
        shard = source.get()
        order = rng.permutation(len(shard["x"]))
        for i in range(0, len(order) - plan.batch + 1, plan.batch):
            for g in opt.param_groups:
                g["lr"] = sched.rate(seen, time.time() - t0)
            loss, parts = step(net, shard, order[i:i + plan.batch], rng)
            opt.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), plan.clip)
            opt.step()
            _average(ema, net, steps)
            recent.append({"loss": loss.item(), **parts})
            history.append(recent[-1]["loss"])
            seen += plan.batch
            steps += 1
            done = sched.done(seen, time.time() - t0)
            if steps % plan.log_every == 0 or done >= 1:
                now = time.time()
                means = {k: float(np.mean([r[k] for r in recent])) for k in recent[0]}
                progress.log(plan.run / f"{plan.name}.log", samples=seen, done=round(done, 4), **means,
                             rate=len(recent) * plan.batch / (now - last), repeats=source.repeats)
                recent, last = [], now
            if steps % plan.save_every == 0:
                keep_all(max(source.next - 1, 0))
            if done >= 1:
                break
    keep_all(source.next)
    (plan.run / f"{plan.name}.finished").touch()
    k = max(1, min(50, len(history) // 4))
    return {"first": float(np.mean(history[:3])), "last": float(np.mean(history[-k:]))} if history else {}


def begin_from(net: nn.Module, weights: dict) -> None:
    """Takes every weight that fits; a net whose input has grown keeps its body and learns its last layer anew."""
    own = net.state_dict()
    fitting = {k: v for k, v in weights.items() if k in own and v.shape == own[k].shape}
    if fresh := sorted(own.keys() - fitting.keys()):
        print("begun anew:", ", ".join(fresh))
    net.load_state_dict({**own, **fitting})


def _average(ema: dict, net: nn.Module, steps: int) -> None:
    """The mean of the last few hundred steps' weights does better than the last step's."""
    keep = min(0.998, (steps + 1) / (steps + 10))
    with torch.no_grad():
        for k, v in net.state_dict().items():
            if v.dtype.is_floating_point:
                ema[k].lerp_(v, 1 - keep)
            else:
                ema[k].copy_(v)


def load_ema(net: nn.Module, path: Path) -> nn.Module:
    """A net with a checkpoint's mean weights, ready to be run."""
    net.load_state_dict(progress.load(path)["ema"])
    return net.eval()
