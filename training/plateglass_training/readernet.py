"""The reader: one grey 64x128 picture of a rectified plate in, its text out.

Two heads share one body.  The CTC head reads 32 columns left to right and
learns fastest; the slot head asks "what is character number k?" and gives a
probability for each position, which the tolerant search stores.  Where the two
agree the reading is far more often right, so the pair is also the confidence.

Only plain operators are used (convolution, ReLU, matrix product, softmax, layer
norm), since the net runs under a small Rust runtime.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CLASSES = len(ALPHABET) + 1  # class 0 is CTC's blank and the slots' "nothing here"
HEIGHT, WIDTH = 64, 128
COLUMNS = 32
SLOTS = 10


def conv_bn(cin: int, cout: int, stride=1) -> nn.Sequential:
    """3x3 convolution with batch norm, which the exporter folds away."""
    return nn.Sequential(
        nn.Conv2d(cin, cout, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(cout),
    )


class Residual(nn.Module):
    """Two 3x3 convolutions around a skip connection."""

    def __init__(self, ch: int):
        super().__init__()
        self.a = conv_bn(ch, ch)
        self.b = conv_bn(ch, ch)

    def forward(self, x):
        return F.relu(x + self.b(F.relu(self.a(x))))


class Attention(nn.Module):
    """Multi-head attention with every size but the batch fixed, so that the
    exported reshapes are constants and the batch stays free."""

    def __init__(self, dim: int, heads: int, nq: int, nk: int):
        super().__init__()
        self.h, self.d, self.nq, self.nk = heads, dim // heads, nq, nk
        self.q = nn.Linear(dim, dim)
        self.k = nn.Linear(dim, dim)
        self.v = nn.Linear(dim, dim)
        self.o = nn.Linear(dim, dim)

    def forward(self, x, mem):
        q = self.q(x).reshape(-1, self.nq, self.h, self.d).transpose(1, 2)
        k = self.k(mem).reshape(-1, self.nk, self.h, self.d).permute(0, 2, 3, 1)
        v = self.v(mem).reshape(-1, self.nk, self.h, self.d).transpose(1, 2)
        w = torch.softmax(q @ k * self.d**-0.5, dim=-1)
        y = (w @ v).transpose(1, 2).reshape(-1, self.nq, self.h * self.d)
        return self.o(y)


class Block(nn.Module):
    """Attention and a two-layer perceptron, each behind a layer norm."""

    def __init__(self, dim: int, heads: int, nq: int, nk: int, hidden: int, cross: bool):
        super().__init__()
        self.cross = cross
        self.n1 = nn.LayerNorm(dim)
        self.att = Attention(dim, heads, nq, nk)
        self.n2 = nn.LayerNorm(dim)
        self.up = nn.Linear(dim, hidden)
        self.down = nn.Linear(hidden, dim)

    def forward(self, x, mem=None):
        y = self.n1(x)
        x = x + self.att(y, mem if self.cross else y)
        return x + self.down(F.relu(self.up(self.n2(x))))


class ReaderNet(nn.Module):
    """About 0.7 M parameters and 0.1 G multiply-adds."""

    def __init__(self, dim: int = 96):
        super().__init__()
        self.body = nn.Sequential(
            conv_bn(1, 16, 2), nn.ReLU(),
            conv_bn(16, 48, 2), nn.ReLU(),
            Residual(48),
            conv_bn(48, dim, (2, 1)), nn.ReLU(),
            Residual(dim),
        )
        # A plate's column is 8 cells high; one kernel over the whole height
        # tells an upper stacked letter from a lower one, a mean would not.
        self.collapse = nn.Conv2d(dim, dim, (8, 1))
        self.col_pos = nn.Parameter(torch.randn(1, COLUMNS, dim) * 0.02)
        self.layers = nn.ModuleList(
            Block(dim, 4, COLUMNS, COLUMNS, 2 * dim, cross=False) for _ in range(2)
        )
        self.col_norm = nn.LayerNorm(dim)
        self.ctc = nn.Linear(dim, CLASSES)
        self.cell_pos = nn.Parameter(torch.randn(1, 8, COLUMNS, dim) * 0.02)
        self.query = nn.Parameter(torch.randn(1, SLOTS, dim) * 0.3)
        self.look = nn.ModuleList(
            Block(dim, 4, SLOTS, 8 * COLUMNS, 2 * dim, cross=True) for _ in range(2)
        )
        self.talk = Block(dim, 4, SLOTS, SLOTS, 2 * dim, cross=False)
        self.slot_norm = nn.LayerNorm(dim)
        self.slot = nn.Linear(dim, CLASSES)

    def forward(self, x):
        """Logits of both heads: N x 32 x 37 and N x 10 x 37."""
        m = self.body(x)
        c = self.collapse(m).squeeze(2).transpose(1, 2) + self.col_pos
        for layer in self.layers:
            c = layer(c)
        c = self.col_norm(c)
        # Cells last in memory already (channels_last), so this copies nothing.
        mem = m.permute(0, 2, 3, 1) + (self.cell_pos + c.unsqueeze(1)).to(m.dtype)
        mem = mem.reshape(-1, 8 * COLUMNS, m.shape[1])
        # Added to zeros taken from the memory so that the batch size follows.
        s = self.query + mem[:, :SLOTS] * 0.0
        s = self.look[0](s, mem)
        s = self.talk(s)
        s = self.look[1](s, mem)
        return self.ctc(c), self.slot(self.slot_norm(s))


class ReaderExport(nn.Module):
    """What ships: CTC log-probabilities and slot probabilities."""

    def __init__(self, net: ReaderNet):
        super().__init__()
        self.net = net

    def forward(self, plate):
        ctc, slots = self.net(plate)
        return torch.log_softmax(ctc, -1), torch.softmax(slots, -1)
