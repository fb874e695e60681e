"""Checks examples/cluster/job.yaml: it is valid by Kubernetes' schema, and its command, run here once per index of the
job as in a pod, writes the same files as a run without shards.

    python tests/job_yaml.py BINARY FOLDER       needs PyYAML and kubernetes-validate; creates the folder
"""

import os
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import yaml

# Replaces the settings of the long study.
SHORT = ["--models", "400", "--epochs", "20", "--chunk-models", "40", "--quiet"]
binary, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])

claim, job = yaml.safe_load_all(Path("examples/cluster/job.yaml").read_text())
for resource in (claim, job):
    for version in ("1.29", "1.33"):
        kubernetes_validate.validate(resource, version, strict=True)

spec = job["spec"]
pod = spec["template"]["spec"]
[container], [volume] = pod["containers"], pod["volumes"]
[mount] = container["volumeMounts"]
assert mount["name"] == volume["name"] and volume["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
args = container["args"]
assert args[args.index("--shards") + 1] == str(spec["completions"]), "--shards is not the number of completions"
assert args[args.index("--out") + 1].startswith(mount["mountPath"]), "results outside the volume"

shards = args.index("--shard"), args.index("--shards")
alone = [arg for n, arg in enumerate(args) if n not in [m for s in shards for m in (s, s + 1)]]


def start(args, name, **index):
    words = [arg.replace(mount["mountPath"], str(folder / name)) for arg in args]
    at = words.index("--models")
    words[at : at + 2] = SHORT
    return subprocess.Popen([binary, *words], env={**os.environ, **index})


assert start(alone, "alone").wait() == 0
pods = [start(args, "pods", JOB_COMPLETION_INDEX=str(n)) for n in range(spec["completions"])]
assert [pod.wait() for pod in pods] == [0] * len(pods)


def written(name):
    """All files except locks and those that contain times: progress, run.json and the report made from it."""
    files = [path for path in (folder / name).rglob("*") if path.is_file()]
    files = [path for path in files if path.name not in ("run.json", "report.html") and not path.name.startswith((".lock", "progress"))]
    return {path.relative_to(folder / name): path.read_bytes() for path in files}


one, many = written("alone"), written("pods")
assert len(one) > 20 and one == many, [str(path) for path in one.keys() | many.keys() if one.get(path) != many.get(path)]
print(f"job.yaml: valid, and its {len(pods)} pods write the same {len(one)} files as one process")
