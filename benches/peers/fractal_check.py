"""Compares a map of trainability with a peer's.

    python fractal_check.py map.npz peer.npz

Both hold `converged` and `loss_sum` [H, W], as fractal.py writes them. On a boundary this rough two programs that round
otherwise disagree about pixels: those within one pixel of the peer's boundary are counted apart. Exit code 1: less than 99 %
agree of the others, or a map holds no such pixels.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

ENOUGH = 0.99


def near_boundary(converged: np.ndarray) -> np.ndarray:
    """Whether a pixel or one of its eight neighbours is of another kind than the pixel."""
    h, w = converged.shape
    padded = np.pad(converged, 1, mode="edge")
    around = [padded[i : i + h, j : j + w] for i in range(3) for j in range(3)]
    return np.logical_or.reduce([other != converged for other in around])


def read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Which pixels converged, and the sums of losses."""
    with np.load(path) as file:
        for name in ("converged", "loss_sum"):
            if name not in file:
                sys.exit(f"{path}: no array {name!r}; allowed: converged and loss_sum [H, W]")
        converged, sums = file["converged"], file["loss_sum"].astype(float)
    if converged.ndim != 2 or converged.shape != sums.shape:
        sys.exit(f"{path}: converged {converged.shape} and loss_sum {sums.shape}; allowed: both [H, W]")
    if not np.isin(converged, (0, 1)).all():
        sys.exit(f"{path}: converged holds other values than 0 and 1; allowed: a map that is finished")
    return converged.astype(bool), sums


def main() -> None:
    parser = argparse.ArgumentParser(description="Compares a map of trainability with a peer's.")
    parser.add_argument("map", type=Path)
    parser.add_argument("peer", type=Path)
    args = parser.parse_args()
    (ours, sums), (theirs, their_sums) = read(args.map), read(args.peer)
    if ours.shape != theirs.shape:
        sys.exit(f"{args.map} is {ours.shape}, {args.peer} {theirs.shape}; allowed: maps of the same size")
    agree, away = ours == theirs, ~near_boundary(theirs)
    print(f"converged: {ours.mean():.2%} here, {theirs.mean():.2%} of the peer's")
    print(f"{agree.mean():.3%} of {agree.size:,} pixels agree")
    if not away.any():
        sys.exit("every pixel is within one pixel of the peer's boundary: nothing can be said")
    share = agree[away].mean()
    print(f"{share:.3%} of {away.sum():,} agree that are not within one pixel of the peer's boundary")
    both = ours & theirs
    if both.any():
        apart = np.abs(sums[both] - their_sums[both]) / their_sums[both]
        print(f"sums of losses where both converged: median relative difference {np.median(apart):.1e}")
    sys.exit(0 if share >= ENOUGH else 1)


if __name__ == "__main__":
    main()
