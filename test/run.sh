#!/usr/bin/env bash
# The whole test suite, from a fresh clone: set-up, static checks, unit and end-to-end tests. The last line counts the tests, from
# vitest's own report.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if ((EUID != 0)); then
  echo 'the tests build roots and run jobs: run them as root' >&2
  exit 4
fi
# shellcheck disable=SC2046
bash cli/scripts/set-up.sh $(grep -v '^#' test/host-packages.txt)
npm ci --prefix test/node24 --no-audit --no-fund --loglevel=error
npm run --silent check
report=$(mktemp)
trap 'rm -f "$report"' EXIT
status=0
npx vitest run --config test/vitest.config.ts --reporter=default --reporter=json --outputFile.json="$report" "$@" || status=$?
node test/count.js "$report" "$status"
