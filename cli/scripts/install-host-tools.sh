#!/usr/bin/env bash
# install-host-tools.sh [PACKAGE...]: the host programs that joblet runs, and the packages named; nothing when all are there.
set -euo pipefail
declare -A program=([crun]=crun [conmon]=conmon [slirp4netns]=slirp4netns [iproute2]=ip [mmdebstrap]=mmdebstrap [tini]=tini-static [util-linux]=setpriv [mount]=mount [tar]=tar [xz-utils]=xz [curl]=curl [gpgv]=gpgv [ca-certificates]=update-ca-certificates)
missing=()
for package in "${!program[@]}"; do
  command -v "${program[$package]}" >/dev/null || missing+=("$package")
done
for package in "$@"; do
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0
if ! command -v apt-get >/dev/null; then
  echo "install these with your package manager, then run this again: ${missing[*]}" >&2
  exit 4
fi
if ((EUID != 0)); then
  echo "run as root: these packages are to be installed: ${missing[*]}" >&2
  exit 4
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# A source of somebody else's that cannot be reached is no reason to stop: what counts is whether the packages are there.
apt-get update -qq || true
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
