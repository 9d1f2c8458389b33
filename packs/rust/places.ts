/** Where the sources of libraries are in a runtime. */
export const VENDOR = '/usr/local/share/cargo/vendor';

/** The libraries that the specification names and that are no programs, `NAME VERSION` on each line. */
export const LIBRARIES = '/usr/local/share/cargo/libraries';

/** Where `cargo install` puts programs, and its list of them: `bin` and `.crates.toml`. */
export const PROGRAMS = '/usr/local';
