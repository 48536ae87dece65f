"""Finds the free fonts the generator draws with, and installs them.

npm packages go into ``training/fonts/node_modules``; Debian's are used where
they are installed.  Nothing is committed and nothing is shipped.  With none at
all the stroke font still draws every plate, a little less varied.
"""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from pathlib import Path

from PIL import ImageFont

HERE = Path(__file__).resolve().parent.parent / "fonts"
DEBIAN = ("fonts-roadgeek", "fonts-routed-gothic", "fonts-opendin", "fonts-dejavu",
          "fonts-liberation", "fonts-lobster", "fonts-kaushanscript")
SCRIPT = ("pacifico", "satisfy", "dancing", "great-vibes", "lobster", "kaushan")
# Fonts that look nothing like a plate's serial; headers may still use them.
HEADER_ONLY = ("alfa-slab", "rokkitt", "iceland", "serif")


def install() -> None:
    """Fetches the npm fonts; says which Debian packages would add more."""
    subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"],
                   cwd=HERE, check=True)
    if shutil.which("apt-get"):
        print("Debian fonts, optional: apt-get install", *DEBIAN)
    print({k: len(v) for k, v in find().items()})


@functools.lru_cache(1)
def find() -> dict[str, list[str]]:
    """Font files by use: ``serial`` for the plate's text, ``header``, ``script``."""
    files: list[str] = []
    for f in sorted(HERE.glob("node_modules/@fontsource/*/files/*.woff")):
        if re.search(r"-latin-[4-8]00-normal\.woff$", f.name) and "latin-ext" not in f.name:
            files.append(str(f))
    for folder in ("roadgeek", "routed-gothic", "opendin", "dejavu", "liberation",
                   "lobster", "kaushanscript"):
        for root in ("/usr/share/fonts/truetype", "/usr/share/fonts/opentype"):
            for f in sorted(Path(root, folder).glob("*.[to]tf")):
                if not re.search(r"(?i)italic|oblique|math|EEM|DejaVuSans-ExtraLight", f.name):
                    files.append(str(f))
    out: dict[str, list[str]] = {"serial": [], "header": [], "script": []}
    for f in files:
        low = f.lower()
        if any(s in low for s in SCRIPT):
            out["script"].append(f)
            continue
        out["header"].append(f)
        if not any(s in low for s in HEADER_ONLY):
            out["serial"].append(f)
    return out


@functools.lru_cache(4096)
def load(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)
