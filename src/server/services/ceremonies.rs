//! WebAuthn ceremonies: options out, with their state sealed beside them; responses back in.
//!
//! All sign-ins use the discoverable state of webauthn-rs, also where the account is known: that state holds no
//! credentials, so the account and the passkey are read anew when the ceremony finishes, and its size tells nothing.

use super::accounts::Descriptor;
use super::authenticator_data::{ALGORITHMS, AuthenticatorData, is_whole_assertion};
use super::client_data::{self, Expected, Kind};
use super::reply::Failure;
use crate::page::{self, Mediation};
use crate::server::db::passkeys::PasskeyRow as Row;
use crate::server::json::strict;
use crate::server::present::Minted;
use crate::server::random;
use crate::server::seal::Purpose as Seal;
use crate::server::visit::Visit;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ceremony::{Observation, Purpose};
use domain::ids::FlowId;
use domain::intelligence::constants::{CEREMONY_LIFETIME, CEREMONY_TIMEOUT};
use domain::provider::Aaguid;
use domain::time::Millis;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn,
};

/// The plain length of a sealed ceremony state, in bytes; longer ones grow by the same.
const STATE_SIZE: usize = 2_048;

/// The longest credential id (WebAuthn Level 3, section 7.1, step 25), in bytes.
const LONGEST_CREDENTIAL_ID: usize = 1_023;

/// Transports that are stored and sent again; an unknown one would be nonsense to the next browser.
const TRANSPORTS: &[&str] = &["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];

/// What goes out sealed and comes back.
#[derive(Serialize, Deserialize)]
pub struct Sealed {
    purpose: Purpose,
    flow: FlowId,
    expires: Millis,
    /// Unique to the ceremony, spent when it finishes.
    nonce: String,
    /// As it stands in the options; `state` has it too, but keeps it to itself.
    challenge: String,
    state: Value,
}

/// How a report begins to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Not sealed by us for this browser, this flow and this purpose, or too old.
    Expired,
    /// Not readable, or it does not verify.
    Unreadable,
}

/// How a `get()` is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Opens with the page.
    ByItself,
    /// Opens on a click.
    OnClick,
    /// Opens on a click, and leads to another device.
    AcrossDevices,
    /// Waits among the suggestions of a field.
    Conditional,
    /// Opens on a click, where there is something to show.
    Immediate,
}

/// Milliseconds after which no browser has a ceremony open any more, so that ours never ends one that is under way: whoever
/// scans a code with another device takes their time.
const NEVER_UNDER_WAY: u32 = CEREMONY_TIMEOUT + 15_000;

/// Options for `get()`. An empty list asks for any passkey of this site.
///
/// # Errors
/// When webauthn-rs or the sealing refuses; neither depends on the person.
pub fn mint_get(
    visit: &Visit,
    purpose: Purpose,
    flow: FlowId,
    allowed: &[Descriptor],
    how: How,
) -> Result<Minted, Failure> {
    let (challenge, state) = visit.app.webauthn.start_discoverable_authentication().map_err(internal)?;
    let mut options = serde_json::to_value(&challenge.public_key).map_err(internal)?;
    options["allowCredentials"] = allowed.iter().map(descriptor).collect();
    options["timeout"] = json!(CEREMONY_TIMEOUT);
    if let Some(options) = options.as_object_mut() {
        options.remove("extensions");
        if how == How::AcrossDevices {
            // The code is announced, so it should be what comes (WebAuthn Level 3, section 5.8.7).
            options.insert("hints".to_owned(), json!(["hybrid"]));
        }
    }
    mint(visit, purpose, flow, how, &options, serde_json::to_value(&state).map_err(internal)?)
}

/// Who a new passkey is for.
pub struct NewPasskeyFor<'a> {
    pub handle: Uuid,
    pub name: &'a str,
    pub exclude: &'a [Descriptor],
    /// Ask for this very device (a heal), not for a key or a phone.
    pub this_device: bool,
}

/// Options for `create()`: all of the account's passkeys excluded, resident key and user verification required.
///
/// # Errors
/// As [`mint_get`].
pub fn mint_create(visit: &Visit, flow: FlowId, who: &NewPasskeyFor<'_>) -> Result<Minted, Failure> {
    let ids: Vec<CredentialID> = who.exclude.iter().map(|passkey| passkey.credential_id.clone()).collect();
    let started =
        visit.app.webauthn.start_passkey_registration(who.handle, who.name, who.name, Some(ids)).map_err(internal)?;
    let (challenge, state) = started;
    let mut options = serde_json::to_value(&challenge.public_key).map_err(internal)?;
    options["excludeCredentials"] = who.exclude.iter().map(descriptor).collect();
    options["timeout"] = json!(CEREMONY_TIMEOUT);
    // webauthn-rs asks for ES384 too, which our own reader takes from nobody.
    options["pubKeyCredParams"] = ALGORITHMS.map(|alg| json!({ "type": "public-key", "alg": alg })).into();
    // webauthn-rs asks for "discouraged"; without a discoverable credential there is no autofill and no other door.
    let selection = &mut options["authenticatorSelection"];
    selection["residentKey"] = json!("required");
    selection["requireResidentKey"] = json!(true);
    selection["userVerification"] = json!("required");
    if who.this_device {
        // The hint is for browsers that know hints; the attachment keeps codes and keys away in the others. Where the platform
        // has nothing of its own to answer with, insisting on it would leave nobody to ask.
        options["hints"] = json!(["client-device"]);
        if visit.environment().can.platform_authenticator == Some(true) {
            options["authenticatorSelection"]["authenticatorAttachment"] = json!("platform");
        }
    }
    options["extensions"] = json!({ "credProps": true });
    mint(visit, Purpose::Create, flow, How::OnClick, &options, serde_json::to_value(&state).map_err(internal)?)
}

fn mint(
    visit: &Visit,
    purpose: Purpose,
    flow: FlowId,
    how: How,
    options: &Value,
    state: Value,
) -> Result<Minted, Failure> {
    let nonce = URL_SAFE_NO_PAD.encode(random::bytes::<16>());
    let challenge = options["challenge"].as_str().unwrap_or_default().to_owned();
    let sealed = Sealed { purpose, flow, expires: visit.now.plus(CEREMONY_LIFETIME), nonce, challenge, state };
    let state = visit.app.sealer.seal(Seal::Ceremony, &visit.bearer(), STATE_SIZE, &sealed);
    let state = state.ok_or_else(|| Failure::Internal("a ceremony could not be sealed".to_owned()))?;
    let watchdog = visit.app.settings.sign_in.watchdog_seconds.saturating_mul(1_000);
    Ok(Minted {
        auto: how == How::ByItself,
        mediation: match how {
            How::ByItself | How::OnClick | How::AcrossDevices => Mediation::Modal,
            How::Conditional => Mediation::Conditional,
            How::Immediate => Mediation::Immediate,
        },
        options: options.to_string(),
        state,
        // The person still needs the time of the dialog before it expires.
        good_for: u32::try_from(CEREMONY_LIFETIME / 2).unwrap_or(u32::MAX),
        watchdog: if how == How::AcrossDevices { NEVER_UNDER_WAY } else { watchdog },
        watchdog_away: NEVER_UNDER_WAY,
    })
}

/// Opens the state that came back, if it is ours, for this browser, purpose and flow, and young enough.
///
/// # Errors
/// [`Refused::Expired`] for everything else.
pub fn open(visit: &Visit, purpose: Purpose, flow: FlowId, text: &str) -> Result<Sealed, Refused> {
    let sealed: Option<Sealed> = visit.app.sealer.open(Seal::Ceremony, &visit.bearer(), text);
    sealed
        .filter(|sealed| sealed.purpose == purpose && sealed.flow == flow && visit.now < sealed.expires)
        .ok_or(Refused::Expired)
}

impl Sealed {
    /// What the ceremony was for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// What is spent when it finishes, and until when that must be remembered.
    #[must_use]
    pub fn once(&self) -> (&[u8], Millis) {
        (self.nonce.as_bytes(), self.expires)
    }
}

/// What a report says.
pub enum Told {
    /// It gave no credential.
    Failed(Observation),
    /// A credential, as JSON.
    Credential(Value),
}

/// Reads the field `outcome`.
///
/// # Errors
/// [`Refused::Unreadable`].
pub fn read_outcome(text: &str) -> Result<Told, Refused> {
    match serde_json::from_str(text).map_err(|_| Refused::Unreadable)? {
        page::Report::Failed(seen) => Ok(Told::Failed(seen.bounded())),
        page::Report::Credential(json) => strict(json.as_bytes()).map(Told::Credential).ok_or(Refused::Unreadable),
    }
}

/// An assertion as it arrived, not verified yet.
pub struct Assertion {
    credential: PublicKeyCredential,
    json: Value,
    /// The browser said that another device answered.
    pub cross_device: bool,
}

impl Assertion {
    /// Reads `PublicKeyCredential.toJSON()`.
    ///
    /// # Errors
    /// [`Refused::Unreadable`].
    pub fn read(json: Value) -> Result<Self, Refused> {
        let cross_device = json["authenticatorAttachment"] == "cross-platform";
        let credential: PublicKeyCredential = serde_json::from_value(json.clone()).map_err(|_| Refused::Unreadable)?;
        if credential.type_ != "public-key"
            || !names_one_passkey(&json, &credential.raw_id)
            || !is_whole_assertion(&credential.response.authenticator_data)
            || credential.raw_id.is_empty()
            || credential.raw_id.len() > LONGEST_CREDENTIAL_ID
        {
            return Err(Refused::Unreadable);
        }
        Ok(Self { credential, json, cross_device })
    }

    /// The credential id, raw bytes.
    #[must_use]
    pub fn credential_id(&self) -> &[u8] {
        &self.credential.raw_id
    }

    /// The same, under another credential id, which is not part of what is signed.
    ///
    /// # Errors
    /// As [`Assertion::read`].
    pub fn as_if_of(&self, credential_id: &[u8]) -> Result<Self, Refused> {
        let mut json = self.json.clone();
        json["id"] = URL_SAFE_NO_PAD.encode(credential_id).into();
        json["rawId"] = json["id"].clone();
        Self::read(json)
    }

    /// Whether it says whose it is. Where nobody has said so before, it must (WebAuthn Level 3, section 7.2, step 6).
    #[must_use]
    pub fn has_user_handle(&self) -> bool {
        self.credential.get_user_unique_id().is_some_and(|handle| !handle.is_empty())
    }

    /// Verifies it with a stored passkey (WebAuthn Level 3, section 7.2), and gives the passkey as it is to be stored
    /// now together with its backup state. `handle` is the user handle of the account the passkey belongs to.
    ///
    /// # Errors
    /// [`Refused::Unreadable`] whatever is wrong with it; the cause goes to the log.
    pub fn verify(
        &self,
        sealed: &Sealed,
        row: &Row,
        handle: Uuid,
    ) -> impl FnOnce(&Webauthn) -> Result<Verified, Refused> {
        let state = serde_json::from_value::<DiscoverableAuthentication>(sealed.state.clone());
        let before = row.passkey.clone();
        let stored = serde_json::from_str::<Passkey>(&before);
        let (credential, has_handle) = (self.credential.clone(), self.has_user_handle());
        let (json, challenge) = (self.json.clone(), sealed.challenge.clone());
        move |webauthn| {
            check_client_data(webauthn, &json, Kind::Get, &challenge)?;
            let (state, mut stored) = (state.map_err(|_| Refused::Expired)?, stored.map_err(|_| Refused::Unreadable)?);
            // Section 7.2, step 6: a user handle, where there is one, must be that of the account.
            let told = webauthn.identify_discoverable_authentication(&credential).ok().map(|(told, _)| told);
            if has_handle && told != Some(handle) {
                return Err(Refused::Unreadable);
            }
            let result = webauthn
                .finish_discoverable_authentication_v2(&credential, state, DiscoverableKey::from(&stored))
                .inspect_err(|error| tracing::info!(%error, "an assertion was refused"))
                .map_err(|_| Refused::Unreadable)?;
            stored.update_credential(&result);
            let passkey = serde_json::to_string(&stored).map_err(|_| Refused::Unreadable)?;
            let changed = (passkey != before).then_some(passkey);
            Ok(Verified { changed, counter: result.counter(), backed_up: result.backup_state() })
        }
    }
}

/// A verified assertion.
pub struct Verified {
    /// The passkey as it is to be stored, if that is not as it was.
    pub changed: Option<String>,
    counter: u32,
    pub backed_up: bool,
}

impl Verified {
    /// Whether its counter goes on from what is stored now, in the transaction that will store it: of answers that come at once each was
    /// verified with what was stored `before` any of them (WebAuthn Level 3, section 7.2, step 22).
    #[must_use]
    pub fn counts_on(&self, before: &Row, now: &Row) -> bool {
        if now.passkey == before.passkey {
            return true;
        }
        let stored = || serde_json::from_str::<Value>(&now.passkey).ok()?["cred"]["counter"].as_u64();
        stored().is_some_and(|stored| u64::from(self.counter) > stored || self.counter == 0 && stored == 0)
    }
}

/// The id of a credential that arrived, whatever else is wrong with it.
#[must_use]
pub fn id_of(json: &Value) -> Option<Vec<u8>> {
    let id = URL_SAFE_NO_PAD.decode(json["rawId"].as_str()?).ok()?;
    (!id.is_empty() && id.len() <= LONGEST_CREDENTIAL_ID).then_some(id)
}

/// A verified new passkey, not stored yet.
pub struct Made {
    pub credential_id: Vec<u8>,
    pub passkey: String,
    pub aaguid: Aaguid,
    pub transports: Vec<String>,
    pub attachment: Option<String>,
    pub backup_eligible: bool,
    pub backed_up: bool,
}

/// Verifies the response of `create()` (WebAuthn Level 3, section 7.1).
///
/// # Errors
/// [`Refused::Unreadable`] whatever is wrong with it; the cause goes to the log.
pub fn verify_created(webauthn: &Webauthn, sealed: &Sealed, json: Value) -> Result<Made, Refused> {
    check_client_data(webauthn, &json, Kind::Create, &sealed.challenge)?;
    let state: PasskeyRegistration = serde_json::from_value(sealed.state.clone()).map_err(|_| Refused::Expired)?;
    let transports = known_transports(&json["response"]["transports"]);
    let attachment =
        json["authenticatorAttachment"].as_str().filter(|text| matches!(*text, "platform" | "cross-platform"));
    let attachment = attachment.map(str::to_owned);
    let mut sent = json.clone();
    // Read above; what webauthn-rs does not know must not stop it.
    sent["response"]["transports"] = Value::Null;
    let credential: RegisterPublicKeyCredential = serde_json::from_value(sent).map_err(|_| Refused::Unreadable)?;
    if credential.type_ != "public-key" || !names_one_passkey(&json, &credential.raw_id) {
        return Err(Refused::Unreadable);
    }
    let authenticator =
        AuthenticatorData::of_attestation(&credential.response.attestation_object).ok_or(Refused::Unreadable)?;
    let passkey = webauthn
        .finish_passkey_registration(&credential, &state)
        .inspect_err(|error| tracing::info!(%error, "a new passkey was refused"))
        .map_err(|_| Refused::Unreadable)?;
    let credential_id = passkey.cred_id().to_vec();
    if credential_id.is_empty()
        || credential_id.len() > LONGEST_CREDENTIAL_ID
        || credential_id != credential.raw_id.as_ref() as &[u8]
    {
        return Err(Refused::Unreadable);
    }
    let passkey = serde_json::to_string(&passkey).map_err(|_| Refused::Unreadable)?;
    let AuthenticatorData { aaguid, backup_eligible, backed_up } = authenticator;
    Ok(Made { credential_id, passkey, aaguid, transports, attachment, backup_eligible, backed_up })
}

/// The text that a browser must have been asked by is that of the one origin webauthn-rs was set up with.
fn check_client_data(webauthn: &Webauthn, json: &Value, kind: Kind, challenge: &str) -> Result<(), Refused> {
    let origin = webauthn.get_allowed_origins().first().map(|origin| origin.origin().ascii_serialization());
    let origin = origin.unwrap_or_default();
    client_data::check(json, &Expected { kind, challenge, origin: &origin })
}

/// `id` and `rawId` are the same text (section 5.1.8 writes both with one function).
fn names_one_passkey(json: &Value, raw_id: &[u8]) -> bool {
    let encoded = URL_SAFE_NO_PAD.encode(raw_id);
    json["id"] == encoded.as_str() && json["rawId"] == encoded.as_str()
}

fn known_transports(value: &Value) -> Vec<String> {
    let all = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut known: Vec<String> = all.filter(|text| TRANSPORTS.contains(text)).map(str::to_owned).collect();
    known.sort();
    known.dedup();
    known
}

fn descriptor(passkey: &Descriptor) -> Value {
    let mut value = json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(&passkey.credential_id) });
    if !passkey.transports.is_empty() {
        value["transports"] = json!(passkey.transports);
    }
    value
}

fn internal(error: impl std::fmt::Display) -> Failure {
    Failure::Internal(format!("a ceremony could not start: {error}"))
}
