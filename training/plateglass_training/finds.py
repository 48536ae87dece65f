"""What `mine` wrote of the training pictures, as the generators use it."""

from __future__ import annotations

import json
from pathlib import Path

NOTHING = {"corners": {}, "false": []}


class Finds:
    """By set and picture: corners of the plates by their number, and boxes of false finds; pixels of the picture."""

    def __init__(self, of: dict):
        self.of = of

    def get(self, name: str, image: str) -> dict:
        return self.of.get(f"{name}/{image}", NOTHING)


def load(path: Path | None) -> Finds:
    """The finds in a file; none where there is no file."""
    return Finds(json.loads(path.read_text()) if path and path.exists() else {})
