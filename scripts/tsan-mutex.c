// Tells ThreadSanitizer what Swift's Mutex does when it has to wait: that part lives in the standard library, which is not instrumented, and
// without it every lock that was waited for looks like a race. `make sanitize` loads it before the tests.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
// _MutexHandle._lockSlow(_:) and _MutexHandle._unlockSlow()
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));
typedef SWIFT void (*Lock)(uint32_t, SELF void *);
typedef SWIFT void (*Unlock)(SELF void *);
SWIFT void lock_slow(uint32_t thread, SELF void *handle) __asm__(LOCK_SLOW);
SWIFT void unlock_slow(SELF void *handle) __asm__(UNLOCK_SLOW);
SWIFT void lock_slow(uint32_t thread, SELF void *handle) {
    static Lock real;
    if (!real) real = (Lock)dlsym(RTLD_NEXT, LOCK_SLOW);
    real(thread, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}
SWIFT void unlock_slow(SELF void *handle) {
    static Unlock real;
    if (!real) real = (Unlock)dlsym(RTLD_NEXT, UNLOCK_SLOW);
    if (__tsan_release) __tsan_release(handle);
    real(handle);
}
