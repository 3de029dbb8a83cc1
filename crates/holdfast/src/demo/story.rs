//! What is seen: counts each second, the proxy's log lines about servers, and a server that goes and comes back.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::load::{self, COUNTS};
use super::pair::Pair;
use super::say;
use super::web::WebServer;

/// When the first server is taken down.
const FIRST: Duration = Duration::from_secs(3);

/// How long a state is shown before the next one is brought about.
const SHOWN: Duration = Duration::from_secs(1);

/// Between two rounds, when there is time for several.
const BETWEEN: Duration = Duration::from_secs(10);

/// Starts web servers, clients, the pair of VRRP nodes and the story on a thread of their own.
pub(super) fn start(
    mut web: [WebServer; 3],
    pair: Pair,
    site: SocketAddr,
    log: UdpSocket,
    limit: Option<Duration>,
) -> io::Result<()> {
    log.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("demo".to_owned())
        .spawn(move || {
            let began = runtime.block_on(async {
                for server in &mut web {
                    server.start()?;
                }
                let log = tokio::net::UdpSocket::from_std(log)?;
                load::start(site);
                tokio::spawn(print_counts());
                tokio::spawn(pair.run());
                tell(&web, &log, limit).await
            });
            if let Err(error) = began {
                say(&format!("The demonstration cannot go on: {error}\n"));
            }
        })?;
    Ok(())
}

/// Who answered how often.
pub(super) fn summary() -> String {
    let [web1, web2, backup, other] = COUNTS.each_ref().map(|count| count.load(Relaxed));
    format!("answers: web1 {web1}, web2 {web2}, backup {backup}; failed {other}")
}

async fn print_counts() {
    let began = Instant::now();
    let mut each_second = tokio::time::interval(Duration::from_secs(1));
    each_second.tick().await;
    loop {
        each_second.tick().await;
        say(&format!("[{:3} s] {}\n", began.elapsed().as_secs(), summary()));
    }
}

/// Takes servers down in turn and brings them back; does not return unless the log cannot be read.
async fn tell(web: &[WebServer; 3], log: &tokio::net::UdpSocket, limit: Option<Duration>) -> io::Result<()> {
    let (seen, mut seen_lines) = watch::channel(String::new());
    let rounds = async {
        tokio::time::sleep(FIRST).await;
        for server in web[..2].iter().cycle() {
            let name = server.name();
            say(&format!(">>> {name} is taken down\n"));
            server.set_up(false);
            wait_for(&mut seen_lines, &format!("{name} is DOWN")).await;
            tokio::time::sleep(SHOWN).await;
            say(&format!(">>> {name} is brought back\n"));
            server.set_up(true);
            wait_for(&mut seen_lines, &format!("{name} is UP")).await;
            match limit {
                // One round is what a limited time has room for.
                Some(_) => break,
                None => tokio::time::sleep(BETWEEN).await,
            }
        }
        std::future::pending::<()>().await;
    };
    let lines = async {
        let mut buffer = vec![0; 4096];
        loop {
            let length = log.recv(&mut buffer).await?;
            let line = String::from_utf8_lossy(&buffer[..length]);
            if let Some((_, text)) = line.split_once("]: ")
                && (text.starts_with("Server ") || text.starts_with("backend "))
            {
                say(&format!("log: {}\n", text.trim_end()));
                seen.send_replace(text.to_owned());
            }
        }
    };
    tokio::select! {
        () = rounds => Ok(()),
        error = lines => error,
    }
}

async fn wait_for(lines: &mut watch::Receiver<String>, text: &str) {
    // The sender lives as long as the story.
    let _ = lines.wait_for(|line| line.contains(text)).await;
}
