/* Preloaded, makes names below `.test` resolve to loopback addresses, and take their time:
 * `slow-30.test` is 127.0.0.1 after 30 ms, `dead-first.test` is DEAD_ADDRESS and then 127.0.0.1.
 * What a name really took is written to the file SLOW_NAMES_LOG names, in milliseconds, one a line:
 * a sleep may oversleep, and the client is to be held against what happened. Everything else is
 * left to the system. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef int resolve(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static double now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void pause_ms(long ms) {
    struct timespec left = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0) {
    }
}

/* One write to a file that stays open, for the caller waits for this too. */
static void note(double took_ms) {
    static int log = -1;
    const char *path = getenv("SLOW_NAMES_LOG");
    if (path && log < 0) {
        log = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    }
    char line[32];
    int length = snprintf(line, sizeof line, "%.3f\n", took_ms);
    if (log >= 0 && write(log, line, length) != length) {
        abort();
    }
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **found) {
    resolve *system_one = (resolve *)dlsym(RTLD_NEXT, "getaddrinfo");
    if (node && strncmp(node, "slow-", 5) == 0) {
        double start = now_ms();
        pause_ms(atol(node + 5));
        int failed = system_one("127.0.0.1", service, hints, found);
        note(now_ms() - start);
        return failed;
    }
    if (node && strcmp(node, "dead-first.test") == 0) {
        struct addrinfo *alive;
        int failed = system_one("127.0.0.1", service, hints, &alive);
        if (failed) {
            return failed;
        }
        failed = system_one(getenv("DEAD_ADDRESS"), service, hints, found);
        if (failed) {
            return failed;
        }
        struct addrinfo *last = *found;
        while (last->ai_next) {
            last = last->ai_next;
        }
        last->ai_next = alive;
        return 0;
    }
    return system_one(node, service, hints, found);
}
