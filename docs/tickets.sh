#!/bin/sh
# tickets.sh: runs the commands of tickets.md in a temporary folder; fails if one of them fails or leaves out a file.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"

preceptor() { printf '\n$ preceptor %s\n' "$*"; "$root/preceptor" "$@"; }
expect() { for file; do [ -s "$file" ] || { echo "tickets.sh: $file is missing" >&2; exit 1; }; done; }

preceptor init --example tickets
expect tickets.csv tickets.yaml

preceptor run tickets.yaml --set training.epochs=4 --set training.rate=0.006 --out runs/first
expect runs/first/report.html runs/first/result.json runs/first/predictions.csv runs/first/model/model.json

preceptor compare tickets.yaml --methods ps-kd,logistic-regression --seeds 2 --set training.epochs=4 --set training.rate=0.006 --out runs/compared
expect runs/compared/compare.html runs/compared/result.json runs/compared/supervised/report.html runs/compared/ps-kd/report.html

preceptor predict runs/compared/logistic-regression tickets.csv --out predictions.csv
expect predictions.csv
[ "$(wc -l <predictions.csv)" -eq 20001 ] || { echo 'tickets.sh: predictions.csv has not a line for each row' >&2; exit 1; }
