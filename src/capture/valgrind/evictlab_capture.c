/*
 * evictlab_capture: a Valgrind tool that logs which pages a program touches, in exact order.
 *
 * Copyright (C) 2026 the evictlab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * This program is free software; you can redistribute it and/or modify it under the terms of the
 * GNU General Public License as published by the Free Software Foundation; either version 2 of the
 * License, or (at your option) any later version. It is distributed in the hope that it will be
 * useful, but WITHOUT ANY WARRANTY; without even the implied warranty of MERCHANTABILITY or
 * FITNESS FOR A PARTICULAR PURPOSE. See the GNU General Public License for more details.
 *
 * It is compiled on the user's machine against the headers and archives of the installed Valgrind
 * (evictlab does it on first use) and talks to the rest of evictlab through log files alone.
 *
 * What is logged, one file a process (DIR/PID.log):
 *   touches    a page was read, written or fetched from, by the program or by the kernel for it,
 *              unless the filter below drops it; with its time: the number of instructions, and a
 *              number within the instruction. Reads and writes of files touch pages of a window
 *              above all addresses.
 *   events     images, births, threads, maps, files, and system calls that block, wake or end.
 *              Each system call carries two numbers of a counter that all processes share: one
 *              taken before it and one after. They order calls of different processes.
 *
 * The filter: Safely-Allowed-Drop (Kaplan, Smaragdakis, Wilson, 2003) while the program runs. Of
 * three touches of a page with fewer than K other pages between the first and the third, the second
 * goes: no memory of K frames or more that evicts as LRU or MIN do lets go of the page between. So
 * a set holds the K pages touched last, and of each the time of its last record and of its last
 * touch. That touch is logged as soon as K other pages were touched since the last record: only a
 * page that enters the set can make them so many, and then they are so many for just those whose
 * record is older than the last touch of the page that leaves. The first write of a page in the
 * set is logged, too; what is logged later is a write if one was dropped. K = 1 drops immediate
 * repeats: then the log is exact for every policy.
 *
 *   slots   512 x { page if in the set, page if written in the set, times of the last read, write }
 *           by page mod 512; a touch of the page in its slot is a test and a store, no call
 *   pages   the set: K entries, hashed by page, doubly linked in the order of their records
 *
 *   oldest record  r1 < r2 < ... | r7 < ...    walked until a record is newer than the oldest last
 *                  -- logged ---               touch of those before: that page leaves
 *
 * What is held back is logged out of order, but before the next event and within 2^16 records: the
 * reader sorts by time between two events.
 *
 * The log file is mapped, shared: what was logged survives a SIGKILL, and a forked child starts a
 * file of its own. A byte 0 is padding. Numbers are LEB128.
 */
#include "pub_tool_basics.h"
#include "pub_tool_vki.h"
#include "pub_tool_vkiscnums.h"
#include "pub_tool_libcassert.h"
#include "pub_tool_libcbase.h"
#include "pub_tool_libcfile.h"
#include "pub_tool_libcprint.h"
#include "pub_tool_libcproc.h"
#include "pub_tool_aspacehl.h"
#include "pub_tool_aspacemgr.h"
#include "pub_tool_machine.h"
#include "pub_tool_mallocfree.h"
#include "pub_tool_options.h"
#include "pub_tool_threadstate.h"
#include "pub_tool_tooliface.h"

/* Of the core, not declared for tools: a bare system call. */
extern SysRes VG_(do_syscall)(UWord sysno, RegWord a1, RegWord a2, RegWord a3, RegWord a4,
                              RegWord a5, RegWord a6, RegWord a7, RegWord a8);
#define SYSCALL(nr, a, b, c, d, e, f)                                                              \
   VG_(do_syscall)((nr), (RegWord)(a), (RegWord)(b), (RegWord)(c), (RegWord)(d), (RegWord)(e),      \
                   (RegWord)(f), 0, 0)

#define PAGE_SHIFT 12
#define PAGE_BYTES 4096ULL

/* ------------------------------------------------------------------ options */

static const HChar* clo_dir = NULL;
static Long clo_filter = 32;
static Long clo_epoch = 0;
static Long clo_max_instructions = 0;
static Bool clo_signatures = False;

static Bool process_option(const HChar* arg)
{
   if VG_STR_CLO(arg, "--capture-dir", clo_dir) {}
   else if VG_BINT_CLO(arg, "--capture-filter", clo_filter, 1, 4096) {}
   else if VG_BINT_CLO(arg, "--capture-epoch", clo_epoch, 0, 1LL << 50) {}
   else if VG_BINT_CLO(arg, "--capture-max-instructions", clo_max_instructions, 0, 1LL << 60) {}
   else if VG_BOOL_CLO(arg, "--capture-signatures", clo_signatures) {}
   else return False;
   return True;
}

static void print_usage(void)
{
   VG_(printf)(
      "    --capture-dir=DIR              where the logs go\n"
      "    --capture-filter=K             drop touches that memories of K frames do not miss [32]\n"
      "    --capture-epoch=N              empty the filter every N instructions; 0: never [0]\n"
      "    --capture-max-instructions=N   end each process after N instructions; 0: never [0]\n"
      "    --capture-signatures=no|yes    log the address of the instruction of a touch [no]\n");
}

static void print_debug_usage(void) { VG_(printf)("    (none)\n"); }

/* ---------------------------------------------------- the page all processes share */

struct Control {
   ULong stamp;   /* of system calls, in the order they were made */
   ULong failure; /* an errno: the log could not be written */
};
static struct Control* control;

static ULong next_stamp(void) { return __sync_add_and_fetch(&control->stamp, 1); }

/* ------------------------------------------------------------------ the log */

#define WINDOW_BYTES (1UL << 20)
#define FIRST_WINDOW_BYTES (1UL << 16)
/* Longer than any record: paths and lists of descriptors are cut to fit. */
#define RECORD_BYTES_MAX (24UL << 10)
#define STRING_BYTES_MAX 4096
#define LIST_MAX 256

static HChar log_path[512];
static UChar* window;        /* a mapping of the log file's end */
static ULong window_offset;  /* of the window in the file */
static UWord window_bytes;
static UWord used;           /* bytes of the window */
static Int window_count;

static void fail(const HChar* what, UWord error)
{
   /* Whoever reads the logs says it, once for all processes. */
   if (control != NULL) control->failure = error != 0 ? error : 5;
   else VG_(message)(Vg_UserMsg, "evictlab capture: %s (error %lu)\n", what, error);
   VG_(exit)(1);
}

/* Maps `bytes` of a file over memory that Valgrind has set aside for us. */
static void map_over(const HChar* path, void* address, ULong offset, UWord bytes, Bool extend)
{
   SysRes opened = VG_(open)(path, VKI_O_RDWR | VKI_O_CREAT, 0600);
   if (sr_isError(opened)) fail("cannot open the log", sr_Err(opened));
   Int fd = (Int)sr_Res(opened);
   if (extend) {
      /* Room is taken now: a write to a mapped hole on a full disk would be fatal. */
      SysRes taken = SYSCALL(__NR_fallocate, fd, 0, offset, bytes, 0, 0);
      if (sr_isError(taken) && sr_Err(taken) == 95 /* EOPNOTSUPP */)
         taken = SYSCALL(__NR_ftruncate, fd, offset + bytes, 0, 0, 0, 0);
      if (sr_isError(taken)) fail("the disk is full", sr_Err(taken));
   }
   SysRes mapped = SYSCALL(__NR_mmap, address, bytes, VKI_PROT_READ | VKI_PROT_WRITE,
                           VKI_MAP_SHARED | VKI_MAP_FIXED, fd, offset);
   VG_(close)(fd);
   if (sr_isError(mapped)) fail("cannot map the log", sr_Err(mapped));
}

static void next_window(void)
{
   window_offset += window_bytes;
   window_bytes = window_count++ < 4 ? FIRST_WINDOW_BYTES : WINDOW_BYTES;
   map_over(log_path, window, window_offset, window_bytes, True);
   used = 0;
}

/* Appends to DIR/PID.log: an image that replaces another goes on in the same file. */
static void open_log(void)
{
   struct vg_stat status;
   VG_(snprintf)(log_path, sizeof log_path, "%s/%d.log", clo_dir, VG_(getpid)());
   SysRes found = VG_(stat)(log_path, &status);
   window_offset = sr_isError(found) ? 0 : (status.size + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
   window_bytes = 0;
   window_count = 0;
   next_window();
}

/* What is left of the last window is given back. */
static void close_log(void)
{
   SysRes opened = VG_(open)(log_path, VKI_O_RDWR, 0600);
   if (sr_isError(opened)) return;
   SYSCALL(__NR_ftruncate, sr_Res(opened), window_offset + used, 0, 0, 0, 0);
   VG_(close)((Int)sr_Res(opened));
}

static inline void put(ULong value)
{
   while (value >= 0x80) {
      window[used++] = (UChar)(value | 0x80);
      value >>= 7;
   }
   window[used++] = (UChar)value;
}

static inline void put_signed(Long value) { put(((ULong)value << 1) ^ (ULong)(value >> 63)); }

static void put_string(const HChar* text)
{
   UWord length = text == NULL ? 0 : VG_(strlen)(text);
   if (length > STRING_BYTES_MAX) length = STRING_BYTES_MAX;
   put(length);
   VG_(memcpy)(window + used, text, length);
   used += length;
}

/* The low 3 bits of a record's first number; 0 is padding. */
enum { TOUCH_READ = 1, TOUCH_WRITE = 2, TOUCH_FETCH = 3, EVENT = 4 };
enum {
   EVENT_IMAGE = 1, EVENT_BORN, EVENT_SWITCH, EVENT_MAP, EVENT_UNMAP, EVENT_REMAP, EVENT_DISCARD,
   EVENT_FILE, EVENT_CALL, EVENT_THREAD_EXIT, EVENT_END, EVENT_CUT, EVENT_SIGNAL, EVENT_ENTER,
   EVENT_ORDER
};

static ULong instructions;    /* executed by this process; brought up to date inline */
static ULong logged_at;       /* instructions at the last record */
static ULong logged_page;     /* of the last touch */
static ULong logged_code;     /* of the last touch with a signature */

static inline void room(void)
{
   if (used + RECORD_BYTES_MAX > window_bytes) next_window();
}

/*
 * When a touch was: instructions << 20 | its number within the last of them. Touches of the
 * program are numbered from 0 on, those that the kernel makes for it behind them.
 */
#define TIME_SHIFT 20
#define NUMBER_MAX ((1ULL << TIME_SHIFT) - 1)
#define PROGRAM_NUMBER_MAX 63

static ULong kernel_at;       /* instructions at its last touch */
static ULong kernel_number;

static ULong kernel_time(void)
{
   if (kernel_at != instructions) kernel_number = PROGRAM_NUMBER_MAX;
   kernel_at = instructions;
   if (kernel_number < NUMBER_MAX) kernel_number++;
   return instructions << TIME_SHIFT | kernel_number;
}

/* So many touches at most are to be sorted at once. */
#define UNORDERED_MAX (1 << 16)
static UInt unordered;

/* Steps of time are signed: what was held back is older than what was logged meanwhile. */
static void log_touch(UInt kind, ULong page, ULong time, Addr code)
{
   room();
   Long step = (Long)(page - logged_page);
   put((((ULong)step << 1) ^ (ULong)(step >> 63)) << 3 | kind);
   Long passed = (Long)((time >> TIME_SHIFT) - logged_at);
   ULong number = time & NUMBER_MAX;
   put((((ULong)passed << 1) ^ (ULong)(passed >> 63)) << 4 | (number < 15 ? number : 15));
   if (number >= 15) put(number - 15);
   if (clo_signatures) {
      put_signed((Long)(code - logged_code));
      logged_code = code;
   }
   logged_page = page;
   logged_at = time >> TIME_SHIFT;
   unordered++;
}

static void settle(void);

static void begin_event(UInt event)
{
   settle();
   unordered = 0;
   room();
   put((ULong)event << 3 | EVENT);
   put_signed((Long)(instructions - logged_at));
   logged_at = instructions;
}

/* ------------------------------------------------------------------ the filter */

#define SLOT_COUNT 512
#define NO_PAGE 0xffffffffffffffffULL
/* An entry for a page that cannot be touched any more, but is still among the K. */
#define GHOST (NO_PAGE - 1)

struct Slot {
   ULong page;       /* in the set, or NO_PAGE */
   ULong written;    /* the same, once its write is logged */
   ULong read_time;  /* of the last touch that was none */
   ULong write_time; /* of the last write; 0: none in the set */
};
static struct Slot slots[SLOT_COUNT];
/* What is in them; the instruction of the last touch, kept with signatures only, 0 for a fetch. */
static Int slot_entries[SLOT_COUNT];
static ULong slot_codes[SLOT_COUNT];

struct Entry {
   ULong page;
   ULong record_time;
   ULong read_time, write_time; /* as in its slot, as long as it is in none */
   Addr code;
   Bool written;
   Int newer, older; /* by record_time */
   Int chain;
};
static struct Entry* entries;
static Int* buckets;
static UInt bucket_mask;
static Int entry_count, newest, oldest, unused;
static ULong epoch_end;

/* Pages written since a write may last have made a copy of them, by page; others may be. */
#define COPIED_COUNT (1 << 14)
static ULong copied[COPIED_COUNT];

static inline UInt bucket_of(ULong page)
{
   return (UInt)((page * 0x9e3779b97f4a7c15ULL) >> 40) & bucket_mask;
}

static void clear_filter(void)
{
   for (Int i = 0; i < SLOT_COUNT; i++) slots[i].page = slots[i].written = NO_PAGE;
   for (UInt i = 0; i <= bucket_mask; i++) buckets[i] = -1;
   for (UInt i = 0; i < COPIED_COUNT; i++) copied[i] = NO_PAGE;
   for (Int i = 0; i < clo_filter; i++) entries[i].chain = i + 1;
   entries[clo_filter - 1].chain = -1;
   unused = 0;
   entry_count = 0;
   newest = oldest = -1;
}

static void make_filter(void)
{
   UInt bucket_count = 16;
   while (bucket_count < 2 * clo_filter) bucket_count *= 2;
   bucket_mask = bucket_count - 1;
   buckets = VG_(malloc)("evictlab.buckets", bucket_count * sizeof *buckets);
   entries = VG_(malloc)("evictlab.entries", clo_filter * sizeof *entries);
   clear_filter();
}

static void unlink_entry(Int e)
{
   struct Entry* entry = &entries[e];
   if (entry->newer >= 0) entries[entry->newer].older = entry->older; else newest = entry->older;
   if (entry->older >= 0) entries[entry->older].newer = entry->newer; else oldest = entry->newer;
}

/* Where its record_time belongs: not far from the newest. */
static void link_entry(Int e)
{
   Int newer = -1, older = newest;
   while (older >= 0 && entries[older].record_time > entries[e].record_time) {
      newer = older;
      older = entries[older].older;
   }
   entries[e].newer = newer;
   entries[e].older = older;
   if (newer >= 0) entries[newer].older = e; else newest = e;
   if (older >= 0) entries[older].newer = e; else oldest = e;
}

static void hash_entry(Int e, ULong page)
{
   entries[e].page = page;
   entries[e].chain = buckets[bucket_of(page)];
   buckets[bucket_of(page)] = e;
}

static void unhash_entry(Int e)
{
   struct Slot* slot = &slots[entries[e].page & (SLOT_COUNT - 1)];
   if (slot->page == entries[e].page) slot->page = slot->written = NO_PAGE;
   Int* link = &buckets[bucket_of(entries[e].page)];
   while (*link != e) link = &entries[*link].chain;
   *link = entries[e].chain;
}

static void remove_entry(Int e)
{
   unhash_entry(e);
   unlink_entry(e);
   entries[e].chain = unused;
   unused = e;
   entry_count--;
}

/* Takes over what its slot knows. */
static void save_slot(UInt s)
{
   struct Entry* entry = &entries[slot_entries[s]];
   entry->read_time = slots[s].read_time;
   entry->write_time = slots[s].write_time;
   entry->code = slot_codes[s];
}

static ULong last_touch(Int e)
{
   struct Entry* entry = &entries[e];
   UInt s = entry->page & (SLOT_COUNT - 1);
   if (slots[s].page == entry->page) save_slot(s);
   return entry->read_time > entry->write_time ? entry->read_time : entry->write_time;
}

/* Logs its last touch; of one page there are repeats only, and none of them is missed. */
static void log_last(Int e)
{
   struct Entry* entry = &entries[e];
   ULong time = last_touch(e);
   if (clo_filter == 1 || time <= entry->record_time) return;
   UInt kind = entry->write_time > entry->record_time ? TOUCH_WRITE : TOUCH_READ;
   log_touch(kind, entry->page, time, entry->code);
   entry->record_time = time;
   unlink_entry(e);
   link_entry(e);
}

/* Logs all that is held back; the set stays. */
static void settle(void)
{
   for (Int e = oldest; e >= 0;) {
      Int newer = entries[e].newer;
      log_last(e);
      e = newer;
   }
}

/* The page touched longest ago leaves; K others were used since records older than that touch. */
static void make_place(void)
{
   ULong left_at = NO_PAGE;
   Int leaver = -1;
   for (Int e = oldest; e >= 0 && entries[e].record_time < left_at; e = entries[e].newer) {
      ULong time = last_touch(e);
      if (time >= left_at) continue;
      left_at = time;
      leaver = e;
   }
   if (clo_filter > 1)
      while (entries[oldest].record_time < left_at) log_last(oldest);
   remove_entry(leaver);
}

static void flush_filter(void)
{
   settle();
   while (entry_count > 0) remove_entry(oldest);
}

/*
 * What is held back of pages that are unmapped is logged before that is. They keep their places:
 * a page of a file stays in memory.
 */
static void forget_pages(Addr start, UWord length)
{
   ULong first = start >> PAGE_SHIFT;
   ULong end = (start + length + PAGE_BYTES - 1) >> PAGE_SHIFT;
   for (Int e = newest; e >= 0;) {
      Int older = entries[e].older;
      if (entries[e].page >= first && entries[e].page < end) {
         log_last(e);
         (void)last_touch(e);
         unhash_entry(e);
         hash_entry(e, GHOST);
      }
      e = older;
   }
   for (UInt i = 0; i < COPIED_COUNT; i++)
      if (copied[i] >= first && copied[i] < end) copied[i] = NO_PAGE;
}

static void cut(void);

static Int find_entry(ULong page)
{
   Int e = buckets[bucket_of(page)];
   while (e >= 0 && entries[e].page != page) e = entries[e].chain;
   return e;
}

/* The caller gives it its time. */
static Int add_entry(ULong page)
{
   if (entry_count == clo_filter) make_place();
   Int e = unused;
   unused = entries[e].chain;
   entries[e].written = False;
   entries[e].read_time = entries[e].write_time = 0;
   hash_entry(e, page);
   entry_count++;
   return e;
}

/* A write that makes a copy touches two pages: what it was made from has a place, too. */
static void add_original(ULong page, ULong time)
{
   ULong* known = &copied[page & (COPIED_COUNT - 1)];
   if (*known == page || clo_filter == 1) return;
   *known = page;
   Int e = add_entry(GHOST);
   entries[e].record_time = entries[e].read_time = time;
   link_entry(e);
}

/* A touch that the inline test could not dismiss; afterwards the page is in its slot. */
static void touch(UInt kind, ULong page, ULong time, Addr code)
{
   UInt s = page & (SLOT_COUNT - 1);
   struct Slot* slot = &slots[s];
   ULong now = time >> TIME_SHIFT;
   if (clo_epoch > 0 && now >= epoch_end) {
      flush_filter();
      epoch_end = now - now % clo_epoch + clo_epoch;
   }
   if (clo_max_instructions > 0 && now >= clo_max_instructions) cut();
   Int e = find_entry(page);
   if (kind == TOUCH_WRITE && (e < 0 || !entries[e].written)) {
      add_original(page, time);
      e = find_entry(page);
   }
   Bool is_new = e < 0;
   if (is_new) e = add_entry(page);
   if (is_new || (kind == TOUCH_WRITE && !entries[e].written)) {
      log_touch(kind, page, time, code);
      entries[e].record_time = time;
      if (!is_new) unlink_entry(e);
      link_entry(e);
   }
   if (kind == TOUCH_WRITE) entries[e].written = True;
   if (slot->page != page) {
      if (slot->page != NO_PAGE) save_slot(s);
      slot->page = page;
      slot->read_time = entries[e].read_time;
      slot->write_time = entries[e].write_time;
      slot_entries[s] = e;
   }
   slot->written = entries[e].written ? page : NO_PAGE;
   if (kind == TOUCH_WRITE) slot->write_time = time; else slot->read_time = time;
   slot_codes[s] = kind == TOUCH_FETCH ? 0 : code;
   if (unordered >= UNORDERED_MAX) begin_event(EVENT_ORDER);
}

/* The same for a touch that was not tested. */
static void test_touch(UInt kind, ULong page, ULong time, Addr code)
{
   UInt s = page & (SLOT_COUNT - 1);
   if ((kind == TOUCH_WRITE ? slots[s].written : slots[s].page) != page) {
      touch(kind, page, time, code);
      return;
   }
   if (kind == TOUCH_WRITE) slots[s].write_time = time; else slots[s].read_time = time;
   slot_codes[s] = code;
}

/* ------------------------------------------------------------------ inline code */

/* `packed`: instructions since the counter was stored, number within the last, kind. */
#define PACK(instructions, number, kind) ((UWord)(instructions) << 8 | (number) << 2 | (kind))

static inline ULong time_of(UWord packed)
{
   return (instructions + (packed >> 8)) << TIME_SHIFT | (packed >> 2 & PROGRAM_NUMBER_MAX);
}

static VG_REGPARM(2) void on_miss(ULong page, UWord packed)
{
   touch(packed & 3, page, time_of(packed), 0);
}

static VG_REGPARM(3) void on_miss_signed(ULong page, UWord packed, Addr code)
{
   touch(packed & 3, page, time_of(packed), code);
}

/* The second page of an access across a page boundary: rare, so tested here. */
static VG_REGPARM(2) void on_crossing(ULong page, UWord packed)
{
   test_touch(packed & 3, page, time_of(packed), 0);
}

static VG_REGPARM(3) void on_crossing_signed(ULong page, UWord packed, Addr code)
{
   test_touch(packed & 3, page, time_of(packed), code);
}

/* What is known while one superblock is instrumented. */
struct Block {
   IRSB* out;
   IRExpr* base;    /* instructions at entry */
   IRExpr* entered; /* the same as a time */
   Int executed;    /* up to and with the current one */
   Int stored;      /* of these, already in the counter */
   UInt number;     /* of the next touch by the current one */
   ULong code_page; /* fetched last */
   Addr pc;
};

static IRExpr* assign(struct Block* b, IRType type, IRExpr* expression)
{
   IRTemp temp = newIRTemp(b->out->tyenv, type);
   addStmtToIRSB(b->out, IRStmt_WrTmp(temp, expression));
   return IRExpr_RdTmp(temp);
}

static IRExpr* u64(ULong value) { return IRExpr_Const(IRConst_U64(value)); }

static void call(struct Block* b, Bool crossing, IRExpr* guard, IRExpr* page, UInt kind)
{
   UWord packed = PACK(b->executed - b->stored, b->number, kind);
   IRDirty* dirty;
   if (clo_signatures) {
      void* f = crossing ? (void*)on_crossing_signed : (void*)on_miss_signed;
      dirty = unsafeIRDirty_0_N(3, "on_miss_signed", VG_(fnptr_to_fnentry)(f),
                                mkIRExprVec_3(page, u64(packed), u64(b->pc)));
   } else {
      void* f = crossing ? (void*)on_crossing : (void*)on_miss;
      dirty = unsafeIRDirty_0_N(2, "on_miss", VG_(fnptr_to_fnentry)(f),
                                mkIRExprVec_2(page, u64(packed)));
   }
   dirty->guard = guard;
   addStmtToIRSB(b->out, IRStmt_Dirty(dirty));
}

static void store(struct Block* b, IRExpr* where, IRExpr* value, IRExpr* only_if)
{
   if (only_if == NULL) addStmtToIRSB(b->out, IRStmt_Store(Iend_LE, where, value));
   else addStmtToIRSB(b->out, IRStmt_StoreG(Iend_LE, where, value, only_if));
}

static IRExpr* add(struct Block* b, IRExpr* atom, ULong value)
{
   return assign(b, Ity_I64, IRExpr_Binop(Iop_Add64, atom, u64(value)));
}

static void next_number(struct Block* b)
{
   if (b->number < PROGRAM_NUMBER_MAX) b->number++;
}

/* `where`: the address of the slot, `page`, `only_if`: atoms. After a miss the slot has the page. */
static void test_and_store(struct Block* b, IRExpr* where, IRExpr* page, UInt kind, IRExpr* only_if)
{
   Bool is_write = kind == TOUCH_WRITE;
   IRExpr* tag_at = is_write ? add(b, where, offsetof(struct Slot, written)) : where;
   IRExpr* tag = assign(b, Ity_I64, IRExpr_Load(Iend_LE, Ity_I64, tag_at));
   IRExpr* miss = assign(b, Ity_I1, IRExpr_Binop(Iop_CmpNE64, tag, page));
   if (only_if != NULL) miss = assign(b, Ity_I1, IRExpr_Binop(Iop_And1, miss, only_if));
   call(b, False, miss, page, kind);
   UWord field = is_write ? offsetof(struct Slot, write_time) : offsetof(struct Slot, read_time);
   IRExpr* time = add(b, b->entered, ((ULong)b->executed << TIME_SHIFT) + b->number);
   store(b, add(b, where, field), time, only_if);
   next_number(b);
}

static void add_access(struct Block* b, IRExpr* address, Int size, UInt kind, IRExpr* only_if)
{
   IRExpr* page = assign(b, Ity_I64, IRExpr_Binop(Iop_Shr64, address, IRExpr_Const(IRConst_U8(12))));
   IRExpr* index = assign(b, Ity_I64, IRExpr_Binop(Iop_And64, page, u64(SLOT_COUNT - 1)));
   IRExpr* offset = assign(b, Ity_I64, IRExpr_Binop(Iop_Shl64, index, IRExpr_Const(IRConst_U8(5))));
   test_and_store(b, add(b, offset, (Addr)slots), page, kind, only_if);
   if (clo_signatures) {
      offset = assign(b, Ity_I64, IRExpr_Binop(Iop_Shl64, index, IRExpr_Const(IRConst_U8(3))));
      store(b, add(b, offset, (Addr)slot_codes), u64(b->pc), only_if);
   }
   if (size <= 1) return;
   IRExpr* last = add(b, address, size - 1);
   IRExpr* second = assign(b, Ity_I64, IRExpr_Binop(Iop_Shr64, last, IRExpr_Const(IRConst_U8(12))));
   IRExpr* crosses = assign(b, Ity_I1, IRExpr_Binop(Iop_CmpNE64, second, page));
   if (only_if != NULL) crosses = assign(b, Ity_I1, IRExpr_Binop(Iop_And1, crosses, only_if));
   call(b, True, crosses, second, kind);
   next_number(b);
}

static void add_fetch(struct Block* b, ULong page)
{
   UWord s = page & (SLOT_COUNT - 1);
   test_and_store(b, u64((Addr)&slots[s]), u64(page), TOUCH_FETCH, NULL);
   if (clo_signatures) store(b, u64((Addr)&slot_codes[s]), u64(0), NULL);
}

static void store_count(struct Block* b)
{
   if (b->stored == b->executed) return;
   b->stored = b->executed;
   IRExpr* count = assign(b, Ity_I64, IRExpr_Binop(Iop_Add64, b->base, u64(b->executed)));
   addStmtToIRSB(b->out, IRStmt_Store(Iend_LE, u64((ULong)(Addr)&instructions), count));
}

static IRSB* instrument(VgCallbackClosure* closure, IRSB* in, const VexGuestLayout* layout,
                        const VexGuestExtents* extents, const VexArchInfo* host, IRType gword,
                        IRType hword)
{
   tl_assert(gword == Ity_I64 && hword == Ity_I64);
   struct Block block = { .out = deepCopyIRSBExceptStmts(in), .code_page = NO_PAGE };
   struct Block* b = &block;
   IRTypeEnv* types = in->tyenv;
   Int i = 0;
   for (; i < in->stmts_used && in->stmts[i]->tag != Ist_IMark; i++)
      addStmtToIRSB(b->out, in->stmts[i]);
   b->base = assign(b, Ity_I64, IRExpr_Load(Iend_LE, Ity_I64, u64((ULong)(Addr)&instructions)));
   b->entered = assign(b, Ity_I64, IRExpr_Binop(Iop_Shl64, b->base,
                                                IRExpr_Const(IRConst_U8(TIME_SHIFT))));
   for (; i < in->stmts_used; i++) {
      IRStmt* s = in->stmts[i];
      switch (s->tag) {
         case Ist_IMark: {
            b->executed++;
            b->number = 0;
            b->pc = s->Ist.IMark.addr;
            UInt length = s->Ist.IMark.len > 0 ? s->Ist.IMark.len : 1;
            ULong first = s->Ist.IMark.addr >> PAGE_SHIFT;
            ULong last = (s->Ist.IMark.addr + length - 1) >> PAGE_SHIFT;
            if (first != b->code_page) add_fetch(b, first);
            if (last != first) add_fetch(b, last);
            b->code_page = last;
            break;
         }
         case Ist_WrTmp: {
            IRExpr* data = s->Ist.WrTmp.data;
            if (data->tag == Iex_Load)
               add_access(b, data->Iex.Load.addr, sizeofIRType(data->Iex.Load.ty), TOUCH_READ, NULL);
            break;
         }
         case Ist_Store:
            add_access(b, s->Ist.Store.addr,
                       sizeofIRType(typeOfIRExpr(types, s->Ist.Store.data)), TOUCH_WRITE, NULL);
            break;
         case Ist_StoreG: {
            IRStoreG* g = s->Ist.StoreG.details;
            add_access(b, g->addr, sizeofIRType(typeOfIRExpr(types, g->data)), TOUCH_WRITE, g->guard);
            break;
         }
         case Ist_LoadG: {
            IRLoadG* g = s->Ist.LoadG.details;
            IRType type = Ity_INVALID, widened = Ity_INVALID;
            typeOfIRLoadGOp(g->cvt, &widened, &type);
            add_access(b, g->addr, sizeofIRType(type), TOUCH_READ, g->guard);
            break;
         }
         case Ist_Dirty: {
            IRDirty* d = s->Ist.Dirty.details;
            if (d->mFx == Ifx_Read || d->mFx == Ifx_Modify)
               add_access(b, d->mAddr, d->mSize, TOUCH_READ, NULL);
            if (d->mFx == Ifx_Write || d->mFx == Ifx_Modify)
               add_access(b, d->mAddr, d->mSize, TOUCH_WRITE, NULL);
            break;
         }
         case Ist_CAS: {
            IRCAS* cas = s->Ist.CAS.details;
            Int size = sizeofIRType(typeOfIRExpr(types, cas->dataLo));
            if (cas->dataHi != NULL) size *= 2;
            add_access(b, cas->addr, size, TOUCH_WRITE, NULL);
            break;
         }
         case Ist_LLSC: {
            Bool load = s->Ist.LLSC.storedata == NULL;
            IRType type = load ? typeOfIRTemp(types, s->Ist.LLSC.result)
                               : typeOfIRExpr(types, s->Ist.LLSC.storedata);
            add_access(b, s->Ist.LLSC.addr, sizeofIRType(type), load ? TOUCH_READ : TOUCH_WRITE,
                       NULL);
            break;
         }
         case Ist_Exit: store_count(b); break;
         default: break;
      }
      addStmtToIRSB(b->out, s);
   }
   store_count(b);
   return b->out;
}

/* Whose records follow. */
static ThreadId running = 1;

static void run_as(ThreadId tid)
{
   if (tid == running) return;
   flush_filter();
   running = tid;
   begin_event(EVENT_SWITCH);
   put(tid);
}

/* --------------------------------------------------------- what the kernel touches for us */

static void touch_range(UInt kind, ULong first, ULong last)
{
   for (ULong page = first; page <= last; page++) test_touch(kind, page, kernel_time(), 0);
}

static void touch_memory(ThreadId tid, UInt kind, Addr start, UWord length)
{
   if (length == 0) return;
   run_as(tid);
   UInt needed = kind == TOUCH_WRITE ? VKI_PROT_WRITE : VKI_PROT_READ;
   for (ULong page = start >> PAGE_SHIFT; page <= (start + length - 1) >> PAGE_SHIFT; page++) {
      if (!VG_(am_is_valid_for_client)(page << PAGE_SHIFT, 1, needed)) return;
      touch_range(kind, page, page);
   }
}

static void on_kernel_read(CorePart part, ThreadId tid, const HChar* name, Addr start, SizeT length)
{
   if (part == Vg_CoreSysCall || part == Vg_CoreSysCallArgInMem)
      touch_memory(tid, TOUCH_READ, start, length);
}

static void on_kernel_read_string(CorePart part, ThreadId tid, const HChar* name, Addr start)
{
   if (part != Vg_CoreSysCall && part != Vg_CoreSysCallArgInMem) return;
   if (VG_(am_is_valid_for_client)(start, 1, VKI_PROT_READ))
      touch_memory(tid, TOUCH_READ, start, VG_(strlen)((const HChar*)start) + 1);
}

static void on_kernel_write(CorePart part, ThreadId tid, Addr start, SizeT length)
{
   if (part == Vg_CoreSysCall || part == Vg_CoreSignal) touch_memory(tid, TOUCH_WRITE, start, length);
}

/* Pages of files that are read and written by descriptor: file i from page (1 << 40) + (i << 26). */
#define FILE_PAGE (1ULL << 40)
#define FILE_SHIFT 26
#define FILE_COUNT_MAX 4096

static struct { ULong dev, ino; } files[FILE_COUNT_MAX];
static Int file_count;

static Int file_index(Int fd, const struct vg_stat* status)
{
   for (Int i = file_count - 1; i >= 0; i--)
      if (files[i].ino == status->ino && files[i].dev == status->dev) return i;
   if (file_count == FILE_COUNT_MAX) return -1;
   HChar link[64], path[1024];
   VG_(snprintf)(link, sizeof link, "/proc/self/fd/%d", fd);
   SSizeT length = VG_(readlink)(link, path, sizeof path - 1);
   path[length > 0 ? length : 0] = 0;
   begin_event(EVENT_FILE);
   put(file_count);
   put(status->dev);
   put(status->ino);
   put(status->size);
   put_string(path);
   files[file_count].dev = status->dev;
   files[file_count].ino = status->ino;
   return file_count++;
}

static void touch_file(UInt kind, Int fd, const struct vg_stat* status, Long offset, Long length)
{
   if (length <= 0 || offset < 0 || (status->mode & VKI_S_IFMT) != VKI_S_IFREG) return;
   Int index = file_index(fd, status);
   ULong last = (ULong)(offset + length - 1) >> PAGE_SHIFT;
   if (index < 0 || last >> FILE_SHIFT != 0) return;
   ULong base = FILE_PAGE + ((ULong)index << FILE_SHIFT);
   touch_range(kind, base + ((ULong)offset >> PAGE_SHIFT), base + last);
}

/* ------------------------------------------------------------------ maps */

enum { MAP_SHARED = 1, MAP_CODE = 2, MAP_STACK = 4, MAP_HEAP = 8, MAP_FILE = 16, MAP_SYSV = 32,
       MAP_OURS = 64, MAP_WRITABLE = 128 };

static void log_map(Addr start, UWord length, UInt flags, ULong dev, ULong ino, ULong offset,
                    const HChar* path)
{
   begin_event(EVENT_MAP);
   put(start);
   put(length);
   put(flags);
   put(dev);
   put(ino);
   put(offset);
   put_string(path);
}

static void log_range(UInt event, Addr start, UWord length)
{
   begin_event(event);
   put(start);
   put(length);
}

static UInt protection_flags(const NSegment* s)
{
   return (s->hasX ? MAP_CODE : 0) | (s->hasW ? MAP_WRITABLE : 0);
}

static void log_segment(const NSegment* s, UInt flags)
{
   const HChar* path = s->kind == SkFileC ? VG_(am_get_filename)(s) : NULL;
   if (s->kind == SkFileC) flags |= MAP_FILE;
   log_map(s->start, s->end - s->start + 1, flags | protection_flags(s), s->dev, s->ino, s->offset,
           path);
}

/* What Valgrind mapped before the first instruction. The room to grow belongs to the stack. */
static void log_first_maps(void)
{
   Addr starts[512];
   Int count = VG_(am_get_segment_starts)(SkFileC | SkAnonC | SkShmC, starts, 512);
   Addr sp = VG_(get_SP)(1);
   for (Int i = 0; i < count; i++) {
      const NSegment* s = VG_(am_find_nsegment)(starts[i]);
      UInt flags = 0;
      if (s->kind == SkAnonC && sp >= s->start && sp <= s->end) {
         const NSegment* below = VG_(am_find_nsegment)(s->start - 1);
         if (below != NULL && below->kind == SkResvn) {
            log_map(below->start, s->end - below->start + 1, MAP_STACK | MAP_WRITABLE, 0, 0, 0, NULL);
            continue;
         }
         flags = MAP_STACK;
      } else if (s->isCH) {
         flags = MAP_HEAP;
      }
      log_segment(s, flags);
   }
}

static void on_new_brk(Addr start, SizeT length, ThreadId tid)
{
   log_map(start, length, MAP_HEAP | MAP_WRITABLE, 0, 0, 0, NULL);
}

static void on_die_brk(Addr start, SizeT length)
{
   Addr first = (start + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
   Addr end = (start + length + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
   if (first >= end) return;
   forget_pages(first, end - first);
   log_range(EVENT_UNMAP, first, end - first);
}

/* A new map over [start, start + length); what was there is gone. */
static void log_new_map(Addr start, UWord length, UInt flags)
{
   forget_pages(start, length);
   for (Addr at = start; at < start + length;) {
      const NSegment* s = VG_(am_find_nsegment)(at);
      if (s == NULL || (s->kind & (SkAnonC | SkFileC | SkShmC)) == 0) return;
      Addr end = s->end + 1 < start + length ? s->end + 1 : start + length;
      const HChar* path = s->kind == SkFileC ? VG_(am_get_filename)(s) : NULL;
      log_map(at, end - at, flags | protection_flags(s) | (s->kind == SkFileC ? MAP_FILE : 0),
              s->dev, s->ino, s->kind == SkFileC ? s->offset + (at - s->start) : 0, path);
      at = end;
   }
}

/* ------------------------------------------------------------------ system calls */

struct Descriptor { Int fd; Bool known; struct vg_stat status; Long offset; UInt flags; };

struct Call {
   ULong before;
   struct Descriptor first, second;
   Long timeout_ns; /* asked for; −1: for ever */
   Bool seen;
};
static struct Call* calls; /* by thread */
static ThreadId thread_created;

static Bool readable(Addr start, UWord length)
{
   return start != 0 && VG_(am_is_valid_for_client)(start, length, VKI_PROT_READ);
}

static void look_up(struct Descriptor* d, UWord fd, Bool want_offset)
{
   d->fd = (Int)fd;
   d->known = (Int)fd >= 0 && VG_(fstat)((Int)fd, &d->status) == 0;
   d->offset = -1;
   d->flags = 0;
   if (!d->known) return;
   if (want_offset && (d->status.mode & VKI_S_IFMT) == VKI_S_IFREG)
      d->offset = VG_(lseek)((Int)fd, 0, VKI_SEEK_CUR);
   SysRes flags = SYSCALL(__NR_fcntl, fd, VKI_F_GETFL, 0, 0, 0, 0);
   d->flags = sr_isError(flags) ? 0 : (UInt)sr_Res(flags);
}

static Bool is_stream(const struct Descriptor* d)
{
   UInt type = d->status.mode & VKI_S_IFMT;
   return d->known && type != VKI_S_IFREG && type != VKI_S_IFDIR && type != VKI_S_IFCHR;
}

static void put_descriptor(const struct Descriptor* d)
{
   put(d->fd + 1);
   put(d->known ? d->status.mode : 0);
   put(d->known ? d->status.dev : 0);
   put(d->known ? d->status.ino : 0);
   put(d->flags);
}

static void put_descriptor_of(UWord fd)
{
   struct Descriptor d;
   look_up(&d, fd, False);
   put_descriptor(&d);
}

static void put_address(UWord sysno, UWord fd)
{
   UChar address[128];
   Int length = sizeof address;
   VG_(memset)(address, 0, sizeof address);
   SysRes got = SYSCALL(sysno, fd, address, &length, 0, 0, 0);
   if (sr_isError(got) || length > (Int)sizeof address) length = 0;
   put(length);
   VG_(memcpy)(window + used, address, length);
   used += length;
}

static Long timespec_ns(Addr where)
{
   if (!readable(where, sizeof(struct vki_timespec))) return -1;
   const struct vki_timespec* t = (const struct vki_timespec*)where;
   return (Long)t->tv_sec * 1000000000LL + t->tv_nsec;
}

/* A call as the reader sees it: number, stamps, result, arguments, then what belongs to it. */
static void begin_call(UInt sysno, struct Call* c, UWord* args, Bool error, ULong result)
{
   begin_event(EVENT_CALL);
   put(sysno);
   put(c->before);
   put(next_stamp());
   put(error);
   put(result);
   for (Int i = 0; i < 6; i++) put(args[i]);
   put_signed(c->timeout_ns);
}

static void log_exit_of(UInt sysno, struct Call* c, UWord* args)
{
   begin_call(sysno, c, args, False, 0);
}

static void cut(void)
{
   begin_event(EVENT_CUT);
   put(next_stamp());
   close_log();
   VG_(exit)(125);
}

static void before_call(ThreadId tid, UInt sysno, UWord* args, UInt arg_count)
{
   struct Call* c = &calls[tid];
   run_as(tid);
   c->timeout_ns = -1;
   c->seen = True;
   c->first.known = c->second.known = False;
   c->first.fd = c->second.fd = -1;
   c->before = next_stamp();
   switch (sysno) {
      case __NR_read: case __NR_readv: case __NR_pread64: case __NR_preadv: case __NR_recvfrom:
      case __NR_recvmsg:
         look_up(&c->first, args[0], True);
         if (is_stream(&c->first)) begin_event(EVENT_ENTER);
         break;
      case __NR_write: case __NR_writev: case __NR_pwrite64: case __NR_pwritev:
      case __NR_sendto: case __NR_sendmsg:
         look_up(&c->first, args[0], True);
         break;
      case __NR_sendfile:
      case __NR_splice:
      case __NR_copy_file_range:
         look_up(&c->first, args[0], True);
         look_up(&c->second, args[sysno == __NR_sendfile ? 1 : 2], True);
         break;
      case __NR_close:
         look_up(&c->first, args[0], False);
         break;
#ifdef __NR_dup2
      case __NR_dup2:
#endif
      case __NR_dup3:
         look_up(&c->first, args[1], False);
         break;
      case __NR_connect:
      case __NR_accept:
      case __NR_accept4:
      case __NR_fcntl:
      case __NR_shutdown:
         look_up(&c->first, args[0], False);
         break;
      case __NR_epoll_ctl:
         look_up(&c->first, args[2], False);
         break;
#ifdef __NR_poll
      case __NR_poll: c->timeout_ns = (Int)args[2] < 0 ? -1 : (Long)(Int)args[2] * 1000000; break;
      case __NR_epoll_wait:
#endif
      case __NR_epoll_pwait:
         c->timeout_ns = (Int)args[3] < 0 ? -1 : (Long)(Int)args[3] * 1000000;
         break;
      case __NR_ppoll: c->timeout_ns = timespec_ns(args[2]); break;
      case __NR_pselect6: c->timeout_ns = timespec_ns(args[4]); break;
#ifdef __NR_select
      case __NR_select:
         if (readable(args[4], sizeof(struct vki_timeval))) {
            const struct vki_timeval* t = (const struct vki_timeval*)args[4];
            c->timeout_ns = (Long)t->tv_sec * 1000000000LL + (Long)t->tv_usec * 1000;
         }
         break;
#endif
      case __NR_nanosleep: c->timeout_ns = timespec_ns(args[0]); break;
      case __NR_clock_nanosleep: c->timeout_ns = args[1] == 0 ? timespec_ns(args[2]) : -1; break;
      case __NR_rt_sigtimedwait: c->timeout_ns = timespec_ns(args[2]); break;
      case __NR_futex: {
         Int op = args[1] & 0x7f;
         if (op == 0) c->timeout_ns = timespec_ns(args[3]);
         break;
      }
      case __NR_execve:
         log_exit_of(sysno, c, args);
         put_string(readable(args[0], 1) ? (const HChar*)args[0] : "");
         break;
      case __NR_exit:
      case __NR_exit_group:
         log_exit_of(sysno, c, args);
         break;
      default: break;
   }
}

static void log_ready_select(UWord* args)
{
   UInt count = 0;
   UWord listed[LIST_MAX];
   const UInt* bits = (const UInt*)args[1];
   UInt fd_count = args[0] < 1024 ? args[0] : 1024;
   if (readable((Addr)bits, (fd_count + 31) / 32 * 4))
      for (UInt fd = 0; fd < fd_count && count < LIST_MAX; fd++)
         if (bits[fd / 32] >> (fd % 32) & 1) listed[count++] = fd;
   put(count);
   for (UInt i = 0; i < count; i++) {
      put(1);
      put_descriptor_of(listed[i]);
   }
}

static void log_ready_poll(UWord* args)
{
   const struct vki_pollfd* fds = (const struct vki_pollfd*)args[0];
   UInt count = 0, listed = 0;
   Bool valid = readable((Addr)fds, args[1] * sizeof *fds);
   for (UWord i = 0; valid && i < args[1]; i++) count += fds[i].revents != 0;
   if (count > LIST_MAX) count = LIST_MAX;
   put(count);
   for (UWord i = 0; listed < count; i++) {
      if (fds[i].revents == 0) continue;
      put((UShort)fds[i].revents);
      put_descriptor_of(fds[i].fd);
      listed++;
   }
}

struct __attribute__((packed)) EpollEvent { UInt events; ULong data; };

static void log_ready_epoll(UWord* args, UWord result)
{
   const struct EpollEvent* events = (const struct EpollEvent*)args[1];
   UInt count = result < LIST_MAX ? result : LIST_MAX;
   if (!readable((Addr)events, count * sizeof *events)) count = 0;
   put(count);
   for (UInt i = 0; i < count; i++) {
      put(events[i].events);
      put(events[i].data);
   }
}

static void after_read(struct Call* c, UInt sysno, UWord* args, ULong result)
{
   Long offset = c->first.offset;
   if (sysno == __NR_pread64) offset = args[3];
   if (sysno == __NR_preadv) offset = args[3];
   if (c->first.known) touch_file(TOUCH_READ, c->first.fd, &c->first.status, offset, result);
}

static void after_write(struct Call* c, UInt sysno, UWord* args, ULong result)
{
   if (!c->first.known) return;
   Long offset = c->first.offset;
   if (sysno == __NR_pwrite64 || sysno == __NR_pwritev) offset = args[3];
   else if (c->first.flags & VKI_O_APPEND)
      offset = VG_(lseek)(c->first.fd, 0, VKI_SEEK_CUR) - (Long)result;
   touch_file(TOUCH_WRITE, c->first.fd, &c->first.status, offset, result);
}

/* From one descriptor to another within the kernel; explicit offsets are left out. */
static void after_copy(struct Call* c, UInt sysno, UWord* args, ULong result)
{
   struct Descriptor* from = sysno == __NR_sendfile ? &c->second : &c->first;
   struct Descriptor* to = sysno == __NR_sendfile ? &c->first : &c->second;
   Long from_offset = from->offset;
   Addr explicit = sysno == __NR_sendfile ? args[2] : args[1];
   if (readable(explicit, 8)) from_offset = *(const Long*)explicit - (Long)result;
   if (from->known) touch_file(TOUCH_READ, from->fd, &from->status, from_offset, result);
   if (to->known) touch_file(TOUCH_WRITE, to->fd, &to->status, to->offset, result);
}

/* After these another process may have run for long: what it used is newer than our set. */
static Bool may_block(UInt sysno)
{
   switch (sysno) {
      case __NR_wait4: case __NR_waitid: case __NR_ppoll: case __NR_pselect6:
      case __NR_epoll_pwait: case __NR_nanosleep: case __NR_clock_nanosleep: case __NR_futex:
      case __NR_accept: case __NR_accept4: case __NR_connect: case __NR_rt_sigsuspend:
      case __NR_rt_sigtimedwait: case __NR_recvfrom: case __NR_recvmsg:
#ifdef __NR_poll
      case __NR_poll: case __NR_select: case __NR_epoll_wait: case __NR_pause:
#endif
         return True;
      default: return False;
   }
}

static void after_call(ThreadId tid, UInt sysno, UWord* args, UInt arg_count, SysRes result)
{
   struct Call* c = &calls[tid];
   if (!c->seen) return;
   c->seen = False;
   run_as(tid);
   Bool error = sr_isError(result);
   ULong value = error ? sr_Err(result) : sr_Res(result);
   switch (sysno) {
      case __NR_read: case __NR_readv: case __NR_pread64: case __NR_preadv: case __NR_recvfrom:
      case __NR_recvmsg:
         if (!error) after_read(c, sysno, args, value);
         if (!is_stream(&c->first)) break;
         begin_call(sysno, c, args, error, value);
         put_descriptor(&c->first);
         flush_filter();
         break;
      case __NR_write: case __NR_writev: case __NR_pwrite64: case __NR_pwritev: case __NR_sendto:
      case __NR_sendmsg:
         if (!error) after_write(c, sysno, args, value);
         if (!is_stream(&c->first)) break;
         begin_call(sysno, c, args, error, value);
         put_descriptor(&c->first);
         break;
      case __NR_sendfile: case __NR_splice: case __NR_copy_file_range:
         if (!error) after_copy(c, sysno, args, value);
         begin_call(sysno, c, args, error, value);
         put_descriptor(&c->first);
         put_descriptor(&c->second);
         break;
      case __NR_close:
#ifdef __NR_dup2
      case __NR_dup2:
#endif
      case __NR_dup3:
         if (!is_stream(&c->first)) break;
         begin_call(sysno, c, args, error, value);
         put_descriptor(&c->first);
         break;
      case __NR_shutdown:
         begin_call(sysno, c, args, error, value);
         put_descriptor(&c->first);
         break;
      case __NR_fcntl:
         if (args[1] != 1031 /* F_SETPIPE_SZ */) break;
         begin_call(sysno, c, args, error, value);
         put_descriptor(&c->first);
         break;
      case __NR_socketpair:
         if (error || !readable(args[3], 8)) break;
         begin_call(sysno, c, args, error, value);
         put_descriptor_of(((const Int*)args[3])[0]);
         put_descriptor_of(((const Int*)args[3])[1]);
         break;
      case __NR_connect:
         begin_call(sysno, c, args, error, value);
         put_descriptor(&c->first);
         put_address(__NR_getsockname, args[0]);
         put_address(__NR_getpeername, args[0]);
         flush_filter();
         break;
      case __NR_accept: case __NR_accept4:
         begin_call(sysno, c, args, error, value);
         put_descriptor_of(error ? (UWord)-1 : value);
         put_address(__NR_getsockname, error ? (UWord)-1 : value);
         put_address(__NR_getpeername, error ? (UWord)-1 : value);
         flush_filter();
         break;
#ifdef __NR_poll
      case __NR_poll:
#endif
      case __NR_ppoll:
         begin_call(sysno, c, args, error, value);
         log_ready_poll(args);
         flush_filter();
         break;
#ifdef __NR_select
      case __NR_select:
#endif
      case __NR_pselect6:
         begin_call(sysno, c, args, error, value);
         log_ready_select(args);
         flush_filter();
         break;
#ifdef __NR_epoll_wait
      case __NR_epoll_wait:
#endif
      case __NR_epoll_pwait:
         begin_call(sysno, c, args, error, value);
         log_ready_epoll(args, error ? 0 : value);
         flush_filter();
         break;
      case __NR_epoll_ctl: {
         ULong data = 0;
         if (readable(args[3], sizeof(struct EpollEvent)))
            data = ((const struct EpollEvent*)args[3])->data;
         begin_call(sysno, c, args, error, value);
         put_descriptor(&c->first);
         put(data);
         break;
      }
      case __NR_waitid: {
         UInt pid = 0;
         if (!error && readable(args[2], 24)) pid = ((const UInt*)args[2])[3];
         begin_call(sysno, c, args, error, pid);
         flush_filter();
         break;
      }
#ifdef __NR_fork
      case __NR_fork: case __NR_vfork:
#endif
      case __NR_clone:
         /* In a forked child this is the end of a call that its log does not begin. */
         if (!error && value == 0) break;
         begin_call(sysno, c, args, error, value);
         put(thread_created);
         thread_created = 0;
         break;
      case __NR_clone3:
         if (!error && value == 0) break;
         begin_call(sysno, c, args, error, value);
         put(thread_created);
         thread_created = 0;
         break;
      case __NR_execve:
         begin_call(sysno, c, args, error, value);
         put_string("");
         break;
      case __NR_kill: case __NR_tkill: case __NR_tgkill:
         begin_call(sysno, c, args, error, value);
         break;
      case __NR_mmap:
         if (!error)
            log_new_map(value, (args[1] + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1),
                        (args[3] & VKI_MAP_SHARED) ? MAP_SHARED : 0);
         break;
      case __NR_munmap:
         if (error) break;
         forget_pages(args[0], args[1]);
         log_range(EVENT_UNMAP, args[0], args[1]);
         break;
      case __NR_mremap:
         if (error) break;
         forget_pages(args[0], args[1]);
         begin_event(EVENT_REMAP);
         put(args[0]);
         put(args[1]);
         put(value);
         put(args[2]);
         break;
      case __NR_madvise:
         if (error || (args[2] != 4 && args[2] != 9)) break;
         forget_pages(args[0], args[1]);
         log_range(EVENT_DISCARD, args[0], args[1]);
         break;
      case __NR_shmat: {
         if (error) break;
         const NSegment* s = VG_(am_find_nsegment)(value);
         if (s == NULL) break;
         forget_pages(value, s->end - s->start + 1);
         log_map(value, s->end - s->start + 1, MAP_SYSV | MAP_SHARED | protection_flags(s), 0,
                 args[0], 0, NULL);
         break;
      }
      case __NR_shmdt:
         if (!error) log_range(EVENT_UNMAP, args[0], 0);
         break;
      default:
         if (!may_block(sysno)) break;
         begin_call(sysno, c, args, error, value);
         flush_filter();
         break;
   }
}

/* ------------------------------------------------------------------ threads, forks, ends */

static void on_start_client_code(ThreadId tid, ULong blocks)
{
   if (clo_max_instructions > 0 && instructions >= clo_max_instructions) cut();
   run_as(tid);
}

/* The first thread has no maker. */
static void on_thread_create(ThreadId tid, ThreadId child)
{
   if (tid != VG_INVALID_THREADID) thread_created = child;
}

static void on_thread_exit(ThreadId tid)
{
   begin_event(EVENT_THREAD_EXIT);
   put(tid);
   put(next_stamp());
}

static void on_signal(ThreadId tid, Int signal, Bool alternate_stack)
{
   /* What a fault in the middle of a superblock undoes was counted ahead: time goes back. */
   flush_filter();
   begin_event(EVENT_SIGNAL);
   put(tid);
   put(signal);
}

/* The pages become shared: the next write of either side must be logged, and makes a copy. */
static void before_fork(ThreadId tid)
{
   flush_filter();
   clear_filter();
}

static void in_child(ThreadId tid)
{
   Int parent = VG_(getppid)();
   open_log();
   clear_filter();
   logged_page = 0;
   logged_code = 0;
   logged_at = instructions;
   running = tid;
   begin_event(EVENT_BORN);
   put(parent);
   put(tid);
   put(next_stamp());
   put(clo_signatures);
   for (Int i = 0; i < file_count; i++) files[i].ino = NO_PAGE;
   file_count = 0;
   calls[tid].seen = False;
}

static void after_options(void)
{
   if (clo_dir == NULL) {
      VG_(message)(Vg_UserMsg, "evictlab capture: give --capture-dir\n");
      VG_(exit)(1);
   }
   HChar path[512];
   VG_(snprintf)(path, sizeof path, "%s/control", clo_dir);
   control = VG_(am_shadow_alloc)(PAGE_BYTES);
   window = VG_(am_shadow_alloc)(WINDOW_BYTES);
   void* page = control;
   control = NULL;
   map_over(path, page, 0, PAGE_BYTES, False);
   control = page;
   calls = VG_(calloc)("evictlab.calls", VG_N_THREADS + 1, sizeof *calls);
   make_filter();
   open_log();
   HChar command[STRING_BYTES_MAX], name[1024];
   VG_(client_cmd_and_args)(command, sizeof command);
   VG_(client_fname)(name, sizeof name, True);
   begin_event(EVENT_IMAGE);
   put(VG_(getppid)());
   put(next_stamp());
   put(clo_signatures);
   put_string(name);
   put_string(command);
   VG_(atfork)(before_fork, NULL, in_child);
}

static Bool first_maps_logged;

static void on_first_instruction(ThreadId tid)
{
   if (first_maps_logged) return;
   first_maps_logged = True;
   log_first_maps();
}

static void at_end(Int code)
{
   begin_event(EVENT_END);
   put(next_stamp());
   put((UInt)code);
   close_log();
}

static void before_options(void)
{
   VG_(details_name)("evictlab_capture");
   VG_(details_version)("1");
   VG_(details_description)("logs page touches, maps and waits");
   VG_(details_copyright_author)("Copyright (C) 2026 the evictlab authors, GPL-2.0-or-later");
   VG_(details_bug_reports_to)("the evictlab authors");
   VG_(details_avg_translation_sizeB)(700);
   VG_(basic_tool_funcs)(after_options, instrument, at_end);
   VG_(needs_command_line_options)(process_option, print_usage, print_debug_usage);
   VG_(needs_syscall_wrapper)(before_call, after_call);
   VG_(track_start_client_code)(on_start_client_code);
   VG_(track_pre_thread_ll_create)(on_thread_create);
   VG_(track_pre_thread_first_insn)(on_first_instruction);
   VG_(track_pre_thread_ll_exit)(on_thread_exit);
   VG_(track_pre_deliver_signal)(on_signal);
   VG_(track_pre_mem_read)(on_kernel_read);
   VG_(track_pre_mem_read_asciiz)(on_kernel_read_string);
   VG_(track_post_mem_write)(on_kernel_write);
   VG_(track_new_mem_brk)(on_new_brk);
   VG_(track_die_mem_brk)(on_die_brk);
}

VG_DETERMINE_INTERFACE_VERSION(before_options)
