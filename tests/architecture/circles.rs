//! Circles in a graph of names.

use std::collections::{BTreeMap, BTreeSet};

/// Who imports whom.
pub(crate) type Graph<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The knots: all sets of names of which each leads to each other one.
pub(crate) fn knots<'a>(graph: &Graph<'a>) -> BTreeSet<Vec<&'a str>> {
    let reached: Graph = graph
        .keys()
        .map(|from| (*from, reached(graph, from)))
        .collect();
    let leads = |from: &str, to: &str| reached.get(from).is_some_and(|found| found.contains(to));
    let mut knots = BTreeSet::new();
    for one in graph.keys().filter(|one| leads(one, one)) {
        let knot = graph
            .keys()
            .filter(|other| leads(one, other) && leads(other, one));
        knots.insert(knot.copied().collect());
    }
    knots
}

/// All that is reached from a name, which is among them only if it is in a circle.
fn reached<'a>(graph: &Graph<'a>, from: &str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut ahead: Vec<&'a str> = graph.get(from).into_iter().flatten().copied().collect();
    while let Some(next) = ahead.pop() {
        if found.insert(next) {
            ahead.extend(graph.get(next).into_iter().flatten());
        }
    }
    found
}

/// The imports inside a knot, in one line.
pub(crate) fn drawn(graph: &Graph, knot: &[&str]) -> String {
    let inside = |from: &str| {
        let to = graph[from].iter().filter(|to| knot.contains(to)).copied();
        format!("{from} -> {}", to.collect::<Vec<_>>().join(", "))
    };
    let each: Vec<String> = knot.iter().map(|from| inside(from)).collect();
    each.join("; ")
}
