"""Serves one stack, once with each planted defect: `serve.py MODULE[:FUNCTION] DEFECT=PORT …`.

Each defect is a process of its own, forked after the framework was imported. They end together.
"""

import importlib
import os
import signal
import sys
from pathlib import Path


def main(stack: str, *places: str):
    sys.path.insert(0, str(Path(__file__).parent))
    module, _, name = stack.partition(":")
    serve = getattr(importlib.import_module(module), name or "serve")
    children = []
    for place in places:
        defect, port = place.split("=")
        child = os.fork()
        if child == 0:
            serve(defect, int(port))
            os._exit(0)
        children.append(child)

    def end(*_):
        for child in children:
            os.kill(child, signal.SIGTERM)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    ended, _ = os.wait()
    print(f"{places[children.index(ended)]} ended", file=sys.stderr)
    children.remove(ended)
    end()


if __name__ == "__main__":
    main(*sys.argv[1:])
