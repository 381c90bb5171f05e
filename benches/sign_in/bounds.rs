//! What this machine can do at best of the work that no sign-in gets around.

use crate::authenticator::new_key;
use crate::stopwatch;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use keymend::server::passwords::MEMORY_KIB;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, VerifyingKey};
use std::fs::OpenOptions;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Barrier;
use std::time::Duration;

const PAGE: usize = 4_096;
/// A write-ahead log grows to this many pages before it begins anew at its start.
const PAGES: u64 = 1_000;

/// Password hashes per second, with the parameters of the server, each thread keeping its memory as the server's do.
pub fn argon2(threads: usize, time: Duration) -> f64 {
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

/// Verifications of a P-256 signature per second, by the crate that webauthn-rs uses.
pub fn p256(threads: usize, time: Duration) -> f64 {
    on_threads(threads, time, || {
        let key = new_key();
        let message: [u8; 69] = std::array::from_fn(|n| n as u8);
        let signature: Signature = key.sign(&message);
        let (public, der) = (VerifyingKey::from(&key), signature.to_der());
        move || public.verify(&message, &Signature::from_der(der.as_bytes()).unwrap()).unwrap()
    })
}

/// Durable writes of one page per second, one after the other, into a file that has its size already.
pub fn fdatasync(folder: &Path, time: Duration) -> f64 {
    let path = folder.join("fdatasync");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(&path).unwrap();
    file.write_all(&vec![0; PAGE * PAGES as usize]).unwrap();
    file.sync_all().unwrap();
    let started = stopwatch::start();
    let mut written = 0;
    while started.elapsed() < time {
        file.seek(SeekFrom::Start(written % PAGES * PAGE as u64)).unwrap();
        file.write_all(&[1; PAGE]).unwrap();
        file.sync_data().unwrap();
        written += 1;
    }
    let elapsed = started.elapsed();
    std::fs::remove_file(path).unwrap();
    stopwatch::per_second(written as usize, elapsed)
}

/// How often per second so many threads together can do something.
fn on_threads<W: FnMut()>(threads: usize, time: Duration, prepare: impl Fn() -> W + Sync) -> f64 {
    let ready = Barrier::new(threads);
    let one = || {
        let mut work = prepare();
        work();
        ready.wait();
        let started = stopwatch::start();
        let mut done = 0;
        while started.elapsed() < time {
            work();
            done += 1;
        }
        stopwatch::per_second(done, started.elapsed())
    };
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}
