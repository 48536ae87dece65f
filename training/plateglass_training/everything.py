"""The whole recipe as one resumable command, and its two-minute stand-in."""

from __future__ import annotations

import multiprocessing as mp
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import cv2

from . import detectordata, detectortrain, export, fonts, issuerdata, issuertrain, mine, progress, readerdata, readertrain

READER_SAMPLES = 800_000
TUNE_SAMPLES = 500_000
DETECTOR_SAMPLES = 160_000
DETECTOR_TUNE_SAMPLES = 160_000
ISSUER_SAMPLES = 1_500_000
# Every shard is trained on about twice: making a sample costs as much as
# learning from it, and a second look is worth nearly as much as a new one.
LOOKS = 2


def _quietly(target, *args, **kw) -> None:
    """In a generator process: one thread, a little less urgent than its trainer."""
    os.nice(5)
    cv2.setNumThreads(1)
    target(*args, **kw)


def _with_generator(make, make_args: dict, train, train_args: dict) -> dict:
    """Generates in one process while this one trains."""
    ctx = mp.get_context("spawn")
    g = ctx.Process(target=_quietly, args=(make,), kwargs=make_args, daemon=True)
    g.start()
    try:
        return train(**train_args)
    finally:
        g.terminate()
        g.join()


def _shards(samples: int, shard: int) -> int:
    return max(2, samples // shard // LOOKS + 1)


@dataclass
class Stage:
    """One training with what generates for it."""

    name: str
    module: tuple          # generator and trainer
    samples: int
    shard: int
    make: dict             # besides where and how many
    train: dict


def _stages(run_dir: Path, data: Path | None, seed: int) -> list[Stage]:
    reader = (readerdata.generate, readertrain.train)
    detector = (detectordata.generate, detectortrain.train)
    finds = run_dir / "finds.json"
    out = [Stage("reader", reader, READER_SAMPLES, readerdata.SHARD, dict(seed=seed, real_share=0.0),
                 dict(peak=1.5e-3, end=3e-4 if data else 1e-5, warm=20_000)),
           Stage("detector", detector, DETECTOR_SAMPLES, detectordata.SHARD, dict(seed=seed), {})]
    if data:
        out += [
            # From here on with what the detector found in the training photographs.
            Stage("detector-tuned", detector, DETECTOR_TUNE_SAMPLES, detectordata.SHARD,
                  dict(seed=seed + 100, finds=finds), dict(init=run_dir / "detector.pt", peak=1.2e-3)),
            Stage("reader-tuned", reader, TUNE_SAMPLES, readerdata.SHARD,
                  dict(seed=seed + 100, real_share=0.5, finds=finds),
                  dict(init=run_dir / "reader.pt", peak=7e-4, end=1e-5, warm=5_000)),
            # Who issued a drawn plate can be told by its name alone; the real designs are only in pictures.
            Stage("issuer", (issuerdata.generate, issuertrain.train), ISSUER_SAMPLES, issuerdata.SHARD, dict(seed=seed), {}),
        ]
    return out


def run(run_dir: Path, data: Path | None, seed: int, models: Path | None = None) -> None:
    """Every net from nothing, those with ``data`` tuned on it; then export and figures."""
    if not fonts.find()["serial"] and shutil.which("npm"):
        fonts.install()
    t = time.time()
    models = models or Path(__file__).resolve().parents[2] / "crates" / "vision" / "models"
    for stage in _stages(run_dir, data, seed):
        if (run_dir / f"{stage.name}.finished").exists():
            print(f"{stage.name}: done before")
            continue
        if "finds" in stage.make and not stage.make["finds"].exists():
            print("mining the training photographs")
            export.run(run_dir, run_dir / "models")
            mine.run(run_dir / "models", data, stage.make["finds"])
        print(f"{stage.name}: {stage.samples} samples")
        shards = run_dir / f"{stage.name}-shards"
        make, train = stage.module
        _with_generator(make, dict(out=shards, data=data, ahead=4, total=_shards(stage.samples, stage.shard), **stage.make),
                        train, dict(run=run_dir, samples=stage.samples, minutes=0, shards=shards, seed=seed, name=stage.name,
                                    **stage.train))
        shutil.rmtree(shards, ignore_errors=True)
    export.run(run_dir, models)
    if data:
        from . import evaluate
        evaluate.run(models, data, run_dir / "figures.json")
    print(f"done in {(time.time() - t) / 60:.0f} minutes; weights in {models}")


def smoke(seed: int) -> None:
    """Trains the nets on a handful of fresh samples for about two minutes in all.

    Says nothing about accuracy: it shows that the generators, the losses and the
    exporter still fit together and that learning happens."""
    progress.setup(seed)
    bad = []
    with tempfile.TemporaryDirectory() as d:
        tmp = Path(d)
        t = time.time()
        readerdata.generate(tmp / "reader-shards", seed, None, 9, 1, shard=1024)
        r = readertrain.train(tmp, 8_000, 0.8, peak=1.5e-3, end=1e-4, shards=tmp / "reader-shards", seed=seed, warm=640)
        detectordata.generate(tmp / "detector-shards", seed, None, 9, 1, shard=96)
        q = detectortrain.train(tmp, 1_600, 0.8, peak=2e-3, end=1e-4, shards=tmp / "detector-shards", seed=seed, warm=160)
        issuerdata.generate(tmp / "issuer-shards", seed, None, 9, 1, shard=1024)
        i = issuertrain.train(tmp, 6_000, 0.4, peak=1.5e-3, end=1e-4, shards=tmp / "issuer-shards", seed=seed, warm=640)
        export.run(tmp, tmp / "models")
        for name, res, most in (("reader", r, 0.5), ("detector", q, 0.5), ("issuer", i, 0.8)):
            share = res["last"] / res["first"]
            print(f"{name}: loss {res['first']:.2f} -> {res['last']:.2f} ({share:.0%}; must be under {most:.0%})")
            if not share < most:
                bad.append(name)
    print(f"smoke took {time.time() - t:.0f} s")
    if bad:
        raise SystemExit(f"loss did not fall enough: {', '.join(bad)}")
