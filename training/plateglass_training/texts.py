"""Plate texts: patterns of real series, vanity words, and plain noise.

``L`` is a letter, ``N`` a digit, ``A`` either; ``-`` is where a series is
divided (the drawer decides whether by a dash, a dot, a gap or a picture) and
``s`` where a pair of small stacked letters stands, which is not part of the text.
"""

from __future__ import annotations

import numpy as np

US = """LLL-NNNN LLL-NNNN LLL-NNN LLL-NNN NNN-LLL NNN-LLL NLLLNNN NLLLNNN LL-NNNNN NNNN-LL NNN-NNN
LNN-LLL NNL-LLL LLL-NNL LLNNNNN LNNNNNN NNLLLNN NNNLLLN NNNNLL NLNNNN NLL-NNN LLN-NNNN LLL-LNNN
LNNNNN LNN-NNN NNNNNN NNNNNNN NNNN-NNN NNN-LLLN NN-LLLN NL-NNNNN NNL-NNNN LL-NNNN LLNN-LLL
LLN-LNNN NLN-LLL NNNN NNNNN LNNNN sNNNNN sNNN-NNN LLNNNs sLNNNN NNNNs LLLNNNs NNs-NNNN LLNN-NNN
NL-NNNNL NNLNNN LNLNNL LLL-NL NNN-NLLL LNN-NNNN NN-NNNN NNNLNN ssNNNN""".split()
CA_MX = "LLLL-NNN LLL-NNN LNNLNNL LNN-LLL NNN-LLL LLL-NN-NN NNN-LLN LLN-NNN LNN-NNL".split()
BR = "LLL-NNNN LLL-NNNN LLLNLNN".split()
EU = """LLNN-LLL LLNN-LLL LL-NNN-LL LL-LL-NNNN L-LL-NNNN LLL-LL-NN LL-NNNNN LNN-NNN NNN-LLL NN-LLL-N
LL-NN-LL LLL-NNN NNNN-LLL NN-LL-LL LL-NNNNL LLL-NNNN LL-NNN-NN NLL-NNNN LL-NN-NNN NLNNNNN NNNN-LL
LNNN-LLL L-NNN-LL LL-NNNL N-LLL-NN NN-LLL-NN LNN-LLL LLNNNNN LLL-NNNNN NN-LL-NNN""".split()
OTHER = "LLL-NNNN LLL-NNN LL-NNNN NN-NN LNNNNL LLNNLLL LLL-NNNL NNN-NNN NNNNN LLNNLLNNNN LLNNLNNNN".split()

VANITY = """GO BEARS ILOVE MYCAR FAST LUCKY HAPPY MUSTANG VETTE COWBOY BEACH SURF SKI FLY GOLF ROCK JAZZ BLUES
DAD MOM NANA PAPA KIDS LOVE PEACE HOPE FAITH TRUTH DREAM MAGIC STAR MOON SUN OCEAN RIVER LAKE WOLF EAGLE
HAWK TIGER LION BEAR HORSE DOG CAT WAGON TRUCK JEEP HEMI TURBO BOOST RACER SPEED ZOOM VROOM QUICK EZ
DOC NURSE COACH CHEF PILOT VET ARMY NAVY USMC COP FIRE EMS BOSS KING QUEEN DUKE ACE JOKER WILD HOT COOL
XTREME MAXX ZZTOP QTPIE YAHOO WOW WHY NOT OK YES NO MY UR IM GR8 L8R B4 4EVER 2FAST 2COOL 4U 1ST 2ND BMW
AUDI VW MINI FORD CHEVY DODGE TESLA VOLT EV WATT OHM HYBRID GREEN BLUE RED PINK PURPLE WHITE BLACK SILVR
TEXAS OHIO IOWA UTAH MAINE JERSEY BRONX DIXIE YANKEE REBEL ALOHA MAUI HULA CAJUN WINE BEER PIZZA TACO""".split()


def _fill(rng: np.random.Generator, pat: str) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    if rng.random() < 0.4:
        # Many series leave out the letters that look like digits.
        letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    out = []
    for c in pat:
        if c == "L":
            out.append(letters[rng.integers(len(letters))])
        elif c == "N":
            out.append("0123456789"[rng.integers(10)])
        elif c == "A":
            out.append("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rng.integers(36)])
        else:
            out.append(c)
    return "".join(out)


def _noise(rng: np.random.Generator, lo: int, hi: int) -> str:
    n = int(rng.integers(lo, hi + 1))
    pat = ["A"] * n
    if n > 3 and rng.random() < 0.6:
        pat.insert(int(rng.integers(1, n)), "-")
    if rng.random() < 0.12:
        pat.insert(int(rng.choice([0, len(pat)])), "s")
    return _fill(rng, "".join(pat))


def _vanity(rng: np.random.Generator) -> str:
    w = VANITY[rng.integers(len(VANITY))]
    r = rng.random()
    if r < 0.35:
        w2 = VANITY[rng.integers(len(VANITY))]
        w = w + ("-" if rng.random() < 0.6 else "") + w2
    elif r < 0.5:
        w = w + str(rng.integers(1, 100))
    elif r < 0.6:
        w = str(rng.integers(1, 10)) + w
    elif r < 0.75:
        w = list(w)
        w[rng.integers(len(w))] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rng.integers(36)]
        w = "".join(w)
    return w[:8].strip("-")


def series(rng: np.random.Generator) -> str:
    """An ordinary passenger plate's marked text."""
    return _fill(rng, ["LLL-NNNN", "NLLLNNN", "LLL-NNN", "NNN-LLL", "LLN-NNNN"][rng.integers(5)])


def random_text(rng: np.random.Generator, family: str) -> str:
    """A marked text: letters, digits, ``-`` for a division, ``s`` for a stacked pair."""
    r = rng.random()
    if family == "us":
        if r < 0.52:
            return _fill(rng, US[rng.integers(len(US))])
        if r < 0.60:
            return _fill(rng, CA_MX[rng.integers(len(CA_MX))])
        if r < 0.78:
            return _vanity(rng)
        return _noise(rng, 1 if rng.random() < 0.15 else 4, 8)
    table = {"br": BR, "eu": EU}.get(family, OTHER)
    if r < 0.75:
        return _fill(rng, table[rng.integers(len(table))])
    return _noise(rng, 4, 10)
