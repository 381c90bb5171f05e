//! What a browser downloads for the page of the sign-in.

use crate::served::Server;
use crate::table::{Row, Table};
use crate::wire::Client;
use brotli::enc::BrotliEncoderParams;

/// 130 KB and 100 KB, in thousands of bytes.
const TARGET: usize = 130_000;
const GOAL: usize = 100_000;

struct File {
    what: &'static str,
    raw: usize,
    best: usize,
    sent: usize,
    encoding: String,
}

pub fn measure(server: &Server, table: &mut Table) {
    let mut client = server.client();
    let document = String::from_utf8(client.get("/sign-in", false).body).unwrap();
    let addresses = addresses(&document);
    println!("    the page asks for {}", addresses.join(" "));
    let mut files = vec![file(&mut client, "/sign-in")];
    files.extend(addresses.iter().map(|address| file(&mut client, address)));

    let sum = |of: fn(&File) -> usize| files.iter().map(of).sum::<usize>();
    let total = File {
        what: "in all",
        raw: sum(|file| file.raw),
        best: sum(|file| file.best),
        sent: sum(|file| file.sent),
        encoding: String::new(),
    };
    for File { what, raw, best, sent, encoding } in &files {
        table.add(Row {
            name: format!("sign-in page: {what}"),
            value: format!("{raw} B raw"),
            beside: format!("{best} B brotli 11; {sent} sent{}", if encoding.is_empty() { " plain" } else { "" }),
            ratio: format!("{:.1} %", 100.0 * *best as f64 / total.best as f64),
            ..Row::default()
        });
    }
    for (limit, name) in [(TARGET, "target"), (GOAL, "goal")] {
        table.add(Row {
            name: format!("sign-in page in all, {name}"),
            value: format!("{} B raw", total.raw),
            beside: format!("{} B brotli 11; {} sent", total.best, total.sent),
            ratio: format!("{:.0} %", 100.0 * total.sent as f64 / limit as f64),
            target: format!("≤ {limit} B sent"),
            met: Some(total.sent <= limit),
        });
    }
}

fn file(client: &mut Client, address: &str) -> File {
    let raw = client.get(address, false);
    let sent = client.get(address, true);
    assert_eq!((raw.status, sent.status), (200, 200), "{address}");
    let what = match address.rsplit_once('.').map(|(_, ending)| ending) {
        None => "HTML",
        Some("css") => "CSS",
        Some("js") => "JS glue",
        Some("wasm") => "wasm",
        Some("svg" | "png" | "ico") => "icon",
        Some("webmanifest") => "manifest",
        Some(other) => panic!("the page loads a kind of file that has no name here: {other}"),
    };
    File { what, raw: raw.body.len(), best: best(&raw.body), sent: sent.body.len(), encoding: sent.encoding }
}

fn best(bytes: &[u8]) -> usize {
    let parameters = BrotliEncoderParams { quality: 11, lgwin: 22, ..BrotliEncoderParams::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &parameters).unwrap();
    out.len()
}

/// The files that the document names in its links and scripts, each once.
fn addresses(document: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for tag in document.split('<').filter(|tag| tag.starts_with("link ") || tag.starts_with("script ")) {
        let tag = tag.split('>').next().unwrap_or_default();
        for attribute in ["href=\"", "src=\""] {
            let value = tag.split_once(attribute).and_then(|(_, rest)| rest.split_once('"'));
            if let Some((address, _)) = value
                && !all.iter().any(|known| known == address)
            {
                all.push(address.to_owned());
            }
        }
    }
    assert!(all.iter().any(|address| address.ends_with(".wasm")), "{document}");
    all
}
