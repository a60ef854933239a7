//! From the first connection to the last.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use chainrule_learn::Model;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::connection;
use crate::limits::Limits;
use crate::routes::routes;

/// How long to wait before the next try when no connection can be taken, as when there are too many open files.
const BREATH: Duration = Duration::from_millis(50);

/// Answers requests at an address until the process is told to stop (SIGINT, SIGTERM): then those that have begun are
/// finished. `ready` gets the address, whose port was chosen if it was 0.
///
/// # Errors
/// When the address cannot be used; the message says which.
pub fn serve(model: Model, address: SocketAddr, limits: Limits, ready: impl FnOnce(SocketAddr)) -> io::Result<()> {
    let threads = available_parallelism().map_or(2, usize::from).max(2);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads.min(8))
        .max_blocking_threads(threads)
        .enable_all()
        .build()?;
    runtime.block_on(run(model, address, limits, ready))
}

async fn run(model: Model, address: SocketAddr, limits: Limits, ready: impl FnOnce(SocketAddr)) -> io::Result<()> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("{address} cannot be used: {error}")))?;
    // Before anybody knows of the address, so that no signal is missed.
    let mut stopped = std::pin::pin!(stop_signal()?);
    let routes = routes(model, limits);
    let free = Arc::new(Semaphore::new(limits.connections));
    let (stop, stopping) = watch::channel(false);
    ready(listener.local_addr()?);
    loop {
        let accepted = async {
            let place = Arc::clone(&free).acquire_owned().await;
            (listener.accept().await, place)
        };
        let (stream, place) = tokio::select! {
            () = stopped.as_mut() => break,
            accepted = accepted => accepted,
        };
        match stream {
            Ok((stream, _)) => {
                // Answers are small and whole; waiting to fill a packet would only delay them.
                let _ = stream.set_nodelay(true);
                let connection = connection::serve(stream, routes.clone(), limits, stopping.clone());
                tokio::spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
    drop(listener);
    let _ = stop.send(true);
    // All places are free when the last request has its answer; whoever takes too long for it is left alone.
    let all = free.acquire_many(u32::try_from(limits.connections).unwrap_or(u32::MAX));
    let _ = tokio::time::timeout(limits.time, all).await;
    Ok(())
}

/// Ends when the process is told to stop.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends when the process is told to stop.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
