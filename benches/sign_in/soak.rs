//! What the release server holds of the machine's memory while a hundred thousand people sign in: as much at the end as after
//! the first thousands.

use crate::authenticator::{Authenticator, honest};
use crate::memory::{megabytes, resident};
use crate::served::Server;
use crate::table::{Row, Table};
use crate::wire::Client;
use crate::wishes;
use keymend::page::{Report, Screen};

const SIGN_INS: usize = 100_000;
/// Connections at a time, each a person who signs in again and again.
const PEOPLE: usize = 16;
/// Looked at so many times on the way.
const LOOKS: usize = 10;
/// More than this, in percent, is not flat.
const FLAT: f64 = 10.0;

pub fn measure(server: &Server, table: &mut Table) {
    if resident(server).is_none() {
        return;
    }
    let sign_ins = wishes::fewer(wishes::fewer(SIGN_INS));
    println!("==> memory over {sign_ins} sign-ins");
    let mut people: Vec<_> = (0..PEOPLE).map(|_| Person::settles_in(server)).collect();
    let mut held = Vec::new();
    for _ in 0..LOOKS {
        std::thread::scope(|scope| {
            for person in &mut people {
                scope.spawn(|| (0..sign_ins / LOOKS / PEOPLE).for_each(|_| person.signs_in()));
            }
        });
        held.extend(resident(server));
    }
    // The first part fills caches.
    let (Some(first), Some(last)) = (held.get(1), held.last()) else { return };
    let growth = 100.0 * (*last as f64 / *first as f64 - 1.0);
    table.add(Row {
        name: format!("memory after {sign_ins} passkey sign-ins"),
        value: megabytes(*last),
        beside: format!("{} after a fifth of them", megabytes(*first)),
        ratio: format!("{growth:+.1} %"),
        target: format!("≤ +{FLAT:.0} %"),
        met: Some(growth <= FLAT),
    });
}

struct Person {
    client: Client,
    device: Authenticator,
    identifier: String,
}

impl Person {
    fn settles_in(server: &Server) -> Self {
        let identifier = format!("{:032x}", rand::random::<u128>());
        let mut client = server.client();
        let mut device = Authenticator::new(&client.origin());
        let Screen::SignUp(screen) = client.page("/sign-up").screen else { panic!("no page to sign up") };
        let fields = [("identifier", identifier.as_str()), ("password", "a long passphrase that nobody else has")];
        let page = client.press(&screen.create, &fields);
        let Screen::CreatePasskey(screen) = page.screen else { panic!("{page:?}") };
        let credential = device.create(&screen.ceremony.options, honest).unwrap();
        client.report(&screen.ceremony, &Report::Credential(credential.to_string()));
        Self { client, device, identifier }
    }

    fn signs_in(&mut self) {
        self.client.drop_cookie("session");
        self.client.drop_cookie("flow");
        let mut page = self.client.page("/sign-in");
        if let Screen::Identify(screen) = &page.screen
            && let Some((_, other)) = screen.one_tap.clone()
        {
            page = self.client.press(&other, &[]);
        }
        let Screen::Identify(screen) = page.screen else { panic!("no page to sign in") };
        let Some((_, proceed)) = screen.form else { panic!("no field to sign in") };
        let page = self.client.press(&proceed, &[("identifier", &self.identifier)]);
        let Screen::UsePasskey(screen) = page.screen else { panic!("{page:?}") };
        let credential = self.device.get(&screen.ceremony.options, honest).unwrap();
        self.client.report(&screen.ceremony, &Report::Credential(credential.to_string()));
        assert!(self.client.has_cookie("session"), "the passkey is right");
    }
}
