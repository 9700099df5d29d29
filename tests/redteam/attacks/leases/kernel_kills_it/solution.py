import ctypes
import fcntl
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)
F_SETSIG, CLONE = 10, 56


class SigEvent(ctypes.Structure):
    _fields_ = [('value', ctypes.c_void_p), ('signo', ctypes.c_int), ('notify', ctypes.c_int),
                ('rest', ctypes.c_char * 48)]


def by_a_descriptor():
    ours, theirs = os.pipe()
    fcntl.fcntl(ours, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(ours, F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    os.write(theirs, b'x')


def by_a_child():
    if libc.syscall(CLONE, signal.SIGKILL, 0, 0, 0, 0) == 0:
        os._exit(0)
    signal.pause() if not ctypes.get_errno() else None


def by_a_timer():
    event, timer = SigEvent(None, signal.SIGKILL, 0), ctypes.c_void_p()
    if libc.timer_create(1, ctypes.byref(event), ctypes.byref(timer)) == 0:
        due = (ctypes.c_long * 4)(0, 0, 0, 1000)
        libc.timer_settime(timer, 0, due, None)
        signal.pause()


def by_its_parent():
    libc.prctl(1, signal.SIGKILL)


def train_mnist_conv():
    said = set()
    for way in (by_a_descriptor, by_a_child, by_a_timer, by_its_parent):
        ctypes.set_errno(0)
        try:
            way()
            said.add(os.strerror(ctypes.get_errno()))
        except OSError as error:
            said.add(error.strerror)
    raise RuntimeError(', '.join(sorted(said)).lower())
