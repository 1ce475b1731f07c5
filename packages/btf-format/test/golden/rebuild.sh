#!/usr/bin/env bash
# Builds every *.c here for either byte order, takes its .BTF and records what bpftool prints of it. Needs clang 22
# (CLANG), llvm-objcopy (OBJCOPY) and bpftool 7.8 (BPFTOOL). Tests never run this: they read what is committed.
set -euo pipefail
cd "$(dirname "$0")"
: "${CLANG:=clang-22}" "${OBJCOPY:=llvm-objcopy-22}" "${BPFTOOL:=bpftool}"
for source in *.c; do
  for target in bpfel bpfeb; do
    name=${source%.c}; [[ $target == bpfeb ]] && name+=.eb
    "$CLANG" -O1 -g -w -target $target -c "$source" -o "$name.o"
    "$OBJCOPY" -O binary --only-section=.BTF --set-section-flags .BTF=alloc "$name.o" "$name.btf"
    rm "$name.o"
  done
  name=${source%.c} # names, types and layouts are the same in both byte orders, and so is what is printed
  "$BPFTOOL" btf dump file "$name.btf" >"$name.raw"
  "$BPFTOOL" -j btf dump file "$name.btf" >"$name.json"
  "$BPFTOOL" -p btf dump file "$name.btf" >"$name.pretty.json"
  "$BPFTOOL" btf dump file "$name.btf" format c >"$name.h"
  "$BPFTOOL" btf dump file "$name.btf" format c unsorted >"$name.unsorted.h"
  for format in raw c; do
    cmp <("$BPFTOOL" btf dump file "$name.eb.btf" format $format) <("$BPFTOOL" btf dump file "$name.btf" format $format)
  done
done
