//! The servers of a backend: those of the file, and behind them places for those that come while the process runs (`add server`).
//! An index stays that of its server, whoever comes and goes.

use std::collections::VecDeque;
use std::ops::{Index, IndexMut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use super::{Places, Server, ServerAt};

/// How long a place rests before another server gets it, milliseconds: until then nobody holds anything of the one before.
const REST_MS: u64 = 10_000;

/// The servers of a backend, in order.
#[derive(Debug, Default)]
pub struct Servers {
    file: Vec<Server>,
    /// None as long as nobody came or went.
    running: OnceLock<Box<Running>>,
    /// Servers of the file that something else of it names.
    held: Mutex<Vec<usize>>,
    /// Servers that came while the process runs and track one of these, each behind that one's index. None as long as there was none.
    later_followers: OnceLock<Box<Mutex<LaterFollowers>>>,
}

/// Servers that track one of these, behind that one's index.
type LaterFollowers = Vec<(usize, ServerAt)>;

/// What changed since the start.
#[derive(Debug, Default)]
struct Running {
    /// The places of the servers that are there, in order.
    order: RwLock<Arc<[usize]>>,
    /// Lines of servers that came. One stays when its server goes, for the next that says the same.
    lines: Places<OnceLock<Server>>,
    /// By place behind those of the file: which of these lines is in force.
    line_of: Places<AtomicUsize>,
    changes: Mutex<Changes>,
}

#[derive(Debug, Default)]
struct Changes {
    /// Lines that there are.
    lines: usize,
    /// Places that there are.
    places: usize,
    /// Places whose servers went, and when, milliseconds of the process's clock: the one that rests longest stands first.
    free: VecDeque<(u64, usize)>,
    /// Places that were given and taken back before anybody found them.
    untouched: Vec<usize>,
}

impl Servers {
    /// How many servers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.running
            .get()
            .map_or(self.file.len(), |running| running.order().len())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Those of the file.
    #[must_use]
    pub fn of_file(&self) -> &[Server] {
        &self.file
    }

    /// Those of the file, to be changed.
    pub fn of_file_mut(&mut self) -> &mut Vec<Server> {
        &mut self.file
    }

    /// Adds a server of the file.
    pub fn push(&mut self, server: Server) {
        self.file.push(server);
    }

    /// One behind the last index that a server has or had.
    #[must_use]
    pub fn end(&self) -> usize {
        let later = self.running.get().map_or(0, |running| running.lock().places);
        self.file.len() + later
    }

    /// All servers, each with its index.
    #[must_use]
    pub fn numbered(&self) -> Numbered<'_> {
        Numbered {
            servers: self,
            order: self.running.get().map(|running| running.order()),
            at: 0,
        }
    }

    /// All servers.
    pub fn iter(&self) -> impl Iterator<Item = &Server> + Clone {
        self.numbered().map(|(_, server)| server)
    }

    /// The index of the first server of which `is` says so.
    pub fn position(&self, mut is: impl FnMut(&Server) -> bool) -> Option<usize> {
        self.numbered().find(|(_, server)| is(server)).map(|(at, _)| at)
    }

    /// Whether there is a server with that index.
    #[must_use]
    pub fn has(&self, index: usize) -> bool {
        match self.running.get() {
            None => index < self.file.len(),
            Some(running) => running.order().contains(&index),
        }
    }

    /// Says that something else of the configuration names a server: it must stay.
    pub fn hold(&self, index: usize) {
        let mut held = locked(&self.held);
        if !held.contains(&index) {
            held.push(index);
        }
    }

    /// Whether a server must stay.
    #[must_use]
    pub fn is_held(&self, index: usize) -> bool {
        locked(&self.held).contains(&index) || !self.followers(index).is_empty()
    }

    /// Those that take over the state of a server, in the order in which they hear of a change: the last that came first.
    #[must_use]
    pub fn followers(&self, index: usize) -> Vec<ServerAt> {
        let mut all = Vec::new();
        if let Some(later) = self.later_followers.get() {
            let later = locked(later);
            let mine = later.iter().rev().filter(|(of, _)| *of == index);
            all.extend(mine.map(|(_, follower)| *follower));
        }
        all.extend(self[index].followers());
        all
    }

    /// Says that a server which came tracks the one with that index, which must stay from now on.
    pub fn follow(&self, index: usize, follower: ServerAt) {
        self.hold(index);
        locked(self.later_followers.get_or_init(Box::default)).push((index, follower));
    }

    /// Forgets a server that came and tracked the one with that index.
    pub fn unfollow(&self, index: usize, follower: ServerAt) {
        if let Some(later) = self.later_followers.get() {
            locked(later).retain(|known| *known != (index, follower));
        }
    }

    /// Gives a server a place, which nobody finds before [`Self::list`]; none where there are too many. `now_ms` is the process's
    /// clock.
    #[must_use]
    pub fn place(&self, server: &Server, now_ms: u64) -> Option<usize> {
        let running = self.running();
        let mut changes = running.lock();
        let known = (0..changes.lines).find(|line| running.lines[*line].get() == Some(server));
        let line = match known {
            Some(line) => line,
            None if changes.lines == Places::<OnceLock<Server>>::MOST_LATER => return None,
            None => {
                let line = changes.lines;
                running.lines[line].get_or_init(|| server.clone());
                changes.lines += 1;
                line
            }
        };
        let rested = changes
            .free
            .front()
            .is_some_and(|(since, _)| since + REST_MS <= now_ms);
        let untouched = changes.untouched.pop();
        let free = match untouched {
            None if rested => changes.free.pop_front().map(|(_, place)| place),
            untouched => untouched,
        };
        let place = match free {
            Some(place) => place,
            None => {
                changes.places += 1;
                changes.places - 1
            }
        };
        running.line_of[place].store(line, Ordering::Release);
        Some(self.file.len() + place)
    }

    /// Shows a server that was given a place, behind all others.
    pub fn list(&self, index: usize) {
        self.running().reorder(|order| order.push(index));
    }

    /// Takes the place back of a server that was not shown.
    pub fn take_back(&self, index: usize) {
        if let Some(place) = index.checked_sub(self.file.len()) {
            // It need not rest.
            self.running().lock().untouched.push(place);
        }
    }

    /// Takes a server out. Its place is given to another one once it rested.
    pub fn remove(&self, index: usize, now_ms: u64) {
        let running = self.running();
        running.reorder(|order| order.retain(|at| *at != index));
        if let Some(place) = index.checked_sub(self.file.len()) {
            running.lock().free.push_back((now_ms, place));
        }
    }

    fn running(&self) -> &Running {
        self.running.get_or_init(|| {
            Box::new(Running {
                order: RwLock::new((0..self.file.len()).collect()),
                ..Running::default()
            })
        })
    }
}

impl Running {
    fn order(&self) -> Arc<[usize]> {
        Arc::clone(&self.order.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn reorder(&self, change: impl FnOnce(&mut Vec<usize>)) {
        let mut order = self.order.write().unwrap_or_else(PoisonError::into_inner);
        let mut all = order.to_vec();
        change(&mut all);
        *order = all.into();
    }

    fn lock(&self) -> MutexGuard<'_, Changes> {
        locked(&self.changes)
    }

    #[cold]
    fn line(&self, place: usize) -> Option<&Server> {
        self.lines[self.line_of[place].load(Ordering::Acquire)].get()
    }
}

/// Whoever panicked with the lock left whole values.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Index<usize> for Servers {
    type Output = Server;

    /// The server with that index, or the one that had it last.
    ///
    /// # Panics
    /// Where no server ever had it.
    #[inline]
    fn index(&self, index: usize) -> &Server {
        match self.file.get(index) {
            Some(server) => server,
            None => {
                let running = self.running.get();
                let server = running.and_then(|running| running.line(index - self.file.len()));
                server.expect("an index is that of a server")
            }
        }
    }
}

impl IndexMut<usize> for Servers {
    /// A server of the file.
    fn index_mut(&mut self, index: usize) -> &mut Server {
        &mut self.file[index]
    }
}

/// Who came while the process ran is not part of a copy: that belongs to the process.
impl Clone for Servers {
    fn clone(&self) -> Self {
        Self::from(self.file.clone())
    }
}

impl From<Vec<Server>> for Servers {
    fn from(file: Vec<Server>) -> Self {
        Self {
            file,
            ..Self::default()
        }
    }
}

impl<'a> IntoIterator for &'a Servers {
    type Item = &'a Server;
    type IntoIter = std::iter::Map<Numbered<'a>, fn((usize, &'a Server)) -> &'a Server>;

    fn into_iter(self) -> Self::IntoIter {
        self.numbered().map(|(_, server)| server)
    }
}

/// The servers that there were when it was asked for, with their indexes.
#[derive(Clone, Debug)]
pub struct Numbered<'a> {
    servers: &'a Servers,
    order: Option<Arc<[usize]>>,
    at: usize,
}

impl<'a> Iterator for Numbered<'a> {
    type Item = (usize, &'a Server);

    fn next(&mut self) -> Option<Self::Item> {
        let index = match &self.order {
            None => Some(self.at).filter(|at| *at < self.servers.file.len()),
            Some(order) => order.get(self.at).copied(),
        }?;
        self.at += 1;
        Some((index, &self.servers[index]))
    }

    /// Those that are passed over cost nothing: a long list that is shown in parts goes on where it was.
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        self.at = self.at.saturating_add(n);
        self.next()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use crate::model::Word;

    use super::*;

    fn server(name: &str) -> Server {
        Server::new(name.into(), 1, SocketAddr::from((Ipv4Addr::LOCALHOST, 80)).into())
    }

    fn names(servers: &Servers) -> Vec<String> {
        servers.iter().map(|server| server.name.to_string()).collect()
    }

    fn add(servers: &Servers, name: &str, now_ms: u64) -> usize {
        let index = servers.place(&server(name), now_ms).expect("there is room");
        servers.list(index);
        index
    }

    #[test]
    fn servers_come_behind_the_others_and_keep_their_indexes() {
        let servers = Servers::from(vec![server("a"), server("b")]);
        assert_eq!((add(&servers, "c", 0), add(&servers, "d", 0)), (2, 3));
        servers.remove(0, 0);
        servers.remove(2, 0);
        assert_eq!(names(&servers), ["b", "d"]);
        assert_eq!(servers[3].name, Word::from("d"));
        assert_eq!(servers.position(|server| server.name == "d"), Some(3));
        assert!(servers.has(1) && !servers.has(0) && !servers.has(2));
    }

    #[test]
    fn a_place_is_given_away_once_it_rested_and_the_order_is_that_of_coming() {
        let servers = Servers::default();
        let first = add(&servers, "c", 0);
        add(&servers, "d", 0);
        servers.remove(first, 1000);
        assert_eq!(add(&servers, "e", 1000 + REST_MS - 1), 2);
        servers.remove(2, 1000 + REST_MS);
        assert_eq!(add(&servers, "f", 1000 + REST_MS), first);
        assert_eq!(names(&servers), ["d", "f"]);
    }

    #[test]
    fn a_server_that_is_tracked_hears_of_followers_that_came_and_stays() {
        let servers = Servers::from(vec![server("a")]);
        let follower = |index| ServerAt {
            proxy: crate::model::ProxyId(0),
            index,
        };
        assert!(!servers.is_held(0));
        servers.follow(0, follower(1));
        servers.follow(0, follower(2));
        assert_eq!(servers.followers(0), [follower(2), follower(1)]);
        servers.unfollow(0, follower(2));
        assert_eq!(servers.followers(0), [follower(1)]);
        servers.unfollow(0, follower(1));
        assert!(servers.followers(0).is_empty() && servers.is_held(0));
    }

    #[test]
    fn a_place_that_is_taken_back_is_the_next_to_be_given() {
        let servers = Servers::default();
        let place = servers.place(&server("c"), 0).expect("there is room");
        servers.take_back(place);
        assert_eq!(add(&servers, "d", 0), place);
        assert_eq!(names(&servers), ["d"]);
    }

    #[test]
    fn a_line_that_was_there_before_takes_no_more_room() {
        let servers = Servers::default();
        for turn in 0..1000 {
            let now = turn * 2 * REST_MS;
            let index = add(&servers, "c", now);
            servers.remove(index, now);
        }
        let changes = servers.running().lock();
        assert_eq!((changes.lines, changes.places), (1, 1));
    }
}
