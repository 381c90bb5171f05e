//! `cargo xtask bench`: the measurements, of the release build.

use crate::command::{Stdout, cargo, run, watch};
use crate::postgres::{self, Cluster, Source};
use crate::{Outcome, npm, rust, say, workspace};

/// Set for a short run.
const SHORT: &str = "KEYMEND_BENCH_SHORT";
/// What can be measured by itself. With no name all of it is.
const PARTS: [&str; 7] = ["decisions", "sizes", "soak", "router", "flood", "durable", "million"];
/// Says where the PostgreSQL is that makes commits durable.
const POSTGRES: &str = "KEYMEND_BENCH_POSTGRES_URL";

/// Set where a target that is missed is a failure.
const HOLD: &str = "KEYMEND_BENCH_HOLD";

/// The flood of passwords, whose ratio of two times in one run has to hold: a part of `cargo xtask test --long`.
pub fn flood() -> Outcome<bool> {
    let mut measuring = cargo(["bench", "--package", "keymend", "--bench", "sign_in", "--", "flood"]);
    measuring.env_remove(postgres::URL).env(HOLD, "1");
    Ok(watch(measuring, Stdout::PassOn)?.status.success())
}

pub fn bench(arguments: &[String]) -> Outcome {
    let (short, parts): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|argument| *argument == "--short");
    let short = !short.is_empty();
    if let Some(unknown) = parts.iter().find(|part| !PARTS.contains(&part.as_str())) {
        return Err(format!("cargo xtask bench knows --short and {}, not {unknown}", PARTS.join(", ")));
    }
    let wants = |part| parts.is_empty() || parts.iter().any(|wanted| *wanted == part);
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

    if wants("decisions") {
        say::step("measuring decisions (ten seconds)");
        run(cargo(["bench", "--quiet", "--package", "keymend-domain", "--bench", "decisions"]))?;
    }
    if parts.iter().all(|part| *part == "decisions") && !parts.is_empty() {
        return Ok(());
    }

    let (postgres, _cluster) = match postgres::ensure()? {
        Source::Elsewhere(url) => (url, None),
        Source::Programs(programs) => {
            let cluster = Cluster::start_durable(&programs, &temporary)?;
            (cluster.url.clone(), Some(cluster))
        }
    };
    let patience = if short { "two minutes" } else { "half an hour for all parts" };
    say::step(&format!("measuring ({patience}; other work on this machine shows in the numbers)"));
    let mut measuring = cargo(["bench", "--quiet", "--package", "keymend", "--bench", "sign_in"]);
    measuring.arg("--").args(&parts).env("KEYMEND_BENCH_SITE", &site);
    // Databases on the disk that the project is on: elsewhere temporary files may live in memory.
    measuring.env("TMPDIR", &temporary);
    // What is not of PostgreSQL by name is of SQLite.
    measuring.env_remove(postgres::URL).env(POSTGRES, postgres);
    if short {
        measuring.env(SHORT, "1");
    }
    run(measuring)
}
