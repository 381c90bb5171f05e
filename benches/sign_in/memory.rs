//! What the release server holds of the machine's memory while nobody asks for anything.

use crate::served::Server;
use crate::table::{Row, Table};
use keymend::page::Screen;
use std::time::Duration;

/// 30 MB, in thousands of bytes.
const TARGET: u64 = 30_000_000;
const PAGES: usize = 200;
const SIGN_INS: usize = 20;
/// As many as the server checks passwords at a time, so that all its threads have worked.
const PEOPLE: usize = 2;

pub fn measure(server: &Server, table: &mut Table) {
    if resident(server).is_none() {
        println!("    memory is not measured here: it is read from /proc, as Linux has it");
        return;
    }
    let mut client = server.client();
    for _ in 0..PAGES {
        assert_eq!(client.get("/sign-in", true).status, 200);
    }
    let pages = resident(server);
    // Twice: what is given back after the first time may be kept after the second.
    for rest in [3, 5] {
        std::thread::scope(|scope| {
            for _ in 0..PEOPLE {
                scope.spawn(|| signs_in_again_and_again(server));
            }
        });
        std::thread::sleep(Duration::from_secs(rest));
    }
    let idle = resident(server);
    let (Some(pages), Some(idle), Some(most)) = (pages, idle, status(server, "VmHWM:")) else { return };
    table.add(Row {
        name: "resident memory, idle after work".to_owned(),
        value: megabytes(idle),
        beside: format!("{} before passwords, {} at most", megabytes(pages), megabytes(most)),
        ratio: format!("{:.0} %", 100.0 * idle as f64 / TARGET as f64),
        target: "≤ 30 MB".to_owned(),
        met: Some(idle <= TARGET),
    });
    let part = |name| status(server, name).map(megabytes).unwrap_or_default();
    table.add(Row {
        name: "  of this".to_owned(),
        value: format!("{} data", part("RssAnon:")),
        beside: format!("{} of the program file, {} threads", part("RssFile:"), threads(server)),
        ..Row::default()
    });
}

fn signs_in_again_and_again(server: &Server) {
    let (identifier, password) = (format!("{:032x}", rand::random::<u128>()), "a long passphrase that nobody else has");
    let mut client = server.client();
    let Screen::SignUp(screen) = client.page("/sign-up").screen else { panic!("no page to sign up") };
    client.press(&screen.create, &[("identifier", &identifier), ("password", password)]);
    for _ in 0..SIGN_INS / PEOPLE {
        client.drop_cookie("session");
        let Screen::Identify(screen) = client.page("/sign-in").screen else { panic!("no page to sign in") };
        let Some((_, proceed)) = screen.form else { panic!("no field to sign in") };
        let page = client.press(&proceed, &[("identifier", &identifier)]);
        let Screen::EnterPassword(screen) = page.screen else { panic!("{page:?}") };
        client.press(&screen.sign_in, &[("password", password)]);
        assert!(client.has_cookie("session"), "the password is right");
    }
}

pub fn resident(server: &Server) -> Option<u64> {
    status(server, "VmRSS:")
}

/// Bytes.
fn status(server: &Server, name: &str) -> Option<u64> {
    line(server, name)?.strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1_024)
}

fn threads(server: &Server) -> String {
    line(server, "Threads:").unwrap_or_default()
}

fn line(server: &Server, name: &str) -> Option<String> {
    let all = std::fs::read_to_string(format!("/proc/{}/status", server.process_id())).ok()?;
    all.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
}

pub fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
