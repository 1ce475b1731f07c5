#!/usr/bin/env bash
# Builds the functions for both architectures, as kernels are built: optimised, without floating point and vectors.
# Needs gcc and aarch64-linux-gnu-gcc.
set -euo pipefail
cd "$(dirname "$0")"
flags=(-O2 -std=gnu11 -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns
  -fno-pic -fno-pie -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-N -Wl,-e,0)
keep=(-R .comment -R .note.gnu.property)
for name in memcpy sort compare_signed sha1_transform vsnprintf; do keep+=("--keep-symbol=$name"); done
gcc "${flags[@]}" -mno-sse -mno-mmx -mno-red-zone -mcmodel=kernel -Wl,-Ttext=0xffffffff81000000 functions.c -o x86_64.elf
aarch64-linux-gnu-gcc "${flags[@]}" -mgeneral-regs-only -Wl,-Ttext=0xffff800080000000 functions.c -o arm64.elf
strip "${keep[@]}" x86_64.elf
aarch64-linux-gnu-strip "${keep[@]}" arm64.elf
