#define _GNU_SOURCE
#include "CEpoll.h"
#ifdef __linux__
#include <sys/prctl.h>

int martlet_accept(int listener, struct sockaddr_storage *peer) {
    socklen_t length = sizeof *peer;
    return accept4(listener, (struct sockaddr *)peer, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

void martlet_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
#endif
