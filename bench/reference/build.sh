#!/usr/bin/env bash
# Builds the small programs that time libbpf into OUT, against the libbpf of the system (libbpf-dev) or, with a second
# argument, against a folder that has libbpf.a and include/bpf/*.h:   bench/reference/build.sh OUT [LIBBPF]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(mkdir -p "$1" && cd "$1" && pwd)
if [[ $# -gt 1 ]]; then
  flags=(-I"$2/include" "$2/libbpf.a" -lelf -lz)
else
  read -ra flags <<<"$(pkg-config --cflags --libs libbpf)"
fi
for program in open-find dedup; do cc -O2 -Wall "$here/$program.c" "${flags[@]}" -o "$out/$program"; done
