//! Connections: how many at a time, how long each may take to say what it wants and to take the answer, and how they
//! end.
//!
//! axum's own loop has no such limits, so whoever opens connections and says nothing, or reads nothing, would keep
//! them.

mod pace;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use http::{HeaderValue, header};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use pace::Paced;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

/// Connections at a time; the next one waits until one of them ends.
const MOST: usize = 800;

/// How many files may be open: connections, a file for each that takes one, and those of the database. Many systems give a process
/// 1,024, and let it have more if it asks.
#[cfg(target_os = "linux")]
const FILES: u64 = 4_096;

/// How long a connection may take from one request to the end of the next one's headers.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);

/// How many bytes of headers are read, and about how many of an answer wait to be written, in each connection.
///
/// Headers of browsers have a few thousand. Files come in pieces of this size, and the server holds two of them for
/// somebody who does not read, 130 MiB for eight hundred. With hyper's own 408 KiB it would hold 380 MiB and more.
const HELD: usize = 64 * 1024;

/// How long requests that are under way may take after the word to stop. Service managers wait ten seconds or more.
const LAST_ANSWERS: Duration = Duration::from_millis(4_500);

/// What is waited for after the system gave no connection, for example because too many files are open.
const BREATH: Duration = Duration::from_millis(100);

/// Asks for room for as many open files as may be needed at once. Where there is no more than there was, some of eight hundred who
/// ask for files at the same time are told to come back.
#[cfg(target_os = "linux")]
fn ask_for_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(FILES, |most| most.min(FILES));
    if limit.current.is_some_and(|now| now < wanted)
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit })
    {
        tracing::warn!(%error, "the system gives no room for more open files");
    }
}

/// Answers until `stop`, then ends what is under way.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    #[cfg(target_os = "linux")]
    ask_for_files();
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN).max_buf_size(HELD);
    let (connections, room) = (GracefulShutdown::new(), Arc::new(Semaphore::new(MOST)));
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer, place) = tokio::select! {
            () = &mut stop => break,
            next = next(&listener, &room) => next,
        };
        let (router, places) = (router.clone(), room.clone());
        let service = tower::service_fn(move |mut request: Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            let (answer, places) = (router.clone().oneshot(request.map(Body::new)), places.clone());
            async move {
                let mut answer = answer.await?;
                // Whoever asks again and again makes room for those who wait, and may come back behind them.
                if places.available_permits() == 0 {
                    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, Infallible>(answer)
            }
        });
        let connection = server.serve_connection(TokioIo::new(Paced::new(stream)), TowerToHyperService::new(service));
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // Why it ended is between hyper and the other side.
            let _ = connection.await;
            drop(place);
        });
    }
    // From now on nobody is let in, not even into the queue of the system.
    drop(listener);
    if tokio::time::timeout(LAST_ANSWERS, connections.shutdown()).await.is_err() {
        tracing::warn!("stopped while some requests were still open");
    }
}

async fn next(listener: &TcpListener, room: &Arc<Semaphore>) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    loop {
        let place = room.clone().acquire_owned().await;
        match (listener.accept().await, place) {
            (Ok((stream, peer)), Ok(place)) => {
                // An answer is written whole, and should not wait for more.
                let _ = stream.set_nodelay(true);
                return (stream, peer, place);
            }
            _ => tokio::time::sleep(BREATH).await,
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    #[test]
    fn there_is_room_for_files_beside_as_many_connections_as_there_may_be() {
        let before = getrlimit(Resource::Nofile);
        let few = Rlimit { current: Some(1_024), ..before };
        setrlimit(Resource::Nofile, few).unwrap();
        ask_for_files();
        let now = getrlimit(Resource::Nofile).current;
        assert_eq!(now, Some(before.maximum.map_or(FILES, |most| most.min(FILES))));
        assert!(FILES > 2 * MOST as u64);
        // Where there is more already, it stays.
        setrlimit(Resource::Nofile, before).unwrap();
        ask_for_files();
        assert!(getrlimit(Resource::Nofile).current >= before.current);
    }
}
