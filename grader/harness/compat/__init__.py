"""Makes programs of any TensorFlow and Keras run, and says which old names they used.

The lesson dates from TensorFlow 1.14, and its solutions were written in all the years since. Each
module here answers one kind of thing that they say and today's Keras does not answer: module paths,
names, graphs, graphics cards, data sets, optimizers, models, accounts, notebooks. Whatever a shim
does for the submission is noted once, in plain words, and the report shows the note. What
TensorFlow and Keras do among themselves never makes a note.

What a TensorFlow 1 graph of the submission's own computes cannot be repeated by any shim: the
caller says what happens then, and the harness leaves it to a human.
"""

from __future__ import annotations

import warnings

from grader.harness.compat import (
    account,
    datasets,
    devices,
    files,
    graphs,
    layers,
    modules,
    names,
    notebook,
    optimizers,
    pictures,
    training,
)
from grader.harness.compat.logs import AliasedLogs
from grader.harness.compat.notebook import notebook_names
from grader.harness.compat.notes import used
from grader.harness.data import Dataset

__all__ = ["AliasedLogs", "install", "notebook_names"]


def install(dataset: Dataset, undecidable: graphs.Undecidable = graphs.no_such_name) -> list[str]:
    """Install every shim; return the list that will name those the submission uses.

    Args:
        dataset: What `mnist.load_data` answers.
        undecidable: Called with the reason when the submission computes with a TensorFlow 1 graph
            of its own; it raises.
    """
    # Nobody reads them, and `plt.show()` without a screen is only one of many.
    warnings.filterwarnings("ignore")
    modules.install()
    names.install()
    graphs.install(undecidable)
    devices.install()
    datasets.install(dataset)
    optimizers.install(undecidable)
    layers.install()
    training.install()
    files.install()
    account.install()
    pictures.install()
    notebook.install()
    return used
