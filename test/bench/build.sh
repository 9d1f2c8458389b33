#!/usr/bin/env bash
# One table from one run: the example built by hand (mmdebstrap with the same packages, then pip in a chroot) and by rnx: cold, with
# one more pip package, unchanged. Seconds (of the short ones the median of several, in turn), size, and what the machine's network
# interfaces received: whatever else runs on the machine is in the numbers. Needs root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bash cli/scripts/set-up.sh >&2
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
# shellcheck source=/dev/null
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
pip=(numpy pandas scikit-learn matplotlib)
packages=python3.11,python3.11-dev,python3.11-venv,python3-pip,libssl-dev,zlib1g-dev,libffi-dev,libopenblas-dev,ca-certificates
short_runs=9

received() { awk -F'[: ]+' 'NR > 2 && $2 != "lo" { sum += $3 } END { print sum }' <(sed 's/^ */ /' /proc/net/dev); }

# measure NAME SIZE-OF COMMAND...: runs it and keeps a row: name, seconds, bytes, size.
declare -A seconds
rows=()
measure() {
  local name=$1 size_of=$2 before start end took
  shift 2
  before=$(received)
  start=$(date +%s.%N)
  "$@" >"$work/log" 2>&1 || { tail -20 "$work/log" >&2; exit 1; }
  end=$(date +%s.%N)
  took=$(awk "BEGIN { printf \"%.2f\", $end - $start }")
  seconds[$name]+="$took "
  rows+=("$name|$(awk "BEGIN { printf \"%.1f\", ($(received) - $before) / 1e6 }")|$(du -sm "$size_of" | cut -f1)")
}

median() { tr ' ' '\n' <<<"${seconds[$1]}" | grep . | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

by_hand() {
  mapfile -t sources < <(apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | grep -E " $release(-updates|-security)? " | sort -u)
  mkdir "$work/hand"
  mmdebstrap --variant=apt --include="$packages" "$release" "$work/hand" "${sources[@]}"
  cp /etc/resolv.conf "$work/hand/etc/resolv.conf"
  cp /etc/ssl/certs/ca-certificates.crt "$work/hand/authorities.pem"
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root PIP_CERT=/authorities.pem \
    chroot "$work/hand" python3.11 -m pip install --break-system-packages --quiet "${pip[@]}"
}
export -f by_hand
export work release packages
spec() { # spec FOLDER [MORE...]: the example, with more pip packages
  mkdir "$1"
  sed "s/^  - matplotlib$/  - matplotlib$(printf '\\n  - %s' "${@:2}" | sed 's/\\n  - $//')/" fixtures/python-3.11-ml/runtime.yaml >"$1/runtime.yaml"
}
spec "$work/cold"
spec "$work/more" tabulate
rnx=(node cli/bin/rnx.js --root "$work/store")
runtime=$work/store/runtimes/python-3.11-ml/1.0.0/isolated

measure 'by hand' "$work/hand" unshare --mount --pid --fork --kill-child --mount-proc bash -euc "$(declare -p pip); by_hand"
measure 'rnx, cold' "$runtime/" "${rnx[@]}" runtime build "$work/cold"
measure 'rnx, one more pip package' "$runtime/" "${rnx[@]}" runtime build "$work/more"
for ((run = 0; run < short_runs; run++)); do
  measure 'rnx, unchanged' "$runtime/" "${rnx[@]}" runtime build "$work/more"
  measure 'node -e 0' /dev/null node -e 0
done

hand=$(median 'by hand')
printf '%-28s %9s %10s %12s %9s\n' way seconds 'by hand x' 'MB fetched' 'MB size'
printf '%s\n' "${rows[@]}" | awk -F'|' '!seen[$1]++' | while IFS='|' read -r name fetched size; do
  took=$(median "$name")
  printf '%-28s %9s %10s %12s %9s\n' "$name" "$took" "$(awk "BEGIN { printf \"%.2f\", $took / $hand }")" "$fetched" "$size"
done
goal() { awk -v what="$1" -v is="$2" -v most="$3" 'BEGIN { printf "%-28s %9.2f  at most %.2f: %s\n", what, is, most, is <= most ? "met" : "missed" }'; }
echo
goal 'cold / by hand' "$(awk "BEGIN { print $(median 'rnx, cold') / $hand }")" 1
goal 'one more / by hand' "$(awk "BEGIN { print $(median 'rnx, one more pip package') / $hand }")" 0.3
goal 'unchanged - node, seconds' "$(awk "BEGIN { print $(median 'rnx, unchanged') - $(median 'node -e 0') }")" 0.3
