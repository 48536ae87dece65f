"""Command line: ``python -m plateglass_training STAGE``; ``all`` runs everything."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import cv2

TRAINING = Path(__file__).resolve().parent.parent
REPO = TRAINING.parent


def main() -> None:
    p = argparse.ArgumentParser(prog="plateglass_training", description=__doc__)
    p.add_argument("--data", type=Path, help="folder of real picture sets (see README.md); without it synthetic data alone")
    p.add_argument("--run", type=Path, default=TRAINING / "runs" / "default", help="where checkpoints, logs and buffers go")
    p.add_argument("--seed", type=int, default=1)
    sub = p.add_subparsers(dest="stage", required=True)
    sub.add_parser("fonts", help="install the free fonts the generator draws with")
    s = sub.add_parser("reader-data", help="generate reader samples")
    s.add_argument("--total", type=int, default=250, help="shards of 8192 samples")
    s.add_argument("--ahead", type=int, default=4)
    s.add_argument("--real", type=float, default=0.0)
    s.add_argument("--name", default="reader")
    s = sub.add_parser("reader", help="train the reader on generated samples")
    s.add_argument("--samples", type=int, default=1_500_000)
    s.add_argument("--minutes", type=float, default=0, help="end by then, learning rate lowered (0: no limit)")
    s.add_argument("--name", default="reader")
    s.add_argument("--init", type=Path)
    s.add_argument("--peak", type=float, default=1.5e-3)
    s.add_argument("--end", type=float, default=3e-4)
    s.add_argument("--warm", type=int, default=20_000, help="samples over which the rate rises")
    s = sub.add_parser("detector-data", help="generate detector crops")
    s.add_argument("--total", type=int, default=600, help="shards of 512 crops")
    s.add_argument("--ahead", type=int, default=4)
    s.add_argument("--name", default="detector")
    s = sub.add_parser("detector", help="train the detector on generated crops")
    s.add_argument("--samples", type=int, default=320_000)
    s.add_argument("--minutes", type=float, default=0)
    s.add_argument("--name", default="detector")
    s.add_argument("--init", type=Path)
    s.add_argument("--peak", type=float, default=2e-3)
    s.add_argument("--end", type=float, default=1e-5)
    s = sub.add_parser("issuer-data", help="generate issuer samples")
    s.add_argument("--total", type=int, default=250, help="shards of 4096 samples")
    s.add_argument("--ahead", type=int, default=4)
    s.add_argument("--name", default="issuer")
    s = sub.add_parser("issuer", help="train the issuer net on generated samples")
    s.add_argument("--samples", type=int, default=600_000)
    s.add_argument("--minutes", type=float, default=0)
    s.add_argument("--name", default="issuer")
    s.add_argument("--init", type=Path)
    s.add_argument("--peak", type=float, default=1.5e-3)
    s.add_argument("--end", type=float, default=1e-5)
    s = sub.add_parser("mine", help="what the exported detector makes of the training pictures: corners, false finds")
    s.add_argument("--models", type=Path, default=REPO / "crates" / "vision" / "models")
    s = sub.add_parser("unfold", help="make a checkpoint of a committed net, to be trained further")
    s.add_argument("--net", choices=("detector", "reader"), default="detector")
    s.add_argument("--models", type=Path, default=REPO / "crates" / "vision" / "models")
    s = sub.add_parser("export", help="write the ONNX files and manifests")
    s.add_argument("--reader", type=Path, help="checkpoint (default: RUN's best stage)")
    s.add_argument("--detector", type=Path)
    s.add_argument("--out", type=Path, default=REPO / "crates" / "vision" / "models")
    s = sub.add_parser("evaluate", help="measure the exported models on --data's validation sets")
    s.add_argument("--models", type=Path, default=REPO / "crates" / "vision" / "models")
    s.add_argument("--out", type=Path)
    s = sub.add_parser("calibrate", help="fit the confidence curve on --data's validation sets, with the built program")
    s.add_argument("--models", type=Path, default=REPO / "crates" / "vision" / "models")
    s.add_argument("--program", type=Path, default=REPO / "target" / "release" / "plateglass")
    s = sub.add_parser("scenes", help="draw the committed test scenes and the demonstration's views")
    s.add_argument("--only", choices=("scenes", "demo"))
    s.add_argument("--out", type=Path, default=REPO / "fixtures")
    sub.add_parser("all", help="everything, taking up where an earlier run stopped")
    sub.add_parser("smoke", help="two minutes: fails unless both nets' losses fall substantially")
    a = p.parse_args()
    cv2.setNumThreads(1)
    if a.stage == "fonts":
        from . import fonts
        fonts.install()
    elif a.stage == "reader-data":
        from . import readerdata
        readerdata.generate(a.run / f"{a.name}-shards", a.seed, a.data, a.ahead, a.total, a.real, finds=a.run / "finds.json")
    elif a.stage == "reader":
        from . import readertrain
        readertrain.train(a.run, a.samples, a.minutes, a.peak, a.end, init=a.init, seed=a.seed, name=a.name, warm=a.warm)
    elif a.stage == "detector-data":
        from . import detectordata
        detectordata.generate(a.run / f"{a.name}-shards", a.seed, a.data, a.ahead, a.total, finds=a.run / "finds.json")
    elif a.stage == "detector":
        from . import detectortrain
        detectortrain.train(a.run, a.samples, a.minutes, a.peak, a.end, init=a.init, seed=a.seed, name=a.name)
    elif a.stage == "issuer-data":
        from . import issuerdata
        issuerdata.generate(a.run / f"{a.name}-shards", a.seed, a.data, a.ahead, a.total)
    elif a.stage == "issuer":
        from . import issuertrain
        issuertrain.train(a.run, a.samples, a.minutes, a.peak, a.end, init=a.init, seed=a.seed, name=a.name)
    elif a.stage == "mine":
        from . import mine
        if not a.data:
            raise SystemExit("mine needs --data")
        mine.run(a.models, a.data, a.run / "finds.json")
    elif a.stage == "unfold":
        from . import unfold
        unfold.run(a.net, a.models, a.data, a.run / f"{a.net}-unfolded.pt", a.seed)
    elif a.stage == "export":
        from . import export
        export.run(a.run, a.out, a.reader, a.detector)
    elif a.stage == "evaluate":
        from . import evaluate
        if not a.data:
            raise SystemExit("evaluate needs --data")
        evaluate.run(a.models, a.data, a.out)
    elif a.stage == "calibrate":
        from . import calibrate
        if not a.data:
            raise SystemExit("calibrate needs --data")
        calibrate.run(a.program, a.models, a.data, REPO / "docs" / "reliability.svg")
    elif a.stage == "scenes":
        from . import scenes
        if a.only != "scenes":
            scenes.demo_set(a.out / "demo")
        if a.only != "demo":
            scenes.test_set(a.out / "scenes")
    elif a.stage == "all":
        from . import everything
        everything.run(a.run, a.data, a.seed)
    elif a.stage == "smoke":
        from . import everything
        everything.smoke(a.seed)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
