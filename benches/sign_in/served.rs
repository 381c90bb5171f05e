//! The release server, started as an operator starts it, on a port and a data folder of its own.

use crate::stopwatch::{self, median};
use crate::table::{Row, Table};
use crate::wire::Client;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Built by cargo before this, with the same profile.
const PROGRAM: &str = env!("CARGO_BIN_EXE_keymend");
/// Says where the files of the browser are.
const SITE: &str = "KEYMEND_BENCH_SITE";
const REQUESTS: usize = 200;

pub struct Server {
    pub address: SocketAddr,
    /// From the start of the program to its first answer.
    pub started_in: Duration,
    process: Child,
    data: PathBuf,
}

impl Server {
    /// None if the environment names no files.
    pub fn start() -> Option<Self> {
        let site = std::env::var_os(SITE)?;
        println!("==> the release server");
        // Free until now, and nobody is in a hurry to take it.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let data = std::env::temp_dir().join(format!("keymend_bench_{:032x}", rand::random::<u128>()));
        let mut command = Command::new(PROGRAM);
        command.arg("serve").stdout(Stdio::null());
        command.env("KEYMEND_CONFIG", concat!(env!("CARGO_MANIFEST_DIR"), "/Leptos.toml"));
        command.env("KEYMEND__SERVER__DATA", &data);
        command.env("KEYMEND__RELYING_PARTY__ORIGIN", format!("http://localhost:{}", address.port()));
        command.env("LEPTOS_SITE_ROOT", site).env("LEPTOS_SITE_ADDR", address.to_string());
        let started = stopwatch::start();
        let mut server = Self { address, started_in: Duration::ZERO, process: command.spawn().unwrap(), data };
        while started.elapsed() < Duration::from_secs(30) {
            if let Ok(mut client) = Client::connect(address) {
                assert_eq!(client.get("/readyz", false).status, 200);
                server.started_in = started.elapsed();
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        panic!("the server does not answer on {address}");
    }

    pub fn client(&self) -> Client {
        Client::connect(self.address).unwrap()
    }

    pub fn process_id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

/// How long until the page begins to arrive, beside an answer of two letters over the same connection.
pub fn first_byte(server: &Server, table: &mut Table) {
    let mut client = server.client();
    let (mut page, mut nothing) = (Vec::new(), Vec::new());
    for request in 0..REQUESTS + 20 {
        for (path, times) in [("/sign-in", &mut page), ("/healthz", &mut nothing)] {
            let answer = client.get(path, true);
            assert_eq!(answer.status, 200);
            // The first ones find caches cold.
            if request >= 20 {
                times.push(answer.first_byte.as_secs_f64() * 1e6);
            }
        }
    }
    let (page, nothing) = (median(&page), median(&nothing));
    table.add(Row {
        name: "first byte of /sign-in".to_owned(),
        value: format!("{page:.0} µs"),
        beside: format!("{nothing:.0} µs for /healthz"),
        ratio: format!("{:.1} ×", page / nothing),
        ..Row::default()
    });
    table.add(Row {
        name: "start to first answer, new database".to_owned(),
        value: format!("{:.0} ms", server.started_in.as_secs_f64() * 1e3),
        ..Row::default()
    });
}
