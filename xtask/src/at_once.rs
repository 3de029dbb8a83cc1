//! Doing a few things at once, each as soon as there is room.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::bail;

/// Does `work` with each of `items`, `jobs` at once, and gives the results in the items' order.
///
/// # Errors
/// The first that `work` gave, once all have been done; a panic of its own goes on.
pub(crate) fn all<T: Sync, R: Send>(
    items: &[T],
    jobs: usize,
    work: impl Fn(&T) -> anyhow::Result<R> + Sync,
) -> anyhow::Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(items.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else {
                        return;
                    };
                    let result = work(item);
                    match results.lock() {
                        Ok(mut results) => results.push((index, result)),
                        // Another worker panicked while adding its own: the scope ends with its panic.
                        Err(_) => return,
                    }
                }
            });
        }
    });
    let Ok(mut results) = results.into_inner() else {
        bail!("a worker panicked");
    };
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_items_order_and_all_are_done() {
        let items: Vec<usize> = (0..100).collect();
        let doubled = all(&items, 7, |item| Ok(item * 2)).expect("no error");
        assert_eq!(doubled, (0..200).step_by(2).collect::<Vec<_>>());
        let none = all(&[], 7, |item: &usize| Ok(*item)).expect("no error");
        assert!(none.is_empty());
    }

    #[test]
    fn an_error_comes_when_all_are_done() {
        let done = AtomicUsize::new(0);
        let result = all(&[1, 2, 3], 2, |item| {
            done.fetch_add(1, Ordering::Relaxed);
            if *item == 2 { bail!("two") } else { Ok(*item) }
        });
        assert_eq!(result.expect_err("an error").to_string(), "two");
        assert_eq!(done.load(Ordering::Relaxed), 3);
    }
}
