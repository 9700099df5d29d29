"""What crosses between worker, sandbox and trainer: typed messages, and arrays as raw bytes.

A frame is two big-endian lengths, a JSON document and a blob:

    4 bytes  length of the JSON document
    4 bytes  length of the blob
    ...      the JSON document: one message, tagged with its type
    ...      the blob: the message's arrays one after another, as the message's `arrays` describe

Both peers of the worker use this module, and the sandbox's end belongs to the submission. So a
length is checked before it is read, a message is decoded strictly (unknown fields and types are
refused; texts, numbers and lists have limits), an array is bytes with a dtype from a short list,
and nothing is ever unpickled.

The module imports nothing else of ours, because it also runs inside the sandbox.
"""

from __future__ import annotations

from grader.protocol.channel import (
    Channel,
    Frame,
    MalformedFrameError,
    PeerClosedError,
    PeerSilentError,
    ProtocolError,
    split,
)
from grader.protocol.fields import (
    MAX_BLOB_BYTES,
    MAX_DOCUMENT_BYTES,
    MAX_NUMBER,
    MAX_RESULT_BYTES,
    MAX_TEXTS,
    clipped,
    clipped_number,
)
from grader.protocol.messages import (
    ArraySpec,
    BatchEnded,
    Call,
    Called,
    ConvolutionSettings,
    DataClaim,
    Decision,
    EngineName,
    Epoch,
    EpochEnded,
    Finished,
    FitAsked,
    FitRefused,
    FromSandbox,
    FromTrainer,
    Known,
    Loaded,
    LoadSubmission,
    PoolingSettings,
    Probe,
    Probed,
    Raised,
    Ready,
    Rehearse,
    Restore,
    Resumes,
    Returned,
    RunSubmission,
    Show,
    Shown,
    ToSandbox,
    ToTrainer,
    Train,
    TrainingImpossible,
    TrainingRequest,
    Undecidable,
)

__all__ = [
    "MAX_BLOB_BYTES",
    "MAX_DOCUMENT_BYTES",
    "MAX_NUMBER",
    "MAX_RESULT_BYTES",
    "MAX_TEXTS",
    "ArraySpec",
    "BatchEnded",
    "Call",
    "Called",
    "Channel",
    "ConvolutionSettings",
    "DataClaim",
    "Decision",
    "EngineName",
    "Epoch",
    "EpochEnded",
    "Finished",
    "FitAsked",
    "FitRefused",
    "Frame",
    "FromSandbox",
    "FromTrainer",
    "Known",
    "LoadSubmission",
    "Loaded",
    "MalformedFrameError",
    "PeerClosedError",
    "PeerSilentError",
    "PoolingSettings",
    "Probe",
    "Probed",
    "ProtocolError",
    "Raised",
    "Ready",
    "Rehearse",
    "Restore",
    "Resumes",
    "Returned",
    "RunSubmission",
    "Show",
    "Shown",
    "ToSandbox",
    "ToTrainer",
    "Train",
    "TrainingImpossible",
    "TrainingRequest",
    "Undecidable",
    "clipped",
    "clipped_number",
    "split",
]
