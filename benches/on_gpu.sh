#!/usr/bin/env bash
# All checks and benchmarks for a machine with a GPU: correctness, speed, and the speed of rival programs. Needs a
# binary built elsewhere and a Vulkan driver, no Rust; the rivals need Python with NumPy, matplotlib, PyTorch, JAX and
# Triton (missing ones are listed). A step that fails or times out does not stop the next ones.
#
#   [PYTHON=python3] [RUST_RIVALS=PATH] benches/on_gpu.sh BINARY RESULTS.tar.gz [SECONDS, by default 530]
#
# Exit code 1 if a step failed; the archive has the results of the others.
set -u
if [ $# -lt 2 ] || ! [ -x "$1" ]; then
  echo "usage: $0 BINARY RESULTS.tar.gz [SECONDS]" >&2
  exit 2
fi
binary=$(realpath "$1")
: >"$2" || exit 2
results=$(realpath "$2")
deadline=${3:-530}
here=$(dirname "$(realpath "$0")")
python=${PYTHON:-python3}
folder=$(mktemp -d)
mkdir "$folder/plots"
failed=0

left() { echo $((deadline - SECONDS)); }

# step NAME MOST COMMAND...: runs a step for at most MOST seconds or the time left; output goes to NAME.out and
# NAME.err.
step() {
  local name=$1 most=$2 begun=$SECONDS code=0 how
  shift 2
  [ "$most" -lt "$(left)" ] || most=$(left)
  if [ "$most" -lt 5 ]; then
    code=1 how="left out: no time"
  else
    timeout --kill-after=5 "$most" "$@" >"$folder/$name.out" 2>"$folder/$name.err" || code=$?
    how="exit code $code, $((SECONDS - begun)) s"
  fi
  [ "$code" = 0 ] || failed=1
  echo "$name: $how" | tee -a "$folder/steps.txt"
}

{ date -u +%FT%TZ; uname -srm; grep -m1 'model name' /proc/cpuinfo; nproc; "$binary" --version; } >"$folder/machine.txt" 2>&1
step nvidia-smi 20 nvidia-smi
step devices 30 "$binary" devices --json
step verify 60 "$binary" verify --device gpu --json
step explain-W 20 "$binary" --device gpu --explain --models 2000 --record-every 1
step explain-W2 20 "$binary" --device gpu --explain --models 1000 --hidden 16,16
step explain-W3 20 "$binary" --device gpu --explain --models 100000
# A map of a million networks, and a small one that is compared with the CPU engine's.
step map 120 "$binary" map --pixels 1024 --device gpu --quiet --json --out "$folder/map"
step map-small 30 "$binary" map --pixels 64 --device gpu --quiet --json --out "$folder/map-gpu"
step map-cpu 30 "$binary" map --pixels 64 --device cpu --quiet --json --out "$folder/map-cpu"
step map-check 30 "$python" "$here/peers/fractal_check.py" "$folder/map-gpu/map.npz" "$folder/map-cpu/map.npz"
rm -rf "$folder"/map*/chunks "$folder"/map*/models.*
step bench 150 "$binary" bench --seconds 80 --json --plot "$folder/plots"
# Reserves a minute for the last steps and some time for drawing.
minutes=$(awk "BEGIN { print ($(left) - 100) / 60 }")
step peers "$(($(left) - 60))" "$python" "$here/peers/run.py" --binary "$binary" --device cuda --minutes "$minutes" \
  --timeout 60 ${RUST_RIVALS:+--rust-rivals "$RUST_RIVALS"} --json "$folder/peers.json" --plot "$folder/plots/peers.png"
for mapping in thread-64 subgroup-8-64 subgroup-32-64 workgroup-8-64 tiled-64-28 streamed-64-16; do
  step "verify-$mapping" 30 "$binary" verify --device gpu --mapping "$mapping" --json
done

if ! tar -czf "$results" -C "$folder" .; then
  echo "no $results; everything is in $folder" >&2
  exit 1
fi
rm -r "$folder"
echo "$SECONDS s: $results"
exit "$failed"
