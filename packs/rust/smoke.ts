import type { LanguagePackage, PackRequest, SmokeCommand } from '../../core/contracts/language-pack.js';
import { LIBRARIES, PROGRAMS, VENDOR } from './places.js';
import { crateOf } from './plan-data.js';

/** A crate with a macro of its own: rustc loads what it has just compiled. $1: the version asked for, or nothing. */
const BUILD = `set -e
mkdir -p /tmp/joblet-smoke && cd /tmp/joblet-smoke
mkdir -p src answer/src
printf '[package]\\nname = "smoke"\\nversion = "0.0.0"\\nedition = "2018"\\n[dependencies]\\nanswer = { path = "answer" }\\n[workspace]\\n' > Cargo.toml
printf '[package]\\nname = "answer"\\nversion = "0.0.0"\\nedition = "2018"\\n[lib]\\nproc-macro = true\\n' > answer/Cargo.toml
cat > answer/src/lib.rs <<'RUST'
#[proc_macro]
pub fn answer(_: proc_macro::TokenStream) -> proc_macro::TokenStream { "42".parse().unwrap() }
RUST
cat > src/main.rs <<'RUST'
use std::collections::HashMap;
use std::process::Command;
fn main() {
    let asked = std::env::args().nth(1).unwrap_or_default();
    let told = Command::new("rustc").arg("-vV").output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    let release = told.lines().find_map(|line| line.strip_prefix("release: ")).unwrap();
    let release = release.split('-').next().unwrap();
    if asked != "" && release != asked && !release.starts_with(&(asked.clone() + ".")) { panic!("this is rust {}", release); }
    let sum = std::thread::spawn(|| { let mut map = HashMap::new(); map.insert(1, answer::answer!()); map[&1] }).join().unwrap();
    std::fs::write("sum", (sum as f64).sqrt().to_string()).unwrap();
    println!("rust {} compiles", asked);
}
RUST
cargo run --offline --quiet -- "$1"`;

/**
 * $1 sources, $2 the list of named libraries, $3 the directory of programs, more: NAME VERSION pairs of all crates. A library is
 * compiled as far as its own demands allow (libraries of C, a feature to choose); that a file of it is missing or changed is a fault.
 */
const CRATES = `
vendor=$1 list=$2 programs=$3; shift 3
bad=0
fail() { echo "$*"; bad=1; }
while [ $# -gt 0 ]; do
  name=$1 version=$2; shift 2
  found=
  [ -f "$vendor/$name-$version/Cargo.toml" ] && [ -f "$vendor/$name-$version/.cargo-checksum.json" ] && found=1
  line=$(grep -s "^\\"$name $version " "$programs/.crates.toml") && {
    found=1
    for program in $(printf '%s' "\${line#*= }" | tr -d '[],"'); do
      file=$programs/bin/$program
      [ -x "$file" ] || { fail "$name: $file is missing"; continue; }
      needs=$(LD_TRACE_LOADED_OBJECTS=1 "$file" 2>&1) || needs="not found: $needs"
      case $needs in *'not found'*) fail "$name: $file: $needs" ;; *.so*|*linux-vdso*|*'statically linked'*) ;; *) fail "$name: $file is no program" ;; esac
    done
  }
  [ -n "$found" ] || fail "$name $version is not there"
done
if [ -d "$vendor" ]; then
  [ -f "$list" ] || fail "$list is missing"
  while read -r name version; do
    mkdir -p "/tmp/joblet-crates/$name/src" && cd "/tmp/joblet-crates/$name" || exit 1
    printf '[package]\\nname = "joblet-smoke"\\nversion = "0.0.0"\\nedition = "2018"\\n[dependencies]\\n%s = "=%s"\\n[workspace]\\n' "$name" "$version" > Cargo.toml
    echo 'fn main() {}' > src/main.rs
    CARGO_TARGET_DIR=/tmp/joblet-crates/target cargo check --offline 2> said && continue
    if grep -Eq 'no matching package|failed to (load|parse|read|open|get)|checksum|could not find|unable to|file not found' said; then
      fail "$name $version: $(cat said)"
    else
      echo "note: $name $version is not compiled: $(grep -m 1 '^error' said)" >&2
    fi
  done < "$list"
fi
[ $bad = 0 ] && echo 'all crates are there'
exit $bad`;

/** What a finished rust runtime must do. */
export function smokeCommands(request: PackRequest, packages: readonly LanguagePackage[]): readonly SmokeCommand[] {
  const { version = '' } = request;
  const commands: SmokeCommand[] = [
    {
      title: `cargo builds a crate that runs${version === '' ? '' : `, with rust ${version}`}`,
      args: ['sh', '-c', BUILD, 'smoke', version],
      expectLine: `rust ${version} compiles`,
    },
  ];
  const crates = packages.flatMap((one) => crateOf(one) ?? []);
  if (crates.length > 0) {
    commands.push({
      title: 'its crates are there and can be used',
      args: [
        ...['sh', '-c', CRATES, 'smoke', VENDOR, LIBRARIES, PROGRAMS],
        ...crates.flatMap(({ name, version: own }) => [name, own]),
      ],
      expectLine: 'all crates are there',
    });
  }
  return commands;
}
