// The system calls of Linux that SocketLoop is made of, as far as Swift's Glibc module does not have them.
#ifndef MARTLET_CEPOLL_H
#define MARTLET_CEPOLL_H
#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

/* Accepts a connection; its descriptor does not block, and is closed by exec. Returns -1 and sets errno as accept(2) does. */
int martlet_accept(int listener, struct sockaddr_storage *peer);

/* Names the calling thread, for ps and profilers. */
void martlet_name_thread(const char *name);
#endif
#endif
