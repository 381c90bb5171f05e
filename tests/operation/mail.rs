//! Mails on their way to a mail server over TLS: they leave only where nobody else can read them.

use crate::app::Letter;
use crate::dump::Dump;
use crate::mail_server::{Authority, Heard, MailServer, Secrecy};
use crate::served::Served;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

const ADDRESS: &str = "ada@example.org";
const STARTTLS: (&str, &str) = ("smtp://keymend:a%20password@localhost", "?tls=required");
const IMPLICIT: (&str, &str) = ("smtps://keymend:a%20password@localhost", "");

/// A server that sends its mails there, and trusts nobody but this authority.
struct Scene {
    served: Served,
    mails: MailServer,
    trusted: PathBuf,
}

impl Scene {
    async fn set(mails: MailServer, (host, rest): (&str, &str), trusted: &Authority) -> Self {
        let file = std::env::temp_dir().join(format!("keymend_test_{:032x}.pem", rand::random::<u128>()));
        std::fs::write(&file, &trusted.pem).unwrap();
        let url = mails.url(host, rest);
        let settings = [("KEYMEND__MAIL__SMTP", url.as_str()), ("SSL_CERT_FILE", file.to_str().unwrap())];
        let served = Served::start(&settings).await;
        // Something to tell by mail.
        served.person(ADDRESS).begins_to_sign_up().await;
        Self { served, mails, trusted: file }
    }

    /// Until this is so.
    async fn waits(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        for _ in 0..3_000 {
            if is_so(self) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{what} did not happen: {:?} {}", self.mails.heard(), self.served.log());
    }

    async fn mails_that_wait(&self) -> usize {
        Dump::of(&self.served.database().await).await.rows("outbox")
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.trusted));
    }
}

/// What was said where everybody could hear it.
fn aloud(heard: &[Heard]) -> Vec<&str> {
    heard.iter().filter(|heard| !heard.in_secret).map(|heard| heard.word.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_tls_mails_arrive_and_nothing_of_them_is_said_aloud() {
    let ours = Authority::new("ours");
    let config = ours.certifies("localhost", |_| {});
    for (secrecy, url, hello) in [
        (Secrecy::StartTls(config.clone()), STARTTLS, &["EHLO", "STARTTLS"][..]),
        (Secrecy::Implicit(config.clone()), IMPLICIT, &[]),
    ] {
        let scene = Scene::set(MailServer::start(secrecy, &[]), url, &ours).await;
        scene.waits("a mail", |scene| !scene.mails.taken().is_empty()).await;
        let (_, to, raw) = scene.mails.taken().remove(0);
        assert_eq!((to.as_str(), Letter::read(&raw).to.as_str()), ("<ada@example.org>", ADDRESS));
        let heard = scene.mails.heard();
        assert!(aloud(&heard).iter().all(|word| hello.contains(word)), "{heard:?}");
        assert!(heard.contains(&Heard { word: "AUTH".to_owned(), in_secret: true }), "{heard:?}");
    }
}

/// A case, the server of it, and how it is reached.
type Case = (&'static str, Secrecy, (&'static str, &'static str));

/// Who cannot show who they are, and who does not keep a secret.
fn strangers(ours: &Authority, theirs: &Authority) -> Vec<Case> {
    let of_somebody_else = theirs.certifies("localhost", |_| {});
    let for_another_name = ours.certifies("mail.example.org", |_| {});
    let over = ours.certifies("localhost", |params| params.not_after = rcgen::date_time_ymd(2020, 1, 1));
    let not_yet = ours.certifies("localhost", |params| params.not_before = rcgen::date_time_ymd(2090, 1, 1));
    let mut all = vec![
        ("no STARTTLS", Secrecy::None, STARTTLS),
        ("STARTTLS that is offered and refused", Secrecy::BrokenStartTls, STARTTLS),
        ("no TLS", Secrecy::None, IMPLICIT),
    ];
    for (what, config) in [
        ("a certificate by somebody whom nobody trusts", of_somebody_else),
        ("a certificate for another name", for_another_name),
        ("a certificate that is over", over),
        ("a certificate that does not count yet", not_yet),
    ] {
        all.push((what, Secrecy::StartTls(config.clone()), STARTTLS));
        all.push((what, Secrecy::Implicit(config), IMPLICIT));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_that_cannot_show_who_it_is_or_keeps_no_secret_is_told_nothing() {
    let (ours, theirs) = (Arc::new(Authority::new("ours")), Authority::new("theirs"));
    let refused: JoinSet<()> =
        strangers(&ours, &theirs).into_iter().map(|case| is_told_nothing(case, ours.clone())).collect();
    println!("{} mail servers were told nothing", refused.join_all().await.len());
}

async fn is_told_nothing((what, secrecy, url): Case, ours: Arc<Authority>) {
    let what = format!("{what}, {}", url.0.split(':').next().unwrap());
    let scene = Scene::set(MailServer::start(secrecy, &[]), url, &ours).await;
    scene.waits(&what, |scene| scene.served.log().contains("a mail did not leave")).await;
    let heard = scene.mails.heard();
    let harmless = ["EHLO", "STARTTLS", "QUIT"];
    assert!(heard.iter().all(|heard| !heard.in_secret && harmless.contains(&heard.word.as_str())), "{what}: {heard:?}");
    assert!(scene.mails.tries().is_empty(), "{what}");
    // It is there for the day on which all is well, and the operator is told.
    assert!(scene.mails_that_wait().await > 0, "{what}");
    let log = scene.served.log();
    let why = ["no secure connection to the mail server", "the mail server answered 454"];
    assert!(why.iter().any(|why| log.contains(why)), "{what}: {log}");
    assert!(!log.contains(ADDRESS) && !log.contains("a password") && !log.contains("a%20password"), "{what}: {log}");
}
