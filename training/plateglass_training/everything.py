"""The whole recipe as one resumable command, and its two-minute stand-in."""

from __future__ import annotations

import multiprocessing as mp
import os
import shutil
import tempfile
import time
from pathlib import Path

import cv2

from . import detectordata, detectortrain, export, fonts, issuerdata, issuertrain, progress, readerdata, readertrain

READER_SAMPLES = 800_000
TUNE_SAMPLES = 160_000
DETECTOR_SAMPLES = 260_000
ISSUER_SAMPLES = 500_000
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


def run(run_dir: Path, data: Path | None, seed: int, models: Path | None = None) -> None:
    """Reader, reader tuned on real crops and issuer net (both with ``data``), detector, export, figures."""
    if not fonts.find()["serial"] and shutil.which("npm"):
        fonts.install()
    t = time.time()
    stages = [("reader", READER_SAMPLES, 0.0, 1.5e-3, 3e-4 if data else 1e-5, None)]
    if data:
        stages.append(("reader-tuned", TUNE_SAMPLES, 0.5, 6e-4, 1e-5, run_dir / "reader.pt"))
    for name, samples, real, peak, end, init in stages:
        if (run_dir / f"{name}.finished").exists():
            print(f"{name}: done before")
            continue
        print(f"{name}: {samples} samples")
        shards = run_dir / f"{name}-shards"
        _with_generator(readerdata.generate, dict(out=shards, seed=seed + (100 if real else 0), data=data, ahead=4,
                                                  total=_shards(samples, readerdata.SHARD), real_share=real),
                        readertrain.train, dict(run=run_dir, samples=samples, minutes=0, peak=peak, end=end, shards=shards,
                                                init=init, seed=seed, name=name, warm=5_000 if init else 20_000))
        shutil.rmtree(shards, ignore_errors=True)
    if not (run_dir / "detector.finished").exists():
        print(f"detector: {DETECTOR_SAMPLES} crops")
        shards = run_dir / "detector-shards"
        _with_generator(detectordata.generate, dict(out=shards, seed=seed, data=data, ahead=4,
                                                    total=_shards(DETECTOR_SAMPLES, detectordata.SHARD)),
                        detectortrain.train, dict(run=run_dir, samples=DETECTOR_SAMPLES, minutes=0, shards=shards, seed=seed))
        shutil.rmtree(shards, ignore_errors=True)
    # Who issued a drawn plate can be told by its name alone; the real designs are only in pictures.
    if data and not (run_dir / "issuer.finished").exists():
        print(f"issuer: {ISSUER_SAMPLES} samples")
        shards = run_dir / "issuer-shards"
        _with_generator(issuerdata.generate, dict(out=shards, seed=seed, data=data, ahead=4,
                                                  total=_shards(ISSUER_SAMPLES, issuerdata.SHARD)),
                        issuertrain.train, dict(run=run_dir, samples=ISSUER_SAMPLES, minutes=0, shards=shards, seed=seed))
        shutil.rmtree(shards, ignore_errors=True)
    models = models or Path(__file__).resolve().parents[2] / "crates" / "vision" / "models"
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
