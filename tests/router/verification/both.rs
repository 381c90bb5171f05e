//! What is wrong with an answer of either kind: the client data, and the JSON around it.

use super::message::Change::{Client, ClientText, Sent, Text};
use super::message::{Line, rewrite};
use serde_json::{Value, json};

/// The origin is the text of ours, nothing that means the same.
pub const ORIGIN: &[Line] = &[
    ("another port", Client(|client| client["origin"] = "http://localhost:3001".into())),
    ("no port", Client(|client| client["origin"] = "http://localhost".into())),
    ("https", Client(|client| client["origin"] = "https://localhost:3000".into())),
    ("a host in capitals", Client(|client| client["origin"] = "http://LOCALHOST:3000".into())),
    ("a scheme in capitals", Client(|client| client["origin"] = "HTTP://localhost:3000".into())),
    ("a dot after the host", Client(|client| client["origin"] = "http://localhost.:3000".into())),
    ("a subdomain", Client(|client| client["origin"] = "http://login.localhost:3000".into())),
    (
        "our host as somebody's subdomain",
        Client(|client| client["origin"] = "http://localhost.evil.example:3000".into()),
    ),
    ("a port that goes on", Client(|client| client["origin"] = "http://localhost:3000.evil.example".into())),
    ("our host as a user", Client(|client| client["origin"] = "http://localhost:3000@evil.example".into())),
    ("a user before our host", Client(|client| client["origin"] = "http://ada@localhost:3000".into())),
    ("somebody else", Client(|client| client["origin"] = "https://evil.example".into())),
    ("the address of this machine", Client(|client| client["origin"] = "http://127.0.0.1:3000".into())),
    ("a letter of another script", Client(|client| client["origin"] = "http://l\u{43e}calhost:3000".into())),
    ("a stroke at the end", Client(|client| client["origin"] = "http://localhost:3000/".into())),
    ("a path", Client(|client| client["origin"] = "http://localhost:3000/sign-in".into())),
    ("a query", Client(|client| client["origin"] = "http://localhost:3000?".into())),
    ("a space before", Client(|client| client["origin"] = " http://localhost:3000".into())),
    ("a NUL after", Client(|client| client["origin"] = "http://localhost:3000\u{0}".into())),
    ("a tab within", Client(|client| client["origin"] = "http://local\thost:3000".into())),
    ("a backslash", Client(|client| client["origin"] = "http:\\\\localhost:3000".into())),
    ("an application", Client(|client| client["origin"] = "android:apk-key-hash:AAAA".into())),
    ("an opaque origin", Client(|client| client["origin"] = "null".into())),
    ("an origin of null", Client(|client| client["origin"] = Value::Null)),
    ("an empty origin", Client(|client| client["origin"] = "".into())),
    ("an origin in a list", Client(|client| client["origin"] = json!(["http://localhost:3000"]))),
    ("no origin", Client(|client| _ = client.as_object_mut().unwrap().remove("origin"))),
];

pub const CLIENT_DATA: &[Line] = &[
    ("type: another", Client(|client| client["type"] = "payment.get".into())),
    ("type: in capitals", Client(|client| client["type"] = client["type"].as_str().unwrap().to_uppercase().into())),
    (
        "type: the other ceremony",
        Client(|client| {
            client["type"] = if client["type"] == "webauthn.get" { "webauthn.create" } else { "webauthn.get" }.into();
        }),
    ),
    ("type: empty", Client(|client| client["type"] = "".into())),
    ("type: a number", Client(|client| client["type"] = 1.into())),
    ("type: missing", Client(|client| _ = client.as_object_mut().unwrap().remove("type"))),
    ("challenge: another", Client(|client| client["challenge"] = "A".repeat(43).into())),
    ("challenge: empty", Client(|client| client["challenge"] = "".into())),
    (
        "challenge: with padding",
        Client(|client| client["challenge"] = format!("{}=", text(client, "challenge")).into()),
    ),
    ("challenge: cut", Client(|client| client["challenge"] = text(client, "challenge")[..22].into())),
    ("challenge: twice", Client(|client| client["challenge"] = text(client, "challenge").repeat(2).into())),
    (
        "challenge: a space after",
        Client(|client| client["challenge"] = format!("{} ", text(client, "challenge")).into()),
    ),
    ("challenge: bytes in a list", Client(|client| client["challenge"] = json!([0, 1, 2, 3]))),
    ("challenge: null", Client(|client| client["challenge"] = Value::Null)),
    ("challenge: missing", Client(|client| _ = client.as_object_mut().unwrap().remove("challenge"))),
    ("crossOrigin: true", Client(|client| client["crossOrigin"] = true.into())),
    ("crossOrigin: a text", Client(|client| client["crossOrigin"] = "false".into())),
    ("crossOrigin: null", Client(|client| client["crossOrigin"] = Value::Null)),
    ("crossOrigin: a number", Client(|client| client["crossOrigin"] = 0.into())),
    ("topOrigin: ours", Client(|client| client["topOrigin"] = client["origin"].clone())),
    ("topOrigin: another", Client(|client| client["topOrigin"] = "https://evil.example".into())),
    ("topOrigin: null", Client(|client| client["topOrigin"] = Value::Null)),
    (
        "topOrigin: framed by ourselves",
        Client(|client| {
            client["crossOrigin"] = true.into();
            client["topOrigin"] = client["origin"].clone();
        }),
    ),
    ("client data: nothing", ClientText(|_| Vec::new())),
    ("client data: no JSON", ClientText(|text| text.replace('"', "'").into())),
    ("client data: a list", ClientText(|text| format!("[{text}]").into())),
    ("client data: null", ClientText(|_| "null".into())),
    ("client data: a text in a text", ClientText(|text| Value::from(text).to_string().into())),
    ("client data: cut", ClientText(|text| text[..text.len() - 1].into())),
    ("client data: something after it", ClientText(|text| format!("{text}{{}}").into())),
    (
        "client data: no UTF-8",
        ClientText(|text| {
            text.replacen("webauthn", "webauth\u{0}", 1)
                .bytes()
                .map(|byte| if byte == 0 { 0xff } else { byte })
                .collect()
        }),
    ),
    ("client data: UTF-16", ClientText(|text| text.encode_utf16().flat_map(u16::to_le_bytes).collect())),
    ("client data: two types, ours last", ClientText(|text| text.replacen('{', r#"{"type":"payment.get","#, 1).into())),
    (
        "client data: two origins, ours last",
        ClientText(|text| text.replacen('{', r#"{"origin":"https://evil.example","#, 1).into()),
    ),
    (
        "client data: two origins, ours first",
        ClientText(|text| text.replace('}', r#","origin":"https://evil.example"}"#).into()),
    ),
    ("client data: two challenges", ClientText(|text| text.replacen('{', r#"{"challenge":"AAAA","#, 1).into())),
    ("client data: two crossOrigins", ClientText(|text| text.replacen('{', r#"{"crossOrigin":true,"#, 1).into())),
    (
        "client data: a name twice, once escaped",
        ClientText(|text| text.replacen('{', r#"{"\u006frigin":"https://evil.example","#, 1).into()),
    ),
    (
        "client data: nested deeply",
        ClientText(|text| {
            text.replacen('{', &format!(r#"{{"deep":{}{},"#, "[".repeat(10_000), "]".repeat(10_000)), 1).into()
        }),
    ),
    (
        "client data: very long",
        ClientText(|text| text.replacen('{', &format!(r#"{{"long":"{}","#, "x".repeat(60_000)), 1).into()),
    ),
];

pub const AROUND: &[Line] = &[
    ("credential type: another", Sent(|sent| sent["type"] = "password".into())),
    ("credential type: empty", Sent(|sent| sent["type"] = "".into())),
    ("credential type: null", Sent(|sent| sent["type"] = Value::Null)),
    ("credential type: missing", Sent(|sent| _ = sent.as_object_mut().unwrap().remove("type"))),
    ("id: missing", Sent(|sent| _ = sent.as_object_mut().unwrap().remove("id"))),
    ("id: another", Sent(|sent| sent["id"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAA".into())),
    ("id: empty", Sent(|sent| sent["id"] = "".into())),
    ("id: null", Sent(|sent| sent["id"] = Value::Null)),
    ("rawId: missing", Sent(|sent| _ = sent.as_object_mut().unwrap().remove("rawId"))),
    ("rawId: another", Sent(|sent| sent["rawId"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAA".into())),
    ("rawId: empty", Sent(|sent| sent["rawId"] = "".into())),
    ("rawId: null", Sent(|sent| sent["rawId"] = Value::Null)),
    ("rawId: no base64url", Sent(|sent| sent["rawId"] = "!".into())),
    ("rawId: with padding", Sent(|sent| sent["rawId"] = format!("{}=", text(sent, "rawId")).into())),
    ("rawId: bytes in a list", Sent(|sent| sent["rawId"] = json!([1, 2, 3]))),
    (
        "id and rawId: another",
        Sent(|sent| {
            sent["id"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAA".into();
            sent["rawId"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAA".into();
        }),
    ),
    (
        "id and rawId: empty",
        Sent(|sent| {
            sent["id"] = "".into();
            sent["rawId"] = "".into();
        }),
    ),
    (
        "id and rawId: of 1,024 bytes",
        Sent(|sent| {
            let id = crate::authenticator::encode([5; 1_024]);
            sent["id"] = id.as_str().into();
            sent["rawId"] = id.into();
        }),
    ),
    ("response: missing", Sent(|sent| _ = sent.as_object_mut().unwrap().remove("response"))),
    ("response: null", Sent(|sent| sent["response"] = Value::Null)),
    ("response: empty", Sent(|sent| sent["response"] = json!({}))),
    ("response: a list", Sent(|sent| sent["response"] = json!([sent["response"].clone()]))),
    ("response: a text", Sent(|sent| sent["response"] = sent["response"].to_string().into())),
    ("clientDataJSON: missing", Sent(|sent| _ = sent["response"].as_object_mut().unwrap().remove("clientDataJSON"))),
    ("clientDataJSON: null", Sent(|sent| sent["response"]["clientDataJSON"] = Value::Null)),
    ("clientDataJSON: an object", Sent(|sent| sent["response"]["clientDataJSON"] = json!({ "type": "webauthn.get" }))),
    ("clientDataJSON: not encoded", Sent(|sent| sent["response"]["clientDataJSON"] = "{}".into())),
    (
        "clientDataJSON: with padding",
        Sent(|sent| {
            sent["response"]["clientDataJSON"] =
                format!("{}==", sent["response"]["clientDataJSON"].as_str().unwrap()).into()
        }),
    ),
    (
        "clientDataJSON: changed afterwards",
        Sent(|sent| {
            rewrite(sent, "clientDataJSON", |bytes| String::from_utf8(bytes).unwrap().replace("3000", "3001").into())
        }),
    ),
    ("extensions: a text", Sent(|sent| sent["clientExtensionResults"] = "none".into())),
    (
        "extensions: more than a request may carry",
        Sent(|sent| sent["clientExtensionResults"] = json!({ "largeBlob": "x".repeat(300_000) })),
    ),
    ("nothing", Text(|_| String::new())),
    ("null", Text(|_| "null".to_owned())),
    ("a list", Text(|text| format!("[{text}]"))),
    ("a text", Text(|text| Value::from(text).to_string())),
    ("a number", Text(|_| "1".to_owned())),
    ("an empty object", Text(|_| "{}".to_owned())),
    ("cut", Text(|text| text[..text.len() / 2].to_owned())),
    ("something after it", Text(|text| format!("{text}{text}"))),
    ("two ids, ours last", Text(|text| text.replacen('{', r#"{"id":"AAAA","#, 1))),
    ("two responses, ours last", Text(|text| text.replacen('{', r#"{"response":{},"#, 1))),
    (
        "two client data in one response",
        Text(|text| text.replacen(r#""response":{"#, r#""response":{"clientDataJSON":"e30","#, 1)),
    ),
    (
        "nested deeply",
        Text(|text| text.replacen('{', &format!(r#"{{"deep":{}{},"#, "[".repeat(10_000), "]".repeat(10_000)), 1)),
    ),
];

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap().to_owned()
}
