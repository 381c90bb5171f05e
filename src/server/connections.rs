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

/// Connections at a time; the next one waits until one of them ends. Under the usual limit of files a process may open.
const MOST: usize = 800;

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

/// Answers until `stop`, then ends what is under way.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
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
