//! An ordered collection of which a copy costs nothing: a B+tree whose nodes are shared between copies, and copied when one of
//! them changes. A change of one item among a million copies the nodes on the way to it, four of at most [`WIDTH`] items, while
//! readers of an earlier copy see what they saw.
//!
//! What an order is, the caller says with each call, always the same for one tree.

use std::cmp::Ordering;
use std::sync::Arc;

use smallvec::SmallVec;

/// Most items or children of a node.
const WIDTH: usize = 64;

/// An ordered collection.
#[derive(Clone, Debug)]
pub(super) struct Tree<T> {
    root: Arc<Node<T>>,
    len: usize,
}

#[derive(Clone, Debug)]
enum Node<T> {
    Leaf(Vec<T>),
    /// At least one. Nodes that become empty are taken out, half-empty ones stay.
    Branch(Vec<Child<T>>),
}

#[derive(Clone, Debug)]
struct Child<T> {
    /// Not behind any item of the node, and behind all items of the nodes before.
    first: T,
    node: Arc<Node<T>>,
}

impl<T> Default for Tree<T> {
    fn default() -> Self {
        Self {
            root: Arc::new(Node::Leaf(Vec::new())),
            len: 0,
        }
    }
}

impl<T: Clone> Tree<T> {
    /// A tree of items that are in order.
    pub(super) fn from_sorted(items: Vec<T>) -> Self {
        let len = items.len();
        let mut level: Vec<Child<T>> = Vec::with_capacity(len / WIDTH + 1);
        let mut items = items.into_iter();
        loop {
            let mut leaf = Vec::with_capacity(WIDTH.min(items.len()));
            leaf.extend(items.by_ref().take(WIDTH));
            let Some(first) = leaf.first().cloned() else { break };
            level.push(Child {
                first,
                node: Arc::new(Node::Leaf(leaf)),
            });
        }
        while level.len() > 1 {
            let mut children = level.into_iter();
            let mut above = Vec::with_capacity(children.len() / WIDTH + 1);
            loop {
                let mut branch = Vec::with_capacity(WIDTH.min(children.len()));
                branch.extend(children.by_ref().take(WIDTH));
                let Some(first) = branch.first().map(|child| child.first.clone()) else {
                    break;
                };
                above.push(Child {
                    first,
                    node: Arc::new(Node::Branch(branch)),
                });
            }
            level = above;
        }
        match level.pop() {
            Some(root) => Self { root: root.node, len },
            None => Self::default(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Puts an item in its place. `order` compares an item of the tree with the new one, and never says that they are equal.
    pub(super) fn insert(&mut self, item: T, order: impl Fn(&T) -> Ordering) {
        self.len += 1;
        let root = Arc::make_mut(&mut self.root);
        if let Some(right) = root.insert(item, &order) {
            let left = std::mem::replace(root, Node::Leaf(Vec::new()));
            if let Some(first) = left.first().cloned() {
                *root = Node::Branch(vec![
                    Child {
                        first,
                        node: Arc::new(left),
                    },
                    right,
                ]);
            }
        }
    }

    /// Takes the item out for which `order` says that it is equal to the wanted one.
    pub(super) fn remove(&mut self, order: impl Fn(&T) -> Ordering) -> Option<T> {
        // Without this a miss would copy the way to it.
        self.get(&order)?;
        let removed = Arc::make_mut(&mut self.root).remove(&order)?;
        self.len -= 1;
        Some(removed)
    }

    /// Puts another item in the place of an equal one; gives whether there was one.
    pub(super) fn replace(&mut self, item: T, order: impl Fn(&T) -> Ordering) -> bool {
        if self.get(&order).is_none() {
            return false;
        }
        Arc::make_mut(&mut self.root).replace(item, &order)
    }

    /// The item that is equal to the wanted one.
    pub(super) fn get(&self, order: impl Fn(&T) -> Ordering) -> Option<&T> {
        self.last_at_most(&order).filter(|item| order(item).is_eq())
    }

    /// The last item that is not behind the wanted one.
    #[inline]
    pub(super) fn last_at_most(&self, order: impl Fn(&T) -> Ordering) -> Option<&T> {
        self.root.last_at_most(&order)
    }

    /// The items from the first that is not before the wanted one.
    pub(super) fn from(&self, order: impl Fn(&T) -> Ordering) -> Iter<'_, T> {
        let mut iter = Iter {
            above: SmallVec::new(),
            leaf: [].iter(),
        };
        let mut node = &*self.root;
        loop {
            match node {
                Node::Leaf(items) => {
                    iter.leaf = items[items.partition_point(|item| order(item).is_lt())..].iter();
                    return iter;
                }
                Node::Branch(children) => {
                    let behind = children.partition_point(|child| order(&child.first).is_lt());
                    let (child, rest) = (behind.saturating_sub(1), behind.max(1));
                    iter.above.push(children[rest..].iter());
                    node = &children[child].node;
                }
            }
        }
    }

    /// All items.
    #[cfg(test)]
    pub(super) fn iter(&self) -> Iter<'_, T> {
        self.from(|_| Ordering::Greater)
    }
}

impl<T: Clone> Node<T> {
    fn first(&self) -> Option<&T> {
        match self {
            Self::Leaf(items) => items.first(),
            Self::Branch(children) => children.first().map(|child| &child.first),
        }
    }

    /// Gives what does not fit any more.
    fn insert(&mut self, item: T, order: &impl Fn(&T) -> Ordering) -> Option<Child<T>> {
        match self {
            Self::Leaf(items) => {
                let at = items.partition_point(|known| order(known).is_lt());
                items.insert(at, item);
                if items.len() <= WIDTH {
                    return None;
                }
                // Items mostly come at the end.
                let at = if at + 1 == items.len() {
                    WIDTH - 4
                } else {
                    WIDTH / 2
                };
                let right = items.split_off(at);
                let first = right.first().cloned()?;
                Some(Child {
                    first,
                    node: Arc::new(Self::Leaf(right)),
                })
            }
            Self::Branch(children) => {
                // An item that was the first, and was taken out, goes back to where it was.
                let behind = children.partition_point(|child| order(&child.first).is_le());
                let at = behind.saturating_sub(1);
                let child = &mut children[at];
                if behind == 0 {
                    child.first = item.clone();
                }
                let right = Arc::make_mut(&mut child.node).insert(item, order)?;
                children.insert(at + 1, right);
                if children.len() <= WIDTH {
                    return None;
                }
                let right = children.split_off(if at + 2 == children.len() {
                    WIDTH - 4
                } else {
                    WIDTH / 2
                });
                let first = right.first()?.first.clone();
                Some(Child {
                    first,
                    node: Arc::new(Self::Branch(right)),
                })
            }
        }
    }

    fn remove(&mut self, order: &impl Fn(&T) -> Ordering) -> Option<T> {
        match self {
            Self::Leaf(items) => {
                let at = items.binary_search_by(order).ok()?;
                Some(items.remove(at))
            }
            Self::Branch(children) => {
                let at = children
                    .partition_point(|child| order(&child.first).is_le())
                    .checked_sub(1)?;
                let node = Arc::make_mut(&mut children[at].node);
                let removed = node.remove(order)?;
                if node.first().is_none() && children.len() > 1 {
                    children.remove(at);
                }
                Some(removed)
            }
        }
    }

    fn replace(&mut self, item: T, order: &impl Fn(&T) -> Ordering) -> bool {
        match self {
            Self::Leaf(items) => match items.binary_search_by(order) {
                Ok(at) => {
                    items[at] = item;
                    true
                }
                Err(_) => false,
            },
            Self::Branch(children) => {
                let behind = children.partition_point(|child| order(&child.first).is_le());
                let Some(child) = behind.checked_sub(1).and_then(|at| children.get_mut(at)) else {
                    return false;
                };
                if order(&child.first).is_eq() {
                    child.first = item.clone();
                }
                Arc::make_mut(&mut child.node).replace(item, order)
            }
        }
    }

    fn last_at_most(&self, order: &impl Fn(&T) -> Ordering) -> Option<&T> {
        match self {
            Self::Leaf(items) => {
                let behind = items.partition_point(|item| order(item).is_le());
                items.get(behind.checked_sub(1)?)
            }
            Self::Branch(children) => {
                let behind = children.partition_point(|child| order(&child.first).is_le());
                // The first item of a node may be gone, and then all that are left may be behind the wanted one.
                children[..behind]
                    .iter()
                    .rev()
                    .find_map(|child| child.node.last_at_most(order))
            }
        }
    }
}

/// Items in order.
#[derive(Debug)]
pub(super) struct Iter<'t, T> {
    /// What is left of each node on the way; a million items are three deep.
    above: SmallVec<[std::slice::Iter<'t, Child<T>>; 4]>,
    leaf: std::slice::Iter<'t, T>,
}

impl<'t, T> Iterator for Iter<'t, T> {
    type Item = &'t T;

    fn next(&mut self) -> Option<&'t T> {
        loop {
            if let Some(item) = self.leaf.next() {
                return Some(item);
            }
            let child = loop {
                match self.above.last_mut()?.next() {
                    Some(child) => break child,
                    None => {
                        self.above.pop();
                    }
                }
            };
            let mut node = &*child.node;
            loop {
                match node {
                    Node::Leaf(items) => {
                        self.leaf = items.iter();
                        break;
                    }
                    Node::Branch(children) => {
                        let mut children = children.iter();
                        let first = children.next()?;
                        self.above.push(children);
                        node = &first.node;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    type Item = (u16, u32);

    fn at(key: u16) -> impl Fn(&Item) -> Ordering {
        move |item: &Item| item.0.cmp(&key)
    }

    proptest! {
        #[test]
        fn a_tree_does_what_an_ordered_map_does(
            start in proptest::collection::btree_set(any::<u16>(), 0..600),
            changes in proptest::collection::vec((0_u8..6, any::<u16>(), any::<u32>()), 0..2000),
            narrow in any::<bool>(),
        ) {
            let mut map: BTreeMap<u16, u32> = start.iter().map(|key| (*key, 0)).collect();
            let mut tree = Tree::from_sorted(start.iter().map(|key| (*key, 0)).collect());
            let before = (tree.clone(), map.clone());
            for (kind, key, value) in changes {
                let key = if narrow { key % 300 } else { key };
                match kind {
                    0..=2 => {
                        if map.insert(key, value).is_none() {
                            tree.insert((key, value), at(key));
                        } else {
                            prop_assert!(tree.replace((key, value), at(key)));
                        }
                    }
                    3 | 4 => {
                        let key = map.range(key..).next().map_or(key, |(key, _)| *key);
                        prop_assert_eq!(tree.remove(at(key)).map(|item| item.1), map.remove(&key));
                    }
                    _ => {
                        let last = map.range(..=key).next_back().map(|(key, value)| (*key, *value));
                        prop_assert_eq!(tree.last_at_most(at(key)).copied(), last);
                        let next = map.range(key..).take(100).map(|(key, value)| (*key, *value));
                        prop_assert!(tree.from(at(key)).take(100).copied().eq(next));
                    }
                }
            }
            prop_assert_eq!(tree.len(), map.len());
            prop_assert!(tree.iter().copied().eq(map.into_iter()));
            let (tree, map) = before;
            prop_assert!(tree.iter().copied().eq(map.into_iter()), "a copy is not touched");
        }
    }
}
