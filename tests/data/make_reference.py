#!/usr/bin/env python3
"""Writes reference trainings of tiny networks, made by PyTorch on the CPU in float64.

    python make_reference.py            # rewrites the files beside this script

Needs torch and numpy.  README.md says what each file holds.
"""
import json
import os

import numpy as np
import torch
from torch import nn
from torch.optim import lr_scheduler

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "gelu": nn.GELU,
               "leaky_relu": nn.LeakyReLU, "silu": nn.SiLU, "identity": nn.Identity}
LOSSES = {"bce": nn.BCEWithLogitsLoss, "mse": nn.MSELoss}
THRESHOLD = {"bce": 0.0, "mse": 0.5}            # an output above it counts as label 1

OPTIMIZERS = {
    "sgd": dict(kind="SGD"),
    "momentum": dict(kind="SGD", momentum=0.9),
    "nesterov": dict(kind="SGD", momentum=0.9, nesterov=True),
    "weight_decay": dict(kind="SGD", weight_decay=1e-2),
    "adam": dict(kind="Adam", betas=(0.9, 0.999), eps=1e-8),
    "rmsprop": dict(kind="RMSprop", alpha=0.99, eps=1e-8),
    "adamw": dict(kind="AdamW", betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2),
}
PLAIN = dict(loss="bce", bias=True, clip_norm=None, schedule=None, standardize=False)   # a case's settings if it says nothing


def cases():
    """(name, sizes, activation, optimizer, learning rates, seeds per learning rate, batch size or None
    [, data set or None for the first [, settings that differ from PLAIN, or epochs]])"""
    course = np.linspace(0.001, 0.1, 40)
    few = np.linspace(0.005, 0.1, 4)
    out = [
        ("relu_2_1_1_sgd", [2, 1, 1], "relu", "sgd", course, 4, None),
        ("tanh_2_3_1_sgd", [2, 3, 1], "tanh", "sgd", few, 3, None),
        ("relu_2_16_16_1_sgd", [2, 16, 16, 1], "relu", "sgd", few, 3, None),
        ("gelu_2_8_1_sgd", [2, 8, 1], "gelu", "sgd", few, 3, None),
        ("sigmoid_2_8_1_sgd", [2, 8, 1], "sigmoid", "sgd", few, 3, None),
        ("relu_2_4_1_sgd_batch32", [2, 4, 1], "relu", "sgd", few, 3, 32),
        ("relu_2_4_1_adam_batch32", [2, 4, 1], "relu", "adam", np.linspace(0.001, 0.02, 4), 3, 32),
    ]
    for opt in ["momentum", "nesterov", "weight_decay", "adam"]:
        top = 0.02 if opt in ("momentum", "nesterov") else 0.05
        out += [
            (f"relu_2_1_1_{opt}", [2, 1, 1], "relu", opt, np.linspace(0.001, top, 10), 4, None),
            (f"tanh_2_3_1_{opt}", [2, 3, 1], "tanh", opt, np.linspace(0.001, top, 4), 3, None),
            (f"relu_2_16_16_1_{opt}", [2, 16, 16, 1], "relu", opt, np.linspace(0.001, top, 3), 2, None),
        ]
    out += [
        ("relu_2_4_1_rmsprop", [2, 4, 1], "relu", "rmsprop", np.linspace(0.001, 0.01, 4), 3, None),
        ("tanh_2_3_1_rmsprop", [2, 3, 1], "tanh", "rmsprop", np.linspace(0.0005, 0.0035, 4), 3, None, None, dict(epochs=100)),
        ("relu_2_4_1_adamw", [2, 4, 1], "relu", "adamw", np.linspace(0.001, 0.05, 4), 3, None),
        ("tanh_2_3_1_adamw", [2, 3, 1], "tanh", "adamw", np.linspace(0.001, 0.05, 4), 3, None),
    ]
    clip = np.array([0.02, 0.08, 0.2, 0.4])
    out += [
        ("relu_2_4_1_sgd_clip", [2, 4, 1], "relu", "sgd", clip, 3, None, None, dict(clip_norm=0.05)),
        ("tanh_2_3_1_sgd_clip", [2, 3, 1], "tanh", "sgd", clip, 3, None, None, dict(clip_norm=0.05)),
    ]
    for schedule in (dict(kind="step", step_size=50, gamma=0.5), dict(kind="exponential", gamma=0.99),
                     dict(kind="cosine", T_max=200, eta_min=0.0),
                     dict(kind="warmup_cosine", warmup=20, start_factor=0.1, T_max=180, eta_min=0.0)):
        out.append((f"tanh_2_6_1_sgd_{schedule['kind']}", [2, 6, 1], "tanh", "sgd", few, 3, None, None, dict(schedule=schedule)))
    shorter = dict(epochs=150)
    out += [
        ("leaky_relu_2_8_1_sgd", [2, 8, 1], "leaky_relu", "sgd", few, 3, None, None, shorter),
        ("silu_2_8_1_sgd", [2, 8, 1], "silu", "sgd", few, 3, None, None, shorter),
        ("identity_2_8_1_sgd", [2, 8, 1], "identity", "sgd", few, 3, None, None, shorter),
        ("tanh_2_8_8_8_1_sgd", [2, 8, 8, 8, 1], "tanh", "sgd", few, 3, None, None, shorter),
        ("identity_2_1_sgd_no_hidden", [2, 1], "identity", "sgd", few, 3, None, None, shorter),
        ("tanh_2_6_1_sgd_mse", [2, 6, 1], "tanh", "sgd", few, 3, None, None, dict(loss="mse", **shorter)),
        ("tanh_2_6_1_sgd_no_bias", [2, 6, 1], "tanh", "sgd", few, 3, None, None, dict(bias=False, **shorter)),
        ("relu_30_8_1_sgd_breast_cancer", [30, 8, 1], "relu", "sgd", [0.02, 0.08, 0.2, 0.4], 2, None, "breast_cancer",
         dict(standardize=True, epochs=100)),
    ]
    return out


def blobs(counts, centres, seed):
    """Gaussian clusters of standard deviation 1, class after class; rounded to float32, kept as float64."""
    rng = np.random.default_rng(seed)
    x = np.concatenate([c + rng.standard_normal((n, len(c))) for n, c in zip(counts, np.asarray(centres, float))])
    y = np.repeat(np.arange(len(counts), dtype=float), counts)
    return x.astype(np.float32).astype(np.float64), y


def read_csv(path, label):
    with open(path) as f:
        column = f.readline().strip().split(",").index(label)
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    return np.delete(table, column, 1), table[:, column]


def write_csv(path, x, y):
    with open(path, "w") as f:
        f.write(",".join([f"x{k + 1}" for k in range(x.shape[1])] + ["label"]) + "\n")
        for row, label in zip(x, y):
            f.write(",".join([repr(float(v)) for v in row] + [str(int(label))]) + "\n")


def network(sizes, activation, seed, bias):
    torch.manual_seed(seed)
    layers = []
    for n_in, n_out in zip(sizes, sizes[1:]):
        layers += [nn.Linear(n_in, n_out, bias=bias), ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1])


def optimizer(model, lr, options):
    options = dict(options)
    return getattr(torch.optim, options.pop("kind"))(model.parameters(), lr=lr, **options)


def scheduler(opt, schedule):
    if schedule is None:
        return lr_scheduler.LambdaLR(opt, lambda epoch: 1.0)
    if schedule["kind"] == "step":
        return lr_scheduler.StepLR(opt, step_size=schedule["step_size"], gamma=schedule["gamma"])
    if schedule["kind"] == "exponential":
        return lr_scheduler.ExponentialLR(opt, gamma=schedule["gamma"])
    if schedule["kind"] == "cosine":
        return lr_scheduler.CosineAnnealingLR(opt, T_max=schedule["T_max"], eta_min=schedule["eta_min"])
    assert schedule["kind"] == "warmup_cosine"
    warm = lr_scheduler.LinearLR(opt, start_factor=schedule["start_factor"], end_factor=1.0, total_iters=schedule["warmup"])
    cosine = lr_scheduler.CosineAnnealingLR(opt, T_max=schedule["T_max"], eta_min=schedule["eta_min"])
    return lr_scheduler.SequentialLR(opt, [warm, cosine], milestones=[schedule["warmup"]])


def multipliers(schedule, epochs):
    """The learning rate of each epoch where the given one is 1."""
    opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    steps, out = scheduler(opt, schedule), []
    for _ in range(epochs):
        out.append(opt.param_groups[0]["lr"])
        opt.step()
        steps.step()
    return np.array(out)


def arrays(model, prefix, grad=False):
    """{prefix_w1: [out, in], prefix_b1: [out], ...} of the weights or of their gradients."""
    out = {}
    for k, layer in enumerate([m for m in model if isinstance(m, nn.Linear)], 1):
        for name, p in (("w", layer.weight), ("b", layer.bias)):
            if p is None:
                continue
            out[f"{prefix}_{name}{k}"] = (p.grad if grad else p).detach().double().numpy().copy()
    return out


def train(sizes, activation, options, lr, seed, x, y, order, batch, epochs, dtype, settings):
    """One model.  order: [epochs, N] indices, or None for the full batch.  settings: as PLAIN."""
    x, y = torch.from_numpy(x).to(dtype), torch.from_numpy(y).to(dtype)[:, None]
    model = network(sizes, activation, seed, settings["bias"]).to(dtype)
    criterion, opt = LOSSES[settings["loss"]](), optimizer(model, lr, options)
    steps = scheduler(opt, settings["schedule"])
    out = arrays(model, "init")
    losses, batch_losses, norms, rates = [], [], [], []
    for epoch in range(epochs):
        rates.append(opt.param_groups[0]["lr"])
        with torch.no_grad():
            losses.append(criterion(model(x), y).item())
        rows = [slice(None)] if order is None else torch.from_numpy(order[epoch]).split(batch)
        for r in rows:
            opt.zero_grad()
            loss = criterion(model(x[r]), y[r])
            loss.backward()
            if epoch == 0 and not batch_losses:
                out.update(arrays(model, "grad0", grad=True))
            if settings["clip_norm"] is not None:
                norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), settings["clip_norm"]).item())
            opt.step()
            batch_losses.append(loss.item())
        steps.step()
    with torch.no_grad():
        logits = model(x)
        losses.append(criterion(logits, y).item())
        out["accuracy"] = 100 * ((logits > THRESHOLD[settings["loss"]]) == (y > 0)).double().mean().numpy()
        out["final_logits"] = logits[:, 0].double().numpy().copy()
    out.update(arrays(model, "final"))
    out["losses"] = np.array(losses)
    out["batch_losses"] = np.array(batch_losses).reshape(epochs, -1)
    out["grad_norm"], out["rates"] = np.array(norms), np.array(rates)
    return out


def make(out_dir, data, cases, optimizers, epochs, first_seed):
    """data: {name: (x, y)}, written as CSV, or {name: dict(file, label)}, a CSV that exists, relative to out_dir."""
    os.makedirs(out_dir, exist_ok=True)
    points, listed = {}, {}
    for name, given in data.items():
        if isinstance(given, dict):
            points[name] = read_csv(os.path.join(out_dir, given["file"]), given["label"])
            listed[name] = dict(given)
        else:
            points[name] = given
            write_csv(os.path.join(out_dir, f"{name}.csv"), *given)
            listed[name] = dict(file=f"{name}.csv", label="label")
        listed[name].update(points=points[name][0].shape[0], features=points[name][0].shape[1])
    manifest = dict(torch=torch.__version__, numpy=np.__version__, dtype="float64",
                    loss={n: f"{c.__name__}, mean" for n, c in LOSSES.items()}, datasets=listed, cases=[])
    seed, epochs_of_all = first_seed, epochs
    for name, sizes, activation, opt, lrs, seeds, batch, *rest in cases:
        data_name = rest[0] if rest and rest[0] else next(iter(data))
        settings = dict(PLAIN, **(rest[1] if len(rest) > 1 else {}))
        epochs = settings.pop("epochs", epochs_of_all)
        x, y = points[data_name]
        scaling = {}
        if settings["standardize"]:
            scaling = dict(feature_mean=x.mean(0), feature_std=x.std(0))
            x = (x - scaling["feature_mean"]) / scaling["feature_std"]
        order = None
        if batch:
            rng = np.random.default_rng(seed)
            order = np.stack([rng.permutation(len(y)) for _ in range(epochs)])
        lr = np.repeat(np.asarray(lrs), seeds).astype(np.float32).astype(np.float64)
        seed_of = seed + np.arange(len(lr))
        seed += len(lr)
        runs = {d: [train(sizes, activation, optimizers[opt], float(lr[m]), int(seed_of[m]), x, y, order, batch, epochs, d,
                          settings) for m in range(len(lr))] for d in (torch.float64, torch.float32)}
        saved = dict(lr=lr, seed=seed_of.astype(np.int64), **scaling)
        for key in runs[torch.float64][0]:
            stacked = np.stack([r[key] for r in runs[torch.float64]])
            if key == "rates":
                factor = multipliers(settings["schedule"], epochs)
                assert np.abs(stacked / lr[:, None] - factor).max() < 1e-14
                if settings["schedule"] is not None:
                    saved["lr_multiplier"] = factor
                continue
            if key == "grad_norm" and settings["clip_norm"] is None:
                continue
            if key in ("losses", "grad_norm"):
                stacked = np.ascontiguousarray(stacked.T)
            if key == "final_logits" and len(lr) > 12:
                continue
            if key == "batch_losses":
                if not batch:
                    continue
                stacked = np.ascontiguousarray(np.moveaxis(stacked, 0, -1))
            saved[key] = stacked
        if batch:
            saved["order"] = order.astype(np.int32)
        low = np.stack([r["losses"] for r in runs[torch.float32]], 1)
        saved["float32_deviation"] = np.max(np.abs(low - saved["losses"]) / saved["losses"], 0)
        np.savez(os.path.join(out_dir, f"{name}.npz"), **saved)
        entry = dict(name=name, file=f"{name}.npz", dataset=data_name, sizes=sizes, activation=activation,
                     optimizer=dict(optimizers[opt]), batch=batch, epochs=epochs, models=len(lr), **settings,
                     float32_deviation_max=float(saved["float32_deviation"].max()),
                     arrays={k: dict(shape=list(v.shape), dtype=str(v.dtype)) for k, v in saved.items()})
        manifest["cases"].append(entry)
        print(f"{name}: {len(lr)} models, loss {saved['losses'][0].mean():.4f} -> {saved['losses'][-1].mean():.4f},"
              f" float32 deviates by {entry['float32_deviation_max']:.1e}", flush=True)
    with open(os.path.join(out_dir, "manifest.json"), "w") as f:
        json.dump(manifest, f, indent=1)


if __name__ == "__main__":
    torch.set_num_threads(1)
    here = os.path.dirname(os.path.abspath(__file__))
    make(here, {"qwerties": blobs([100, 100], [(1, 1), (5, 1)], seed=7),
                "breast_cancer": dict(file="../../examples/breast_cancer.csv", label="label")},
         cases(), OPTIMIZERS, epochs=200, first_seed=1000)
