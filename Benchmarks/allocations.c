/* Counts what a program asks of malloc, and says so when it ends: LD_PRELOAD=…/allocations.so PROGRAM … */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_ulong calls, bytes;
static void *(*real_malloc)(size_t), *(*real_realloc)(void *, size_t), *(*real_aligned)(size_t, size_t);
static int (*real_memalign)(void **, size_t, size_t);

#define NEXT(pointer, name) do { if (!pointer) *(void **)&pointer = dlsym(RTLD_NEXT, name); } while (0)

static void count(size_t size) {
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&bytes, size, memory_order_relaxed);
}

void *malloc(size_t size) {
    NEXT(real_malloc, "malloc");
    count(size);
    return real_malloc(size);
}

void *realloc(void *old, size_t size) {
    NEXT(real_realloc, "realloc");
    count(size);
    return real_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    NEXT(real_aligned, "aligned_alloc");
    count(size);
    return real_aligned(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    NEXT(real_memalign, "posix_memalign");
    count(size);
    return real_memalign(result, alignment, size);
}

__attribute__((destructor)) static void report(void) { fprintf(stderr, "allocations %lu %lu\n", calls, bytes); }
