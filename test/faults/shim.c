/*
 * What a machine may do to a program, put between it and its C library (LD_PRELOAD):
 *
 *   RWB_FAULT_WRITES=FILE  while FILE exists, everything that would change a file below RWB_FAULT_FOLDER fails with the
 *                          error number in it, as it would on a file system that was made read-only (30, EROFS). The
 *                          real thing cannot be had while a file is open for writing: mount refuses with EBUSY.
 *   RWB_FAULT_CLOCK=FILE   the wall clock is off by so many seconds as FILE says; the monotonic one is not.
 *
 *   RWB_FAULT_MEMORY=FILE  a process that starts with RUN in its arguments gets a limit of the kernel's, as FILE says:
 *                          "data BYTES RUN" (RLIMIT_DATA: private memory that can be written to) or "as BYTES RUN"
 *                          (RLIMIT_AS: addresses of any kind).
 *
 * Writes through a mapping (SQLite's -shm) go through, as they go through to memory on a real one.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* By bare system calls: what reads the settings must not come back here. */
static long read_file(const char *file, char *text, size_t size) {
  long fd = syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return 0;
  long length = syscall(SYS_read, fd, text, size);
  syscall(SYS_close, fd);
  return length;
}

static long number_in(const char *file) {
  char text[32] = {0};
  read_file(file, text, sizeof text - 1);
  return atol(text);
}

static int below_folder(const char *path) {
  const char *folder = getenv("RWB_FAULT_FOLDER");
  return folder != NULL && path != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static int refuses(const char *path) {
  const char *file = getenv("RWB_FAULT_WRITES");
  if (file == NULL || !below_folder(path)) return 0;
  errno = (int)number_in(file);
  return errno != 0;
}

static int refuses_fd(int fd) {
  if (getenv("RWB_FAULT_WRITES") == NULL || fd < 3) return 0;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return refuses(path);
}

static int for_writing(int flags) { return (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)); }

#define OPEN(name, parameters, path, real)                    \
  int name parameters {                                       \
    mode_t mode = 0;                                          \
    if (flags & O_CREAT) {                                    \
      va_list rest;                                           \
      va_start(rest, flags);                                  \
      mode = va_arg(rest, mode_t);                            \
      va_end(rest);                                           \
    }                                                         \
    if (for_writing(flags) && refuses(path)) return -1;       \
    return real;                                              \
  }
OPEN(open, (const char *path, int flags, ...), path, REAL(open)(path, flags, mode))
OPEN(open64, (const char *path, int flags, ...), path, REAL(open64)(path, flags, mode))
OPEN(openat, (int at, const char *path, int flags, ...), path, REAL(openat)(at, path, flags, mode))
OPEN(openat64, (int at, const char *path, int flags, ...), path, REAL(openat64)(at, path, flags, mode))

#define BY_FD(type, name, parameters, arguments) \
  type name parameters { return refuses_fd(fd) ? -1 : REAL(name) arguments; }
BY_FD(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size))
BY_FD(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
BY_FD(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
BY_FD(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
BY_FD(ssize_t, pwritev, (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))
BY_FD(ssize_t, pwritev64, (int fd, const struct iovec *parts, int count, off64_t at), (fd, parts, count, at))
BY_FD(int, ftruncate, (int fd, off_t size), (fd, size))
BY_FD(int, ftruncate64, (int fd, off64_t size), (fd, size))

#define BY_PATH(name, parameters, path, arguments) \
  int name parameters { return refuses(path) ? -1 : REAL(name) arguments; }
BY_PATH(rename, (const char *from, const char *to), to, (from, to))
BY_PATH(link, (const char *from, const char *to), to, (from, to))
BY_PATH(unlink, (const char *path), path, (path))
BY_PATH(rmdir, (const char *path), path, (path))
BY_PATH(mkdir, (const char *path, mode_t mode), path, (path, mode))

__attribute__((constructor)) static void limit_memory(void) {
  const char *file = getenv("RWB_FAULT_MEMORY");
  char text[512] = {0}, resource[8], run[256], arguments[4096];
  unsigned long bytes;
  if (file == NULL || read_file(file, text, sizeof text - 1) <= 0) return;
  if (sscanf(text, "%7s %lu %255s", resource, &bytes, run) != 3) return;
  long length = read_file("/proc/self/cmdline", arguments, sizeof arguments);
  if (length <= 0 || memmem(arguments, (size_t)length, run, strlen(run)) == NULL) return;
  struct rlimit limit = {bytes, bytes};
  setrlimit(strcmp(resource, "as") == 0 ? RLIMIT_AS : RLIMIT_DATA, &limit);
}

int access(const char *path, int mode) { return (mode & W_OK) && refuses(path) ? -1 : REAL(access)(path, mode); }

static time_t shift(void) {
  const char *file = getenv("RWB_FAULT_CLOCK");
  return file == NULL ? 0 : number_in(file);
}

int clock_gettime(clockid_t clock, struct timespec *at) {
  int result = (int)syscall(SYS_clock_gettime, clock, at);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) at->tv_sec += shift();
  return result;
}

int gettimeofday(struct timeval *at, void *zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at != NULL) *at = now.tv_sec;
  return now.tv_sec;
}
