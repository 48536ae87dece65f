"""What every training stage shares: checkpoints, schedule, log lines, shards."""

from __future__ import annotations

import json
import math
import os
import time
from pathlib import Path

import numpy as np
import torch


def setup(seed: int) -> None:
    """One thread unless OMP_NUM_THREADS says more: on a busy machine a second one gains nothing."""
    torch.manual_seed(seed)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))


class Schedule:
    """Warm-up, then cosine, over samples or minutes, whichever ends first.

    The minutes are there so that a run ends on time on a machine of unknown
    speed with its learning rate fully lowered."""

    def __init__(self, peak: float, end: float, samples: int, minutes: float, warm: int = 20_000):
        self.peak, self.end, self.samples, self.minutes, self.warm = peak, end, samples, minutes, warm

    def done(self, seen: int, elapsed_s: float) -> float:
        f = seen / self.samples
        if self.minutes:
            f = max(f, elapsed_s / (60 * self.minutes))
        return min(f, 1.0)

    def rate(self, seen: int, elapsed_s: float) -> float:
        f = self.done(seen, elapsed_s)
        r = self.end + (self.peak - self.end) * 0.5 * (1 + math.cos(math.pi * f))
        return r * min(1.0, (seen + 1) / self.warm)


def save(path: Path, **state) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    tmp = path.with_suffix(".tmp")
    torch.save(state, tmp)
    os.replace(tmp, path)


def load(path: Path) -> dict | None:
    return torch.load(path, map_location="cpu", weights_only=False) if path.exists() else None


def log(path: Path, **row) -> None:
    """One JSON line to the log, one readable line to the terminal."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as f:
        f.write(json.dumps(row) + "\n")
    print("  ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()), flush=True)


class Shards:
    """Shards as they appear.  While the next one is not there yet, one of the
    last few is used again rather than leaving the core idle; once a shard falls
    out of the window its file is emptied to a marker, so a stopped generator
    still knows how far it had come."""

    def __init__(self, folder: Path, start: int, window: int, rng: np.random.Generator):
        self.folder, self.next, self.window, self.rng = folder, start, window, rng
        self.repeats = 0

    def _path(self, k: int) -> Path:
        return self.folder / f"{k:05d}.npz"

    def _tell(self) -> None:
        """Leaves word of how far it is, whole at every moment: the generator reads it while it is written."""
        tmp = self.folder / "taken.tmp"
        tmp.write_text(str(self.next))
        os.replace(tmp, self.folder / "taken")

    def get(self) -> dict:
        while (self.folder / f"{self.next:05d}.done").exists():
            # Seen before a stop that came after the last checkpoint; its samples are gone, newer ones serve as well.
            self.next += 1
        while True:
            if self._path(self.next).exists():
                k = self.next
                self.next += 1
                self._tell()
                old = k - self.window
                if old >= 0 and self._path(old).exists():
                    (self.folder / f"{old:05d}.done").touch()
                    self._path(old).unlink()
                break
            have = [k for k in range(max(0, self.next - self.window), self.next) if self._path(k).exists()]
            if have:
                k = int(self.rng.choice(have))
                self.repeats += 1
                break
            self.folder.mkdir(parents=True, exist_ok=True)
            self._tell()
            time.sleep(1)
        with np.load(self._path(k)) as z:
            return {n: z[n] for n in z.files}


def produce(folder: Path, ahead: int, total: int, make) -> None:
    """Writes the shards that ``make(number)`` gives until ``total`` exist, at most ``ahead`` before whoever trains on them
    (who leaves its place in ``taken``)."""
    folder.mkdir(parents=True, exist_ok=True)
    k = 0
    while (folder / f"{k:05d}.done").exists() or (folder / f"{k:05d}.npz").exists():
        k += 1
    while k < total:
        taken = int((folder / "taken").read_text()) if (folder / "taken").exists() else 0
        if k - taken >= ahead:
            time.sleep(2)
            continue
        t = time.time()
        _write_shard(folder / f"{k:05d}.npz", make(k))
        print(f"shard {k} in {time.time() - t:.0f} s", flush=True)
        k += 1


def _write_shard(path: Path, arrays: dict) -> None:
    tmp = path.with_suffix(".tmp")
    with open(tmp, "wb") as f:
        np.savez(f, **arrays)
    os.replace(tmp, path)
