"""The detector: a colour frame in, plate centres and their four corners out.

A centre net at stride 8: one heat map says where a plate's centre is, eight
maps say where its corners lie from there.  Corners, not boxes, since the plate
is rectified before it is read, and reading falls off sharply once a corner is
wrong by more than about 2 % of the plate's width.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from .readernet import Residual, conv_bn

STRIDE = 8
LONG_SIDE = 640
# The pipeline's first, cheap look (docs/adr/0010).
GLANCE_LONG_SIDE = 384
GLANCE_SCORE_MIN = 0.20
MULTIPLE = 32
# Plain photograph statistics in 0..1; only that both sides agree matters.
MEAN = (0.45, 0.45, 0.45)
STD = (0.25, 0.25, 0.25)
# The corner maps are learnt in this unit, so that their values are near 1.
CORNER_UNIT = 24.0
# Channels at stride 8 where both outputs are made.
NECK = 40


class Slim(nn.Module):
    """A residual at stride 8, where every channel is dear: one narrow 3x3, widened again by a 1x1."""

    def __init__(self, ch: int, narrow: int):
        super().__init__()
        self.a = conv_bn(ch, narrow)
        self.b = nn.Sequential(nn.Conv2d(narrow, ch, 1, bias=False), nn.BatchNorm2d(ch))

    def forward(self, x):
        return F.relu(x + self.b(F.relu(self.a(x))))


class DetectorNet(nn.Module):
    """About 0.5 M parameters; 0.4 G multiply-adds for a 640x384 frame.

    What the runtime is slow at decides the shape (docs/adr/0008): the stem goes to a quarter of the size in one
    convolution, little happens at stride 8, and nothing is depthwise."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Sequential(nn.Conv2d(3, 24, 6, stride=4, padding=1, bias=False), nn.BatchNorm2d(24)), nn.ReLU(),
            conv_bn(24, 48, 2), nn.ReLU(),
            Slim(48, 32),
        )
        self.mid = nn.Sequential(conv_bn(48, 80, 2), nn.ReLU(), Residual(80))
        self.low = nn.Sequential(conv_bn(80, 112, 2), nn.ReLU(), Residual(112))
        self.from_low = nn.Conv2d(112, 80, 1)
        self.from_mid = nn.Conv2d(80, NECK, 1)
        self.from_stem = nn.Conv2d(48, NECK, 1)
        self.neck = nn.Sequential(conv_bn(NECK, NECK), nn.ReLU())
        self.heat = nn.Conv2d(NECK, 1, 1)
        self.corners = nn.Conv2d(NECK, 8, 1)
        # A prior of 1 %: nearly every cell is empty, and focal loss is unstable
        # when it starts from one half.
        nn.init.constant_(self.heat.bias, -4.6)

    def forward(self, x):
        """Heat logits (N x 1 x h x w) and corner offsets in input pixels."""
        s = self.stem(x)
        m = self.mid(s)
        low = self.from_low(self.low(m))
        m = F.relu(m + F.interpolate(low, scale_factor=2.0, mode="nearest"))
        m = self.from_mid(m)
        s = F.relu(self.from_stem(s) + F.interpolate(m, scale_factor=2.0, mode="nearest"))
        s = self.neck(s)
        return self.heat(s), self.corners(s) * CORNER_UNIT


class DetectorExport(nn.Module):
    """What ships: the heat map after its sigmoid."""

    def __init__(self, net: DetectorNet):
        super().__init__()
        self.net = net

    def forward(self, image):
        heat, corners = self.net(image)
        return torch.sigmoid(heat), corners
