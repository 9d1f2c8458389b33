"""Prints what `import` would find, as JSON: {"numpy": "2.4.6"}. The first of two with one name wins, as for `import`."""

import importlib.metadata
import json

found = {}
for distribution in importlib.metadata.distributions():
    name = distribution.metadata["Name"]
    if name:
        found.setdefault(name.lower().replace("_", "-").replace(".", "-"), distribution.version)
print(json.dumps(found))
