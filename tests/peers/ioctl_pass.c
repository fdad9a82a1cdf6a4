/* umockdev answers these itself, or not at all; on its pseudo-terminals the kernel's answers are the right ones. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int ioctl(int fd, unsigned long request, ...) {
    static int (*next)(int, unsigned long, void *);
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    switch (request) {
    case TIOCEXCL: case TIOCNXCL: case TIOCGEXCL: case TIOCGETD: case TIOCMGET: case TIOCGSERIAL: case FIONREAD:
    case TIOCMBIS: case TIOCMBIC:
        return syscall(SYS_ioctl, fd, request, argument);
    }
    if (!next)
        next = dlsym(RTLD_NEXT, "ioctl");
    return next(fd, request, argument);
}
