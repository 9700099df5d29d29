import fcntl
import glob
import sys
import time

F_RDLCK, F_WRLCK = 0, 1
FILES = [sys.executable, '/usr/bin/prlimit', '/usr/bin/nice', '/data/x_train.npy',
         *glob.glob('/data/*')[:3], *glob.glob('/usr/share/doc/*/copyright')[:20]]


def train_mnist_conv():
    held, said = [], set()
    for name in FILES:
        for kind in (F_RDLCK, F_WRLCK):
            try:
                file = open(name, 'rb')
                fcntl.fcntl(file, fcntl.F_SETLEASE, kind)
                held.append(file)
            except OSError as error:
                said.add(error.strerror)
    if held:
        print('ESCAPED: leases')
        time.sleep(20)
    raise RuntimeError(', '.join(sorted(said)).lower())
