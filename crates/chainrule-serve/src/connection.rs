//! One connection: requests are read within their time, and whoever sends something else is told so.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::Sleep;

use crate::limits::Limits;
use crate::problem::Problem;

/// The most bytes of a request's head.
const MOST_HEAD: usize = 64 << 10;
/// So much is still taken in, for so long, from a client that was refused: otherwise it would not see why.
const LINGER_BYTES: usize = 4 << 20;
const LINGER: Duration = Duration::from_secs(2);

/// Answers the requests of a connection, until it ends or the server stops.
pub(crate) async fn serve(stream: TcpStream, routes: Router, limits: Limits, mut stop: watch::Receiver<bool>) {
    let stream = Arc::new(stream);
    let open_request = Arc::new(AtomicBool::new(false));
    let io = Patient {
        stream: Arc::clone(&stream),
        open_request: Arc::clone(&open_request),
        time: limits.time,
        waiting: None,
    };
    let outcome = {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.time)
            .half_close(true)
            .max_buf_size(MOST_HEAD)
            .serve_connection(TokioIo::new(io), TowerToHyperService::new(routes));
        let mut connection = std::pin::pin!(connection);
        let mut stopping = *stop.borrow();
        if stopping {
            connection.as_mut().graceful_shutdown();
        }
        loop {
            tokio::select! {
                outcome = connection.as_mut() => break outcome,
                _ = stop.changed(), if !stopping => {
                    stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    };
    if let Err(error) = outcome
        && open_request.load(Ordering::Relaxed)
    {
        let problem = match error {
            error if error.is_timeout() => Some(Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                format!(
                    "the head of the request was not whole after {} s",
                    limits.time.as_secs_f64()
                ),
            )),
            error if error.is_incomplete_message() => Some(Problem::new(
                StatusCode::BAD_REQUEST,
                "the request ends before it is whole",
            )),
            _ => None,
        };
        if let Some(problem) = problem {
            // Nobody may be listening any more.
            let _ = stream.try_write(&problem.bytes());
        }
    }
    if let Some(stream) = Arc::into_inner(stream) {
        let _ = tokio::time::timeout(LINGER, linger(stream)).await;
    }
}

/// Says that nothing more will come, and takes in what is still on its way.
async fn linger(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let (mut buffer, mut taken) = ([0; 8192], 0);
    while taken < LINGER_BYTES {
        match stream.read(&mut buffer).await? {
            0 => break,
            bytes => taken += bytes,
        }
    }
    Ok(())
}

/// A stream that waits only so long for a client to take in an answer, and knows whether a request has begun.
struct Patient {
    stream: Arc<TcpStream>,
    /// Whether bytes came since the last answer.
    open_request: Arc<AtomicBool>,
    time: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl AsyncRead for Patient {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context, buffer: &mut ReadBuf) -> Poll<io::Result<()>> {
        loop {
            match self.stream.poll_read_ready(context) {
                Poll::Ready(ready) => ready?,
                Poll::Pending => return Poll::Pending,
            }
            match self.stream.try_read(buffer.initialize_unfilled()) {
                Ok(bytes) => {
                    buffer.advance(bytes);
                    if bytes > 0 {
                        self.open_request.store(true, Ordering::Relaxed);
                    }
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context, data: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            match self.stream.poll_write_ready(context) {
                Poll::Ready(ready) => ready?,
                Poll::Pending => {
                    let time = self.time;
                    let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(time)));
                    return match waiting.as_mut().poll(context) {
                        Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
                        Poll::Pending => Poll::Pending,
                    };
                }
            }
            match self.stream.try_write(data) {
                Ok(bytes) => {
                    self.waiting = None;
                    self.open_request.store(false, Ordering::Relaxed);
                    return Poll::Ready(Ok(bytes));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// The end of the connection is said later, when the last answer has been given.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
