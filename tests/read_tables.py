"""Reads a results folder of 100 models as a stranger would, with numpy and pyarrow: python read_tables.py FOLDER.

The models are of four cells: two optimizers, of which one has a momentum, times two networks.
"""

import csv
import sys

import numpy as np
import pyarrow.parquet as parquet


def number(x):
    return None if x in ("", None) else float(x)


folder = sys.argv[1]
with open(f"{folder}/models.csv", newline="") as file:
    rows = list(csv.DictReader(file))
table = parquet.read_table(f"{folder}/models.parquet").to_pydict()
curves = np.load(f"{folder}/curves.npz")

assert len(rows) == 100 and list(table) == list(rows[0]), "100 models and the same columns in both tables"
for name in ("model_id", "lr", "momentum", "seed", "train_loss", "train_acc"):
    assert [number(row[name]) for row in rows] == [number(x) for x in table[name]], f"{name}: CSV is Parquet"
for name in ("hidden", "optimizer"):
    assert [row[name] for row in rows] == table[name], f"{name}: CSV is Parquet"
assert set(table["hidden"]) == {"1", "3,2"} and set(table["optimizer"]) == {"sgd", "momentum"}
kinds = {(o, m) for o, m in zip(table["optimizer"], table["momentum"])}
assert kinds <= {("sgd", None), ("momentum", 0.5), ("momentum", 0.9)} and len(kinds) >= 2, "sgd has no momentum"
assert set(table["test_acc"]) == {None} and {row["test_acc"] for row in rows} == {""}, "missing is null"

assert curves["epoch"][0] == 0 and curves["epoch"][-1] == 50
assert curves["train_loss"].shape == (100, len(curves["epoch"]))
assert list(curves["model_id"]) == table["model_id"] and list(curves["lr"]) == table["lr"]
last = np.array(table["train_loss"], dtype=np.float32)
assert np.array_equal(curves["train_loss"][:, -1].astype(np.float32), last), "a curve ends with the final loss"

with open(f"{folder}/summary.csv", newline="") as file:
    assert sum(int(row["n"]) for row in csv.DictReader(file)) == 100
with open(f"{folder}/distributions.csv", newline="") as file:
    rows = list(csv.DictReader(file))
    assert sum(int(row["n"]) for row in rows) == 100 and sum(int(row["loss_n"]) for row in rows) <= 100
    assert all(number(row["loss_q01"]) <= number(row["loss_q99"]) for row in rows if row["loss_n"] != "0")
cells = [np.load(f"{folder}/weights-{cell}.npz") for cell in range(4)]
assert sum(len(cell["init_w1"]) for cell in cells) == 100
assert cells[0]["init_w1"].shape[1:] == (1, 2) and cells[3]["final_w2"].shape[1:] == (2, 3)
print("models.csv, models.parquet, summary.csv, distributions.csv, curves.npz, weights-*.npz: read, and they agree")
