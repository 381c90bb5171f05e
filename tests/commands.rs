//! The program itself, started as an operator does.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly, and so may its helpers")]

use std::path::PathBuf;
use std::process::{Command, Output};

/// A configuration of its own, and a data folder that is gone afterwards.
struct Installation(PathBuf);

impl Installation {
    fn new(keys: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("keymend_commands_{:032x}", rand::random::<u128>()));
        std::fs::create_dir_all(&folder).unwrap();
        let data = folder.join("data");
        let text = format!("[package.metadata.leptos]\nsite-root = \"target/site\"\n[server]\ndata = {data:?}\n{keys}");
        std::fs::write(folder.join("Leptos.toml"), text).unwrap();
        Self(folder)
    }

    fn runs(&self, arguments: &[&str]) -> Output {
        self.runs_with(arguments, &[])
    }

    fn runs_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keymend"));
        command.args(arguments).env("KEYMEND_CONFIG", self.0.join("Leptos.toml")).envs(environment.iter().copied());
        command.output().unwrap()
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn said(output: &Output) -> (bool, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

/// It ends with one line that holds these words, and nothing on standard output.
#[track_caller]
fn stops(output: &Output, words: &str) {
    let (fine, out, err) = said(output);
    assert!(!fine && out.is_empty() && err.contains(words) && err.lines().count() == 1, "{fine} {out:?} {err:?}");
}

#[test]
fn where_no_server_was_nothing_is_recorded_and_nothing_is_made() {
    let here = Installation::new("");
    for command in [
        &["replay"][..],
        &["explain", "ada@example.org"],
        &["user", "show", "ada"],
        &["user", "reset", "ada"],
        &["restore", "--confirm-signals"],
    ] {
        stops(&here.runs(command), "no server has used the data folder");
    }
    assert!(!here.0.join("data").exists());
}

#[test]
fn a_root_key_that_is_missing_is_named_and_not_made() {
    let here = Installation::new("");
    assert!(here.runs(&["migrate"]).status.success());
    let key = here.0.join("data/root.key");
    std::fs::remove_file(&key).unwrap();
    for command in [&["replay"][..], &["explain", "ada"], &["user", "show", "ada"], &["user", "reset", "ada"]] {
        stops(&here.runs(command), "root.key is missing in the data folder");
    }
    let (fine, _, err) = said(&here.runs(&["restore", "--confirm-signals"]));
    assert!(fine, "it needs none: {err}");
    let (fine, _, err) = said(&here.runs(&["backup", here.0.join("copy.db").to_str().unwrap()]));
    assert!(fine, "nor does this: {err}");
    assert!(!key.exists());
}

#[cfg(unix)]
#[test]
fn a_copy_has_the_name_that_it_was_given() {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::PermissionsExt as _;
    let here = Installation::new("");
    assert!(here.runs(&["migrate"]).status.success());
    let backup = |name: &std::ffi::OsStr| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keymend"));
        command.arg("backup").arg(name).env("KEYMEND_CONFIG", here.0.join("Leptos.toml")).current_dir(&here.0);
        command.output().unwrap()
    };
    let files = || std::fs::read_dir(&here.0).unwrap().count();
    for name in ["copy.db", "file:copy.db", "file:copy.db?mode=memory", ":memory:", "50 % #1?", "'ü'.db"] {
        let before = files();
        let (fine, _, err) = said(&backup(name.as_ref()));
        assert!(fine, "{name}: {err}");
        let copy = here.0.join(name);
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        assert!(std::fs::read(&copy).unwrap().starts_with(b"SQLite format 3"), "{name}");
        assert_eq!(files(), before + 1, "{name}");
    }
    let before = files();
    stops(&backup(std::ffi::OsStr::from_bytes(b"copy-\xff.db")), "UTF-8");
    assert_eq!(files(), before);
}

#[test]
fn a_fresh_installation_has_nothing_to_tell() {
    let here = Installation::new("");
    assert!(here.runs(&["migrate"]).status.success());
    let (fine, out, err) = said(&here.runs(&["replay", "--since", "30d"]));
    assert!(fine && err.is_empty(), "{err}");
    assert!(out.contains(": 0 failed prompts, 0 sign-ins, 0 new passkeys.\n"), "{out}");
    let (fine, out, _) = said(&here.runs(&["replay", "--json"]));
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(fine && json["different"] == 0 && out.ends_with("}\n"), "{out}");
    let (fine, out, _) = said(&here.runs(&["explain", "ada@example.org"]));
    assert!(fine, "{out}");
    assert_eq!(out, "Nobody has the identifier ada@example.org.\nNothing is recorded for it.\n");
    let (_, out, _) = said(&here.runs(&["explain", "ada@example.org", "--json"]));
    assert!(serde_json::from_str::<serde_json::Value>(&out).unwrap()["account"].is_null(), "{out}");
}

#[test]
fn what_cannot_be_is_one_line_without_what_was_typed() {
    let here = Installation::new("");
    assert!(here.runs(&["migrate"]).status.success());
    let output = here.runs(&["explain", "ada\u{1b}]0;x\u{7}"]);
    stops(&output, "invisible characters");
    assert!(!output.stderr.contains(&0x1b));
    let (fine, _, err) = said(&here.runs(&["replay", "--since", "yesterday"]));
    assert!(!fine && err.contains("30d, 12h or 90m"), "{err}");
}

#[test]
fn a_switch_takes_effect_from_the_environment_and_a_wrong_one_stops_the_start() {
    let here = Installation::new("[sign_in]\nwatchdog_seconds = 10\n");
    assert!(here.runs(&["check"]).status.success());
    stops(&here.runs_with(&["check"], &[("KEYMEND__SIGN_IN__WATCHDOG_SECONDS", "301")]), "sign_in.watchdog_seconds");
    stops(&here.runs_with(&["check"], &[("KEYMEND__HEALING__OFFERS", "perhaps")]), "perhaps");
    let wrong = Installation::new("[healing]\nfresh_password_minutes = 0\n");
    stops(&wrong.runs(&["serve"]), "healing.fresh_password_minutes must be between 1 and 60, not 0");
    assert!(wrong.runs_with(&["check"], &[("KEYMEND__HEALING__FRESH_PASSWORD_MINUTES", "7")]).status.success());
}

#[test]
fn a_configuration_that_cannot_be_read_is_not_another_one() {
    let here = Installation::new("");
    let file = here.0.join("Leptos.toml");
    let runs = || Command::new(env!("CARGO_BIN_EXE_keymend")).arg("check").current_dir(&here.0).output().unwrap();
    assert!(runs().status.success());
    std::fs::write(&file, [0xff, 0xfe, 0x00]).unwrap();
    stops(&runs(), "cannot read Leptos.toml");
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    stops(&runs(), "cannot read Leptos.toml");
    std::fs::remove_dir(&file).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", &file).unwrap();
        stops(&runs(), "cannot read Leptos.toml");
        std::fs::remove_file(&file).unwrap();
    }
    let (fine, out, _) = said(&runs());
    assert!(fine && out == "the built-in Leptos.toml is fine.\n", "{out}");
}

#[test]
fn what_the_log_cannot_follow_stops_the_start() {
    let here = Installation::new("");
    for wrong in ["keymend=loud", "keymend=debug,[{"] {
        for command in ["migrate", "serve", "check"] {
            stops(&here.runs_with(&[command], &[("RUST_LOG", wrong)]), "RUST_LOG");
        }
    }
    for fine in ["", "keymend=trace,info", "off", "info, sqlx=warn\r", " keymend=debug ,"] {
        assert!(here.runs_with(&["migrate"], &[("RUST_LOG", fine)]).status.success(), "{fine}");
    }
}

#[test]
fn a_variable_whose_underscores_are_wrong_is_told_with_the_right_ones() {
    let here = Installation::new("");
    for (wrong, right) in
        [("KEYMEND_SERVER__DATA", "KEYMEND__SERVER__DATA"), ("KEYMEND_DATABASE_URL", "KEYMEND__DATABASE__URL")]
    {
        let told = format!("unknown variable {wrong} in the environment; it is written {right}");
        for command in ["check", "serve"] {
            stops(&here.runs_with(&[command], &[(wrong, "x")]), &told);
        }
    }
    // Of somebody else.
    assert!(here.runs_with(&["check"], &[("KEYMEND_SERVICE_HOST", "10.0.0.1")]).status.success());
}

#[test]
fn where_somebody_else_listens_it_ends_in_order() {
    let here = Installation::new("");
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    // Several times: one that does not wait for its database may be lucky.
    for number in 0..8 {
        let data = here.0.join(format!("data-{number}"));
        let environment = [("LEPTOS_SITE_ADDR", address.as_str()), ("KEYMEND__SERVER__DATA", data.to_str().unwrap())];
        stops(&here.runs_with(&["serve"], &environment), &format!("cannot listen on {address}: "));
        assert!(data.join("keymend.db").exists());
        assert!(!data.join("keymend.db-wal").exists(), "whoever ends leaves one whole file");
    }
}

#[test]
fn what_is_wrong_is_told_without_the_secrets_that_stand_beside_it() {
    let here = Installation::new("[database]\nurl = \"postgres://keymend:hunter2@localhost/keymend\" x\n");
    let output = here.runs(&["check"]);
    stops(&output, "at line 6, column");
    assert!(!said(&output).2.contains("hunter2"), "{}", said(&output).2);
    let here = Installation::new("");
    for url in ["mysql://keymend:hunter2@localhost/keymend", "keymend:hunter2", "sqlite:data/x.db?mode=hunter2x"] {
        let output = here.runs_with(&["check"], &[("KEYMEND__DATABASE__URL", url)]);
        stops(&output, "database.url: ");
        assert!(url.starts_with("sqlite") || !said(&output).2.contains("hunter2"), "{}", said(&output).2);
    }
    let url = "postgres://keymend:hunter2@127.0.0.1:1/keymend?passwrd=hunter2";
    let output = here.runs_with(&["migrate"], &[("KEYMEND__DATABASE__URL", url)]);
    stops(&output, "PostgreSQL at 127.0.0.1, port 1, does not answer (database.url)");
    assert!(!said(&output).2.contains("hunter2"), "{}", said(&output).2);
}

#[test]
fn a_folder_may_be_called_as_it_likes() {
    for name in ["100%25", "what?", "mode=memory", ":memory:", "two words#ü"] {
        let here = Installation::new("");
        let data = here.0.join(name);
        let output = here.runs_with(&["migrate"], &[("KEYMEND__SERVER__DATA", data.to_str().unwrap())]);
        assert!(output.status.success(), "{name}: {}", said(&output).2);
        assert!(data.join("keymend.db").exists() && data.join("root.key").exists(), "{name}");
        assert!(!data.join("keymend.db-wal").exists(), "{name}: whoever ends leaves one whole file");
    }
}

#[test]
fn what_must_stay_private_is_not_put_where_everybody_can_ask_for_it() {
    let here = Installation::new("");
    let folder = |name: &str| {
        let folder = here.0.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder.to_str().unwrap().to_owned()
    };
    let (site, data) = (folder("site"), folder("data"));
    let around = format!("{data}/..");
    let inside = format!("sqlite:{site}/x.db");
    stops(&here.runs_with(&["check"], &[("KEYMEND__SERVER__DATA", "")]), "server.data must name a folder");
    stops(&here.runs_with(&["check"], &[("LEPTOS_SITE_ROOT", &around)]), "must not hold the data folder");
    let database = [("LEPTOS_SITE_ROOT", site.as_str()), ("KEYMEND__DATABASE__URL", inside.as_str())];
    stops(&here.runs_with(&["check"], &database), "must not hold the database");
    #[cfg(unix)]
    {
        let link = here.0.join("link");
        std::os::unix::fs::symlink(&here.0, &link).unwrap();
        let output = here.runs_with(&["check"], &[("LEPTOS_SITE_ROOT", link.to_str().unwrap())]);
        stops(&output, "must not hold the data folder");
        // The configuration itself, where the data are elsewhere.
        let elsewhere = std::env::temp_dir().join("keymend_elsewhere");
        let data = ("KEYMEND__SERVER__DATA", elsewhere.to_str().unwrap());
        let output = here.runs_with(&["check"], &[("LEPTOS_SITE_ROOT", here.0.to_str().unwrap()), data]);
        stops(&output, "must not hold the configuration");
    }
}

/// Such as `keymend check | head -0`, or a full disk.
#[cfg(target_os = "linux")]
#[test]
fn where_nobody_can_read_it_is_told_by_the_exit_code_alone() {
    let here = Installation::new("");
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    for command in [&["check"][..], &["migrate"], &["simulate", "--people", "100"], &["replay"]] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_keymend"));
        program.args(command).env("KEYMEND_CONFIG", here.0.join("Leptos.toml")).current_dir(&here.0);
        let output = program.stdout(full()).output().unwrap();
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{command:?}: {line}");
        assert!(line.lines().count() == 1 && line.contains("cannot print"), "{command:?}: {line}");
        let deaf = program.stdout(full()).stderr(full()).status().unwrap();
        assert_eq!(deaf.code(), Some(1), "{command:?}");
    }
}

#[test]
fn a_simulation_prints_the_same_figures_again_and_leaves_its_files() {
    let here = Installation::new("");
    let folder = here.0.join("simulation");
    let arguments = ["simulate", "--people", "300", "--worlds", "1", "--json", "--out", folder.to_str().unwrap()];
    let (fine, out, err) = said(&here.runs(&arguments));
    assert!(fine && err.contains("1300 people in "), "{err}");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(json["people"] == 300 && json["held_out"]["median"]["policies"]["keymend"].is_object(), "{out}");
    assert_eq!(said(&here.runs(&arguments)).1, out);
    for file in ["simulation.csv", "policies.svg", "reliability.svg", "held-out.svg"] {
        assert!(folder.join(file).exists(), "{file}");
    }
}

#[test]
fn a_simulation_that_cannot_be_is_refused_before_it_runs() {
    let here = Installation::new("");
    let wrong =
        [["--people", "0"], ["--people", "-3"], ["--people", "99999999999"], ["--seed", "abc"], ["--worlds", "-1"]];
    for [key, value] in wrong {
        let (fine, out, err) = said(&here.runs(&["simulate", key, value]));
        assert!(!fine && out.is_empty() && err.contains(&format!("'{value}' for '{key} ")), "{err}");
    }
    let file = here.0.join("Leptos.toml");
    stops(&here.runs(&["simulate", "--out", file.to_str().unwrap()]), "cannot write to ");
}
