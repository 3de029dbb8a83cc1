//! A fixed wheel with as many places for a server as it has weight, spread evenly: for `balance static-rr` and for hashes.

/// Places on the wheel, in order.
#[derive(Debug, Default)]
pub(super) struct Wheel {
    places: Vec<u32>,
    /// The place of the next turn; behind the last one it is the first.
    at: usize,
}

impl Wheel {
    /// The wheel for servers with these weights in force, of which `shared` make one place: [`shared`] of the file's weights.
    pub(super) fn new(weights: &[u32], shared: u32) -> Self {
        let mut turns: Vec<Turn> = weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| **weight > 0)
            .map(|(server, weight)| Turn {
                due: 0,
                weight: i64::from(weight / shared),
                server: server as u32,
            })
            .collect();
        let total: i64 = turns.iter().map(|turn| turn.weight).sum();
        let places = (0..total).filter_map(|_| next_turn(&mut turns, total)).collect();
        Self { places, at: 0 }
    }

    /// Goes on where another wheel stood.
    pub(super) fn continue_from(mut self, other: &Self) -> Self {
        self.at = other.at;
        self
    }

    /// The next server of which `takes` says that it may be chosen.
    pub(super) fn next(&mut self, takes: impl Fn(usize) -> bool) -> Option<usize> {
        let len = self.places.len();
        let first = if self.at < len { self.at } else { 0 };
        for step in 0..len {
            let at = (first + step) % len;
            let server = self.places[at] as usize;
            if takes(server) {
                // A wheel that is longer by the next turn goes on there.
                self.at = at + 1;
                return Some(server);
            }
        }
        None
    }

    /// The server at the place that `hash` falls on.
    pub(super) fn at_hash(&self, hash: u32) -> Option<usize> {
        let len = u32::try_from(self.places.len()).ok().filter(|len| *len > 0)?;
        self.places
            .get((hash % len) as usize)
            .map(|server| *server as usize)
    }
}

/// What a server has coming to it.
#[derive(Debug)]
struct Turn {
    /// Its weight for each place that was dealt, less the total for each place that it got.
    due: i64,
    weight: i64,
    server: u32,
}

/// Deals the next place: to the first of those to whom the most whole places are due. Fractions do not count, which lets the
/// servers of the beginning come first.
fn next_turn(turns: &mut [Turn], total: i64) -> Option<u32> {
    let mut best: Option<(i64, usize)> = None;
    for (at, turn) in turns.iter_mut().enumerate() {
        turn.due += turn.weight;
        let whole = turn.due.div_euclid(total);
        if best.is_none_or(|(most, _)| whole > most) {
            best = Some((whole, at));
        }
    }
    let turn = &mut turns[best?.1];
    turn.due -= total;
    Some(turn.server)
}

/// What weights have in common: the file's, whatever becomes of them.
pub(super) fn shared(weights: impl Iterator<Item = u32>) -> u32 {
    weights.fold(0, gcd).max(1)
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
