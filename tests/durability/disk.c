/*
 * A disk for the tests, loaded into the server before the system's own functions (LD_PRELOAD). It concerns the files of the
 * database alone, and what it does is said by files in the folder KEYMEND_TEST_DISK:
 *
 *   undo.db, undo.wal   written here: what the file held before each write that was not synced since. Putting it back, newest
 *                       first, makes the file what a power cut may leave of it.
 *   lies                syncing answers that it was done, and nothing was.
 *   full, broken, read-only   writing gives ENOSPC, EIO, EROFS.
 *   no-random                 beside the disk: the system has no random numbers (EIO).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static const char *folder(void) {
    return getenv("KEYMEND_TEST_DISK");
}

/* "db" or "wal"; none for every other file. */
static const char *kind(int fd) {
    char link[64], path[4096];
    if (!folder()) return NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 7) return NULL;
    path[length] = 0;
    if (!strcmp(path + length - 7, "-db-wal") || !strcmp(path + length - 7, ".db-wal")) return "wal";
    if (!strcmp(path + length - 3, ".db")) return "db";
    return NULL;
}

static int is_set(const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder(), name);
    return access(path, F_OK) == 0;
}

static int open_undo(const char *kind, int flags) {
    char path[4096];
    snprintf(path, sizeof path, "%s/undo.%s", folder(), kind);
    return open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
}

/* Whether writing is refused; errno says why. */
static int refused(void) {
    if (is_set("full")) return errno = ENOSPC, 1;
    if (is_set("broken")) return errno = EIO, 1;
    if (is_set("read-only")) return errno = EROFS, 1;
    return 0;
}

/* Keeps what is about to be overwritten: offset, size of the file, length, bytes. */
static void keep(int fd, const char *kind, uint64_t offset, uint64_t count) {
    REAL(write);
    struct stat file;
    if (fstat(fd, &file)) abort();
    uint64_t size = (uint64_t)file.st_size;
    uint64_t length = offset >= size ? 0 : (count < size - offset ? count : size - offset);
    uint64_t head[3] = {offset, size, length};
    char *record = malloc(sizeof head + length);
    if (!record) abort();
    memcpy(record, head, sizeof head);
    if (length && pread(fd, record + sizeof head, length, (off_t)offset) != (ssize_t)length) abort();
    int undo = open_undo(kind, O_APPEND);
    if (undo < 0 || real(undo, record, sizeof head + length) != (ssize_t)(sizeof head + length)) abort();
    close(undo);
    free(record);
}

static int before_write(int fd, int64_t offset, size_t count) {
    const char *what = kind(fd);
    if (!what) return 0;
    if (refused()) return -1;
    keep(fd, what, offset < 0 ? (uint64_t)lseek(fd, 0, SEEK_CUR) : (uint64_t)offset, count);
    return 0;
}

ssize_t write(int fd, const void *from, size_t count) {
    REAL(write);
    pthread_mutex_lock(&turn);
    ssize_t done = before_write(fd, -1, count) ? -1 : real(fd, from, count);
    pthread_mutex_unlock(&turn);
    return done;
}

ssize_t pwrite(int fd, const void *from, size_t count, off_t offset) {
    REAL(pwrite);
    pthread_mutex_lock(&turn);
    ssize_t done = before_write(fd, offset, count) ? -1 : real(fd, from, count, offset);
    pthread_mutex_unlock(&turn);
    return done;
}

ssize_t pwrite64(int fd, const void *from, size_t count, off64_t offset) {
    REAL(pwrite64);
    pthread_mutex_lock(&turn);
    ssize_t done = before_write(fd, offset, count) ? -1 : real(fd, from, count, offset);
    pthread_mutex_unlock(&turn);
    return done;
}

static int before_truncate(int fd, int64_t length) {
    const char *what = kind(fd);
    struct stat file;
    if (!what) return 0;
    if (refused()) return -1;
    if (fstat(fd, &file)) abort();
    keep(fd, what, (uint64_t)length, file.st_size > length ? (uint64_t)(file.st_size - length) : 0);
    return 0;
}

int ftruncate(int fd, off_t length) {
    REAL(ftruncate);
    pthread_mutex_lock(&turn);
    int done = before_truncate(fd, length) ? -1 : real(fd, length);
    pthread_mutex_unlock(&turn);
    return done;
}

int ftruncate64(int fd, off64_t length) {
    REAL(ftruncate64);
    pthread_mutex_lock(&turn);
    int done = before_truncate(fd, length) ? -1 : real(fd, length);
    pthread_mutex_unlock(&turn);
    return done;
}

/* What was written is kept from now on. */
static int synced(int fd, int (*real)(int)) {
    pthread_mutex_lock(&turn);
    const char *what = kind(fd);
    int done = what && is_set("broken") ? (errno = EIO, -1) : what && is_set("lies") ? 0 : real(fd);
    if (what && !done && !is_set("lies")) close(open_undo(what, O_TRUNC));
    pthread_mutex_unlock(&turn);
    return done;
}

int fsync(int fd) {
    REAL(fsync);
    return synced(fd, real);
}

int fdatasync(int fd) {
    REAL(fdatasync);
    return synced(fd, real);
}

ssize_t getrandom(void *bytes, size_t length, unsigned int flags) {
    REAL(getrandom);
    if (folder() && is_set("no-random")) return errno = EIO, -1;
    return real(bytes, length, flags);
}
