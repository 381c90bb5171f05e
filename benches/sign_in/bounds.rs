//! What this machine can do at best of the work that no sign-in gets around.

use crate::authenticator::{Authenticator, honest, new_key};
use crate::stopwatch::{self, Running, Spent};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use keymend::server::passwords::MEMORY_KIB;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, VerifyingKey};
use serde_json::{Value, json};
use std::fs::OpenOptions;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Barrier;
use std::time::Duration;
use uuid::Uuid;
use webauthn_rs::WebauthnBuilder;
use webauthn_rs::prelude::{DiscoverableAuthentication, DiscoverableKey, Passkey, PublicKeyCredential, Url};

const PAGE: usize = 4_096;
/// A write-ahead log grows to this many pages before it begins anew at its start.
const PAGES: u64 = 1_000;

/// Password hashes, with the parameters of the server, each thread keeping its memory as the server's do.
pub fn argon2(threads: usize, time: Duration) -> Spent {
    on_threads(threads, time, || {
        let params = Params::new(MEMORY_KIB, 2, 1, Some(32)).unwrap();
        let mut memory = vec![Block::default(); params.block_count()];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let salt: [u8; 16] = rand::random();
        move || {
            let mut hash = [0; 32];
            let password = b"a long passphrase that nobody else has";
            argon2.hash_password_into_with_memory(password, &salt, &mut hash, &mut memory).unwrap();
            assert_ne!(hash, [0; 32]);
        }
    })
}

/// Verifications of a P-256 signature, by the crate that webauthn-rs uses.
pub fn p256(threads: usize, time: Duration) -> Spent {
    on_threads(threads, time, || {
        let key = new_key();
        let message: [u8; 69] = std::array::from_fn(|n| n as u8);
        let signature: Signature = key.sign(&message);
        let (public, der) = (VerifyingKey::from(&key), signature.to_der());
        move || public.verify(&message, &Signature::from_der(der.as_bytes()).unwrap()).unwrap()
    })
}

/// Answers of a device, each read and verified by webauthn-rs: the response, the state of its ceremony and the passkey come as
/// they are stored or sent, and go no further than to say that it was the owner.
pub fn verifications(threads: usize, time: Duration) -> Spent {
    on_threads(threads, time, || {
        let origin = "http://localhost:3000";
        let webauthn = WebauthnBuilder::new("localhost", &Url::parse(origin).unwrap()).unwrap().build().unwrap();
        let mut device = Authenticator::new(origin);
        let (asked, state) = webauthn.start_passkey_registration(Uuid::from_u128(1), "ada", "ada", None).unwrap();
        let mut asked = serde_json::to_value(&asked.public_key).unwrap();
        asked["authenticatorSelection"] = json!({ "residentKey": "required", "userVerification": "required" });
        let mut made = device.create(&asked.to_string(), honest).unwrap();
        made["response"]["transports"] = Value::Null;
        let passkey = webauthn.finish_passkey_registration(&serde_json::from_value(made).unwrap(), &state).unwrap();
        let (asked, state) = webauthn.start_discoverable_authentication().unwrap();
        let answer = device.get(&serde_json::to_string(&asked.public_key).unwrap(), honest).unwrap().to_string();
        let [state, passkey] = [serde_json::to_string(&state).unwrap(), serde_json::to_string(&passkey).unwrap()];
        move || {
            let answer: PublicKeyCredential = serde_json::from_str(&answer).unwrap();
            let state: DiscoverableAuthentication = serde_json::from_str(&state).unwrap();
            let passkey: Passkey = serde_json::from_str(&passkey).unwrap();
            let key = DiscoverableKey::from(&passkey);
            assert!(webauthn.finish_discoverable_authentication_v2(&answer, state, key).unwrap().user_verified());
        }
    })
}

/// How a write is made durable.
#[derive(Clone, Copy)]
pub enum Durably {
    /// What SQLite uses as it is built here.
    Fsync,
    /// Without what is written about the file, such as when it was changed.
    Fdatasync,
}

/// Durable writes of one page, one after the other, into a file that has its size already.
pub fn durable_writes(folder: &Path, how: Durably, time: Duration) -> Spent {
    let path = folder.join("durable");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(&path).unwrap();
    file.write_all(&vec![0; PAGE * PAGES as usize]).unwrap();
    file.sync_all().unwrap();
    let (started, running, mut written) = (stopwatch::start(), Running::begin(), 0);
    while started.elapsed() < time {
        file.seek(SeekFrom::Start(written % PAGES * PAGE as u64)).unwrap();
        file.write_all(&[1; PAGE]).unwrap();
        match how {
            Durably::Fsync => file.sync_all().unwrap(),
            Durably::Fdatasync => file.sync_data().unwrap(),
        }
        written += 1;
    }
    let spent = running.stop(written as usize);
    std::fs::remove_file(path).unwrap();
    spent
}

/// So many threads do something again and again.
fn on_threads<W: FnMut()>(threads: usize, time: Duration, prepare: impl Fn() -> W + Sync) -> Spent {
    let ready = Barrier::new(threads + 1);
    let one = || {
        let mut work = prepare();
        work();
        ready.wait();
        let (started, mut times) = (stopwatch::start(), 0);
        while started.elapsed() < time {
            work();
            times += 1;
        }
        (times, started.elapsed())
    };
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        ready.wait();
        let running = Running::begin();
        let all: Vec<_> = all.into_iter().map(|thread| thread.join().unwrap()).collect();
        let spent = running.stop(all.iter().map(|(times, _)| times).sum());
        // Each thread ends in its own time, and what it did counts for that time.
        let rate: f64 = all.iter().map(|(times, wall)| *times as f64 / wall.as_secs_f64()).sum();
        Spent { wall: Duration::from_secs_f64(spent.times as f64 / rate), ..spent }
    })
}
