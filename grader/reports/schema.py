"""The JSON Schema of the public document, taken from the type itself.

`python -m grader.reports.schema` prints it; `docs/report.schema.json` is what it printed.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import msgspec

from grader.model.report import SCHEMA_VERSION, Report


def schema() -> dict[str, Any]:
    """Return the schema of a report of this version."""
    components = msgspec.json.schema(Report)
    definitions = components["$defs"]
    fields = definitions["Report"]["properties"]
    # A reader of version 1 must not take a document of version 2 for one of its own.
    fields["schema_version"] = {"const": SCHEMA_VERSION}
    definitions["Report"]["required"].append("schema_version")
    fields["score"]["description"] = "Counts only where the verdict is passed or failed."
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A report, version {SCHEMA_VERSION}",
        "$ref": components["$ref"],
        "$defs": definitions,
    }


def text() -> str:
    """Return the schema as it stands in its file."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
