//! What the release server holds of the machine's memory while a hundred thousand people sign in: as much at the end as after
//! the first ten thousands.

use crate::authenticator::{Authenticator, honest};
use crate::memory::{megabytes, resident};
use crate::served::Server;
use crate::table::{Row, Table};
use crate::wire::Client;
use crate::wishes;
use keymend::page::{Report, Screen};

const SIGN_INS: usize = 100_000;
/// So many sign in at a time.
const AT_A_TIME: usize = 16;
/// Each of them in turn with so many accounts and browsers, so that nobody collects sessions as no person would.
const PEOPLE_EACH: usize = 25;
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
    let settle_in = |_| (0..PEOPLE_EACH).map(|_| Person::settles_in(server)).collect();
    let mut crowd: Vec<Vec<_>> = (0..AT_A_TIME).map(settle_in).collect();
    let mut held = Vec::new();
    for _ in 0..LOOKS {
        std::thread::scope(|scope| {
            for people in &mut crowd {
                scope.spawn(|| {
                    for turn in 0..sign_ins / LOOKS / AT_A_TIME {
                        people[turn % PEOPLE_EACH].signs_in_and_out();
                    }
                });
            }
        });
        let now = resident(server);
        println!("    {}", now.map(megabytes).unwrap_or_default());
        held.extend(now);
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
        client.drop_cookie("session");
        Self { client, device, identifier }
    }

    fn signs_in_and_out(&mut self) {
        self.client.reconnect().unwrap();
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
        let page = self.client.report(&screen.ceremony, &Report::Credential(credential.to_string()));
        let Screen::Dashboard(screen) = page.screen else { panic!("{page:?}") };
        self.client.press(&screen.sign_out, &[]);
    }
}
