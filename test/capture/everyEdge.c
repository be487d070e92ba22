/*
 * Makes each kind of edge and identity, one a word of the command line, on pages at fixed
 * addresses so that a test can say what it expects to see.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/epoll.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define AT(i) ((char*)0x2000000000 + (long)(i) * PAGE)

static char* map(long page, long count, int flags, int fd)
{
   char* p = mmap(AT(page), count * PAGE, PROT_READ | PROT_WRITE, MAP_FIXED | flags, fd, 0);
   if (p == MAP_FAILED) abort();
   return p;
}

static void reap(pid_t pid)
{
   int status;
   while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
}

static void fork_tree(void)
{
   pid_t a = fork();
   if (a == 0) {
      pid_t b = fork();
      if (b == 0) _exit(0);
      reap(b);
      _exit(0);
   }
   reap(a);
}

/* 200 KiB one way, one byte back: the writer is a whole pipe ahead three times. */
static void pipes(void)
{
   static char block[200 * 1024];
   int there[2], back[2];
   if (pipe(there) || pipe(back)) abort();
   pid_t pid = fork();
   if (pid == 0) {
      close(there[1]);
      close(back[0]);
      long n;
      while ((n = read(there[0], block, sizeof block)) > 0) {}
      if (write(back[1], "x", 1) != 1) abort();
      _exit(0);
   }
   close(there[0]);
   close(back[1]);
   if (write(there[1], block, sizeof block) != sizeof block) abort();
   close(there[1]);
   if (read(back[0], block, 1) != 1) abort();
   reap(pid);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static int is_ready;

static void* wait_for_it(void* page)
{
   pthread_mutex_lock(&lock);
   while (!is_ready) pthread_cond_wait(&ready, &lock);
   pthread_mutex_unlock(&lock);
   *(volatile char*)page = 1;
   return NULL;
}

static void threads(void)
{
   char* page = map(0, 1, MAP_PRIVATE | MAP_ANONYMOUS, -1);
   pthread_t t;
   *(volatile char*)page = 1;
   pthread_create(&t, NULL, wait_for_it, page);
   usleep(50000);
   pthread_mutex_lock(&lock);
   is_ready = 1;
   pthread_cond_signal(&ready);
   pthread_mutex_unlock(&lock);
   pthread_join(t, NULL);
}

/* Late enough to be waited for. */
static void* write_there(void* page)
{
   usleep(100000);
   *(volatile char*)page = 1;
   return NULL;
}

/* A page each: written by both threads, by the child only, read by the child only. */
static void threads_and_fork(const char* path)
{
   char* page = map(0, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1);
   char* file = map(8, 2, MAP_PRIVATE, open(path, O_RDWR));
   pthread_t t;
   memset(page, 1, 3 * PAGE);
   file[0] = 1;
   pthread_create(&t, NULL, write_there, page);
   pthread_join(t, NULL);
   pthread_create(&t, NULL, write_there, file);
   pthread_join(t, NULL);
   pid_t pid = fork();
   if (pid == 0) {
      page[PAGE] = 2;
      volatile char c = page[2 * PAGE];
      _exit(c == 1 ? 0 : 1);
   }
   reap(pid);
   page[PAGE] = 3;
}

/* What a forked process has of its parent is one memory for its own threads. */
static void fork_and_threads(void)
{
   char* page = map(0, 2, MAP_PRIVATE | MAP_ANONYMOUS, -1);
   memset(page, 1, 2 * PAGE);
   pid_t pid = fork();
   if (pid == 0) {
      pthread_t t;
      page[0] = 2;
      pthread_create(&t, NULL, write_there, page);
      pthread_join(t, NULL);
      pthread_create(&t, NULL, write_there, page + PAGE);
      pthread_join(t, NULL);
      page[PAGE] = 2;
      _exit(0);
   }
   reap(pid);
}

/* Memory that moved is private all the same. */
static void moved_and_fork(void)
{
   char* page = map(0, 2, MAP_PRIVATE | MAP_ANONYMOUS, -1);
   memset(page, 1, 2 * PAGE);
   page = mremap(page, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, AT(16));
   pid_t pid = fork();
   if (pid == 0) {
      page[0] = 2;
      _exit(0);
   }
   reap(pid);
}

static void polls(void)
{
   int p[2];
   if (pipe(p)) abort();
   struct pollfd look = { p[0], POLLIN, 0 };
   if (poll(&look, 1, 20) != 0) abort();
   pid_t pid = fork();
   if (pid == 0) {
      usleep(100000);
      if (write(p[1], "x", 1) != 1) abort();
      _exit(0);
   }
   if (poll(&look, 1, -1) != 1) abort();
   char c;
   if (read(p[0], &c, 1) != 1) abort();
   reap(pid);
}

static void epolls(void)
{
   int p[2];
   if (pipe(p)) abort();
   int e = epoll_create1(0);
   struct epoll_event event = { EPOLLIN, { .u64 = 77 } };
   epoll_ctl(e, EPOLL_CTL_ADD, p[0], &event);
   pid_t pid = fork();
   if (pid == 0) {
      usleep(100000);
      if (write(p[1], "x", 1) != 1) abort();
      _exit(0);
   }
   if (epoll_wait(e, &event, 1, -1) != 1) abort();
   reap(pid);
}

static void shared(void)
{
   char* page = map(0, 2, MAP_SHARED | MAP_ANONYMOUS, -1);
   page[0] = 1;
   pid_t pid = fork();
   if (pid == 0) {
      page[0] = 2;
      page[PAGE] = 2;
      _exit(0);
   }
   reap(pid);
   if (page[0] != 2) abort();
}

static void system_v(void)
{
   int id = shmget(IPC_PRIVATE, 2 * PAGE, IPC_CREAT | 0600);
   char* page = shmat(id, AT(0), 0);
   if (page != AT(0)) abort();
   page[0] = 1;
   shmdt(page);
   shmctl(id, IPC_RMID, NULL);
}

static void private_file(const char* path)
{
   int fd = open(path, O_RDWR);
   char* page = map(0, 2, MAP_PRIVATE, fd);
   char* same = map(8, 2, MAP_SHARED, fd);
   volatile char c = page[PAGE];
   page[0] = c;
   same[0] = 1;
   char buffer[16];
   if (pread(fd, buffer, sizeof buffer, PAGE) != sizeof buffer) abort();
   if (pwrite(fd, buffer, sizeof buffer, 0) != sizeof buffer) abort();
}

static void unmaps(void)
{
   char* page = map(0, 4, MAP_PRIVATE | MAP_ANONYMOUS, -1);
   memset(page, 1, 4 * PAGE);
   munmap(page + PAGE, PAGE);
   madvise(page + 2 * PAGE, PAGE, MADV_DONTNEED);
   volatile char c = page[2 * PAGE];
   (void)c;
   page = mremap(page + 2 * PAGE, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, AT(16));
   if (page != AT(16)) abort();
   page[PAGE] = 2;
}

static void copy_on_write(void)
{
   char* page = map(0, 2, MAP_PRIVATE | MAP_ANONYMOUS, -1);
   page[0] = 1;
   page[PAGE] = 1;
   pid_t pid = fork();
   if (pid == 0) {
      page[0] = 2;
      _exit(0);
   }
   reap(pid);
   page[PAGE] = 3;
}

static void exec_chain(const char* self)
{
   execl("/usr/bin/env", "env", "nice", self, "nothing", NULL);
   abort();
}

static void vforks(const char* self)
{
   pid_t pid = vfork();
   if (pid == 0) {
      execl(self, self, "nothing", NULL);
      _exit(127);
   }
   reap(pid);
}

static void killed_child(void)
{
   int p[2];
   if (pipe(p)) abort();
   pid_t pid = fork();
   if (pid == 0) {
      char* page = map(0, 1, MAP_PRIVATE | MAP_ANONYMOUS, -1);
      page[0] = 1;
      if (write(p[1], "x", 1) != 1) abort();
      for (;;) pause();
   }
   char c;
   if (read(p[0], &c, 1) != 1) abort();
   /* Its write is logged when it has returned. */
   usleep(200000);
   kill(pid, SIGKILL);
   reap(pid);
}

static void sockets(void)
{
   int s[2];
   if (socketpair(AF_UNIX, SOCK_STREAM, 0, s)) abort();
   pid_t pid = fork();
   char c;
   if (pid == 0) {
      close(s[0]);
      if (read(s[1], &c, 1) != 1 || write(s[1], &c, 1) != 1) abort();
      _exit(0);
   }
   close(s[1]);
   if (write(s[0], "x", 1) != 1 || read(s[0], &c, 1) != 1) abort();
   reap(pid);
}

static void connects(const char* path)
{
   struct sockaddr_un address = { AF_UNIX, "" };
   strncpy(address.sun_path, path, sizeof address.sun_path - 1);
   int l = socket(AF_UNIX, SOCK_STREAM, 0);
   unlink(path);
   if (bind(l, (struct sockaddr*)&address, sizeof address) || listen(l, 1)) abort();
   pid_t pid = fork();
   char c;
   if (pid == 0) {
      int s = socket(AF_UNIX, SOCK_STREAM, 0);
      if (connect(s, (struct sockaddr*)&address, sizeof address)) abort();
      if (write(s, "x", 1) != 1 || read(s, &c, 1) != 1) abort();
      _exit(0);
   }
   int s = accept(l, NULL, NULL);
   if (read(s, &c, 1) != 1 || write(s, &c, 1) != 1) abort();
   reap(pid);
   unlink(path);
}

static void many(int count)
{
   for (int i = 0; i < count; i++) {
      pid_t pid = fork();
      if (pid == 0) _exit(0);
      reap(pid);
   }
}

int main(int argc, char** argv)
{
   const char* word = argc > 1 ? argv[1] : "nothing";
   if (!strcmp(word, "fork")) fork_tree();
   else if (!strcmp(word, "pipe")) pipes();
   else if (!strcmp(word, "threads")) threads();
   else if (!strcmp(word, "threadfork")) threads_and_fork(argv[2]);
   else if (!strcmp(word, "forkthread")) fork_and_threads();
   else if (!strcmp(word, "movedfork")) moved_and_fork();
   else if (!strcmp(word, "poll")) polls();
   else if (!strcmp(word, "epoll")) epolls();
   else if (!strcmp(word, "shared")) shared();
   else if (!strcmp(word, "systemv")) system_v();
   else if (!strcmp(word, "file")) private_file(argv[2]);
   else if (!strcmp(word, "unmap")) unmaps();
   else if (!strcmp(word, "cow")) copy_on_write();
   else if (!strcmp(word, "exec")) exec_chain(argv[0]);
   else if (!strcmp(word, "vfork")) vforks(argv[0]);
   else if (!strcmp(word, "kill")) killed_child();
   else if (!strcmp(word, "socket")) sockets();
   else if (!strcmp(word, "connect")) connects(argv[2]);
   else if (!strcmp(word, "many")) many(atoi(argv[2]));
   else if (!strcmp(word, "crash")) *(volatile char*)8 = 1;
   else if (!strcmp(word, "die")) kill(getpid(), SIGKILL);
   else if (!strcmp(word, "sleep")) sleep(30);
   else if (strcmp(word, "nothing")) return 2;
   return 0;
}
