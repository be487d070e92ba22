#!/bin/sh
# Captures the programs of datasets/fingerprints, each with input it makes itself: no network, no
# files of the user's. Needs valgrind and gcc (`evictlab doctor`), and the programs themselves.
#
#   sh datasets/capture.sh [FOLDER [NAME…]]       default: datasets/fingerprints, all of them
#   … FOLDER run-awk run-tcl                       two more, not bundled
#
# Every reference is logged but immediate repeats (--filter 1); those that LRU and MIN do not miss
# with a fortieth of the pages are left out when the logs are read (--reduce).
#
# Single processes come out the same in each run on the same machine; of several processes that
# run side by side the order differs, and so does the digest.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$root/datasets/fingerprints}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
[ $# -gt 0 ] && shift
names=${*:-run-cc1 run-sort run-sqlite run-python run-perl run-xz run-zstd run-git run-pipeline run-make run-node run-diff run-bc run-postgres}
work=/tmp/evictlab-workloads
mkdir -p "$work"
cd "$work"
export LC_ALL=C PYTHONHASHSEED=0 HOME=$work
evictlab() { node "$root/dist/cli/main.js" "$@"; }
# FILTER and REDUCE replace what is set below, for captures to compare with: FILTER=1 REDUCE=0.
capture() { # name filter reduce program…
   name=$1 filter=${FILTER:-$2} reduce=${REDUCE:-$3}
   shift 3
   XDG_CACHE_HOME=${XDG_CACHE_HOME:-$work/cache} \
      ${as:-} node "$root/dist/cli/main.js" capture --name "$name" --filter "$filter" \
      --reduce "$reduce" -o "$folder/$name.evfp" -- "$@" \
      2>"$name.err" || { cat "$name.err" >&2; exit 1; }
}

# Lines of words by a linear congruential generator: the same everywhere.
words() { # count
   awk -v n="$1" 'BEGIN { s = 1; for (i = 0; i < n; i++) { l = "";
      for (j = 0; j < 8; j++) { s = (s * 16807) % 2147483647; l = l sprintf("%x ", s % 65521) }
      print l } }'
}
[ -s words.txt ] || words 12000 >words.txt
[ -s few.txt ] || head -2500 words.txt >few.txt
[ -s fewer.txt ] || head -1200 words.txt >fewer.txt
[ -s other.txt ] || sed -e 's/a/b/' -e '7,9d' words.txt >other.txt
cat >prime.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int compare(const void* a, const void* b) { return strcmp(*(char**)a, *(char**)b); }
int main(void) {
   char* names[64]; int count = 0;
   for (int n = 2; count < 64; n++) {
      int prime = 1;
      for (int d = 2; d * d <= n; d++) if (n % d == 0) prime = 0;
      if (prime) { names[count] = malloc(16); sprintf(names[count++], "%d", n); }
   }
   qsort(names, count, sizeof *names, compare);
   for (int i = 0; i < count; i++) puts(names[i]);
   return 0;
}
C

for name in $names; do
   case $name in
   run-cc1) capture $name 1 128 gcc -O2 -c -o prime.o prime.c ;;
   run-sort) capture $name 1 16 sort --parallel=1 -o sorted.txt words.txt ;;
   run-sqlite)
      rm -f base.db
      awk 'BEGIN { print "create table t(a, b);begin;" }
         { print "insert into t values(" NR ",\x27" $1 $2 "\x27);" }
         NR == 1000 { exit }
         END { print "commit;create index i on t(b);select count(*), min(b) from t where b > \x2750\x27;"
               print "select a from t order by b limit 5;" }' words.txt >load.sql
      capture $name 1 16 sqlite3 -init load.sql base.db .quit ;;
   run-python)
      cat >tree.py <<'PY'
import ast
source = "\n".join(f"def f{i}(x):\n    return [y * {i} for y in x if y > {i}]" for i in range(30))
names = {}
for node in ast.walk(ast.parse(source)):
    names[type(node).__name__] = names.get(type(node).__name__, 0) + 1
print(sorted(names.items()))
PY
      capture $name 1 50 /usr/bin/python3 -I tree.py ;;
   run-perl)
      capture $name 1 28 perl -ne 'for (split) { $n{$_}++ } END { print scalar(keys %n), "\n" }' few.txt ;;
   run-xz) capture $name 1 24 xz -k -1 -c fewer.txt ;;
   run-zstd) capture $name 1 12 zstd -q --single-thread -f -o few.zst few.txt ;;
   run-git)
      rm -rf repository
      git init -q repository
      i=0
      while [ $i -lt 30 ]; do
         tail -n +$((i * 40)) words.txt | head -40 >repository/file$((i % 7))
         git -C repository add .
         GIT_AUTHOR_DATE="1000000$((100 + i)) +0000" GIT_COMMITTER_DATE="1000000$((100 + i)) +0000" \
            git -C repository -c user.name=a -c user.email=a@b commit -qm "change $i"
         i=$((i + 1))
      done
      capture $name 1 15 git -C repository --no-pager log --stat -p ;;
   run-pipeline)
      cat >pipeline.sh <<'SH'
head -500 few.txt | tr ' ' '\n' | sort | uniq -c | sort -rn | head -20
SH
      capture $name 1 8 sh pipeline.sh ;;
   run-make)
      for i in 1 2; do sed "s/64/$((60 + i))/" prime.c >part$i.c; rm -f part$i.o; done
      printf 'all: part1.o part2.o\n%%.o: %%.c\n\tgcc -O0 -c -o $@ $<\n' >Makefile
      capture $name 1 104 make -s -j2 all ;;
   run-node)
      cat >count.js <<'JS'
const counts = new Map();
for (let i = 0; i < 20000; i++) counts.set((i * 7919) % 4099, i);
console.log([...counts.values()].sort((a, b) => a - b)[10]);
JS
      capture $name 1 128 node --jitless count.js ;;
   run-awk)
      capture $name 1 16 awk '{ for (i = 1; i <= NF; i++) n[$i]++ } END { for (w in n) c++; print c }' few.txt ;;
   run-diff) capture $name 1 32 sh -c 'diff words.txt other.txt; exit 0' ;;
   run-bc) capture $name 1 8 sh -c 'echo "scale=300; a(1)*4" | bc -l' ;;
   run-tcl)
      echo 'for {set i 0} {$i < 800} {incr i} { set a([expr {$i * 7 % 997}]) $i }; puts [lsort -integer [array names a]]' >t.tcl
      capture $name 1 16 tclsh t.tcl ;;
   run-postgres)
      bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
      as=''
      if [ "$(id -u)" = 0 ]; then
         as='setpriv --reuid=postgres --regid=postgres --clear-groups'
      fi
      rm -rf postgres
      mkdir -p postgres
      chmod 777 . postgres
      [ -z "$as" ] || chown postgres postgres
      $as "$bin/initdb" -D "$work/postgres/data" -A trust --no-sync >/dev/null
      awk 'BEGIN { print "create table t(a int, b text);begin;" }
         { print "insert into t values(" NR ",\x27" $1 $2 "\x27);" }
         NR == 300 { exit }
         END { print "commit;create index i on t(b);select count(*), min(b) from t where b > \x2750\x27;" }' \
         words.txt >postgres/load.sql
      cat >postgres/run.sh <<SH
"$bin/pg_ctl" -D "$work/postgres/data" -t 300 -w -l "$work/postgres/log" start \
   -o "-k $work/postgres -c listen_addresses= -c shared_buffers=1MB -c fsync=off -c autovacuum=off"
"$bin/psql" -q -h "$work/postgres" -d postgres -f "$work/postgres/load.sql"
"$bin/pg_ctl" -D "$work/postgres/data" -t 300 -w -m fast stop
SH
      mkdir -p postgres/cache
      chmod 777 postgres/cache
      out=$folder
      folder=$work/postgres
      XDG_CACHE_HOME=$work/postgres/cache
      export XDG_CACHE_HOME
      capture $name 1 150 sh "$work/postgres/run.sh"
      folder=$out
      cp "$work/postgres/$name.evfp" "$folder/"
      unset XDG_CACHE_HOME as ;;
   *) echo "no workload $name" >&2; exit 2 ;;
   esac
   evictlab inspect "$folder/$name.evfp" --json
done
