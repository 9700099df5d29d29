"""The seccomp filter of a box: all system calls that Python and TensorFlow need, no further ones.

It is a list of what is denied, because what TensorFlow needs changes from version to version.
Denied are ways to look into other processes, to change what is mounted, to make namespaces, to
speak to anybody, and parts of the kernel that have been the way out of other sandboxes. A denied
call answers EPERM, so a program that tries one is told and goes on. What is newer than this list
answers ENOSYS, as on an older kernel. Calls of another instruction set (32-bit, x32), which carry
other numbers, end the program.

Four calls are many in one, told apart by an argument: of `fcntl`, `prctl`, `ioctl` and `clone` only
what is listed here is allowed, each with what needs it. A lease, for one, would hold up whoever
opens the same file outside of the box.

Two rules are there for the worker, who must tell a program that ended itself from one that
somebody killed (see `box`): nothing in a box can send SIGKILL, or have the kernel send it, or exit
with the status that bubblewrap gives for it.
"""

from __future__ import annotations

import errno
import fcntl
import functools
import os
import resource
import signal
import socket
import termios
from collections.abc import Collection, Iterator
from typing import Any

from grader.errors import SandboxError

KILLED_STATUS = 128 + signal.SIGKILL

_DENIED = (
    # Other processes.
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease"),
    *("kcmp", "pidfd_getfd", "move_pages", "migrate_pages"),
    # What is mounted, and files by their number instead of their path.
    *("mount", "umount2", "pivot_root", "chroot", "mount_setattr", "move_mount", "open_tree"),
    *("fsopen", "fsconfig", "fsmount", "fspick", "name_to_handle_at", "open_by_handle_at"),
    *("quotactl", "quotactl_fd", "swapon", "swapoff", "fanotify_init"),
    # Namespaces.
    *("unshare", "setns"),
    # Parts of the kernel with a history.
    *("bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "io_setup", "io_submit"),
    *("kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module"),
    *("create_module", "get_kernel_syms", "query_module", "nfsservctl", "uselib", "_sysctl"),
    *("lookup_dcookie", "vmsplice", "memfd_secret", "modify_ldt", "iopl", "ioperm", "personality"),
    # What is shared with other boxes, or is memory that belongs to no process.
    *("inotify_init", "inotify_init1", "inotify_add_watch", "inotify_rm_watch", "fanotify_mark"),
    *("memfd_create", "shmget", "shmat", "shmctl", "shmdt", "semget", "semop", "semctl"),
    *("semtimedop", "msgget", "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink", "mq_notify"),
    *("mq_timedsend", "mq_timedreceive", "mq_getsetattr"),
    # A timer that sends whatever signal it is told to; `setitimer` and `alarm` have theirs.
    "timer_create",
    # The machine.
    *("syslog", "acct", "reboot", "vhangup", "sethostname", "setdomainname"),
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "stime"),
    # Filters of its own, which could also end it by SIGKILL.
    "seccomp",
)
# Calls from 424 on have the same number on every machine, and libseccomp may not know these names.
_DENIED_NUMBERS = (457, 458)  # statmount, listmount
_CLONE3 = 435
_NEWEST = 462
_NUMBERS_END = 512
# `fork`, `vfork`, `posix_spawn` and `pthread_create` use these. Not listed: namespaces, being
# traced, and `CLONE_PARENT`, which makes a child of one's parent.
_CLONE_FLAGS = (
    *(0x00000100, 0x00000200, 0x00000400, 0x00000800),  # shares memory, folder, files, handlers
    *(0x00004000, 0x00010000, 0x00040000, 0x00080000),  # vfork, a thread, its semaphores, its data
    *(0x00100000, 0x00200000, 0x00400000, 0x01000000),  # where the thread's number is written
    0x00001000,  # a handle on one's own child
)
# What a process sends to its parent when it ends; a thread sends nothing.
_EXIT_SIGNALS = (0, signal.SIGCHLD)
# Not listed: leases and what tells of changes (`F_SETLEASE`, `F_NOTIFY`), which reach whoever opens
# the file outside; `F_SETOWN`, `F_SETOWN_EX` and `F_SETSIG`, which have the kernel send signals.
_FCNTL_COMMANDS = (
    *(fcntl.F_DUPFD, fcntl.F_DUPFD_CLOEXEC),  # second descriptors: `os.dup`, `socket.dup`
    *(fcntl.F_GETFD, fcntl.F_SETFD),  # whether a child inherits one: `os.set_inheritable`
    *(fcntl.F_GETFL, fcntl.F_SETFL),  # whether it waits: `os.set_blocking`, asyncio
    *(fcntl.F_GETLK, fcntl.F_SETLK, fcntl.F_SETLKW),  # `fcntl.lockf`, SQLite, HDF5
    *(36, 37, 38),  # the same for an open file in the place of a process
    *(fcntl.F_SETPIPE_SZ, fcntl.F_GETPIPE_SZ),  # `pipesize` of `subprocess`
)
_PRCTL_OPTIONS = (
    *(2, 21, 30, 37, 39, 42),  # asks: for the parent's death, filter, timer, reaper, rights, pages
    *(3, 4),  # whether it may be looked into: libraries of cryptography
    *(15, 16),  # names of threads: `threading`, TensorFlow, `setproctitle`
    *(23, 27),  # asks for its capabilities, of which there are none
    29,  # how late a timer may be
    36,  # takes in orphans: joblib, process managers
    38,  # gives up rights: launchers
    41,  # large pages
    51,  # asks how wide vectors are on ARM: OpenBLAS
    0x53564D41,  # names for memory: glibc, allocators
)
# Requests that a terminal, a pipe, a socket among its own or a file of its own answers. Not listed:
# everything of devices, networks and file systems, input for somebody's terminal, and signals.
_IOCTL_REQUESTS = (
    *(termios.TCGETS, termios.TCSETS, termios.TCSETSW, termios.TCSETSF),  # `isatty`, `tty`, `pty`
    *(0x802C542A, 0x5409, 0x540B),  # the same for newer C libraries; `tcdrain`, `tcflush`
    *(termios.TIOCGWINSZ, termios.TIOCSWINSZ),  # how wide a terminal is: progress bars
    *(termios.TIOCSCTTY, termios.TIOCGPGRP, termios.TIOCSPGRP),  # shells in a `pty` of its own
    *(0x40045431, 0x80045430, 0x5441),  # makes a `pty`: unlock, number, other end
    *(termios.FIONREAD, termios.TIOCOUTQ),  # how much waits in a pipe or a socket
    *(termios.FIONBIO, termios.FIOCLEX, termios.FIONCLEX),  # as `fcntl`: `socket.setblocking`
    *(0x40049409, 0x4020940D),  # copies that share: `cp`
)
# Which argument of a call says the signal.
_SIGNAL_SENDERS = {
    "kill": 1,
    "tkill": 1,
    "tgkill": 2,
    "rt_sigqueueinfo": 1,
    "rt_tgsigqueueinfo": 2,
    "pidfd_send_signal": 1,
}
# Limits of time, at which the kernel itself sends SIGKILL.
_TIME_LIMITS = (resource.RLIMIT_CPU, 15)
# The kernel reads only the lower half of an argument that is an `int`.
_INT = 0xFFFFFFFF
# Of these calls, which argument is one of a list, and in which of its bits.
_LISTED = (
    ("fcntl", 1, _FCNTL_COMMANDS, _INT),
    ("prctl", 0, _PRCTL_OPTIONS, _INT),
    ("ioctl", 1, _IOCTL_REQUESTS, _INT),
    ("clone", 0, _EXIT_SIGNALS, 0xFF),
)


def open_filter() -> int:
    """Return a fresh descriptor of the filter as the kernel's byte code, for bubblewrap to read.

    Raises:
        SandboxError: There is no usable libseccomp.
    """
    fd = os.memfd_create("seccomp")
    os.write(fd, _program())
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


@functools.cache
def _program() -> bytes:
    try:
        import pyseccomp  # noqa: PLC0415 - it loads libseccomp, and raises where there is none
    except (ImportError, RuntimeError, AttributeError) as error:
        raise SandboxError(
            f"no seccomp filter can be made ({error}): apt-get install libseccomp2"
        ) from error
    try:
        rules = _rules(pyseccomp)
        with os.fdopen(os.memfd_create("seccomp"), "w+b") as file:
            rules.export_bpf(file)
            file.seek(0)
            return file.read()
    except OSError as error:
        raise SandboxError(f"libseccomp cannot make the filter: {error}") from error


def _rules(library: Any) -> Any:
    rules = library.SyscallFilter(library.ALLOW)
    rules.set_attr(library.Attr.ACT_BADARCH, library.KILL_PROCESS)
    # A binary tree of the numbers, so that no call waits for a hundred comparisons.
    rules.set_attr(library.Attr.CTL_OPTIMIZE, 2)
    denied, unknown = library.ERRNO(errno.EPERM), library.ERRNO(errno.ENOSYS)
    for name, conditions in _conditions(library):
        number = library.resolve_syscall(library.Arch.NATIVE, name)
        if number == -1:
            raise SandboxError(
                f"no seccomp filter can be made: libseccomp does not know {name}, so it is older"
                " than 2.5.4"
            )
        # Below -1: a name of other machines, which this one does not have.
        if number >= 0:
            rules.add_rule(denied, number, *conditions)
    for number in _DENIED_NUMBERS:
        rules.add_rule(denied, number)
    # The flags of clone3 are behind a pointer, where a filter cannot look; the C library then uses
    # clone.
    for number in (_CLONE3, *range(_NEWEST + 1, _NUMBERS_END)):
        rules.add_rule(unknown, number)
    return rules


def _conditions(library: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Give each call that is denied, and the condition on its arguments, if there is one."""

    def argument(place: int, value: int, mask: int = _INT) -> Any:
        return library.Arg(place, library.MASKED_EQ, mask, value)

    yield from ((name, ()) for name in _DENIED)
    for name in ("socket", "socketpair"):
        yield name, (library.Arg(0, library.NE, socket.AF_UNIX),)
    for name, place, allowed, bits in _LISTED:
        for mask, value in _all_but(allowed, bits):
            yield name, (argument(place, value, mask),)
    denied = {1 << bit for bit in range(8, 32)}.difference(_CLONE_FLAGS)
    yield from (("clone", (argument(0, flag, flag),)) for flag in sorted(denied))
    is_set = library.Arg(2, library.NE, 0)
    for limit in _TIME_LIMITS:
        yield "setrlimit", (argument(0, limit),)
        yield "prlimit64", (argument(1, limit), is_set)
    for name, place in _SIGNAL_SENDERS.items():
        yield name, (argument(place, signal.SIGKILL),)
    for name in ("exit", "exit_group"):
        yield name, (argument(0, KILLED_STATUS, 0xFF),)


def _all_but(allowed: Collection[int], within: int) -> Iterator[tuple[int, int]]:
    """Give masks and values that together match every number up to `within` that is not allowed.

    A filter can only compare, and only say what is denied: so a tree of the bits, from the highest
    down, of which each branch without an allowed number is one comparison.
    """
    waiting = [(0, within + 1)]
    while waiting:
        first, size = waiting.pop()
        if not any(first <= number < first + size for number in allowed):
            yield within & -size, first
        elif size > 1:
            waiting += [(first, size // 2), (first + size // 2, size // 2)]
