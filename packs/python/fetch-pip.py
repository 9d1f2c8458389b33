"""Fetches the pinned pip with the root's own pip and unpacks it, byte-compiled: `python fetch-pip.py DIR
RUN-PIP.PY` reads DIR/pip.txt (one line with its hash) and fills DIR/tree."""

import compileall
import glob
import subprocess
import sys
import zipfile


def main(work, run_pip):
    command = [sys.executable, run_pip, "download", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    command += ["--retries", "1", "--timeout", "10", "--dest", work, "--requirement", work + "/pip.txt"]
    status = subprocess.run(command).returncode
    if status != 0:
        sys.exit(status)
    zipfile.ZipFile(glob.glob(work + "/pip-*.whl")[0]).extractall(work + "/tree")
    compileall.compile_dir(work + "/tree/pip", stripdir=work + "/tree", prependdir="/tmp/joblet-pip", quiet=2, workers=0)


# Workers of compileall load this file again, from python 3.12 on.
if __name__ == "__main__":
    main(*sys.argv[1:])
