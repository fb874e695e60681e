"""Runs exported models with onnxruntime, safetensors and PyTorch: python take_home.py PROGRAM FOLDER.

Of each study a single model and an ensemble are exported in all formats and predict a raw table, which is encoded here
by preprocessing.json alone. All must agree with `gpu-sweep predict` within 1e-6: probabilities absolutely, other outputs
relative to their size. Where PyTorch is not installed, `torch_in_numpy` runs the Python files.
"""

import csv
import json
import os
import runpy
import subprocess
import sys

import numpy as np
import onnxruntime
from safetensors.numpy import load_file

program, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
try:
    import torch

    has_torch = True
except ImportError:
    import torch_in_numpy

    torch_in_numpy.install()
    has_torch = False

TOLERANCE = 1e-6
ACTIVATIONS = ["relu", "leaky-relu", "tanh", "sigmoid", "gelu", "elu", "silu", "identity"]
# Name, table, settings.
STUDIES = [(f"two-{name}", "words", f"--activation {name} --hidden 5,3") for name in ACTIVATIONS]
STUDIES += [
    ("no-hidden", "words", "--hidden none"),
    ("no-bias", "words", "--hidden 4 --no-bias"),
    ("raw", "words", "--hidden 4 --no-standardize --lr 0.01,0.02"),
    ("mse", "words", "--hidden 4 --loss mse --lr 0.03,0.1"),
    ("hinge", "words", "--hidden 4 --loss hinge"),
    ("softmax-of-two", "words", "--hidden 4 --loss softmax"),
    ("three", "iris", "--hidden 8 --activation tanh"),
    ("reference", "words", "--hidden 3 --device reference"),
    ("values", "diabetes", "--loss mse --hidden 4 --lr 1e-6,2e-6"),
]


def run(*words):
    done = subprocess.run([program, *words], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return done.stdout


def write_tables():
    """A table of words, missing values and numbers far from 0; and two built-in ones."""
    random = np.random.default_rng(3)
    with open(f"{folder}/words.csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["size", "colour", "on", "weight", "label"])
        for n in range(120):
            size, colour = random.normal(1000, 3), ["red", "blue", "green", ""][n % 4]
            label = "ill" if (size > 1000) ^ (colour == "red") else "well"
            out.writerow([f"{size:.4f}", colour, ["yes", "no"][n % 3 == 0], "" if n % 7 == 0 else n % 11, label])
    for name, loss in [("iris", []), ("diabetes", ["--loss", "mse"])]:
        with open(f"{folder}/{name}.csv", "w") as file:
            file.write(run("--dataset", name, *loss, "--print-data"))


def features(data, rows):
    """Raw features of rows of a table, by one entry of preprocessing.json."""
    x = np.full((len(rows), len(data["features"])), np.nan)
    for n, row in enumerate(rows):
        for column in data["columns"]:
            at = slice(column["features"]["start"], column["features"]["end"])
            field = row[column["name"]]
            if field == "":
                x[n, at] = column["filling"]
            elif column["words"]:
                # Of two words only the second has a feature.
                one_hot = [float(word == field) for word in column["words"]]
                x[n, at] = one_hot[len(one_hot) - (at.stop - at.start) :]
            else:
                x[n, at] = float(field)
    assert np.isfinite(x).all()
    return x


def error(found, expected, sizes=None):
    """The largest error, relative to `sizes` (the numbers themselves) above 1; infinite for other shapes."""
    found, expected = np.asarray(found, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    if found.shape != expected.shape or found.size == 0:
        return np.inf
    worst = np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected if sizes is None else sizes)))
    return worst if np.isfinite(worst) else np.inf


def activate(name, z):
    """In float64, from the definitions."""
    sigmoid = 1 / (1 + np.exp(-z))
    erf = np.vectorize(__import__("math").erf)
    return {
        "relu": np.maximum(z, 0),
        "leaky-relu": np.where(z > 0, z, 0.01 * z),
        "tanh": np.tanh(z),
        "sigmoid": sigmoid,
        "gelu": z * (1 + erf(z / np.sqrt(2))) / 2,
        "elu": np.where(z > 0, z, np.expm1(z)),
        "silu": z * sigmoid,
        "identity": z,
    }[name]


def by_arrays(path, x):
    """Means of what safetensors say, in numpy."""
    from safetensors import safe_open

    arrays = load_file(path)
    with safe_open(path, "np") as file:
        network = json.loads(file.metadata()["network"])
    values = (x - arrays["x_mean"]) / arrays["x_std"] if "x_mean" in arrays else x
    layers = sum(name.startswith("w") for name in arrays)
    for n in range(1, layers + 1):
        weights = arrays[f"w{n}"].astype(np.float64)
        values = values @ np.swapaxes(weights, -1, -2)
        if f"b{n}" in arrays:
            values = values + np.expand_dims(arrays[f"b{n}"].astype(np.float64), -2)
        values = activate(network["activation"], values) if n < layers else values
    read = {
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "limited": lambda z: np.clip(z, 0, 1),
        "softmax": lambda z: np.exp(z) / np.exp(z).sum(-1, keepdims=True),
        "margin": lambda z: z,
        "values": lambda z: z * arrays["y_std"] + arrays["y_mean"] if "y_std" in arrays else z,
    }[network["output"]]
    values = read(values)
    return values.mean(0) if values.ndim == 3 else values


def predictions(name, table, model):
    """Classes, numbers [rows, n] and their spreads by `gpu-sweep predict`."""
    run("predict", name, "--model", model, "--data", table, "--out", "predictions.csv", "--quiet")
    with open(f"{folder}/predictions.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [column for column in rows[0] if column not in ("row", "class")]
    several = model.startswith("ensemble")
    spreads = [column for column in columns if several and column.endswith("_std")]
    means = [column for column in columns if column not in spreads]
    pick = lambda columns: np.array([[float(row[column]) for column in columns] for row in rows])
    return [row.get("class") for row in rows], pick(means), pick(spreads)


def check(name, table, model):
    with open(f"{folder}/{table}", newline="") as file:
        rows = list(csv.DictReader(file))
    with open(f"{folder}/{name}/preprocessing.json") as file:
        data = json.load(file)["data"][0]
    x = features(data, rows)
    classes, means, spreads = predictions(name, table, model)
    for kind, end in [("onnx", "onnx"), ("safetensors", "safetensors"), ("pytorch", "py")]:
        run("export", name, "--model", model, "--format", kind, "--out", f"m.{end}", "--quiet")
    errors = {}
    session = onnxruntime.InferenceSession(f"{folder}/m.onnx", providers=["CPUExecutionProvider"])
    found = dict(zip([output.name for output in session.get_outputs()], session.run(None, {"x": x})))
    wide = means
    if "probabilities" in found and means.shape[1] == 1:
        wide = np.hstack([1 - means, means])
    errors["onnx"] = error(found.get("probabilities", found.get("values", found.get("output"))), wide)
    if "class" in found:
        names = json.loads(session.get_modelmeta().custom_metadata_map["classes"])
        # Of probabilities this near to each other, rounding may decide.
        margin = np.abs(np.sort(wide, 1)[:, -1] - (np.sort(wide, 1)[:, -2] if wide.shape[1] > 1 else 0))
        same = [names[k] == own or near < 1e-5 for k, own, near in zip(found["class"], classes, margin)]
        assert len(same) == len(rows) and all(same), f"{name} {model}: classes of onnx"
    if spreads.size:
        # float32 rounds each model's numbers; their spread may be far smaller.
        errors["spread"] = error(found["spread"], spreads, means)
    errors["safetensors"] = error(by_arrays(f"{folder}/m.safetensors", x), means)
    module = runpy.run_path(f"{folder}/m.py")
    errors["pytorch"] = error(module["predict"](x), wide)
    for what, worst in errors.items():
        assert worst <= TOLERANCE, f"{name} {model}: {what} is off by {worst}"
    return max(errors.values())


os.makedirs(folder, exist_ok=True)
write_tables()
worst = 0.0
for name, table, settings in STUDIES:
    device = [] if "--device" in settings else ["--device", "cpu"]
    missing = ["--missing", "median"] if table == "words" else []
    lr = [] if "--lr" in settings else ["--lr", "0.1,0.3"]
    words = ["--data", f"{table}.csv", *missing, *settings.split(), *lr, *device]
    if table == "diabetes":
        words = ["--dataset", "diabetes", *settings.split(), *device]
    run(*words, "--seeds", "4", "--epochs", "60", "--quiet", "--out", name)
    for model in ["best", "5", "ensemble:4"]:
        worst = max(worst, check(name, f"{table}.csv", model))
by = f"PyTorch {torch.__version__}" if has_torch else "the Python files by numpy, since PyTorch is not installed"
print(f"{len(STUDIES)} studies, single models and ensembles by onnxruntime, safetensors and {by}: within {worst:.1e}")
