"""Our program and the others by turns: the same data, initial weights and learning rates, one table.

    python run.py --binary ../../target/release/gpu-sweep [--device cuda] [--json FILE] [--plot FILE.png]

Each trains once and is checked: one whose final losses disagree gets no time. Then all train by turns. README.md says what
is timed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
import time
from pathlib import Path

from contestants import Row
from peer import RivalFailed
from report import as_json, gpu, head, table
from rivals import RUST, WORKLOADS, entries
from rounds import compete, flags_of


def arguments() -> argparse.Namespace:
    listed = lambda text: text.split(",")
    there = lambda path: Path(path).resolve(strict=True)
    parser = argparse.ArgumentParser(description="Our program and its rivals by turns.")
    parser.add_argument("--binary", type=there, required=True, help="our program")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--workloads", default=list(WORKLOADS), type=listed)
    parser.add_argument("--rivals", type=lambda text: text.split("/"), help="only these, with slashes in between")
    parser.add_argument("--rust-rivals", type=there, metavar="FILE", help="the program of ../rust_rivals")
    parser.add_argument("--repeats", type=int, default=3, help="rounds after the checks")
    parser.add_argument("--timeout", type=float, default=600, help="seconds for one rival's start, or one training")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="for everything, about; cuts rounds, then rivals")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path, metavar="FILE.png")
    args = parser.parse_args()
    names = [entry.name for device in ("cpu", "cuda") for entry in entries(device)] + list(RUST["cpu"])
    for kind, given, known in (("workload", args.workloads, WORKLOADS), ("rival", args.rivals or [], names)):
        for name in set(given) - set(known):
            parser.error(f"no {kind} {name!r}; there are {', '.join(dict.fromkeys(known))}")
    if args.repeats < 1:
        parser.error("--repeats: at least 1")
    # Found out now, not when everything is measured.
    for file in filter(None, (args.json, args.plot)):
        if not file.absolute().parent.is_dir():
            parser.error(f"{file}: no such folder")
    if args.plot and importlib.util.find_spec("matplotlib") is None:
        parser.error("--plot: matplotlib is not installed")
    return args


def warn_of_other_gpu(rows: list[Row], graphics: str) -> None:
    """With several GPUs ours may have taken another than the rivals."""
    for row in rows:
        if row.ours and row.device == "gpu" and row.engine.split(";")[0] not in graphics:
            print(f"warning: ours ran on {row.engine}, the others on {graphics}", file=sys.stderr)


def main() -> None:
    args = arguments()
    device, graphics = args.device, gpu() if args.device == "cuda" else ""
    if device == "cuda" and not graphics:
        print("no CUDA here: the rows of the CPU instead", file=sys.stderr)
        device = "cpu"
    result = head(device, args.binary, graphics) | {"workloads": {}}
    end, failed = time.monotonic() + 60 * args.minutes, []
    for number, workload in enumerate(args.workloads):
        now = time.monotonic()
        share = (end - now) / (len(args.workloads) - number)
        try:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                rows = compete(args, device, workload, Path(folder), now + share)
        except RivalFailed as failure:  # ours: there is nothing to compare with
            print(f"{workload}: {failure}", file=sys.stderr)
            failed.append(workload)
            continue
        warn_of_other_gpu(rows, graphics)
        result["workloads"][workload] = {"flags": flags_of(workload), "rows": [as_json(row) for row in rows]}
        print(f"\n{workload}: {' '.join(flags_of(workload))}\n{table(rows)}", flush=True)
        if args.json:  # after each, so that a stop costs no more than the workload under way
            args.json.write_text(json.dumps(result, indent=1) + "\n")
    if args.plot and result["workloads"]:
        from plot import draw

        draw(result, args.plot)
    if failed:
        sys.exit(f"no comparison for {', '.join(failed)}")


if __name__ == "__main__":
    main()
