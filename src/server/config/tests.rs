use super::*;

const HEADER: &str = "[package.metadata.leptos]\nsite-root = \"target/site\"\n";

fn refusal(tables: &str) -> String {
    refused(&format!("{HEADER}{tables}"))
}

fn refused(text: &str) -> String {
    parse(text, "Leptos.toml").map(|_| String::new()).unwrap_or_else(|line| line)
}

fn with_variable(name: &str, value: &str) -> Result<Loaded, String> {
    parse_with(HEADER, "Leptos.toml", [(name.into(), value.into())])
}

#[test]
fn the_file_of_the_repository_is_fine_and_its_defaults_hold_where_a_key_is_missing() {
    let whole = parse(DEFAULT_FILE, "Leptos.toml").unwrap().settings;
    let little = parse(HEADER, "Leptos.toml").unwrap().settings;
    assert_eq!(format!("{whole:?}"), format!("{little:?}"));
    assert_eq!(whole.sign_in.auto_start, AutoStart::Likely);
    assert_eq!(whole.healing.assurance, assurance::Policy::KnownBrowser);
}

#[test]
fn the_table_of_leptos_has_defaults_too() {
    for text in ["", "[package.metadata.leptos]\nsite-addr = \"[::1]:80\"\n", " [ package . metadata.leptos ]\n"] {
        let leptos = parse_with(text, "Leptos.toml", []).unwrap().leptos;
        // leptos_config would serve "." here: the folder with the database.
        assert_eq!(
            (&*leptos.site_root, &*leptos.site_pkg_dir, &*leptos.output_name),
            ("target/site", "pkg", "keymend")
        );
        assert_eq!(leptos.site_addr.to_string(), if text.contains("::1") { "[::1]:80" } else { "127.0.0.1:3000" });
    }
}

#[test]
fn a_variable_of_leptos_wins_and_a_wrong_or_unknown_one_stops_the_start() {
    let set = |name, value| with_variable(name, value).unwrap().leptos;
    assert_eq!(set("LEPTOS_SITE_ADDR", "0.0.0.0:80").site_addr.to_string(), "0.0.0.0:80");
    assert_eq!(&*set("LEPTOS_SITE_ROOT", "/srv/site").site_root, "/srv/site");
    assert_eq!(set("LEPTOS_RELOAD_PORT", "3002").reload_port, 3002);
    assert!(!set("LEPTOS_HASH_FILES", "false").hash_files);
    // Of the build, which may start the server.
    assert_eq!(set("LEPTOS_LIB_DIR", ".").reload_port, 3001);
    for (name, value) in [
        ("LEPTOS_SITE_ADDR", "0.0.0.0"),
        ("LEPTOS_RELOAD_PORT", "x"),
        ("LEPTOS_HASH_FILES", "true"),
        ("LEPTOS_SITE_ROOT", ""),
        ("LEPTOS_ENV", "test"),
    ] {
        let line = with_variable(name, value).unwrap_err();
        assert!(line.starts_with(&format!("Leptos.toml: {name} must be ")), "{line}");
        assert!(line.ends_with(&format!("not `{value}`")) && line.lines().count() == 1, "{line}");
    }
    let line = with_variable("LEPTOS_SITE_ROOT", ".").unwrap_err();
    assert!(line.contains("site-root must not hold the data folder"), "{line}");
    assert!(with_variable("LEPTOS_SITE_ADDRESS", "0.0.0.0:80").unwrap_err().contains("LEPTOS_SITE_ADDRESS"));
}

#[test]
fn a_wrong_value_in_the_table_of_leptos_stops_the_start_with_key_value_and_file() {
    for (key, value) in [
        ("site-addr", "\"0.0.0.0\""),
        ("site-addr", "\"localhost:3000\""),
        ("site-addr", "3000"),
        ("reload-port", "\"x\""),
        ("reload-port", "-1"),
        ("reload-port", "70000"),
        ("reload-external-port", "0"),
        ("reload-ws-protocol", "\"http\""),
        ("env", "\"test\""),
        ("hash-files", "\"perhaps\""),
        ("hash-files", "true"),
        ("output-name", "\"\""),
        ("output-name", "\"../data\""),
        ("site-pkg-dir", "\"/pkg\""),
        ("site-pkg-dir", "\"../data\""),
        ("site-pkg-dir", "\"pkg/\""),
    ] {
        let line = refused(&format!("[package.metadata.leptos]\n{key} = {value}\n"));
        assert!(line.starts_with(&format!("Leptos.toml: package.metadata.leptos.{key} must be ")), "{line}");
        let told = line.contains(value.trim_matches('"')) && line.lines().count() == 1;
        assert!(told, "{line}");
    }
    for (key, value) in [("env", "\"production\""), ("reload-ws-protocol", "\"WSS\""), ("reload-external-port", "443")]
    {
        assert_eq!(refused(&format!("[package.metadata.leptos]\n{key} = {value}\n")), "");
    }
}

#[test]
fn an_unknown_key_stops_the_start_and_is_named() {
    for (tables, named) in [
        ("site-rot = \"x\"\n", "site-rot"),
        ("not-found-path = \"/nothing\"\n", "not-found-path"),
        ("[package.metadata.lepots]\nsite-addr = \"0.0.0.0:80\"\n", "lepots"),
        ("[package]\nname = \"keymend\"\n", "name"),
        ("[sign_in]\nauto_strat = \"never\"\n", "auto_strat"),
        ("[signin]\nauto_start = \"never\"\n", "signin"),
    ] {
        assert!(refusal(tables).contains(named), "{tables}: {}", refusal(tables));
    }
}

#[test]
fn a_wrong_value_stops_the_start_and_its_key_is_named() {
    for (tables, named) in [
        ("[sign_in]\nauto_start = \"sometimes\"\n", "sometimes"),
        ("[sign_in]\nwatchdog_seconds = 0\n", "sign_in.watchdog_seconds"),
        ("[relying_party]\norigin = \"http://login.example.org\"\nid = \"login.example.org\"\n", "https"),
        ("[relying_party]\norigin = \"https://login.example.org\"\n", "relying_party.id"),
        ("[relying_party]\norigin = \"https://localhost/app\"\n", "relying_party.origin"),
        ("[relying_party]\norigin = \"http://127.0.0.1:3000\"\n", "relying_party.origin"),
        ("[relying_party]\nreturn_to = [\"app.example.org\"]\n", "relying_party.return_to"),
        ("[relying_party]\nreturn_to = [\"http://app.example.org\"]\n", "relying_party.return_to"),
        ("[relying_party]\nreturn_to = [\"https://app.example.org/a\"]\n", "relying_party.return_to"),
        ("[relying_party]\nreturn_to = [\"https://me@app.example.org\"]\n", "relying_party.return_to"),
        ("[relying_party]\nreturn_to = [\"javascript:alert(1)\"]\n", "relying_party.return_to"),
        ("[password]\nmin_length = 4\n", "password.min_length"),
        ("[brand]\naccent = \"red;}\"\n", "brand.accent"),
        ("[brand]\nlogo = \"https://elsewhere.example/logo.svg\"\n", "brand.logo"),
        ("[server]\nroot_key = \"abc\"\n", "server.root_key"),
        ("[server]\ntrusted_proxies = [\"everybody\"]\n", "server.trusted_proxies"),
        ("[server]\nmetrics_token = \"short\"\n", "server.metrics_token"),
        ("[server]\nlog = \"poetry\"\n", "poetry"),
        ("[healing]\nassurance = \"none\"\n", "none"),
        ("[server]\ndata = \"target/site/data\"\n", "site-root"),
        ("[mail]\nsmtp = \"mail.example.org\"\n", "mail.smtp"),
        ("[mail]\nsmtp = \"smtp://mail.example.org\"\n", "tls=required"),
        ("[mail]\nsmtp = \"smtp://mail.example.org?tls=opportunistic\"\n", "tls=required"),
        ("[mail]\nsmtp = \"smtp://mail.example.org?tls=opportunistic&tls=required\"\n", "tls=required"),
        ("[mail]\nfrom = \"nobody\"\n", "mail.from"),
    ] {
        assert!(refusal(tables).contains(named), "{tables}: {}", refusal(tables));
    }
}

#[test]
fn a_number_that_is_no_whole_one_stops_the_start_and_is_not_rounded() {
    for (table, key) in [
        ("sign_in", "failures_to_password"),
        ("sign_in", "strikes_to_password"),
        ("sign_in", "strike_half_life_days"),
        ("sign_in", "watchdog_seconds"),
        ("sign_in", "answer_after_ms"),
        ("healing", "known_browser_days"),
        ("healing", "fresh_password_minutes"),
        ("password", "min_length"),
        ("password", "hash_threads"),
        ("password", "queue"),
        ("session", "idle_minutes"),
        ("session", "absolute_hours"),
        ("audit", "keep_days"),
    ] {
        for wrong in ["15.7", "2.0", "true", "\"1.5\"", "[3]"] {
            let line = refusal(&format!("[{table}]\n{key} = {wrong}\n"));
            assert!(line.contains(&format!("{table}.{key} must be a whole number, not {wrong}")), "{line}");
        }
    }
    assert_eq!(refusal("[password]\nmin_length = \"16\"\n"), "");
}

#[test]
fn whoever_writes_an_unknown_word_is_told_which_there_are() {
    for (tables, told) in [
        ("[server]\nlog = \"JSON\"\n", ["server.log", "unknown word `JSON`, expected `text` or `json`"]),
        (
            "[sign_in]\nauto_start = \"always\"\n",
            ["sign_in.auto_start", "unknown word `always`, expected one of `likely`, `known-browser`, `never`"],
        ),
        (
            "[healing]\nassurance = \"none\"\n",
            ["healing.assurance", "unknown word `none`, expected one of `known-browser`, `code`, `password`"],
        ),
    ] {
        let line = refusal(tables);
        assert!(told.iter().all(|words| line.contains(words)) && line.lines().count() == 1, "{line}");
    }
}

#[test]
fn a_variable_that_is_a_key_but_for_its_underscores_stops_the_start_with_the_right_name() {
    for (name, right) in [
        ("KEYMEND_SERVER__DATA", "KEYMEND__SERVER__DATA"),
        ("KEYMEND_SERVER_DATA", "KEYMEND__SERVER__DATA"),
        ("KEYMEND__SERVER_DATA", "KEYMEND__SERVER__DATA"),
        ("keymend_database_url", "KEYMEND__DATABASE__URL"),
        ("KEYMEND_SERVER_ROOT_KEY", "KEYMEND__SERVER__ROOT_KEY"),
        ("KEYMEND_RELYING_PARTY__ID", "KEYMEND__RELYING_PARTY__ID"),
        ("KEYMEND_SIGNIN_AUTOSTART", "KEYMEND__SIGN_IN__AUTO_START"),
    ] {
        let line = with_variable(name, "x").unwrap_err();
        assert_eq!(line, format!("Leptos.toml: unknown variable {name} in the environment; it is written {right}"));
    }
    // These are of somebody else, or read elsewhere.
    for name in ["KEYMEND_CONFIG", "KEYMEND_SERVICE_HOST", "KEYMEND_SERVER_PORT", "KEYMEND_TEST_DATA", "MY_SERVER_DATA"]
    {
        assert!(with_variable(name, "x").is_ok(), "{name}");
    }
    assert!(with_variable("keymend__server__data", "x").is_ok());
}

#[test]
fn a_proxy_is_named_by_its_address_or_its_network() {
    let text = "[server]\ntrusted_proxies = [\"127.0.0.1\", \"::1\", \"10.0.0.0/8\"]\n";
    let shown = |proxies: &[ipnet::IpNet]| proxies.iter().map(ToString::to_string).collect::<Vec<_>>();
    let written = parse(text, "Leptos.toml").unwrap().settings.server.trusted_proxies;
    assert_eq!(shown(&written), ["127.0.0.1/32", "::1/128", "10.0.0.0/8"]);
    let line = parse("[server]\ntrusted_proxies = [\"nginx\"]\n", "Leptos.toml").unwrap_err();
    assert!(line.contains("`nginx` is no address and no network"), "{line}");
}

#[test]
fn the_root_key_is_made_once_and_a_damaged_one_is_not_replaced() {
    let folder = std::env::temp_dir().join(format!("keymend-key-{}", super::super::random::uuid()));
    let first = root_key::in_folder(&folder, || {}).unwrap();
    assert_eq!(root_key::in_folder(&folder, || panic!("there is one")).unwrap(), first);
    std::fs::write(folder.join("root.key"), b"short").unwrap();
    assert!(root_key::in_folder(&folder, || {}).unwrap_err().contains("32 bytes"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_table_that_is_none_is_no_reason_to_fall_back() {
    for (text, named) in [("package = 3", "package"), ("[package.metadata]\nleptos = \"x\"", "package.metadata.leptos")]
    {
        assert!(refused(text).contains(named), "{text}: {}", refused(text));
    }
}
