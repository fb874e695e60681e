#!/usr/bin/env python3
"""The gpu engine on the adapter that there is, by turns with the cpu engine: W, a fiftieth of W2 and
a tenth of W3 of benches/README.md, phase by phase.

    python3 benches/gpu_share.py target/release/gpu-sweep [ROUNDS]

Prints a table and, as its last line, everything as JSON. Nothing but Python's own library is needed.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

WORK = {
    "W": "--models 2000 --epochs 1000 --record-every 1 --curves all",
    "W2/50": "--hidden 16,16 --models 1000 --epochs 20 --record-every 1 --curves all",
    "W3/10": "--models 10000 --epochs 1000 --record-every 10 --curves all",
}
PHASES = ["start-up", "planning", "compile", "upload", "training", "evaluation", "device", "readback", "host work", "train"]


def once(binary, device, flags):
    """Trains once; the contents of run.json."""
    with tempfile.TemporaryDirectory() as folder:
        command = [binary, "--device", device, "--quiet", "--no-tune", "--out", folder, *flags.split()]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        return json.loads((Path(folder) / "run.json").read_text())


def main():
    binary = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    rows = []
    for name, flags in WORK.items():
        runs = {device: [] for device in ("cpu", "gpu")}
        once(binary, "gpu", flags)  # Drivers keep compiled kernels from run to run.
        for _ in range(rounds):
            for device in runs:
                runs[device].append(once(binary, device, flags))
        for device, all_runs in runs.items():
            seconds = [{p["name"]: p["seconds"] for p in run["phases"]} for run in all_runs]
            phases = {p: statistics.median(s[p] for s in seconds) for p in PHASES if all(p in s for s in seconds)}
            run = all_runs[0]
            rows.append({"work": name, "flags": flags, "engine": run["engine"], "mapping": run["mappings"][0],
                         "seconds": phases, "achieved": run["achieved"]})
            own = phases.get("training", phases.get("train"))
            spread = sorted(s.get("training", s.get("train")) for s in seconds)
            print(f"{name:6} {device} {run['mappings'][0]:14} training {own:.3f} s ({spread[0]:.3f} to {spread[-1]:.3f})",
                  {p: round(s, 3) for p, s in phases.items()},
                  f"share of floor {run['achieved'][0]['share_of_floor']:.2f}" if run["achieved"] else "")
    print(json.dumps(rows))


main()
