#!/usr/bin/env bash
# From a fresh clone to a working `rnx`: host programs, npm packages, compiled sources. Does only what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
umask 022
bash cli/scripts/install-host-tools.sh "$@"
if [[ ! -e node_modules/.package-lock.json || package-lock.json -nt node_modules/.package-lock.json ]]; then
  npm ci --no-audit --no-fund --loglevel=error
fi
npm run --silent build
