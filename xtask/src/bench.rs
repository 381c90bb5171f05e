//! `cargo xtask bench`: the measurements, of the release build.

use crate::command::{cargo, run};
use crate::{Outcome, npm, rust, say, workspace};

pub fn bench() -> Outcome {
    rust::ensure_builders()?;
    npm::ensure()?;
    let folder = workspace::target().join("bench");
    let (site, temporary) = (folder.join("site"), folder.join("tmp"));
    std::fs::create_dir_all(&temporary).map_err(|error| format!("cannot create {}: {error}", temporary.display()))?;

    say::step("building for release (the first time takes ten minutes)");
    // The files of the browser go elsewhere than those that a server under development may be serving.
    let mut site_build = rust::cargo_leptos(["build", "--release", "--precompress", "--frontend-only"]);
    site_build.env("LEPTOS_SITE_ROOT", &site);
    run(site_build)?;
    // With it comes the server.
    run(cargo(["bench", "--package", "keymend", "--bench", "sign_in", "--no-run"]))?;
    run(cargo(["bench", "--package", "keymend-domain", "--bench", "decisions", "--no-run"]))?;

    say::step("measuring decisions (ten seconds)");
    run(cargo(["bench", "--quiet", "--package", "keymend-domain", "--bench", "decisions"]))?;

    say::step("measuring (two minutes; other work on this machine shows in the numbers)");
    let mut measuring = cargo(["bench", "--quiet", "--package", "keymend", "--bench", "sign_in"]);
    measuring.env("KEYMEND_BENCH_SITE", &site);
    // Databases on the disk that the project is on: elsewhere temporary files may live in memory.
    measuring.env("TMPDIR", &temporary);
    // The measurements are of SQLite.
    measuring.env_remove("KEYMEND_TEST_POSTGRES_URL");
    run(measuring)
}
