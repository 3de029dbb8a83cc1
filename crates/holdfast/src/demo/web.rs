//! A small web server that answers with its name, and that can be taken down and brought back.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

/// Most bytes of a request that are kept while its end is awaited.
const MAX_HEAD: usize = 16 * 1024;

/// One server.
#[derive(Debug)]
pub(super) struct WebServer {
    name: &'static str,
    first: Option<std::net::TcpListener>,
    address: SocketAddr,
    up: watch::Sender<bool>,
}

impl WebServer {
    /// A server on a port of its own.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn new(name: &'static str) -> io::Result<Self> {
        let first = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        first.set_nonblocking(true)?;
        let address = first.local_addr()?;
        Ok(Self {
            name,
            first: Some(first),
            address,
            up: watch::Sender::new(true),
        })
    }

    /// Where it is.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its name.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Takes it down or brings it back.
    pub(super) fn set_up(&self, up: bool) {
        self.up.send_replace(up);
    }

    /// Serves on this runtime from now on.
    ///
    /// # Errors
    /// When its socket cannot be watched.
    pub(super) fn start(&mut self) -> io::Result<()> {
        if let Some(first) = self.first.take() {
            let first = TcpListener::from_std(first)?;
            tokio::spawn(serve(self.name, self.address, first, self.up.subscribe()));
        }
        Ok(())
    }
}

async fn serve(name: &'static str, address: SocketAddr, first: TcpListener, mut up: watch::Receiver<bool>) {
    let mut listener = Some(first);
    loop {
        if *up.borrow_and_update() {
            // The port may be taken for a moment by a connection of another program; the next turn tries again.
            if listener.is_none() {
                listener = listen_again(address).ok();
            }
        } else {
            listener = None;
        }
        match &listener {
            Some(open) => tokio::select! {
                accepted = open.accept() => if let Ok((stream, _)) = accepted {
                    let until_down = up.clone();
                    tokio::spawn(async move { converse(name, stream, until_down).await });
                },
                changed = up.changed() => if changed.is_err() { return },
            },
            None => {
                let pause = tokio::time::sleep(std::time::Duration::from_millis(100));
                tokio::select! {
                    () = pause => {}
                    changed = up.changed() => if changed.is_err() { return },
                }
            }
        }
    }
}

fn listen_again(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(1024)
}

/// Answers each request until the client goes or the server is taken down.
async fn converse(name: &'static str, mut stream: TcpStream, mut up: watch::Receiver<bool>) {
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nX-Server: {name}\r\n\r\nThis is {name}.\n",
        "This is .\n".len() + name.len()
    );
    let mut head = Vec::new();
    loop {
        let mut chunk = [0; 1024];
        let read = tokio::select! {
            read = stream.read(&mut chunk) => read,
            _ = up.wait_for(|up| !*up) => return,
        };
        match read {
            Ok(0) | Err(_) => return,
            Ok(read) => head.extend_from_slice(&chunk[..read]),
        }
        while let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            head.drain(..end + 4);
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
        if head.len() > MAX_HEAD {
            return;
        }
    }
}
