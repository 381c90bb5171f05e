//! Addresses: pages, server functions, files, and what operators ask.

use super::db::outbox;
use super::layers::steady::Asked;
use super::layers::{around, body, headers, origin};
use super::metrics::Now;
use super::present::paths;
use super::services::account::export;
use super::services::{pages, saved_codes};
use super::state::App;
use super::visit::Visit;
use super::well_known;
use crate::api;
use crate::api::answer::{Failed, unavailable};
use crate::app::{Document, shell};
use crate::page::{Page, Screen, Start};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use http::{HeaderValue, Method, StatusCode, header};
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;
use subtle::ConstantTimeEq as _;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;

/// What is at an address that is only asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    Page,
    /// A page that may tell of a name that somebody has typed.
    PageAboutSomebody,
    Export,
    CodesFile,
    BrandStyle,
    ChangePassword,
    PasskeyEndpoints,
    Life,
    Readiness,
    Metrics,
}

/// All addresses that are only asked for, but files. The tests go through them and say of each what it needs.
pub const ADDRESSES: [(&str, Shows); 22] = [
    ("/", Shows::Page),
    (paths::SIGN_IN, Shows::PageAboutSomebody),
    (paths::SIGN_UP, Shows::PageAboutSomebody),
    (paths::DASHBOARD, Shows::Page),
    (paths::ACCOUNT, Shows::Page),
    (paths::ACCOUNT_PASSWORD, Shows::Page),
    (paths::ACCOUNT_IDENTIFIER, Shows::PageAboutSomebody),
    (paths::ACCOUNT_DELETE, Shows::Page),
    (paths::ACCOUNT_EXPORT, Shows::Export),
    (paths::GOODBYE, Shows::Page),
    (paths::FORGOT_PASSWORD, Shows::PageAboutSomebody),
    (paths::NOT_ME, Shows::Page),
    (paths::CONFIRM_ADDRESS, Shows::Page),
    (paths::NEW_ADDRESS, Shows::Page),
    (paths::RECOVERY_CODES, Shows::Page),
    (paths::RECOVERY_CODES_FILE, Shows::CodesFile),
    ("/brand.css", Shows::BrandStyle),
    (well_known::CHANGE_PASSWORD, Shows::ChangePassword),
    (well_known::PASSKEY_ENDPOINTS, Shows::PasskeyEndpoints),
    ("/healthz", Shows::Life),
    ("/readyz", Shows::Readiness),
    ("/metrics", Shows::Metrics),
];

impl Shows {
    fn method(self) -> MethodRouter<App> {
        match self {
            Self::Page => get(page),
            Self::PageAboutSomebody => get(page_about_somebody),
            Self::Export => get(account_export),
            Self::CodesFile => get(codes_file),
            Self::BrandStyle => get(brand_style),
            Self::ChangePassword => get(well_known::change_password),
            Self::PasskeyEndpoints => get(well_known::passkey_endpoints),
            Self::Life => get(|| async { "ok" }),
            Self::Readiness => get(ready),
            Self::Metrics => get(metrics),
        }
    }
}

/// Everything that answers.
pub fn router(app: App) -> Router {
    // Without leptos' list of routes nobody else starts its executor; a second start changes nothing.
    let _ = any_spawner::Executor::init_tokio();
    api::register();
    let files = ServeDir::new(app.leptos.site_root.as_ref())
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(get(page).with_state(app.clone()));
    let functions = Router::new().route("/api/{*function}", post(server_function));
    let routes = ADDRESSES.iter().fold(functions, |routes, (address, shows)| routes.route(address, shows.method()));
    let routes = routes.fallback_service(files);
    surrounded(routes, &app).with_state(app)
}

/// The layers around every route, the outermost first, and all of them as one: axum keeps each by itself in a box.
pub fn surrounded(routes: Router<App>, app: &App) -> Router<App> {
    let panicked = |_: Box<dyn std::any::Any + Send>| {
        tracing::error!("a request panicked");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    };
    routes.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(app.clone(), around))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(CompressionLayer::new())
            .layer(from_fn_with_state(app.clone(), origin::check)),
    )
}

/// A document that tells of a name that somebody has typed.
async fn page_about_somebody(State(app): State<App>, request: Request) -> Response {
    let asked = Asked::now(&app, &request);
    let response = page(State(app.clone()), request).await;
    asked.answer(&app, response).await
}

/// A document: the present step of this visitor.
async fn page(State(app): State<App>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let mut visit = Visit::read(&app, request.headers(), None);
    // The document is built here and now; a redirect has happened already where one was needed.
    visit.wants_html = false;
    match pages::back_at_once(&visit, request.uri()).await {
        Ok(None) => {}
        Ok(Some(address)) => return Redirect::to(&address).into_response(),
        Err(failure) => {
            let reply = unavailable(&app, &failure);
            return show(&app, request, reply.page, reply.status).await;
        }
    }
    match pages::elsewhere(&visit, request.uri().path()).await {
        Ok(None) => {}
        Ok(Some(address)) => return Redirect::to(address).into_response(),
        Err(failure) => {
            let reply = unavailable(&app, &failure);
            return show(&app, request, reply.page, reply.status).await;
        }
    }
    let address = request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let presented = pages::present(&mut visit, &address).await;
    let cookies = if presented.is_ok() { visit.cookies() } else { &[] };
    let reply = presented.unwrap_or_else(|failure| unavailable(&app, &failure));
    let mut response = match &reply.page.screen {
        // No page in between, where none is open yet.
        Screen::Leave(_) => Redirect::to(&reply.page.address).into_response(),
        _ => document(&app, request, reply.page, reply.status).await,
    };
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

/// A page for whoever asks: the browser's own code gets JSON, a person a document.
pub async fn show(app: &App, request: Request, page: Page, status: StatusCode) -> Response {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("text/html") {
        document(app, request, page, status).await
    } else {
        (status, Json(page)).into_response()
    }
}

async fn document(app: &App, request: Request, page: Page, status: StatusCode) -> Response {
    let start = Start { frame: app.presenter.frame(), page };
    let brand = &app.settings.brand;
    let about = Document {
        lang: "en".to_owned(),
        dir: "ltr".to_owned(),
        brand_style: !(brand.accent.is_empty() && brand.gold.is_empty()),
    };
    let options = app.leptos.clone();
    let return_to = app.settings.relying_party.return_to.clone();
    let render = leptos_axum::render_app_async_with_context(
        move || {
            if let (Some(nonce), Some(answer)) = (use_nonce(), use_context::<ResponseOptions>())
                && let Ok(policy) = HeaderValue::from_str(&headers::document_policy(&nonce, &return_to))
            {
                answer.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            }
        },
        move || shell(options.clone(), start.clone(), about.clone()),
    );
    let mut response = render(request).await;
    *response.status_mut() = status;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn server_function(State(app): State<App>, request: Request) -> Response {
    let request = match body::read(&app, request).await {
        Ok(request) => request,
        Err(refused) => return refused,
    };
    // From here on the question is there as a whole.
    let asked = Asked::now(&app, &request);
    let response = run_function(&app, request).await;
    asked.answer(&app, response).await
}

async fn run_function(app: &App, request: Request) -> Response {
    let failed = Failed::default();
    let (asked, context) = (document_of(&request), {
        let (app, failed) = (app.clone(), failed.clone());
        move || {
            provide_context(app.clone());
            provide_context(failed.clone());
        }
    });
    let answer = leptos_axum::handle_server_fns_with_context(context, request).await.into_response();
    match failed.take() {
        Some((page, status)) => document(app, asked, page, status).await,
        None => answer,
    }
}

/// A request for a document by whoever made this one.
fn document_of(request: &Request) -> Request {
    let mut document = Request::new(Body::empty());
    document.headers_mut().clone_from(request.headers());
    document
}

/// A file with all that is kept of the account; who is not signed in is led to the door.
async fn account_export(State(app): State<App>, request: Request) -> Response {
    let visit = Visit::read(&app, request.headers(), None);
    match export::export(&visit).await {
        Ok(Some(file)) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"account.json\""),
            ];
            (headers, file).into_response()
        }
        Ok(None) => Redirect::to("/sign-in").into_response(),
        Err(failure) => {
            let reply = unavailable(&app, &failure);
            show(&app, request, reply.page, reply.status).await
        }
    }
}

/// The recovery codes that are on the screen, to be kept.
async fn codes_file(State(app): State<App>, request: Request) -> Response {
    let visit = Visit::read(&app, request.headers(), None);
    match saved_codes::as_file(&visit).await {
        Ok(Some(text)) => {
            let headers = [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"recovery-codes.txt\""),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, text).into_response()
        }
        Ok(None) => Redirect::to(paths::RECOVERY_CODES).into_response(),
        Err(failure) => {
            let reply = unavailable(&app, &failure);
            show(&app, request, reply.page, reply.status).await
        }
    }
}

/// The operator's colours. Only hexadecimal ones get this far.
async fn brand_style(State(app): State<App>) -> impl IntoResponse {
    let brand = &app.settings.brand;
    let token =
        |name: &str, colour: &str| if colour.is_empty() { String::new() } else { format!("--{name}:{colour};") };
    let style = format!(":root:root{{{}{}}}", token("accent", &brand.accent), token("gold", &brand.gold));
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], style)
}

/// For Prometheus. Behind a proxy everybody seems to come from this machine, so where the origin is public only the token
/// counts.
async fn metrics(State(app): State<App>, headers: http::HeaderMap) -> Response {
    let token = &app.settings.server.metrics_token;
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    let allowed = match (token.is_empty(), bearer) {
        (true, _) => !app.settings.is_https(),
        (false, Some(bearer)) => bool::from(bearer.ct_eq(token.as_bytes())),
        (false, None) => false,
    };
    if !allowed {
        return StatusCode::NOT_FOUND.into_response();
    }
    let began = tokio::time::Instant::now();
    let database = app.db.ping().await.is_ok().then(|| began.elapsed());
    // A database that is away makes nobody wait twice.
    let mails = match database {
        Some(_) => outbox::count_all(app.db.read()).await.ok(),
        None => None,
    };
    let now = Now { waiting: app.hasher.waiting(), mails, database, writes_and_commits: app.db.jobs_and_commits() };
    let text = app.metrics.text(&now);
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
}

async fn ready(State(app): State<App>) -> Response {
    match app.db.ping().await {
        Ok(()) => "ready".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response()
        }
    }
}
