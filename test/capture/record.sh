#!/bin/sh
# Records the logs in test/capture/logs anew: needs valgrind, gcc, and a tool that
# `evictlab capture` has built. Run from the root of the repository.
set -eu
tool=$(ls -td "${XDG_CACHE_HOME:-$HOME/.cache}"/evictlab/valgrind-* | head -1)
logs=$PWD/test/capture/logs
work=$(mktemp -d /tmp/evictlab-record.XXXXXX)
trap 'rm -rf "$work"' EXIT
gcc -O1 -pthread -o "$work/every" test/capture/everyEdge.c
rm -rf "$logs"
for word in pipe threads poll unmap cow kill socket file; do
   mkdir -p "$work/$word" "$logs/$word"
   truncate -s 4096 "$work/$word/control"
   truncate -s 8192 "$work/pages"
   (cd "$work" && VALGRIND_LIB=$tool valgrind --tool=evictlab -q --vgdb=no --trace-children=yes \
      --capture-dir="$work/$word" --capture-filter=256 ./every $word pages) || true
   for log in "$work/$word"/*.log; do gzip -9n <"$log" >"$logs/$word/$(basename "$log").gz"; done
done
