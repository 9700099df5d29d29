"""Hostile programs that run in a real box in the place of a submission, and must do no harm.

A program prints lines of a layer's name, a tab, and what it managed; `LEAK` in them means that it
got through. A hostile submission could print the same, but these programs are ours.
"""

from __future__ import annotations

# One box is enough for all that ends at once. Its argument is a JSON list of paths that must not
# be visible.
INSIDE = """
import ctypes, errno, importlib.util, json, os, platform, signal, socket, sys

CLONE = 56 if platform.machine() == "x86_64" else 220

def say(layer, leaks, held):
    got = list(leaks)
    print(layer, "LEAK: " + ", ".join(got) if got else held, sep="\\t", flush=True)

def opens(path, flags):
    try:
        os.close(os.open(path, flags, 0o600))
    except OSError:
        return False
    return True

def network():
    for family, address in ((socket.AF_INET, ("1.1.1.1", 53)), (socket.AF_INET6, ("::1", 22))):
        try:
            with socket.socket(family) as end:
                end.settimeout(2)
                end.connect(address)
            yield str(address)
        except OSError:
            pass

def writes():
    new = ("/usr/x", "/x", "/data/x", "/code/x", "/code/grader/x", "/dev/x", "/etc/x")
    yield from (path for path in new if opens(path, os.O_WRONLY | os.O_CREAT))
    old = ("/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger",
           "/proc/self/oom_score_adj", "/proc/1/mem", "/usr/bin/env")
    yield from (path for path in old if opens(path, os.O_WRONLY))

def secrets():
    yield from (path for path in json.loads(sys.argv[1]) if os.path.exists(path))
    modules = ["grader." + name for name in ("gradebook", "exercises", "grading", "settings")]
    # A folder that is masked is still found, as a package with nothing in it.
    specs = ((name, importlib.util.find_spec(name)) for name in [*modules, "reference"])
    yield from (name for name, spec in specs if spec and spec.origin)
    yield from (name for name in os.environ if name.startswith("GRADER_"))
    secret = ("/etc/shadow", "/etc/passwd", "/root/.ssh", "/proc/cmdline", "/proc/kallsyms")
    yield from (path for path in secret if opens(path, os.O_RDONLY))
    if len([name for name in os.listdir("/proc") if name.isdigit()]) > 2:
        yield "processes of others"

def namespaces():
    for name, flag in (("user", 0x10000000), ("mount", 0x20000), ("network", 0x40000000)):
        if libc.unshare(flag) == 0:
            yield name

def calls():
    if "Seccomp:\\t2" not in open("/proc/self/status").read():
        yield "no filter is loaded"
        return
    attempts = {
        "ptrace": lambda: libc.ptrace(16, 1, None, None),
        "process_vm_readv": lambda: libc.process_vm_readv(1, None, 0, None, 0, 0),
        "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
        "unshare": lambda: libc.unshare(0),
        "setns": lambda: libc.setns(0, 0),
        "socket": lambda: libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0),
        "kill": lambda: libc.kill(os.getpid(), signal.SIGKILL),
        "F_SETLEASE": lambda: libc.fcntl(0, 1024, 0),
        "F_NOTIFY": lambda: libc.fcntl(0, 1026, 1),
        "F_SETSIG": lambda: libc.fcntl(0, 10, signal.SIGKILL),
        "F_SETOWN": lambda: libc.fcntl(0, 8, os.getpid()),
        "PR_SET_PDEATHSIG": lambda: libc.prctl(1, signal.SIGKILL),
        "TIOCSTI": lambda: libc.ioctl(0, 0x5412, b"x"),
        # With two flags that no kernel takes together, so that no child is ever made.
        "clone": lambda: libc.syscall(CLONE, 0x101000 | signal.SIGKILL, 0, 0, 0, 0),
        "inotify_init": lambda: libc.inotify_init(),
        "memfd_create": lambda: libc.memfd_create(b"x", 0),
        "shmget": lambda: libc.shmget(0, 4096, 0o600),
        "mq_open": lambda: libc.mq_open(b"/x", 0o102, 0o600, None),
        "timer_create": lambda: libc.timer_create(0, None, ctypes.create_string_buffer(8)),
    }
    for name, attempt in attempts.items():
        ctypes.set_errno(0)
        if attempt() != -1 or ctypes.get_errno() != errno.EPERM:
            yield name

def file_size():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    for folder in ("/tmp", "/dev/shm", os.environ["HOME"]):
        try:
            with open(folder + "/big", "wb") as file:
                for _ in range(48):
                    file.write(bytes(1024 * 1024))
            yield folder
        except OSError:
            os.unlink(folder + "/big")

libc = ctypes.CDLL(None, use_errno=True)
say("network", network(), "nobody can be reached")
say("read-only system", writes(), "nothing outside the scratch folders can be written")
say("secrets", secrets(), "no gradebook, no checks, no environment, no other processes")
say("namespaces", namespaces(), "none of its own")
say("seccomp", calls(), "what reaches further is denied")
say("file size", file_size(), "files and folders have their limits")
"""

# Sleeps when it is done, so that there is something to outlive the box.
PROCESSES = """
import os, signal, time
children = 0
try:
    while children < 200:
        if os.fork() == 0:
            os.setsid()
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            time.sleep(600)
        children += 1
    print("LEAK: started", children, flush=True)
except OSError:
    print("stopped after", children, flush=True)
time.sleep(600)
"""

# Each process stays below the limit of one.
MEMORY = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        block = b"x" * (48 * 1024 * 1024)
        time.sleep(600)
time.sleep(600)
"""

COMPUTING = """
import os
os.fork()
while True:
    pass
"""

SLEEPING = """
import time
time.sleep(600)
"""
