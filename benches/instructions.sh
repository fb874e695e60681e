#!/usr/bin/env bash
# Instructions per sample-step, a measure that other programs on the machine do not disturb: a training is counted with
# two numbers of epochs, and the difference excludes setup and teardown. Needs valgrind, which does not support AVX-512.
#
#   benches/instructions.sh [ISA]        avx2 (default), neon or portable
set -eu
cd "$(dirname "$0")/.."
command -v valgrind >/dev/null || { echo "valgrind is not installed" >&2; exit 1; }
isa=${1:-avx2}
bench=$(cargo bench --bench cpu_share --no-run 2>&1 | sed -n 's/.*(\(.*cpu_share-[0-9a-f]*\)).*/\1/p')

# count WORK EPOCHS: sets `instructions` and `steps` (sample-steps)
count() {
  local log
  log=$(mktemp)
  steps=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file="$log" \
    "$bench" --isa "$isa" --threads 1 --once "$1" "$2")
  instructions=$(sed -n 's/.*Collected : //p' "$log")
  rm "$log"
}

for work in W W2 30-32 tanh relu identity; do
  count "$work" 4; fewer=$instructions; fewer_steps=$steps
  count "$work" 12
  awk -v work="$work" -v isa="$isa" -v i=$((instructions - fewer)) -v s=$((steps - fewer_steps)) \
    'BEGIN { printf "%-8s %-9s %9.2f instructions a sample-step\n", work, isa, i / s }'
done
