"""Runs the root's own pip: `python run-pip.py ARGS…`.

Debian's pip reads the bundle of certificates in /etc/ssl/certs when it starts, even if it is told of another. A root whose
packages are unpacked but not configured has no such file: pip gets the one that the environment names."""

import os
import runpy
import sys

bundle = os.environ.get("PIP_CERT")
try:
    from pip._vendor import certifi

    if bundle and not os.path.exists(certifi.where()):
        certifi.where = lambda: bundle
        certifi.core.where = certifi.where
except (ImportError, AttributeError):
    pass
runpy.run_module("pip", run_name="__main__", alter_sys=True)
