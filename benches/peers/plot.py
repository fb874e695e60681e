"""The picture of a comparison: seconds of training, a panel for each workload.

    python plot.py RESULT.json OUT.png
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from report import seconds

# Okabe and Ito's colours, which people tell apart whatever colours they see.
OURS, THEIRS, INK, FAINT = "#D55E00", "#56B4E9", "#222222", "#6B6B6B"
TITLES = {
    "W": "W: 2-1-1, 2000 models × 1000 epochs, every loss kept",
    "W2": "W2: 2-16-16-1, 1000 models × 1000 epochs, every tenth loss kept",
    "W3": "W3: 2-1-1, 100,000 models × 1000 epochs, every tenth loss kept",
}
STYLE = {
    "font.family": "sans-serif",
    "font.sans-serif": ["Inter", "Helvetica Neue", "Arial", "Liberation Sans", "DejaVu Sans"],
    "font.size": 11,
    "text.color": INK,
    "hatch.linewidth": 1.2,
}
WIDTH, BAR, DPI = 8.0, 0.27, 200  # inches, inches for each bar, dots an inch


def timed(rows: list[dict]) -> list[dict]:
    """Rows with times, the fastest first."""
    return sorted((row for row in rows if "seconds" in row), key=lambda row: row["seconds"]["train"])


def label(row: dict) -> str:
    return row["name"].replace("gpu-sweep, gpu", "gpu-sweep, GPU").replace("gpu-sweep, cpu", "gpu-sweep, CPU")


def tick(value: float, _: int) -> str:
    """1 ms, 10 ms, ..., 1000 s, 10⁴ s, ..."""
    power = round(math.log10(value))
    if power > 3:
        return f"10{'⁰¹²³⁴⁵⁶⁷⁸⁹'[power]} s"
    return f"{10**power} s" if power >= 0 else f"{10 ** (power + 3):g} ms"


def panel(axes: Axes, title: str, rows: list[dict], limits: tuple[float, float]) -> None:
    low, _ = limits
    clear = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # no grid line through a number
    for place, row in enumerate(rows):
        ours, time = row["name"].startswith("gpu-sweep"), row["seconds"]["train"]
        colour = OURS if ours else THEIRS
        face = {"facecolor": "white", "hatch": "////"} if "sample" in row else {"facecolor": colour}
        axes.barh(place, time - low, left=low, height=0.72, edgecolor=colour, linewidth=1, **face)
        weight = "bold" if ours else "normal"
        beside = {"xytext": (7, -0.5), "textcoords": "offset points"}
        axes.annotate(seconds(time), (time, place), **beside, va="center", fontweight=weight, bbox=clear)
        axes.text(low, place, f"{label(row)}  ", va="center", ha="right", fontweight=weight, color=OURS if ours else INK)
    axes.set_title(title, loc="left", fontsize=11.5, fontweight="bold", pad=7, x=-0.42)
    axes.set(xscale="log", xlim=limits, ylim=(len(rows) - 0.45, -0.55))
    axes.xaxis.set_major_locator(LogLocator(10, numticks=20))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(tick))
    axes.xaxis.grid(True, color="#E3E3E3", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=9, labelcolor=FAINT)
    axes.set_yticks([])
    axes.spines[:].set_visible(False)


def draw(result: dict, out: Path) -> None:
    panels = {name: timed(workload["rows"]) for name, workload in result["workloads"].items()}
    times = [row["seconds"]["train"] for rows in panels.values() for row in rows]
    limits = min(times) / 2, max(times) * (max(times) / min(times)) ** 0.16  # room for the numbers
    heights = [len(rows) * BAR for rows in panels.values()]
    above, between, below = 0.95, 0.74, 0.85
    height = above + sum(heights) + between * (len(heights) - 1) + below
    with plt.rc_context(STYLE):
        figure = plt.figure(figsize=(WIDTH, height), facecolor="white")
        top = height - above
        for (name, rows), tall in zip(panels.items(), heights):
            axes = figure.add_axes((0.3, (top - tall) / height, 0.68, tall / height))
            panel(axes, TITLES.get(name, name), rows, limits)
            top -= tall + between
        words(figure, result, height)
        figure.savefig(out, dpi=DPI, facecolor="white")
        plt.close(figure)


def words(figure: plt.Figure, result: dict, height: float) -> None:
    """Title, hardware and date above; what the bars mean below."""
    rows = [row for workload in result["workloads"].values() for row in workload["rows"]]
    where = "; ".join(result[key] for key in ("gpu", "processor") if key in result)
    figure.text(0.015, 1 - 0.28 / height, "Seconds of training, logarithmic: shorter is faster", fontsize=13.5, fontweight="bold")
    figure.text(0.015, 1 - 0.5 / height, f"{where}, {result['date']}", fontsize=9.5, color=FAINT)
    lines = ["The same data and initial weights; final losses checked; compilation and start-up left out."]
    if any("sample" in row for row in rows):
        lines.append("Hatched: extrapolated from a sample of the models.")
    figure.text(0.015, 0.47 / height, "\n".join(lines), fontsize=9, color=FAINT, linespacing=1.4, va="top")


def main() -> None:
    parser = argparse.ArgumentParser(description="Draws the result of run.py.")
    parser.add_argument("result", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    draw(json.loads(args.result.read_text()), args.out)


if __name__ == "__main__":
    main()
