#!/usr/bin/env bash
# Sets everything up, builds the example runtime and runs a command in it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bash cli/scripts/set-up.sh
set -x
./cli/bin/rnx.js runtime build fixtures/python-3.11-ml
./cli/bin/rnx.js job run --runtime=python-3.11-ml python -c 'import numpy; print(numpy.__version__)'
