"""The issuer net: who issued a rectified plate.

A grey 96x192 picture: the state's name is the smallest print on a plate, a third of the
characters' height, and 64x128 lost it.  A net of its own rather than a head on the reader: it
learns from whole-plate pictures whose text nobody needs, can be left out, and cannot make
reading worse (docs/adr/0009).
"""

from __future__ import annotations

import torch
from torch import nn

from .readernet import Residual, conv_bn

STATES = """AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR
PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI""".split()
# Whoever is none of these: one class, so that a foreign plate is not forced into a state.
ISSUERS = [f"US-{s}" for s in STATES] + ["BR", "other"]
HEIGHT = 96
WIDTH = 192
INDEX = {name: k for k, name in enumerate(ISSUERS)}


class IssuerNet(nn.Module):
    """About 0.7 M parameters and 90 M multiply-adds."""

    def __init__(self, classes: int = len(ISSUERS)):
        super().__init__()
        self.body = nn.Sequential(
            conv_bn(1, 16, 2), nn.ReLU(),
            conv_bn(16, 32, 2), nn.ReLU(),
            Residual(32),
            conv_bn(32, 80, 2), nn.ReLU(),
            Residual(80),
            conv_bn(80, 112, 2), nn.ReLU(),
            Residual(112),
        )
        # A plate's layout is where things are: every cell keeps its place until the end.
        self.squeeze = nn.Sequential(nn.Conv2d(112, 24, 1), nn.ReLU())
        self.drop = nn.Dropout(0.3)
        self.out = nn.Linear(24 * (HEIGHT // 16) * (WIDTH // 16) + 112, classes)

    def forward(self, x):
        """Logits, N x classes."""
        m = self.body(x)
        where = self.squeeze(m).flatten(1)
        what = m.mean((2, 3))
        return self.out(self.drop(torch.cat([where, what], 1)))


class IssuerExport(nn.Module):
    """What ships: probabilities."""

    def __init__(self, net: IssuerNet):
        super().__init__()
        self.net = net

    def forward(self, plate):
        return torch.softmax(self.net(plate), -1)
